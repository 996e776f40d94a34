//! Two versions of a file, line by line.

use similar::TextDiff;

/// A unified diff without its header: hunks, each with three lines around what changed; empty if nothing did.
pub fn unified(old: &str, new: &str) -> String {
    TextDiff::from_lines(old, new).unified_diff().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_stands_among_the_lines_around_it() {
        assert_eq!(unified("a\nb\n", "a\nc\n"), "@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
        assert_eq!(unified("a\n", "a\n"), "");
    }
}

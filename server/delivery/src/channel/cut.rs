//! Texts and lists no longer than the other side takes.

use pegel_report::bulletin::Bulletin;

/// A text of at most so many UTF-16 units, as chats count; what is cut ends with `…`.
pub(super) fn text_up_to(text: &str, most: usize) -> String {
    if text.encode_utf16().count() <= most {
        return text.to_owned();
    }
    let mut left = most.saturating_sub(1);
    let kept = text.chars().take_while(|c| match left.checked_sub(c.len_utf16()) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    });
    let kept: String = kept.collect();
    format!("{}…", kept.trim_end())
}

/// What is made of a bulletin, in at most so many bytes: of what is too large the last rows are left out, then the last
/// statements. `make` is told how many. What is too large without any stays as it is.
pub(super) fn within(bulletin: &Bulletin, most: usize, make: impl Fn(&Bulletin, usize) -> String) -> String {
    let mut bulletin = bulletin.clone();
    let mut left_out = 0;
    loop {
        let bytes = make(&bulletin, left_out);
        if bytes.len() <= most || !shorten(&mut bulletin) {
            return bytes;
        }
        left_out += 1;
    }
}

/// Whether there was anything to leave out.
fn shorten(bulletin: &mut Bulletin) -> bool {
    let row = bulletin.rows.as_mut().and_then(|rows| rows.lines.pop());
    row.is_some() || bulletin.statements.pop().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_letters() {
        assert_eq!(text_up_to("Küste", 5), "Küste");
        assert_eq!(text_up_to("Küsten", 5), "Küst…");
        assert_eq!(text_up_to("🙂🙂🙂", 5), "🙂🙂…");
        assert_eq!(text_up_to("ab cdef", 4), "ab…");
    }
}

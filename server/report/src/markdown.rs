//! What somebody wrote in a report, as Markdown: safe HTML for mails and pages, plain text for terminals.

use ammonia::Builder;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};
use std::collections::HashSet;
use std::sync::LazyLock;

/// What a text may be made of: nothing that loads, runs, or looks like a part of the page around it.
static SAFE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut safe = Builder::empty();
    safe.tags(HashSet::from(["p", "br", "em", "strong", "ul", "ol", "li", "a", "code", "blockquote"]))
        .add_tag_attributes("a", ["href"])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer"));
    safe
});

/// As HTML; what is not allowed is left out, and its text stays.
pub fn to_html(markdown: &str) -> String {
    let mut all = String::new();
    html::push_html(&mut all, Parser::new_ext(markdown, Options::empty()));
    SAFE.clean(&all).to_string().trim().to_owned()
}

/// As plain text: paragraphs with a line between them, lists with dashes, the address behind a link.
pub fn to_text(markdown: &str) -> String {
    let (mut text, mut address) = (String::new(), String::new());
    // The number of the next item of each list that is open; `None` where items have none.
    let mut lists: Vec<Option<u64>> = Vec::new();
    for event in Parser::new_ext(markdown, Options::empty()) {
        match event {
            Event::Text(said) | Event::Code(said) => text.push_str(&said),
            Event::SoftBreak => text.push(' '),
            Event::HardBreak => text.push('\n'),
            Event::Start(Tag::List(first)) => lists.push(first),
            Event::Start(Tag::Item) => match lists.last_mut() {
                Some(Some(number)) => {
                    text.extend([number.to_string().as_str(), ". "]);
                    *number += 1;
                }
                _ => text.push_str("- "),
            },
            Event::End(TagEnd::Item) if !text.ends_with('\n') => text.push('\n'),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_)) => text.push_str("\n\n"),
            Event::End(TagEnd::List(_)) => {
                lists.pop();
                text.push('\n');
            }
            Event::Start(Tag::Link { dest_url, .. }) => address = dest_url.to_string(),
            Event::End(TagEnd::Link) if !text.ends_with(&address) => text.extend([" (", &address, ")"]),
            _ => {}
        }
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_marked_up() {
        let written = "Call **Küste** first:\n\n- by [phone](https://example.com/a)\n- or *mail*";
        let html = "<p>Call <strong>Küste</strong> first:</p>\n<ul>\n<li>by <a href=\"https://example.com/a\" \
                    rel=\"noopener noreferrer\">phone</a></li>\n<li>or <em>mail</em></li>\n</ul>";
        assert_eq!(to_html(written), html);
        assert_eq!(to_text("1. first\n2. second"), "1. first\n2. second");
        assert_eq!(to_text(written), "Call Küste first:\n\n- by phone (https://example.com/a)\n- or mail");
    }

    #[test]
    fn nothing_that_runs_or_loads_gets_through() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "![pixel](https://example.com/p.png)",
            "[a](javascript:alert(1))",
            "[a](data:text/html,x)",
            "<a href=\"https://example.com\" onclick=\"x()\" style=\"position:fixed\">a</a>",
            "<style>*{display:none}</style>",
            "<iframe src=\"https://example.com\"></iframe>",
            "[a](/kpis)",
        ] {
            let safe = to_html(hostile);
            for part in ["script", "<img", "<style", "iframe", "javascript:", "data:", "onclick", "style=", "\"/kpis"] {
                assert!(!safe.contains(part), "{hostile} became {safe}");
            }
        }
    }
}

//! The reference as a page of text.

use super::blocks::{Block, Chapter, Function, Text};

/// All chapters, after a table of contents.
pub fn of(chapters: &[Chapter]) -> String {
    let contents = chapters.iter().map(|chapter| format!("- [{}](#{})\n", chapter.title, chapter.id));
    let head = format!("# The language of KPI scripts\n\n{}", contents.collect::<String>());
    let parts = chapters.iter().map(|chapter| {
        let blocks: Vec<String> = chapter.blocks.iter().map(block).collect();
        format!("\n<a id=\"{}\"></a>\n\n## {}\n\n{}\n", chapter.id, chapter.title, blocks.join("\n\n"))
    });
    parts.fold(head, |text, part| text + part.as_str())
}

fn block(block: &Block) -> String {
    match block {
        Block::Text { text } => text.to_string(),
        Block::Heading { title, .. } => format!("### {title}"),
        Block::Code { language, text } => code(language, text),
        Block::List { items } => items.iter().map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n"),
        Block::Table { head, rows } => table(head, rows),
        Block::Function(function) => self::function(function),
    }
}

fn function(function: &Function) -> String {
    let Function { name, signatures, text, example, .. } = function;
    format!("### {name}\n\n{}\n\n{text}\n\n{}", code("text", &signatures.join("\n")), code("rhai", example))
}

fn code(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```", text.trim_end())
}

fn table(head: &[&str], rows: &[Vec<Text>]) -> String {
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let escaped = |text: &Text| text.to_string().replace('|', "\\|");
    let mut lines =
        vec![line(head.iter().map(ToString::to_string).collect()), line(vec!["---".to_owned(); head.len()])];
    lines.extend(rows.iter().map(|row| line(row.iter().map(escaped).collect())));
    lines.join("\n")
}

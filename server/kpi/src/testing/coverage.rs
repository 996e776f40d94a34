//! Which blocks of a script its tests reach.
//!
//! Rhai can tell where it is only with its feature `debugging`, which slows down every script, tested or not. So a
//! script that is to be covered is compiled once more from a text in which each block begins with `reached(N);`. The
//! calls stand on the lines of the braces, so that errors keep their lines. What is left is to register `reached` and
//! to run the tests.
//!
//! Blocks are found by a small lexer: it knows strings, comments and braces, and enough of the words before a brace to
//! tell what the block is. It assumes a valid script; the compiler has accepted it before.

use std::fmt::Write as _;

/// A place that a test can reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// From 1.
    pub line: usize,
    /// In characters, from 1: where the brace stands.
    pub column: usize,
    pub what: What,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The body of the function of that name.
    Function(String),
    /// What runs under a condition: after `if`, `else if` or `else`.
    Branch(Branch),
    /// The body of `loop`, `while`, `for` or `do`.
    Loop,
    /// The body of a closure in braces; one without braces is no block.
    Closure,
    /// Anything else: a `try`, a `catch`, a block for its own sake.
    Other,
}

/// Which branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Branch {
    If,
    ElseIf,
    Else,
}

/// The function whose blocks are left out: tests do not test themselves.
const TESTS: &str = "tests";

/// Inserts `reached(N);` after the brace that opens a block; N is the block's index in the list.
pub fn instrumented(source: &str) -> (String, Vec<Block>) {
    let mut lexer = Lexer::new(source);
    let (mut text, mut blocks, mut copied) = (String::with_capacity(source.len() * 2), Vec::new(), 0);
    while let Some((at, block)) = lexer.next_block() {
        text.push_str(&source[copied..at]);
        let _ = write!(text, " reached({});", blocks.len());
        copied = at;
        blocks.push(block);
    }
    text.push_str(&source[copied..]);
    (text, blocks)
}

/// What an open brace, bracket or backtick belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    /// `{` of a block.
    Block,
    /// `{` of the function `tests`.
    Tests,
    /// `#{`
    Map,
    /// `${` inside a template string, which goes on after the closing brace.
    Interpolation,
    /// `(` or `[`
    Bracket,
}

/// What a token means for the brace that may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    /// A text, a number or anything that ends a value.
    Value,
    Sign(char),
}

/// A head, such as `if …`, whose block has not begun.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Head {
    what: What,
    /// How much was open when it began: braces deeper than that are no blocks of it.
    depth: usize,
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    line: usize,
    /// Where the line begins, in bytes.
    line_begins: usize,
    open: Vec<Open>,
    heads: Vec<Head>,
    last: Option<Token<'a>>,
    /// How many blocks of `tests` are open, one inside the other.
    in_tests: usize,
}

impl<'a> Lexer<'a> {
    fn new(source: &'a str) -> Lexer<'a> {
        let (open, heads) = (Vec::new(), Vec::new());
        Lexer { source, at: 0, line: 1, line_begins: 0, open, heads, last: None, in_tests: 0 }
    }

    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    /// Takes one character.
    fn step(&mut self) -> Option<char> {
        let character = self.rest().chars().next()?;
        self.at += character.len_utf8();
        if character == '\n' {
            self.line += 1;
            self.line_begins = self.at;
        }
        Some(character)
    }

    fn skip(&mut self, bytes: usize) {
        let end = self.at + bytes;
        while self.at < end && self.step().is_some() {}
    }

    /// The next block, and the place behind its brace.
    fn next_block(&mut self) -> Option<(usize, Block)> {
        loop {
            let (rest, begin) = (self.rest(), self.at);
            let first = rest.chars().next()?;
            match first {
                _ if first.is_whitespace() => _ = self.step(),
                _ if rest.starts_with("//") => self.skip(rest.find('\n').unwrap_or(rest.len())),
                _ if rest.starts_with("/*") => self.comment(),
                '"' | '\'' => self.quoted(first),
                '`' => {
                    self.step();
                    self.template();
                }
                '#' if is_raw(rest) => self.raw(),
                _ if first.is_alphanumeric() || first == '_' => self.word(begin),
                _ if rest.starts_with("#{") => {
                    self.skip(2);
                    self.opened(Open::Map);
                }
                '{' => {
                    if let Some(block) = self.brace() {
                        return Some((self.at, block));
                    }
                }
                '}' | ')' | ']' => self.closed(),
                _ => self.sign(first),
            }
        }
    }

    /// `/* … */`, which may hold others of its kind.
    fn comment(&mut self) {
        let mut depth = 0_usize;
        while !self.rest().is_empty() {
            if self.rest().starts_with("/*") {
                depth += 1;
                self.skip(2);
            } else if self.rest().starts_with("*/") {
                depth -= 1;
                self.skip(2);
            } else {
                self.step();
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// `"…"` or `'…'`, with backslashes before what does not end it.
    fn quoted(&mut self, quote: char) {
        self.step();
        while let Some(character) = self.step() {
            if character == '\\' {
                self.step();
            } else if character == quote {
                break;
            }
        }
        self.last = Some(Token::Value);
    }

    /// `#"…"#`, with any number of `#`: nothing in it has a meaning.
    fn raw(&mut self) {
        let rest = self.rest();
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        let end = format!("\"{}", &rest[..hashes]);
        let begin = hashes + 1;
        self.skip(rest[begin..].find(&end).map_or(rest.len(), |at| begin + at + end.len()));
        self.last = Some(Token::Value);
    }

    /// The text behind a backtick, or behind an interpolation, up to its end or the next interpolation. A backslash
    /// means something only before `${`; a doubled backtick is one.
    fn template(&mut self) {
        while !self.rest().is_empty() {
            if self.rest().starts_with("``") {
                self.skip(2);
            } else if self.rest().starts_with("\\${") {
                self.skip(3);
            } else if self.rest().starts_with("${") {
                self.skip(2);
                self.opened(Open::Interpolation);
                return;
            } else if self.step() == Some('`') {
                break;
            }
        }
        self.last = Some(Token::Value);
    }

    fn word(&mut self, begin: usize) {
        let is_part = |character: char| character.is_alphanumeric() || character == '_';
        let rest = self.rest();
        let word = &rest[..rest.find(|character| !is_part(character)).unwrap_or(rest.len())];
        self.skip(word.len());
        // `m.if` is no branch, and neither is `#{ if: 1 }`, which the compiler refuses.
        let is_property = self.last == Some(Token::Sign('.'));
        if !is_property {
            self.begin_head(word);
        }
        if self.last == Some(Token::Word("fn"))
            && let Some(Head { what: What::Function(name), .. }) = self.heads.last_mut()
        {
            word.clone_into(name);
        }
        debug_assert!(self.at > begin, "a word has letters");
        self.last = Some(if is_property { Token::Value } else { Token::Word(word) });
    }

    /// Remembers that a block must follow.
    fn begin_head(&mut self, word: &str) {
        let after_else = self.last == Some(Token::Word("else"));
        let what = match word {
            "fn" => What::Function(String::new()),
            "if" if after_else => {
                // The head of `else` was no more than the first half of this one.
                self.heads.pop();
                What::Branch(Branch::ElseIf)
            }
            "if" => What::Branch(Branch::If),
            "else" => What::Branch(Branch::Else),
            "loop" | "for" | "do" => What::Loop,
            // At the end of `do { … } while` no block follows; whatever comes next is not its body.
            "while" if self.last != Some(Token::Sign('}')) || !self.ended_do() => What::Loop,
            "try" | "catch" => What::Other,
            _ => return,
        };
        self.heads.push(Head { what, depth: self.open.len() });
    }

    /// Whether the `while` that stands here belongs to a `do` before it: then it ends the statement, and behind its
    /// condition comes no brace before the end of the statement.
    fn ended_do(&self) -> bool {
        let mut look = Lexer { at: self.at, ..Lexer::new(self.source) };
        look.condition_without_block()
    }

    /// Goes over a condition; true if a `;` or the end of what is around it comes before a brace that opens a block.
    fn condition_without_block(&mut self) -> bool {
        loop {
            let rest = self.rest();
            let Some(first) = rest.chars().next() else { return true };
            match first {
                _ if rest.starts_with("//") => self.skip(rest.find('\n').unwrap_or(rest.len())),
                _ if rest.starts_with("/*") => self.comment(),
                '"' | '\'' => self.quoted(first),
                '`' => {
                    self.step();
                    self.template();
                }
                '#' if is_raw(rest) => self.raw(),
                _ if rest.starts_with("#{") => {
                    self.skip(2);
                    self.opened(Open::Map);
                }
                '{' if self.open.is_empty() => return false,
                '{' | '(' | '[' => {
                    self.step();
                    self.opened(Open::Bracket);
                }
                '}' | ')' | ']' if self.open.is_empty() => return true,
                '}' | ')' | ']' => self.closed(),
                ';' if self.open.is_empty() => return true,
                _ => _ = self.step(),
            }
        }
    }

    /// `{`: every one that is left opens a block.
    fn brace(&mut self) -> Option<Block> {
        let column = self.source[self.line_begins..self.at].chars().count() + 1;
        let line = self.line;
        self.step();
        let what = self.block_of();
        let is_tests = matches!(&what, What::Function(name) if name == TESTS);
        self.opened(if is_tests { Open::Tests } else { Open::Block });
        self.in_tests += usize::from(is_tests);
        (self.in_tests == 0).then_some(Block { line, column, what })
    }

    /// What the brace opens that stands here.
    fn block_of(&mut self) -> What {
        // `|l| {` and `|| {`: whatever waits for its block waits for one behind that.
        if self.last == Some(Token::Sign('|')) {
            return What::Closure;
        }
        let depth = self.open.len();
        match self.heads.pop_if(|head| head.depth == depth) {
            Some(head) => head.what,
            None => What::Other,
        }
    }

    fn opened(&mut self, what: Open) {
        self.open.push(what);
        self.last = None;
    }

    fn closed(&mut self) {
        self.step();
        let closed = self.open.pop();
        let depth = self.open.len();
        // What began inside and found no block will find none outside.
        while self.heads.pop_if(|head| head.depth > depth).is_some() {}
        match closed {
            Some(Open::Interpolation) => self.template(),
            Some(Open::Tests) => {
                self.in_tests -= 1;
                self.last = Some(Token::Sign('}'));
            }
            Some(Open::Block) => self.last = Some(Token::Sign('}')),
            Some(Open::Map | Open::Bracket) | None => self.last = Some(Token::Value),
        }
    }

    fn sign(&mut self, sign: char) {
        self.step();
        match sign {
            '(' | '[' => self.opened(Open::Bracket),
            _ => self.last = Some(Token::Sign(sign)),
        }
    }
}

/// Whether a text without escapes begins here.
fn is_raw(rest: &str) -> bool {
    rest.trim_start_matches('#').starts_with('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(source: &str) -> Vec<(usize, usize, What)> {
        instrumented(source).1.into_iter().map(|block| (block.line, block.column, block.what)).collect()
    }

    fn kinds(source: &str) -> Vec<What> {
        instrumented(source).1.into_iter().map(|block| block.what).collect()
    }

    fn function(name: &str) -> What {
        What::Function(name.to_owned())
    }

    #[test]
    fn calls_stand_behind_the_braces_and_lines_stay() {
        let source = "fn value(m) {\n    if m.a > 1 { m.a } else if m.a == 0 {\n        0\n    } else { 1 }\n}\n";
        let (text, found) = instrumented(source);
        assert_eq!(
            text,
            "fn value(m) { reached(0);\n    if m.a > 1 { reached(1); m.a } else if m.a == 0 { reached(2);\n        0\n    \
             } else { reached(3); 1 }\n}\n"
        );
        assert_eq!(text.lines().count(), source.lines().count());
        let places: Vec<(usize, usize)> = found.iter().map(|block| (block.line, block.column)).collect();
        assert_eq!(places, [(1, 13), (2, 16), (2, 41), (4, 12)]);
    }

    #[test]
    fn branches_are_told_apart() {
        use Branch::{Else, ElseIf, If};
        let wanted = [function("f"), What::Branch(If), What::Branch(ElseIf), What::Branch(Else)];
        assert_eq!(kinds("fn f(x) { if x { 1 } else if !x { 2 } else { 3 } }"), wanted);
        let nested = "fn f(x) { if x { if y { 1 } else { 2 } } else { 3 } }";
        let wanted = [function("f"), What::Branch(If), What::Branch(If), What::Branch(Else), What::Branch(Else)];
        assert_eq!(kinds(nested), wanted);
    }

    #[test]
    fn maps_are_no_blocks() {
        assert_eq!(kinds("kpi(#{ id: \"a\", title: #{ en: \"A\" } });"), []);
        assert_eq!(kinds("fn f() { #{ a: #{ b: [#{}] } } }"), [function("f")]);
    }

    #[test]
    fn braces_in_texts_and_comments_mean_nothing() {
        assert_eq!(kinds(r#"let a = "{ \" {"; let b = '{'; let c = '\''; let d = "\\"; // {"#), []);
        assert_eq!(kinds("/* { /* { */ { */ fn f() { } // {\n/* {"), [function("f")]);
        assert_eq!(kinds("let a = `{ \\`; let b = `{ `` {`;"), []);
        assert_eq!(kinds("let a = \"two\n{ lines\";\nfn f() {}"), [function("f")]);
    }

    #[test]
    fn raw_texts_end_with_as_many_signs_as_they_began() {
        assert_eq!(kinds("let a = #\"{ \\\"#; fn f() { }"), [function("f")]);
        assert_eq!(kinds("let a = ##\"{ \"# {\"##; { 1 }"), [What::Other]);
        assert_eq!(kinds("let a = `\\${ {`; { 1 }"), [What::Other]);
    }

    #[test]
    fn an_interpolation_is_code() {
        let source = "let a = `x { ${ if b { `y ${c} {` } else { #{ d: 1 } } } {`; fn f() { }";
        assert_eq!(kinds(source), [What::Branch(Branch::If), What::Branch(Branch::Else), function("f")]);
        let (text, _) = instrumented("`${ { 1 } }`");
        assert_eq!(text, "`${ { reached(0); 1 } }`");
    }

    #[test]
    fn loops_are_known_in_all_their_forms() {
        assert_eq!(kinds("loop { break; }"), [What::Loop]);
        assert_eq!(kinds("for (x, i) in [#{ a: 1 }] { }"), [What::Loop]);
        assert_eq!(kinds("while list.some(|x| { x > 1 }) { }"), [What::Closure, What::Loop]);
        assert_eq!(kinds("do { a += 1; } while a < 3; { b }"), [What::Loop, What::Other]);
        assert_eq!(kinds("do { a += 1; } until a > 3; if b { }"), [What::Loop, What::Branch(Branch::If)]);
        assert_eq!(kinds("if a { b } while c { d }"), [What::Branch(Branch::If), What::Loop]);
        assert_eq!(kinds("fn f(a) { do { a += 1; } while a < 3 }"), [function("f"), What::Loop]);
    }

    #[test]
    fn a_closure_counts_only_with_braces() {
        assert_eq!(kinds("rows.filter(|l| l.a > 1)"), []);
        assert_eq!(kinds("rows.filter(|l| { let a = l.a; a > 1 })"), [What::Closure]);
        assert_eq!(kinds("let f = || { 1 };"), [What::Closure]);
        assert_eq!(kinds("let f = |l| #{ a: l };"), []);
        let wanted = [What::Closure, What::Branch(Branch::If), What::Branch(Branch::Else)];
        assert_eq!(kinds("if list.all(|x| { x }) { 1 } else { 2 }"), wanted);
        assert_eq!(kinds("let f = |x| if x { 1 } else { 2 };"), wanted[1..]);
    }

    #[test]
    fn a_block_in_a_condition_is_not_the_branch() {
        let wanted = [What::Other, What::Branch(Branch::If)];
        assert_eq!(kinds("if ({ let a = 1; a }) == 1 { 2 }"), wanted);
        assert_eq!(kinds("try { throw 1; } catch (error) { 2 }"), [What::Other, What::Other]);
    }

    #[test]
    fn tests_do_not_test_themselves() {
        let source =
            "fn tests() {\n    let a = [1].map(|x| { x });\n    if a { } else { }\n    [#{}]\n}\nfn value(m) { 1 }\n";
        assert_eq!(blocks(source), [(6, 13, function("value"))]);
        let (text, _) = instrumented(source);
        assert_eq!(text, source.replace("(m) {", "(m) { reached(0);"));
        assert_eq!(kinds("fn tests_of(x) { 1 } private fn other() { 2 }"), [function("tests_of"), function("other")]);
    }

    #[test]
    fn properties_that_look_like_words_of_the_language_are_none() {
        assert_eq!(kinds("fn f(m) { m.loop; m.fn; { 1 } }"), [function("f"), What::Other]);
    }

    #[test]
    fn columns_are_characters() {
        assert_eq!(blocks("let ä = \"öü\"; { 1 }"), [(1, 15, What::Other)]);
    }

    #[test]
    fn whatever_the_text_it_comes_back_whole() {
        for source in [
            "",
            "{",
            "}",
            "}}{{",
            "`${",
            "`${`",
            "\"",
            "'",
            "/*",
            "#{",
            "fn",
            "fn {",
            "else if",
            "|",
            "do {} while",
            "ä{ü}",
        ] {
            let (text, found) = instrumented(source);
            let mut bare = text.clone();
            for number in 0..found.len() {
                bare = bare.replacen(&format!(" reached({number});"), "", 1);
            }
            assert_eq!(bare, source, "{text}");
        }
    }
}

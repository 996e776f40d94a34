use super::*;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Resource};
use std::collections::{BTreeMap, BTreeSet};

fn words(tag: &str) -> Words {
    Words::of(&Locale::parse(tag).unwrap())
}

/// Spaces that must not break, made visible.
fn shown(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], "~")
}

#[test]
fn a_count_chooses_the_form_and_is_written_as_the_region_writes_it() {
    let waiting =
        |tag: &str, count: u64| words(tag).say("mails_wait", [("count", count.into()), ("since", "Monday".into())]);
    assert_eq!(waiting("en-GB", 1), "1 mail waits since Monday");
    assert_eq!(waiting("en-GB", 1234), "1,234 mails wait, the first since Monday");
    assert_eq!(waiting("de-DE", 1234), "1.234 Mails warten, die erste seit Monday");
    assert_eq!(waiting("de-CH", 1234), "1'234 Mails warten, die erste seit Monday");
    // In French, nothing is singular.
    let more = |tag: &str, count: u64| shown(&words(tag).say("more", [("count", count.into())]));
    assert_eq!((more("fr-FR", 0), more("fr-FR", 2345)), ("0 autre".to_owned(), "2~345 autres".to_owned()));
    assert_eq!(more("en-IN", 123_456), "1,23,456 more");
}

#[test]
fn adding_a_language_is_adding_a_file_and_what_it_leaves_out_is_english() {
    let text = "language = Ænglisc\nunchanged = unawended\nweeks = { $count } wucena\nbroken = { $";
    let old_english: &'static Language = Box::leak(Box::new(Language::read("ang", text, Some(languages::english()))));
    let words = Words::in_language(old_english, &Locale::english());
    assert_eq!(words.language().name(), "Ænglisc");
    assert_eq!(words.say("unchanged", []), "unawended");
    assert_eq!(words.say("weeks", [("count", 1.into())]), "1 wucena");
    assert_eq!(words.say("periods", [("count", 1.into())]), "1 period");
    assert_eq!(words.say("broken", []), "Something went wrong");
    assert_eq!(old_english.word("critical"), languages::english().word("critical"));
    assert_eq!(old_english.words().len(), languages::english().words().len());
}

#[test]
fn what_cannot_be_said_is_named() {
    let said = |name: &str| words("de").try_say(name, []).map_err(|wrong| wrong.to_string());
    assert_eq!(said("nonsense").unwrap_err(), "there is no word “nonsense” in any language");
    assert!(said("more").unwrap_err().starts_with("“more” cannot be said: "), "{:?}", said("more"));
}

/// The arguments of every message of a file, including those of messages that it refers to.
fn spoken_of(code: &str) -> BTreeMap<String, BTreeSet<String>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/languages");
    let text = std::fs::read_to_string(format!("{folder}/{code}.ftl")).unwrap();
    let file: Resource<String> = fluent_syntax::parser::parse(text).unwrap_or_else(|(_, wrong)| panic!("{wrong:?}"));
    let mut all = BTreeMap::new();
    for entry in file.body {
        let Entry::Message(message) = entry else { continue };
        let mut of = BTreeSet::new();
        in_pattern(&message.value.unwrap(), &all, &mut of);
        assert!(all.insert(message.id.name.clone(), of).is_none(), "{} is there twice in {code}", message.id.name);
    }
    all
}

fn in_pattern(pattern: &Pattern<String>, known: &BTreeMap<String, BTreeSet<String>>, of: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { .. } => {}
            PatternElement::Placeable { expression: Expression::Inline(inline) } => in_inline(inline, known, of),
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                in_inline(selector, known, of);
                for variant in variants {
                    in_pattern(&variant.value, known, of);
                }
            }
        }
    }
}

fn in_inline(inline: &InlineExpression<String>, known: &BTreeMap<String, BTreeSet<String>>, of: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => of.extend([id.name.clone()]),
        InlineExpression::MessageReference { id, .. } => {
            of.extend(
                known.get(&id.name).unwrap_or_else(|| panic!("{} stands below what refers to it", id.name)).clone(),
            );
        }
        InlineExpression::StringLiteral { .. } => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_language_says_all_that_english_says_and_speaks_of_the_same() {
    let english = spoken_of("en");
    for language in languages::all() {
        let own = spoken_of(language.code());
        for (name, of) in &english {
            assert_eq!(own.get(name), Some(of), "“{name}” in {language:?}");
        }
        for name in own.keys() {
            assert!(english.contains_key(name), "“{name}” of {language:?} is in no other language");
        }
    }
}

//! Texts that were damaged before they came into a file: by spreadsheets, and by reading them in a wrong encoding.

use crate::shown::shown;
use encoding_rs::WINDOWS_1252;

/// What cells show whose formula has no result, in English, German and French.
const ERRORS: [&str; 18] = [
    "#N/A",
    "#NV",
    "#NAME?",
    "#NOM?",
    "#REF!",
    "#BEZUG!",
    "#VALUE!",
    "#WERT!",
    "#VALEUR!",
    "#DIV/0!",
    "#NUM!",
    "#ZAHL!",
    "#NOMBRE!",
    "#NULL!",
    "#NUL!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
];

/// Why a text is none that somebody wrote.
pub(crate) fn by_spreadsheet(text: &str) -> Option<String> {
    if text.starts_with('#') && ERRORS.contains(&text) {
        return Some(format!("“{text}” is an error of a spreadsheet: mend it there, or list it in `missing`"));
    }
    if text.len() >= 4 && text.bytes().all(|byte| byte == b'#') {
        return Some(format!("“{text}” is what a spreadsheet shows in a narrow column: export it with a wider one"));
    }
    is_cut_short(text)
        .then(|| format!("“{text}” is what a spreadsheet made of a longer number: export the column as text"))
}

/// `1.23E+11`: the digits that are not shown are lost, and other ids look the same.
fn is_cut_short(text: &str) -> bool {
    let Some((digits, exponent)) = text.split_once('+') else { return false };
    let Some(digits) = digits.strip_suffix(['E', 'e']) else { return false };
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    all_digits(whole) && all_digits(fraction) && all_digits(exponent)
}

/// Why letters of a text are not those that were meant.
pub(crate) fn by_encoding(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Some(format!(
            "“{}” holds a letter that was lost when the file was written, or is not in the encoding of the mapping",
            shown(text)
        ));
    }
    let (bytes, _, lossy) = WINDOWS_1252.encode(text);
    let meant = std::str::from_utf8(&bytes).ok().filter(|_| !lossy)?;
    Some(format!(
        "“{}” is “{}”, read in a wrong encoding by what wrote the file: export it again",
        shown(text),
        shown(meant)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_people_are_not_damaged() {
        for text in ["Köln", "São João", "Łódź", "MÜNCHEN", "ÎLE", "#1", "###", "1E5", "C#", "株式会社", "naïve “café”"]
        {
            assert_eq!(by_spreadsheet(text).or_else(|| by_encoding(text)), None, "{text}");
        }
        for text in ["KÃ¶ln", "DÃ¼sseldorf", "â‚¬ 5", "M\u{fffd}ller"] {
            assert!(by_encoding(text).is_some(), "{text}");
        }
        for text in ["1.23E+11", "1,23e+11", "#N/A", "#BEZUG!", "########"] {
            assert!(by_spreadsheet(text).is_some(), "{text}");
        }
    }
}

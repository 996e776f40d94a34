//! `pegel report render`: a file of a stored edition.

use super::written::write_file;
use crate::cli::{Render, RenderForm};
use crate::ending::{Done, Ending, Failure, broke, note, usage};
use anyhow::anyhow;
use pegel_report::ReportError;
use pegel_report::archive::numbers;
use pegel_report::forms::{Form, Maker, PROGRAM, Typesetter};
use pegel_store::edition::{Edition, HTML, Rendition, TEXT};
use std::borrow::Cow;
use std::io::{IsTerminal, Write};
use std::path::Path;

/// Writes the form to a file, or to standard output.
pub fn run(command: &Render, home: &Path, edition: &Edition) -> Ending {
    let rendition = rendition(edition, command.audience)?;
    let bytes = match command.form {
        RenderForm::Mail => as_stored(rendition, HTML)?,
        RenderForm::Text => as_stored(rendition, TEXT)?,
        RenderForm::Pdf => made(Form::Pdf, home, edition, rendition)?,
        RenderForm::Html => made(Form::Html, home, edition, rendition)?,
        RenderForm::Xlsx => made(Form::Xlsx, home, edition, rendition)?,
        RenderForm::Csv => made(Form::Csv, home, edition, rendition)?,
        RenderForm::Json => made(Form::Json, home, edition, rendition)?,
    };
    match &command.out {
        Some(file) => write_file(file, &bytes).map_err(broke)?,
        None if std::io::stdout().is_terminal() && is_binary(command.form) => {
            return Err(usage(anyhow!("this is nothing to be read on a terminal: name a file with --out FILE")));
        }
        None => std::io::stdout().write_all(&bytes).map_err(broke)?,
    }
    Ok(Done::InOrder)
}

fn is_binary(form: RenderForm) -> bool {
    matches!(form, RenderForm::Pdf | RenderForm::Xlsx | RenderForm::Csv)
}

/// What the audience of that number gets, counted from 1.
pub fn rendition(edition: &Edition, audience: usize) -> Result<&Rendition, Failure> {
    let of = audience.checked_sub(1).and_then(|at| edition.renditions.get(at));
    let count = edition.renditions.len();
    of.ok_or_else(|| usage(anyhow!("edition {} has no audience {audience}: they are 1 to {count}", edition.head.id)))
}

fn as_stored(rendition: &Rendition, name: &str) -> Result<Vec<u8>, Failure> {
    let artefact = rendition
        .artefact(name)
        .ok_or_else(|| usage(anyhow!("the edition has no {name}: nothing in it needed a mail")))?;
    artefact.bytes().map(Cow::into_owned).ok_or_else(|| usage(anyhow!("{name} of this edition was erased")))
}

/// As it was attached to a mail; else made now, of the stored numbers, which is said.
fn made(form: Form, home: &Path, edition: &Edition, rendition: &Rendition) -> Result<Vec<u8>, Failure> {
    if form.stored(rendition).is_some() {
        return as_stored(rendition, &form.artefact_name());
    }
    let numbers = numbers(rendition, &edition.labels).map_err(broke)?;
    let typesetter = Typesetter::follow(home).map_err(broke)?;
    let maker = Maker { program: PROGRAM, locale: &numbers.locale, typesetter: &typesetter };
    let bytes = form.make(&numbers, maker).map_err(|error| match error {
        ReportError::NoPdf => usage(error),
        error => broke(error),
    })?;
    note(format_args!("made now by {PROGRAM}, of the numbers stored in edition {}", edition.head.id));
    Ok(bytes)
}

//! `pegel report preview`: every form of what a report would say, in files. Nothing is kept, nobody is mailed.

use super::asked;
use super::written::{write_file, write_out};
use crate::cli::Preview;
use crate::composer::{Composer, failure};
use crate::ending::{Done, Ending, answer, broke, usage};
use crate::home::Home;
use pegel_delivery::Clock;
use pegel_report::archive::numbers;
use pegel_report::definition;
use pegel_report::forms::{Form, Maker, PROGRAM};
use pegel_report::manifest::seal;

/// Writes them, and names each file.
pub fn run(command: &Preview, home: &Home, clock: &Clock) -> Ending {
    let definition = definition::find(&home.path, &command.name).map_err(usage)?;
    let period = asked::period(&definition, command.period.as_deref(), clock)?;
    let composer = Composer::for_once(home, home.store()?)?;
    let made = composer.compose(&definition, &period, (0, None), clock.now()).map_err(failure)?.edition;
    let typesetter = composer.typesetter();
    let folder = command.out.clone().unwrap_or_else(|| home.path.join("preview").join(&command.name));
    write_out(&folder, &made.renditions, &seal(&made, None).manifest).map_err(broke)?;
    for (nth, rendition) in (1..).zip(&made.renditions) {
        let place = if nth > 1 { folder.join(format!("audience-{nth}")) } else { folder.clone() };
        let numbers = numbers(rendition, &made.labels).map_err(broke)?;
        for form in Form::ALL {
            let maker = Maker { program: PROGRAM, locale: &numbers.locale, typesetter: &typesetter };
            let bytes = form.make(&numbers, maker).map_err(broke)?;
            let path = place.join(form.file_name(&numbers));
            write_file(&path, &bytes).map_err(broke)?;
            answer(path.display());
        }
        for artefact in &rendition.artefacts {
            answer(place.join(&artefact.name).display());
        }
    }
    Ok(Done::InOrder)
}

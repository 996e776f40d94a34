//! `pegel report recipients` and `pegel report subscribe`: who gets a report, and who wants no more of it.

use crate::composer::{Composer, failure};
use crate::ending::{Done, Ending, answer, answer_json, broke, usage};
use crate::home::Home;
use crate::post::channels;
use anyhow::anyhow;
use jiff::Timestamp;
use pegel_delivery::Channels;
use pegel_report::audience::{Addressee, Readers};
use pegel_report::{To, address, definition};
use pegel_text::clean::one_line;
use pegel_text::stamps::stamp;
use serde::Serialize;

/// One who gets a report, or would.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    addressee: Addressee,
    #[serde(skip_serializing_if = "Option::is_none")]
    unsubscribed_at: Option<Timestamp>,
}

/// Lists them.
pub fn list(name: &str, json: bool, home: &Home) -> Ending {
    let definition = definition::find(&home.path, name).map_err(usage)?;
    let store = home.store()?;
    let unsubscribed = store.unsubscribed(name).map_err(broke)?;
    let all = Composer::for_once(home, store)?.addressees(&definition).map_err(failure)?;
    let listed = all.into_iter().map(|addressee| {
        let since = addressee.to.address().and_then(|to| unsubscribed.get(&address::bare(to)));
        Listed { addressee, unsubscribed_at: since.and_then(|at| Timestamp::from_second(*at).ok()) }
    });
    let listed: Vec<Listed> = listed.collect();
    if json {
        answer_json(&listed);
    } else {
        let channels = channels(home);
        for listed in &listed {
            answer(line(listed, home, &channels));
        }
    }
    Ok(Done::InOrder)
}

fn line(Listed { addressee, unsubscribed_at }: &Listed, home: &Home, channels: &Channels) -> String {
    let Addressee { to, readers: Readers { scope, locale, zone }, forms } = addressee;
    let groups = scope.restrictions().map(|(dimension, texts)| format!("{dimension} {}", texts.join(", ")));
    let groups = groups.collect::<Vec<_>>().join("; ");
    let groups = if groups.is_empty() { "everything" } else { &groups };
    let whom = match to {
        To::Address(to) => one_line(to).into_owned(),
        To::Channel(name) => format!("channel {name}"),
    };
    let mut fields = vec![whom, one_line(groups).into_owned(), locale.clone(), zone.clone()];
    if !forms.is_empty() {
        fields.push(format!("with {}", forms.iter().map(|form| form.name()).collect::<Vec<_>>().join(", ")));
    }
    match to {
        To::Address(to) if address::parse(to).is_err() => fields.push("no mail address".to_owned()),
        To::Channel(name) => fields.extend(channels.find(name).err().map(|error| error.to_string())),
        To::Address(_) => {}
    }
    if let Some(at) = unsubscribed_at {
        fields.push(format!("unsubscribed since {}", stamp(at.as_second(), &home.config.zone())));
    }
    fields.join("\t")
}

/// Lets an address that unsubscribed get a report again.
pub fn subscribe(name: &str, to: &str, home: &Home) -> Ending {
    definition::find(&home.path, name).map_err(usage)?;
    let address = address::bare(to);
    if !home.store()?.subscribe(name, &address).map_err(broke)? {
        let hint = format!("`pegel report recipients {name}` lists who has");
        return Err(usage(anyhow!("{} has not unsubscribed from {name}; {hint}", one_line(to))));
    }
    answer(format_args!("{} gets the mails of {name} again, from the next on", one_line(&address)));
    Ok(Done::InOrder)
}

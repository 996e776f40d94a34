//! `pegel channel …`: the channels beside mail, and whether they take messages.

use crate::cli::{self, Global};
use crate::ending::{Done, Ending, answer, note, usage};
use crate::post::channels;
use pegel_delivery::Channels;
use pegel_delivery::channel::Way;
use pegel_delivery::channel::message::Message;
use pegel_delivery::channel::set_up::ChannelError;

/// Runs one of the commands on channels.
pub fn run(command: &cli::Channel, global: &Global) -> Ending {
    let home = global.open(&global.home())?;
    let channels = channels(&home);
    match command {
        cli::Channel::List => list(&channels),
        cli::Channel::Test { name } => {
            let now = global.clock().now();
            test(name, &channels, &Message::to_test(now, home.config.web.base_url.as_deref()), now)
        }
    }
}

fn list(channels: &Channels) -> Ending {
    let all = channels.all().map_err(usage)?;
    if all.is_empty() {
        note("there are no channels beside mail: `pegel docs channels` says how to set one up");
    }
    let mut all_well = true;
    for (name, way) in &all {
        all_well &= in_order(way);
        answer(format_args!("{name}\t{}", described(way)));
    }
    Ok(if all_well { Done::InOrder } else { Done::NotInOrder })
}

fn in_order(way: &Result<Way, ChannelError>) -> bool {
    way.as_ref().is_ok_and(|way| way.leads_to().is_ok())
}

/// `slack\thooks.slack.com`, or what is wrong.
fn described(way: &Result<Way, ChannelError>) -> String {
    match way {
        Ok(way) => {
            let to = way.leads_to().unwrap_or_else(|failed| failed.refusal.answer);
            format!("{}\t{to}", way.kind().word())
        }
        Err(error) => format!("not in order\t{error}"),
    }
}

fn test(name: &str, channels: &Channels, message: &Message, now: jiff::Timestamp) -> Ending {
    let way = channels.find(name).map_err(usage)?;
    match way.hand_over(message, now) {
        Ok(said) => {
            answer(format_args!("{name} took the test message: {said}"));
            Ok(Done::InOrder)
        }
        Err(failed) => {
            answer(format_args!("{name} did not take it: {}", failed.refusal.answer));
            answer(failed.advice);
            Ok(Done::NotInOrder)
        }
    }
}

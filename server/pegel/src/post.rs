//! How the mails of a home go out, and what goes to channels beside mail, by its configuration.

use crate::config::Config;
use crate::ending::{Failure, usage};
use crate::home::Home;
use pegel_delivery::{Auth, Channels, DeliveryError, DkimSettings, Letterhead, Mailer, Pace, Secret, Settings};
use std::num::NonZeroUsize;

/// Where mails go.
///
/// # Errors
/// If it is configured wrongly.
pub fn mailer(home: &Home) -> Result<Mailer, Failure> {
    Mailer::from_url(home.mail_url(), &home.path, &settings(home)).map_err(usage)
}

/// How many mails a server is handed within a minute; a folder takes as many as there are.
pub fn pace(home: &Home, mailer: &Mailer) -> Option<Pace> {
    let is_server = matches!(mailer, Mailer::Smtp(_));
    home.config.mail.per_minute.filter(|_| is_server).map(NonZeroUsize::get).map(Pace::per_minute)
}

/// What the variables of the environment begin with that go before the files of channels.
const OF_CHANNELS: &str = "PEGEL_CHANNEL_";

/// Where things go beside mail. What is secret of it may be in the environment.
pub fn channels(home: &Home) -> Channels {
    let of_channels = std::env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok().filter(|name| name.starts_with(OF_CHANNELS))?;
        Some((name, value.into_string().ok().filter(|value| !value.is_empty())?))
    });
    Channels::of_home(&home.path, of_channels.collect())
}

/// What stands on mails.
///
/// # Errors
/// If it is configured wrongly.
pub fn letterhead(config: &Config) -> Result<Letterhead, DeliveryError> {
    let Config { mail, web, .. } = config;
    let letterhead = Letterhead::new(&mail.from)?.named(mail.from_name.as_ref())?;
    Ok(letterhead.answered_at(mail.reply_to.as_deref())?.with_pages_at(web.base_url.as_deref()))
}

fn settings(home: &Home) -> Settings {
    let mail = &home.config.mail;
    let in_home = |path| home.path.join(path);
    let password = || home.mail_password.clone().map(Secret::Said);
    Settings {
        envelope_from: mail.envelope_from.clone(),
        ca_file: mail.ca_file.as_ref().map(in_home),
        user: mail.user.clone(),
        secret: match mail.auth {
            Some(Auth::Xoauth2) => mail.token_file.as_ref().map(in_home).map(Secret::File),
            _ => password().or_else(|| mail.password_file.as_ref().map(in_home).map(Secret::File)),
        },
        auth: mail.auth,
        dkim: mail.dkim.as_ref().map(|dkim| DkimSettings {
            domain: dkim.domain.clone(),
            selector: dkim.selector.clone(),
            key_file: home.path.join(&dkim.key_file),
        }),
    }
}

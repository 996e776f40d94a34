//! A mail server, as a URL names it.

use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT};
use percent_encoding::percent_decode_str;
use std::net::IpAddr;
use url::{Host, Url};

/// When the conversation is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Security {
    /// Never.
    Clear,
    /// From STARTTLS on, if the server offers it.
    Opportunistic,
    /// From STARTTLS on, or not at all.
    Required,
    /// From the start.
    Wrapper,
}

/// A mail server, and how to talk to it.
#[derive(Clone)]
pub(crate) struct Server {
    /// A name in ASCII, or an address without the brackets it has in URLs.
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Whether it is on this machine: what is said to it then goes over no network.
    pub is_here: bool,
    /// What to say in EHLO.
    pub greeting: ClientId,
    pub user: Option<String>,
    pub password: Option<String>,
    /// Its URL without user and password, for messages.
    pub shown: String,
}

impl Server {
    /// Reads `smtp://` and `smtps://` URLs as [`crate::Mailer::from_url`] describes them.
    ///
    /// # Errors
    /// What is wrong; the text never holds the URL, which may hold a password.
    pub(crate) fn from_url(text: &str) -> Result<Server, String> {
        // Such a URL would be split in the wrong place, and a part of the password be taken for the host.
        if text.contains('#') || text.matches('@').count() > 1 {
            return Err("write the characters @ : / ? # of a password as %40 %3A %2F %3F %23".to_owned());
        }
        let url = Url::parse(text).map_err(|error| error.to_string())?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or("it names no host")?;
        let host = Host::parse(host).map_err(|error| format!("its host: {error}"))?;
        let is_here = is_here(&host);
        let security = security(&url, is_here)?;
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let decoded = |text| match percent_decode_str(text).decode_utf8() {
            Ok(decoded) => Ok(Some(decoded.into_owned()).filter(|text| !text.is_empty())),
            Err(_) => Err("it names a user or password that is not UTF-8"),
        };
        Ok(Server {
            port: url.port().unwrap_or(usual_port(security)),
            security,
            is_here,
            greeting: match url.path().trim_matches('/') {
                "" => ClientId::default(),
                name => ClientId::Domain(name.to_owned()),
            },
            user: decoded(url.username())?,
            password: decoded(url.password().unwrap_or_default())?,
            shown: format!("{}://{host}{port}", url.scheme()),
            host: match host {
                Host::Ipv6(address) => address.to_string(),
                host => host.to_string(),
            },
        })
    }
}

/// Whether a host is this machine, whatever a name server says.
pub(crate) fn is_here(host: &Host) -> bool {
    let address = match host {
        Host::Domain(name) => return name.trim_end_matches('.').eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => IpAddr::V4(*address),
        Host::Ipv6(address) => IpAddr::V6(*address),
    };
    address.to_canonical().is_loopback()
}

/// To another machine the conversation is encrypted, unless the URL says otherwise.
fn security(url: &Url, is_here: bool) -> Result<Security, String> {
    let mut asked = None;
    for (option, value) in url.query_pairs() {
        asked = match (url.scheme(), &*option, &*value) {
            ("smtp", "tls", "required") => Some(Security::Required),
            ("smtp", "tls", "opportunistic") => Some(Security::Opportunistic),
            ("smtp", "tls", "none") => Some(Security::Clear),
            _ => {
                let hint = "the only options are smtp://…?tls=required, ?tls=opportunistic and ?tls=none";
                // Its value may be a password.
                return Err(format!("the option “{option}” is unknown or has an unknown value; {hint}"));
            }
        };
    }
    Ok(match asked {
        Some(asked) => asked,
        None if url.scheme() == "smtps" => Security::Wrapper,
        None if is_here => Security::Clear,
        None => Security::Required,
    })
}

fn usual_port(security: Security) -> u16 {
    match security {
        Security::Clear => SMTP_PORT,
        Security::Opportunistic | Security::Required => SUBMISSION_PORT,
        Security::Wrapper => SUBMISSIONS_PORT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_is_talked_to_encrypted_unless_the_url_says_otherwise() {
        for (url, security, port) in [
            ("smtp://mail.example.com", Security::Required, 587),
            ("smtp://mail.example.com:25", Security::Required, 25),
            ("smtp://192.0.2.7", Security::Required, 587),
            ("smtp://[2001:db8::7]", Security::Required, 587),
            ("smtp://localhost.example.com", Security::Required, 587),
            ("smtp://mail.example.com?tls=none", Security::Clear, 25),
            ("smtp://mail.example.com?tls=opportunistic", Security::Opportunistic, 587),
            ("smtps://mail.example.com", Security::Wrapper, 465),
            ("smtp://localhost", Security::Clear, 25),
            ("smtp://LOCALHOST.:2525", Security::Clear, 2525),
            ("smtp://127.0.0.53", Security::Clear, 25),
            ("smtp://[::1]", Security::Clear, 25),
            ("smtp://[::ffff:127.0.0.1]", Security::Clear, 25),
            ("smtp://localhost?tls=required", Security::Required, 587),
            ("smtps://localhost", Security::Wrapper, 465),
        ] {
            let server = Server::from_url(url).unwrap();
            assert_eq!((server.security, server.port), (security, port), "{url}");
        }
    }

    #[test]
    fn hosts_are_written_as_they_are_connected_to() {
        for (url, host, shown) in [
            ("smtp://[::1]:25", "::1", "smtp://[::1]:25"),
            ("smtp://ada:s3cret@mail.example.com/pegel", "mail.example.com", "smtp://mail.example.com"),
            ("smtps://münchen.example", "xn--mnchen-3ya.example", "smtps://xn--mnchen-3ya.example"),
            ("smtp://mail_relay:1025?tls=none", "mail_relay", "smtp://mail_relay:1025"),
        ] {
            let server = Server::from_url(url).unwrap();
            assert_eq!((server.host.as_str(), server.shown.as_str()), (host, shown), "{url}");
        }
    }
}

//! A webhook: JSON, signed by the scheme of <https://www.standardwebhooks.com>, so that the other side can tell what is
//! ours, and what is new.

use super::failed::Failed;
use super::message::Message;
use super::post::Endpoint;
use super::set_up::SetUp;
use crate::secret::Secret;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use ring::hmac::{HMAC_SHA256, Key, sign};

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// As many bytes as a secret has, by that scheme.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// Where messages are posted to, and by what they are signed.
#[derive(Debug, Clone)]
pub struct Webhook {
    pub(super) endpoint: Endpoint,
    secret: Secret,
}

impl Webhook {
    pub(super) fn new(set_up: SetUp) -> Result<Webhook, String> {
        let (endpoint, secret) = set_up.signed_endpoint()?;
        Ok(Webhook { endpoint, secret })
    }

    /// Posts a message, with the instant of this attempt; what the other side answered.
    pub(super) fn hand_over(&self, message: &Message, now: Timestamp) -> Result<String, Failed> {
        let unfit = |problem: String| Failed::unreachable(format!("secret_file: {problem}"), ADVICE);
        let secret = self.secret.read().map_err(unfit)?;
        let key = key(&secret).map_err(|problem| unfit(problem.to_owned()))?;
        let body = message.to_json();
        let timestamp = now.as_second().to_string();
        let signature = signature(&key, &message.id, &timestamp, &body);
        let headers =
            [("webhook-id", message.id.as_str()), ("webhook-timestamp", &timestamp), ("webhook-signature", &signature)];
        self.endpoint.post(&body, &headers, &[&secret], now)
    }
}

const ADVICE: &str = "write whsec_ and 32 random bytes in base64 into the file, and the same on the other side: \
                      printf 'whsec_%s' \"$(openssl rand -base64 32)\"";

/// The bytes that a secret stands for. No message quotes it.
fn key(secret: &str) -> Result<Vec<u8>, &'static str> {
    let encoded = secret.strip_prefix(PREFIX).ok_or("it does not begin with whsec_")?;
    let key = BASE64_STANDARD.decode(encoded).map_err(|_| "what follows whsec_ is not base64")?;
    if LENGTHS.contains(&key.len()) { Ok(key) } else { Err("its secret is not of 24 to 64 bytes") }
}

fn signature(key: &[u8], id: &str, timestamp: &str, body: &str) -> String {
    let signed = sign(&Key::new(HMAC_SHA256, key), format!("{id}.{timestamp}.{body}").as_bytes());
    format!("v1,{}", BASE64_STANDARD.encode(signed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_scheme() {
        // The example of its reference implementations.
        let key = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(
            signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", r#"{"test": 2432232314}"#),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn a_secret_is_what_the_scheme_says() {
        for (secret, said) in [
            ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_"),
            ("whsec_?", "not base64"),
            ("whsec_MfKQ9r8G", "24 to 64 bytes"),
        ] {
            assert!(key(secret).unwrap_err().contains(said), "{secret}");
        }
    }
}

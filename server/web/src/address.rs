//! Where the server may listen, and under which names it may be addressed: as long as there are no accounts, both mean
//! this machine.

use crate::WebError;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Reads an address to listen on, such as `127.0.0.1:7345`, `[::1]:7345` or `localhost:7345`. Port 0 lets the system
/// choose.
///
/// # Errors
/// If it is not an address, or not one of this machine's loopback addresses.
pub fn check_address(address: &str) -> Result<SocketAddr, WebError> {
    let parsed = match address.strip_prefix("localhost:") {
        Some(port) => port.parse().ok().map(|port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
        None => address.parse().ok(),
    };
    check_loopback(parsed.ok_or_else(|| WebError::NotAnAddress(address.to_owned()))?)
}

/// Checks an address that something listens on already.
pub(crate) fn check_loopback(address: SocketAddr) -> Result<SocketAddr, WebError> {
    if address.ip().to_canonical().is_loopback() { Ok(address) } else { Err(WebError::NotLoopback(address)) }
}

/// Whether the `Host` of a request is a name of this machine.
///
/// A page from elsewhere can have its own name resolve to 127.0.0.1 and then read what is served here (DNS rebinding);
/// it cannot make the browser send another `Host` than that name.
pub(crate) fn is_loopback_host(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let ip = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || ip.parse().is_ok_and(|ip: IpAddr| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_addresses_are_taken() {
        for address in ["127.0.0.1:7345", "127.8.8.8:0", "[::1]:7345", "[::ffff:127.0.0.1]:80"] {
            assert_eq!(check_address(address).unwrap(), address.parse().unwrap());
        }
        assert_eq!(check_address("localhost:7345").unwrap(), "127.0.0.1:7345".parse().unwrap());
    }

    #[test]
    fn any_other_address_is_refused_with_a_way_out() {
        for address in ["0.0.0.0:7345", "192.168.1.20:7345", "[::]:7345", "[2001:db8::1]:80", "[::ffff:10.0.0.1]:80"] {
            let error = check_address(address).unwrap_err();
            assert!(matches!(error, WebError::NotLoopback(_)), "{address}");
            assert!(error.to_string().contains("listen on 127.0.0.1 or [::1]"), "{error}");
        }
    }

    #[test]
    fn what_is_no_address_is_told_apart() {
        for address in ["", "7345", "127.0.0.1", "localhost", "localhost:http", "localhost:70000", "pegel.example:80"] {
            assert!(matches!(check_address(address), Err(WebError::NotAnAddress(_))), "{address}");
        }
    }

    #[test]
    fn only_names_of_this_machine_are_answered() {
        for host in ["localhost", "LOCALHOST:7345", "127.0.0.1", "127.0.0.1:7345", "[::1]:7345", "[::1]"] {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in ["", ":80", "pegel.example", "localhost.evil.example:80", "127.0.0.1.evil.example", "10.0.0.1:80"] {
            assert!(!is_loopback_host(host), "{host}");
        }
    }
}

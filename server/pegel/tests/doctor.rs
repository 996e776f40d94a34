//! `pegel doctor`: whether all is in order that a Monday needs.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::TestHome;
use std::net::TcpListener;

const LAST: &str = "2026-11-29T08:00:00Z";

#[test]
fn a_home_that_is_ready_for_monday_is_told_so_and_one_that_is_not_why() {
    for home in [TestHome::empty(), TestHome::empty_on_postgres()] {
        home.at(LAST, &["demo", "--once"]).succeeded();
        let said = home.at(LAST, &["doctor"]).succeeded().out;
        for line in [
            "ok\tfiles\tall are in order",
            "ok\treport weekly\tnext 2026-11-30 07:00:00; 1 recipient\n",
            "ok\talert feedback\t",
            "ok\tdata leads\tcomplete up to 2026-11-29 09:00:00",
            "ok\toutbox\tnothing is stuck",
            "look\tmail server\tmails go into the folder",
            "ok\tclock\t",
        ] {
            assert!(said.contains(line), "{line}: {said}");
        }

        // Two weeks later, with a rule that cannot be read, and a mail server that is not there.
        home.write("config/alerts/feedback.toml", "title = 1\n");
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let url = format!("smtp://{nobody}");
        let said = home.at("2026-12-14T08:00:00Z", &["--mail-url", &url, "doctor"]);
        assert_eq!(said.status, 1, "{}", said.err);
        for line in [
            "WRONG\tconfig/alerts/feedback.toml\t",
            "look\tdata leads\tcomplete only up to 2026-11-29 09:00:00: import again",
            "WRONG\tmail server\tconnect: ",
        ] {
            assert!(said.out.contains(line), "{line}: {}", said.out);
        }
    }
}

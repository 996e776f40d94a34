//! Recipients get no more mails of a report by a signed link, without an account.

use crate::support::numbers::weekly;
use crate::support::{Site, publish};
use pegel_report::unsubscribe::{LinkKey, page};
use pegel_store::Store;
use pegel_store::testing::on_both;

/// A site with an edition, and the link of an address.
fn site(store: &Store) -> (Site, String) {
    publish(store, &weekly());
    let key = LinkKey::new(store.link_key_or(&[7; 32]).unwrap());
    (Site::on(store.clone()), key.page_of("weekly", "ada@example.com", "en-GB"))
}

fn since(store: &Store) -> Option<i64> {
    store.unsubscribed_since("weekly", "ada@example.com").unwrap()
}

#[test]
fn only_a_post_to_the_link_takes_effect_and_says_how_to_come_back() {
    on_both(|store| {
        let (site, link) = site(&store);
        let asked = site.get(&link);
        assert_eq!(asked.status, 200);
        let html = asked.html();
        assert!(html.contains("No more mails of “Partner sales”?") && html.contains("ada@example.com"), "{html}");
        assert_eq!(html.matches("<button").count(), 1);
        assert!(html.contains("method=\"post\"") && !html.contains("href=\"/operations"), "{html}");
        assert_eq!(site.ask("HEAD", &link, &[]).status, 200);
        assert_eq!(since(&store), None, "whoever looks at a link changes nothing");

        // As mail programs do it (RFC 8058): no cookie, and no redirect.
        let form = [("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", "26")];
        let done = site.ask_with("POST", &link, &form, "List-Unsubscribe=One-Click");
        assert_eq!(done.status, 200);
        assert!(done.html().contains("Done on ") && !done.html().contains("<button"));
        assert!(done.html().contains("If you want them again"), "{}", done.html());
        let at = since(&store).unwrap();
        // The button of the page sends a form without fields; a second time changes nothing.
        assert_eq!(site.ask("POST", &link, &[("Content-Length", "0")]).status, 200);
        assert_eq!(since(&store), Some(at));
        assert!(site.get(&link).html().contains("Done on "), "it says so from now on");
    });
}

#[test]
fn the_page_speaks_as_the_link_or_else_the_browser_does() {
    on_both(|store| {
        let (site, link) = site(&store);
        let german = link.replace("en-GB", "de-AT");
        assert!(site.get(&german).html().contains("„Partnervertrieb“ nicht mehr per Mail erhalten?"));
        let bare = link.split('?').next().unwrap();
        assert!(site.get_in("fr", bare).html().contains("Ne plus recevoir"));
    });
}

#[test]
fn a_link_that_is_not_signed_for_this_report_and_address_changes_nothing() {
    on_both(|store| {
        let (site, link) = site(&store);
        let forged = [
            link.replace("ada%40", "bob%40"),
            link.replace("/weekly/", "/monthly/"),
            link.replace("ada%40", "Ada%40"),
            LinkKey::new(vec![8; 32]).page_of("weekly", "ada@example.com", "en-GB"),
            "/unsubscribe/weekly/ada%40example.com/x".to_owned(),
        ];
        for link in forged {
            for method in ["GET", "POST"] {
                let answer = site.ask(method, &link, &[("Content-Length", "0")]);
                assert_eq!(answer.status, 403, "{method} {link}");
                assert!(answer.html().contains("This link cannot be used"), "{}", answer.html());
            }
        }
        assert!(store.unsubscribed("weekly").unwrap().is_empty());
    });
}

#[test]
fn before_a_link_was_ever_signed_none_is_right() {
    on_both(|store| {
        publish(&store, &weekly());
        let link = LinkKey::new(Vec::new()).page_of("weekly", "ada@example.com", "en-GB");
        assert_eq!(Site::on(store.clone()).ask("POST", &link, &[("Content-Length", "0")]).status, 403);
        assert_eq!(store.link_key().unwrap(), None);
    });
}

#[test]
fn the_link_in_what_many_read_unsubscribes_nobody() {
    on_both(|store| {
        let (site, _) = site(&store);
        let shared = page("weekly", "en-GB");
        let answer = site.get(&shared);
        assert_eq!(answer.status, 200);
        assert!(answer.html().contains("Your own link is in your mail") && !answer.html().contains("<form"));
        assert_eq!(site.ask("POST", &shared, &[("Content-Length", "0")]).status, 405);
        assert_eq!(site.get(&page("yearly", "en-GB")).status, 404);
        assert!(store.unsubscribed("weekly").unwrap().is_empty());
    });
}

#[test]
fn everything_else_stays_as_it_is() {
    on_both(|store| {
        let (site, link) = site(&store);
        for (method, path) in [("POST", "/editions/1"), ("DELETE", link.as_str()), ("PUT", link.as_str())] {
            assert_eq!(site.ask(method, path, &[("Content-Length", "0")]).status, 405, "{method} {path}");
        }
        let foreign = [("Host", "pegel.example.com"), ("Content-Length", "0")];
        assert_eq!(site.ask("POST", "/editions/1", &foreign).status, 421);
        assert_eq!(since(&store), None);
        // By the name that readers know, if what stands before this server passes it on.
        assert_eq!(site.ask("POST", &link, &foreign).status, 200);
        assert!(since(&store).is_some());
    });
}

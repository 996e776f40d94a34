//! Alerts: what an evaluation comes to is stored once, whoever evaluates, and with it what is told.
#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod common;

use common::NOW;
use common::edition::audience;
use pegel_store::alerts::{Acknowledged, Alert, AlertKey, AlertState, Changed, Check, Evaluated, Event, ToldRow};
use pegel_store::lease::Lease;
use pegel_store::notices::{NewNotice, Notice};
use pegel_store::outbox::{Channel, Content, NewDelivery};
use pegel_store::testing::on_both;
use pegel_store::{Store, StoreError};

fn alert(state: AlertState) -> Alert {
    Alert {
        id: 0,
        key: AlertKey {
            rule: "feedback".to_owned(),
            scope: "{}".to_owned(),
            kpi: "feedback_rate".to_owned(),
            item: r#"{"dimension":"region","label":"North"}"#.to_owned(),
        },
        label: Some("North".to_owned()),
        state,
        since: NOW,
        broken: 1,
        period: "2026-W46".to_owned(),
        value: Some(0.7),
        told: Some(state),
        told_at: Some(NOW),
        acknowledged: None,
        muted_until: None,
        version: 0,
    }
}

fn event(what: &str) -> Event {
    Event { at: NOW, what: what.to_owned(), period: "2026-W46".to_owned(), value: Some(0.7), who: None, note: None }
}

fn notice() -> NewNotice {
    let notice = Notice {
        rule: "feedback".to_owned(),
        created_at: NOW,
        audience: audience(),
        subject: "Alert: North".to_owned(),
        text: "North\n".to_owned(),
        html: "<p>North</p>".to_owned(),
        statements: Some(r#"{"title":"North"}"#.to_owned()),
    };
    let delivery = NewDelivery {
        audience: audience(),
        channel: Channel::Mail,
        recipient: "ada@example.com".to_owned(),
        message_id: "<alert@example.com>".to_owned(),
        reply_to: None,
        forms: Vec::new(),
    };
    NewNotice { notice, deliveries: vec![delivery] }
}

/// An evaluation at that instant, after that check.
fn evaluated(at: i64, before: Option<Check>, alert: Alert) -> Evaluated {
    Evaluated {
        rule: "feedback".to_owned(),
        before,
        check: Check { at, import: Some(3), error: None },
        alerts: vec![Changed { alert, events: vec![event("critical"), event("told")] }],
        rows: vec![ToldRow { step: 0, row: format!("L-{at}") }],
        notices: vec![notice()],
    }
}

/// The only alert.
fn stored(store: &Store) -> Alert {
    let mut alerts = store.alerts(Some("feedback")).unwrap();
    assert_eq!(alerts.len(), 1);
    alerts.remove(0)
}

#[test]
fn an_evaluation_is_stored_with_what_is_told() {
    on_both(|store| {
        assert_eq!(store.alert_check("feedback").unwrap(), None);
        store.record_evaluation(&evaluated(NOW, None, alert(AlertState::Critical))).unwrap();
        let found = stored(&store);
        assert_eq!(found, Alert { id: found.id, version: 1, ..alert(AlertState::Critical) });
        assert_eq!(store.alert_events(found.id).unwrap(), [event("critical"), event("told")]);
        assert_eq!(store.alert_check("feedback").unwrap().unwrap().import, Some(3));
        assert_eq!(
            store.told_rows("feedback").unwrap().into_iter().collect::<Vec<_>>(),
            [(ToldRow { step: 0, row: format!("L-{NOW}") }, NOW)]
        );
        assert!(store.alerts(Some("other")).unwrap().is_empty());

        let row = store.claim_delivery(&Lease { now: NOW, until: NOW + 600, holder: None }).unwrap().unwrap();
        let Content::Notice(id) = row.content else { panic!("{row:?}") };
        assert_eq!(store.notice(id).unwrap(), Some(notice().notice));
        assert_eq!(store.notice(id + 1).unwrap(), None);
        assert!(store.deliveries(Some(1)).unwrap().is_empty(), "it is of no edition");
    });
}

#[test]
fn of_two_that_evaluate_at_once_one_is_stored() {
    on_both(|store| {
        let first = evaluated(NOW, None, alert(AlertState::Critical));
        store.record_evaluation(&first).unwrap();
        let overtaken = |evaluated: &Evaluated| {
            assert!(matches!(store.record_evaluation(evaluated), Err(StoreError::Overtaken { .. })));
        };
        // The first evaluation of all, made twice.
        overtaken(&first);
        // The next one, made twice from the same state.
        let next = evaluated(NOW + 3600, Some(first.check.clone()), stored(&store));
        store.record_evaluation(&next).unwrap();
        overtaken(&next);
        assert_eq!(store.deliveries(None).unwrap().len(), 2);
        assert_eq!(store.alert_events(stored(&store).id).unwrap().len(), 4);
    });
}

#[test]
fn what_a_person_says_meanwhile_is_not_lost() {
    on_both(|store| {
        let first = evaluated(NOW, None, alert(AlertState::Critical));
        store.record_evaluation(&first).unwrap();
        let seen = stored(&store);
        let known = Acknowledged { at: NOW, by: "ada".to_owned(), note: "on it".to_owned() };
        let said = Changed {
            alert: Alert { acknowledged: Some(known.clone()), ..seen.clone() },
            events: vec![Event { who: Some("ada".to_owned()), ..event("acknowledged") }],
        };
        assert!(store.change_alert(&said).unwrap());
        assert!(!store.change_alert(&said).unwrap(), "it has changed since");
        // An evaluation that had read it before is not stored, its notice neither.
        let stale = evaluated(NOW + 3600, Some(first.check.clone()), seen);
        assert!(matches!(store.record_evaluation(&stale), Err(StoreError::Overtaken { .. })));
        assert_eq!(store.deliveries(None).unwrap().len(), 1);
        assert_eq!(stored(&store).acknowledged, Some(known));
        assert_eq!(store.alert_check("feedback").unwrap(), Some(first.check));
    });
}

//! A full disk: a small file system in memory.

use crate::Budget;
use crate::common::TestHome;
use crate::common::server::Served;
use crate::link::Link;
use crate::post::{Post, RECIPIENTS, Tally, monday, wait_for};
use pegel_store::outbox::DeliveryState;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A file system of some megabytes, gone when dropped.
struct Disk(tempfile::TempDir);

impl Disk {
    /// `None` if this user may not mount one.
    fn new(megabytes: usize) -> Option<Disk> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).stderr(Stdio::null());
        mount.status().is_ok_and(|status| status.success()).then_some(Disk(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills it up to the last byte.
    fn fill(&self) {
        let mut file = File::create(self.path().join("filler")).unwrap();
        for size in [64 * 1024, 1024, 1] {
            while file.write_all(&vec![b'x'; size]).is_ok() {}
        }
    }

    fn clear(&self) {
        std::fs::remove_file(self.path().join("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

/// The disk fills up while mails are being sent, stays full for a while, and is cleared.
pub fn full(budget: Budget) -> Option<Tally> {
    let disk = Disk::new(24)?;
    let home = TestHome::with_database_in(disk.path());
    let post = Post::open(&home);
    post.pause(20);
    // The mail server is reached through a link, so that the mails wait in the outbox until the disk is full.
    let link = Link::to(post.server.address);
    let (store, mut weeks, mut times) = (home.store(), 0, 0);
    while budget.goes_on(weeks) {
        link.cut();
        let url = format!("smtp://{}", link.address);
        let arguments = ["--mail-url", url.as_str(), "serve", "--address", "127.0.0.1:0"];
        let start = || Served::spawn(home.command_at(&monday(weeks), &arguments));
        let served = start();
        while store.deliveries(None).unwrap().len() < (weeks + 1) * RECIPIENTS {
            std::thread::sleep(Duration::from_millis(50));
        }
        served.kill();
        link.mend();
        // The clock stands still, so what the mail server did not take then would wait for ever. Other reports are due as
        // well: which edition is the weekly one, its mails say.
        let waiting = store.deliveries(None).unwrap().into_iter();
        let waiting = waiting.filter(|delivery| delivery.state != DeliveryState::Delivered);
        let editions: BTreeSet<i64> = waiting.filter_map(|delivery| delivery.content.edition()).collect();
        assert_eq!(editions.len(), 1, "one report has recipients");
        for edition in editions {
            home.run(&["deliveries", "resend", "--edition", &edition.to_string()]).succeeded();
        }
        let served = start();
        while post.server.mails().len() < weeks * RECIPIENTS + 3 {
            std::thread::sleep(Duration::from_millis(5));
        }
        disk.fill();
        times += 1;
        // Long enough for two ticks.
        std::thread::sleep(Duration::from_secs(65));
        disk.clear();
        weeks += 1;
        wait_for(&store, weeks * RECIPIENTS);
        served.kill();
    }
    Some(post.count(&store, weeks, times))
}

//! A real browser.

use std::path::Path;
use std::process::{Command, Output};

/// Opens an address and prints the resulting document; the console of the page goes to standard error.
pub fn browse(address: &str, folder: &Path) -> Output {
    let chromium = std::env::var_os("PEGEL_CHROMIUM").expect("PEGEL_CHROMIUM names no browser: run tests/run");
    let mut command = Command::new(chromium);
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]);
    command.args(["--disable-component-update", "--disable-sync", "--disable-quic", "--enable-logging=stderr"]);
    command.arg(format!("--user-data-dir={}", folder.join("browser").display()));
    command.args(["--virtual-time-budget=2000", "--dump-dom", address]).output().unwrap()
}

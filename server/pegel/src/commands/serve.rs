//! `pegel serve`: the pages, and the ticker that makes reports when they are due.

use super::report::worker;
use crate::cli::{self, Global};
use crate::composer::Composer;
use crate::ending::{Done, Ending, Failure, broke, usage};
use crate::home::Home;
use crate::inbox::{Importer, Inbox};
use crate::post::{channels, letterhead};
use crate::watcher::Watcher;
use crate::{problems, watchdog};
use anyhow::anyhow;
use pegel_delivery::{Clock, Ticker};
use pegel_kpi::reference::Reference;
use pegel_kpi::script::Language;
use pegel_report::definition::{self, ReportDefinition};
use pegel_web::{Bound, State, Templates, check_address};
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

/// Serves until it is told to stop.
pub fn run(command: &cli::Serve, global: &Global) -> Ending {
    let home = global.open(&global.home())?;
    let address = command.address.as_deref().unwrap_or(&home.config.web.address);
    let address = check_address(address).map_err(usage)?;
    serve(&home, listen(address)?, global.clock())
}

/// A function that reads the reports of a home whenever it is called.
fn reports(home: PathBuf) -> Arc<dyn Fn() -> Vec<ReportDefinition> + Send + Sync> {
    Arc::new(move || {
        let all = definition::all(&home).unwrap_or_default();
        let mut reports: Vec<ReportDefinition> = all.into_values().filter_map(Result::ok).collect();
        reports.sort_by_key(|report| report.every.span());
        reports
    })
}

/// Starts listening on an address.
///
/// # Errors
/// If it is in use.
pub fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => broke(anyhow!("{address} is in use, by another server perhaps; choose another port")),
        _ => broke(anyhow!("{address} cannot be listened on: {error}")),
    })
}

/// The same, for other commands.
///
/// # Errors
/// If something is wrongly configured.
pub fn serve(home: &Home, listener: TcpListener, clock: Clock) -> Ending {
    let store = home.store()?;
    let live = home.live(&store, clock.clone())?;
    let for_inbox = clock.clone();
    // Connections of its own: a delivered mail must be recorded, however many pages wait for a connection.
    let for_delivery = home.store()?;
    let composer = Composer::new(home, for_delivery.clone(), live.clone())?;
    let typesetter = composer.typesetter();
    let other_problems = problems::finder(home.path.clone(), live.clone(), composer.templates(), channels(home));
    let letterhead = letterhead(&home.config).map_err(usage)?;
    let watcher = Watcher::new(home, for_delivery.clone(), live.clone(), composer.templates(), letterhead);
    let worker = worker(home, for_delivery, composer, clock.clone())?.watching(Arc::new(watcher));
    let worker = Arc::new(worker);
    let state = State {
        store,
        live: live.clone(),
        clock: Arc::new(move || clock.now()),
        zone: home.config.zone(),
        currency: home.config.currency.code.clone(),
        templates: Arc::new(Templates::load(&home.path).map_err(broke)?),
        typesetter,
        bound: Bound::of_the_machine(),
        reports: reports(home.path.clone()),
        other_problems,
        reference: Arc::new(Reference::of(&Language::about(home.model.clone()))),
    };
    watchdog::watch()?;
    let following = live.follow().map_err(broke)?;
    let inbox = Inbox::open(Importer {
        home: home.path.clone(),
        store: home.store()?,
        live: live.clone(),
        clock: for_inbox,
        zone: home.config.zone(),
        currency: home.config.currency.clone(),
    })?;
    let runtime = tokio::runtime::Runtime::new().map_err(broke)?;
    let served = runtime.block_on(async {
        let ticker = Ticker::start(worker).await.map_err(broke)?;
        let served = pegel_web::serve(state, listener).await.map_err(broke);
        ticker.stop().await;
        served
    });
    inbox.close();
    drop(following);
    served.map(|()| Done::InOrder)
}

//! Which address shows what. Shared by the program and the tests.

use crate::headers::{refuse_foreign, secure};
use crate::pages::failure::show_failures;
use crate::pages::{
    diff, edition, editions, health, kpi, kpis, metrics, missing, operations, reference, rows, schema, style,
    unsubscribe,
};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{ServiceConfig, get, head, post, redirect, resource, scope, to};

/// Which address shows what. A [`State`](crate::State) must be in the app's data, as `web::Data<State>`.
pub fn routes(config: &mut ServiceConfig) {
    let pages = scope("")
        .service(redirect("/", "/editions"))
        .route("/editions", to(editions::list))
        .route("/editions/{id}", to(edition::show))
        .route("/editions/{id}/since/{other}", to(diff::show))
        .route("/editions/{id}/{artefact}", to(edition::artefact))
        .route("/reports/{report}/{period}/{revision}", to(edition::named))
        .route("/reports/{report}/{period}/{revision}/rows/{kpi}", to(rows::of_edition))
        .route("/kpis", to(kpis::list))
        .route("/kpis/{id}", to(kpi::show))
        .route("/kpis/{id}/rows", to(rows::show))
        .route("/kpis/{id}/rows.csv", to(rows::csv))
        .route("/kpis/{id}/rows.xlsx", to(rows::xlsx))
        .route("/reference", to(reference::show))
        .route("/operations", to(operations::show))
        .service(
            resource("/unsubscribe/{report}")
                .route(get().to(unsubscribe::shared))
                .route(head().to(unsubscribe::shared)),
        )
        .service(
            resource("/unsubscribe/{report}/{address}/{signature}")
                .route(get().to(unsubscribe::ask))
                .route(head().to(unsubscribe::ask))
                .route(post().to(unsubscribe::take_effect)),
        )
        .route("/schemas/pegel.edition.1.json", to(schema::of_editions))
        .route("/healthz", to(health::check))
        .route("/metrics", to(metrics::show))
        .route("/pegel-{hash}.css", to(style::sheet))
        .default_service(to(missing::page));
    config.service(
        // A request passes through these from the bottom up.
        pages
            .wrap(from_fn(show_failures))
            .wrap(from_fn(refuse_foreign))
            .wrap(Compress::default())
            .wrap(from_fn(secure)),
    );
}

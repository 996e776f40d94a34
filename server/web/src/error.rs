//! Why the server could not be started.

use std::path::PathBuf;

/// Why the server could not be started; a sentence with a hint.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    #[error("“{0}” is no address to listen on: write an IP address and a port, such as 127.0.0.1:7345")]
    NotAnAddress(String),
    #[error(
        "the server does not listen on {0}: there are no accounts yet, so it is for this machine only; \
         listen on 127.0.0.1 or [::1], and reach it from elsewhere through a tunnel (ssh -L)"
    )]
    NotLoopback(std::net::SocketAddr),
    #[error("the server could not listen: {0}")]
    Listen(#[source] std::io::Error),
    #[error("the server stopped: {0}")]
    Stopped(#[source] std::io::Error),
    #[error("the template {} could not be read: {error}; check that it is a file with UTF-8 text", path.display())]
    Unreadable { path: PathBuf, error: std::io::Error },
    #[error("the templates of the pages do not fit together:\n{0}")]
    Template(#[from] tera::Error),
}

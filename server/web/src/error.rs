//! Why the server could not be started.

/// Why the server could not be started; a sentence with a hint.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    #[error("“{0}” is not an address to listen on: write an IP address and a port, such as 127.0.0.1:7345")]
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
    #[error("the built-in templates of the pages do not fit together:\n{}", .0.message)]
    Template(pegel_home::Problem),
}

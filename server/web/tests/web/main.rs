//! The pages through a real server, over HTTP.

mod answers;
mod pages;
mod support;

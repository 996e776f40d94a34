//! Who runs a command.

/// The user who runs the command, as far as the system says.
pub fn author() -> Option<String> {
    ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok().filter(|author| !author.is_empty()))
}

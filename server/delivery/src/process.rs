//! Which process holds a claim, so that one that is gone need not be waited for.
//!
//! A process is identified by the boot of its machine, its PID namespace (a container has its own), its id and its
//! start time, since ids are reused. Only the same boot and the same namespace can tell that it is gone. Everywhere
//! else a claim ends when its time is up.

use std::fs;

const BOOT: &str = "/proc/sys/kernel/random/boot_id";
const NAMESPACE: &str = "/proc/self/ns/pid";
/// In `/proc/PID/stat`, counted from the state, which follows the name in brackets (proc(5): field 22).
const STARTED: usize = 19;

/// This process; `None` where the system does not say.
pub fn this() -> Option<String> {
    holder(std::process::id())
}

fn holder(id: u32) -> Option<String> {
    Some(format!("{} {id} {}", surroundings()?, started(id)?))
}

/// Whether a process is known to be gone, by what [`this`] said in it.
pub fn is_gone(holder: &str) -> bool {
    seen_from_here(holder).is_some_and(|(id, start)| started(id).as_deref() != Some(start))
}

/// The id and the start of a process that could be seen from here if it were there.
fn seen_from_here(holder: &str) -> Option<(u32, &str)> {
    let rest = holder.strip_prefix(&surroundings()?)?;
    let (id, start) = rest.trim_start().split_once(' ')?;
    Some((id.parse().ok()?, start))
}

/// The boot and the namespace in which process ids mean something.
fn surroundings() -> Option<String> {
    let boot = fs::read_to_string(BOOT).ok()?;
    let namespace = fs::read_link(NAMESPACE).ok()?;
    Some(format!("{} {}", boot.trim(), namespace.display()))
}

/// When a process was started, in ticks since the boot; `None` if there is none of that id, or it is a zombie.
fn started(id: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, behind_name) = stat.rsplit_once(')')?;
    let mut fields = behind_name.split_whitespace();
    let state = fields.next()?;
    let ticks = fields.nth(STARTED - 1)?;
    (!matches!(state, "Z" | "X")).then(|| ticks.to_owned())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_process_is_gone_when_it_has_ended() {
        assert!(!is_gone(&this().unwrap()));
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let other = holder(child.id()).unwrap();
        assert!(!is_gone(&other));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(is_gone(&other));
    }

    #[test]
    fn a_process_with_the_same_id_is_another_one() {
        let here = surroundings().unwrap();
        assert!(is_gone(&format!("{here} {} 1", std::process::id())));
    }

    #[test]
    fn what_cannot_be_seen_from_here_is_not_called_gone() {
        for holder in ["", "another-boot pid:[4026531836] 1 1", "nonsense"] {
            assert!(!is_gone(holder), "{holder}");
        }
    }
}

//! Rendering that ends, whatever a template asks for: on a thread of its own, with limits on stack, time and length.
//! The text never holds characters that XML forbids, whatever the database holds.

use crate::words;
use pegel_text::clean::cleaned;
use pegel_text::words::Words;
use serde::Serialize;
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::io::{Error, Write};
use std::sync::mpsc::{RecvTimeoutError, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};
use tera::{Context, Kwargs, State, Tera, TeraResult};

/// How long rendering a page or a mail may take. Usually it takes milliseconds.
const TIME: Duration = Duration::from_secs(5);
/// How much longer to wait: work that checks the time ends by itself, and tells where it was.
const GRACE: Duration = Duration::from_millis(500);
/// In bytes. Enough for the deepest MJML that is accepted, in a debug build.
const STACK: usize = 32 << 20;
/// The longest text that a template may produce, in bytes.
const LONGEST: usize = 16 << 20;
/// The most elements of a `range` in a template.
const LONGEST_RANGE: i128 = 100_000;

thread_local! {
    /// The deadline of this thread's work. Thread-local: Tera passes no context to writers and functions.
    static ENDS_AT: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Does work that may not end, and remembers what did not.
#[derive(Debug, Clone)]
pub struct Workshop {
    /// Work that was given up but is still running, by thread: a thread cannot be killed from outside.
    astray: Arc<Mutex<HashMap<ThreadId, String>>>,
    /// How long work may take.
    time: Duration,
}

impl Default for Workshop {
    fn default() -> Workshop {
        Workshop::giving(TIME)
    }
}

/// Why work was given up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GivenUp {
    #[error("it takes longer than {} s: look for loops within loops", .0.as_secs())]
    TooLong(Duration),
    #[error("it did not finish when it was last used and is still running: fix it, and restart Pegel")]
    Astray,
    #[error("the library that renders it failed")]
    Failed,
}

impl Workshop {
    /// One in which work may take so long.
    pub fn giving(time: Duration) -> Workshop {
        Workshop { astray: Arc::default(), time }
    }

    /// Does the work on a thread of its own. Work that was given up is not started again while it still runs.
    ///
    /// # Errors
    /// If it does not end in time, or panics.
    pub fn run<T: Send + 'static>(&self, name: &str, work: impl FnOnce() -> T + Send + 'static) -> Result<T, GivenUp> {
        if self.astray().values().any(|astray| astray == name) {
            return Err(GivenUp::Astray);
        }
        let (done, wait) = sync_channel(1);
        let (workshop, time) = (self.clone(), self.time);
        let work = move || {
            // If the work panics, the channel is dropped first, and the mark is removed after it.
            let _back = Back(workshop);
            let done = done;
            ENDS_AT.set(Some(Instant::now() + time));
            // Nobody may be waiting for it any more.
            let _ = done.send(work());
        };
        let thread = thread::Builder::new().name("rendering".to_owned()).stack_size(STACK);
        let thread = thread.spawn(work).map_err(|_| GivenUp::Failed)?.thread().id();
        match wait.recv_timeout(time + GRACE) {
            Ok(result) => Ok(result),
            Err(RecvTimeoutError::Disconnected) => Err(GivenUp::Failed),
            Err(RecvTimeoutError::Timeout) => {
                let mut astray = self.astray();
                // It may have ended just now. If not, its thread removes the mark, but not before we release the lock.
                wait.try_recv().map_err(|error| match error {
                    TryRecvError::Disconnected => GivenUp::Failed,
                    TryRecvError::Empty => {
                        astray.insert(thread, name.to_owned());
                        GivenUp::TooLong(time)
                    }
                })
            }
        }
    }

    fn astray(&self) -> MutexGuard<'_, HashMap<ThreadId, String>> {
        self.astray.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes the mark of a thread when its work ends.
struct Back(Workshop);

impl Drop for Back {
    fn drop(&mut self) {
        self.0.astray().remove(&thread::current().id());
    }
}

/// The values for a template.
pub struct Content {
    context: Context,
    words: Words,
}

/// The content of a page, with the words around it.
///
/// # Errors
/// If it cannot be serialized.
pub fn content(page: &impl Serialize, words: &Words) -> Result<Content, tera::Error> {
    let mut context = Context::from_serialize(page)?;
    words::insert(&mut context, words);
    Ok(Content { context, words: words.clone() })
}

/// Templates without functions that could run forever, for [`fill`].
pub fn templates() -> Tera {
    let mut tera = Tera::new();
    tera.register_function("range", range);
    words::register(&mut tera);
    tera
}

/// Fills a template, within the bounds of a [`Workshop`]. The text is cleaned of what XML forbids and terminals obey.
///
/// # Errors
/// If the template is not in order, takes too long or produces too much.
pub fn fill(tera: &Tera, name: &str, content: &Content) -> TeraResult<String> {
    let mut text = Bounded::default();
    let filled = words::speaking(&content.words, || tera.render_to(name, &content.context, &mut text));
    match (filled, text.refused) {
        (Err(_), Some(refused)) => Err(tera::Error::message(refused)),
        (Err(error), None) => Err(error),
        (Ok(()), _) => {
            let text = String::from_utf8(text.written).map_err(tera::Error::message)?;
            Ok(if let Cow::Owned(clean) = cleaned(&text) { clean } else { text })
        }
    }
}

/// A text of limited length.
#[derive(Default)]
struct Bounded {
    written: Vec<u8>,
    /// Why nothing more is accepted. Kept here, since Tera drops the error of a writer.
    refused: Option<String>,
}

impl Write for Bounded {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        if self.written.len() + text.len() > LONGEST {
            self.refused = Some(format!("it gives more than {} MiB: show fewer rows", LONGEST >> 20));
        } else if is_over() {
            self.refused = Some(GivenUp::TooLong(TIME).to_string());
        }
        match &self.refused {
            Some(refused) => Err(Error::other(refused.clone())),
            None => self.written.write(text),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn is_over() -> bool {
    ENDS_AT.get().is_some_and(|ends_at| Instant::now() > ends_at)
}

/// `range(start=0, end=10, step_by=1)`, as Tera has it, for as long as there is time: loops within loops ask for one
/// again and again.
#[expect(clippy::needless_pass_by_value, reason = "Tera hands arguments to functions by value")]
fn range(arguments: Kwargs, _: &State) -> TeraResult<Vec<i128>> {
    if is_over() {
        return Err(tera::Error::message(GivenUp::TooLong(TIME)));
    }
    let start = arguments.get::<i128>("start")?.unwrap_or(0);
    let end = arguments.must_get::<i128>("end")?;
    let step = arguments.get::<i128>("step_by")?.unwrap_or(1);
    let wrong = |what: &str| tera::Error::message(format!("`range` {what}"));
    if step == 0 || (step > 0 && start > end) {
        return Err(wrong("never reaches its end"));
    }
    let length = end.checked_sub(start).map(|length| length.unsigned_abs().div_ceil(step.unsigned_abs()));
    if step < 0 && start <= end {
        return Ok(Vec::new());
    }
    match length.and_then(|length| i128::try_from(length).ok()) {
        Some(length @ 0..=LONGEST_RANGE) => Ok((0..length).map(|at| start + at * step).collect()),
        _ => Err(wrong(&format!("would have more than {LONGEST_RANGE} elements"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pegel_text::locale::Locale;

    fn filled(template: &str) -> Result<String, String> {
        let mut tera = templates();
        tera.add_raw_template("t", template).unwrap();
        let content = content(&serde_json::json!({}), &Words::of(&Locale::english())).unwrap();
        let done = Workshop::default().run("t", move || fill(&tera, "t", &content));
        done.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
    }

    #[test]
    fn a_range_counts_as_teras_own_does() {
        assert_eq!(filled("{% for i in range(end=3) %}{{ i }} {% endfor %}").unwrap(), "0 1 2 ");
        assert_eq!(filled("{% for i in range(start=4, end=9, step_by=2) %}{{ i }} {% endfor %}").unwrap(), "4 6 8 ");
        assert_eq!(filled("{% for i in range(start=3, end=0, step_by=-2) %}{{ i }} {% endfor %}").unwrap(), "3 1 ");
        assert_eq!(filled("{% for i in range(start=0, end=3, step_by=-1) %}{{ i }}{% endfor %}").unwrap(), "");
        for endless in ["range(end=1000000000)", "range(end=3, step_by=0)", "range(start=3, end=1)"] {
            assert!(filled(&format!("{{% for i in {endless} %}}{{{{ i }}}}{{% endfor %}}")).is_err(), "{endless}");
        }
    }

    #[test]
    fn a_template_has_words_and_sentences() {
        assert_eq!(filled("{{ t.editions }}: {{ t(key=\"more\", count=1234) }}").unwrap(), "Editions: 1,234 more");
        assert!(filled("{{ t(key=\"nonsense\") }}").unwrap_err().contains("there is no word “nonsense”"));
        assert!(filled("{{ t(key=\"more\") }}").unwrap_err().contains("“more” cannot be said"));
    }

    #[test]
    fn a_template_that_gives_without_end_is_stopped() {
        let said =
            filled("{% for a in range(end=99999) %}{% for b in range(end=99999) %}1234567890{% endfor %}{% endfor %}");
        assert!(said.unwrap_err().contains("more than 16 MiB"));
    }

    #[test]
    fn a_loop_that_gives_nothing_is_stopped() {
        let said =
            filled("{%- for a in range(end=99999) -%}{%- for b in range(end=99999) -%}{%- endfor -%}{%- endfor -%}");
        assert!(said.unwrap_err().contains("takes longer than 5 s"));
    }

    #[test]
    fn work_that_went_astray_is_given_up_and_not_begun_again_until_it_ends() {
        let workshop = Workshop::default();
        let (end, ended) = sync_channel::<()>(1);
        assert_eq!(workshop.run("loop", move || ended.recv()), Err(GivenUp::TooLong(TIME)));
        assert_eq!(workshop.run("loop", || 1), Err(GivenUp::Astray));
        assert_eq!(workshop.run("another", || 2), Ok(2));
        end.send(()).unwrap();
        while workshop.run("loop", || 1).is_err() {
            thread::yield_now();
        }
    }

    #[test]
    fn a_panic_is_an_error() {
        let failing = || -> u8 { panic!("the library fails") };
        assert_eq!(Workshop::default().run("panic", failing), Err(GivenUp::Failed));
    }

    #[test]
    fn what_xml_forbids_is_in_no_text() {
        let page = serde_json::json!({ "name": "Autohaus\u{b}Nord", "rows": [["a\u{ffff}b", 1.5, null]] });
        let content = content(&page, &Words::of(&Locale::english())).unwrap();
        let mut tera = templates();
        tera.add_raw_template("t", "{{ name }} {{ rows[0][0] }} {{ rows[0][1] }}").unwrap();
        assert_eq!(fill(&tera, "t", &content).unwrap(), "Autohaus Nord a b 1.5");
    }
}

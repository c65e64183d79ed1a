//! Where the time of a request went: noted by whatever does the work, told when the request was slow.
//!
//! The event loop finds the account of its request by the task, a thread that blocks by what it was handed.

use std::cell::RefCell;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A kind of work. Parts of one another are counted in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// For the writer, or for a connection.
    Waiting,
    /// In use cases, with the database.
    Working,
    /// Standings, a part of the work.
    Tabulating,
    /// Until a commit is on disk.
    Committing,
    /// Passwords, with the wait in their line.
    Hashing,
    /// Answers into bytes.
    Rendering,
}

/// The account of one request, in microseconds.
#[derive(Debug, Default)]
pub struct Spent {
    waiting: AtomicU64,
    working: AtomicU64,
    tabulating: AtomicU64,
    committing: AtomicU64,
    hashing: AtomicU64,
    rendering: AtomicU64,
}

tokio::task_local! {
    static REQUEST: Arc<Spent>;
}

thread_local! {
    static HERE: RefCell<Option<Arc<Spent>>> = const { RefCell::new(None) };
}

impl Spent {
    const fn part(&self, part: Part) -> &AtomicU64 {
        match part {
            Part::Waiting => &self.waiting,
            Part::Working => &self.working,
            Part::Tabulating => &self.tabulating,
            Part::Committing => &self.committing,
            Part::Hashing => &self.hashing,
            Part::Rendering => &self.rendering,
        }
    }

    /// Adds to a part.
    pub fn add(&self, part: Part, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.part(part).fetch_add(micros, Ordering::Relaxed);
    }

    /// The milliseconds of a part, up to an hour.
    #[must_use]
    pub fn milliseconds(&self, part: Part) -> f64 {
        let micros = self.part(part).load(Ordering::Relaxed);
        f64::from(u32::try_from(micros).unwrap_or(u32::MAX)) / 1000.0
    }

    /// Runs a request on this account.
    pub async fn account<T>(self: Arc<Self>, request: impl Future<Output = T>) -> T {
        REQUEST.scope(self, request).await
    }
}

/// The account of the request for which this is done, if it is done for one.
#[must_use]
pub fn current() -> Option<Arc<Spent>> {
    let here = || HERE.with(|here| here.borrow().clone());
    REQUEST.try_with(Arc::clone).ok().or_else(here)
}

/// Does work that blocks on the account that was [`current`] where it was asked for.
pub(super) fn on<T>(account: Option<Arc<Spent>>, work: impl FnOnce() -> T) -> T {
    /// Puts the old one back, after a panic too.
    struct Back(Option<Arc<Spent>>);
    impl Drop for Back {
        fn drop(&mut self) {
            HERE.with(|here| here.replace(self.0.take()));
        }
    }
    let _back = Back(HERE.with(|here| here.replace(account)));
    work()
}

/// What a use case is called in traces: the function that hands it over.
pub(super) fn case<F>() -> &'static str {
    let name = std::any::type_name::<F>();
    let name = name.split("::{{closure}}").next().unwrap_or(name);
    // A handler stands inside what its route macro makes of it.
    match name.rsplit_once("::register::") {
        Some((_, handler)) => handler,
        None => name.strip_prefix("palmares::").unwrap_or(name),
    }
}

/// Notes how long something takes.
pub fn time<T>(part: Part, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let done = work();
    if let Some(account) = current() {
        account.add(part, begun.elapsed());
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_done_elsewhere_for_a_request_is_on_its_account() {
        let account = Arc::new(Spent::default());
        let work = async {
            time(Part::Rendering, || std::thread::sleep(Duration::from_millis(2)));
            let mine = current();
            tokio::task::spawn_blocking(move || {
                on(mine, || {
                    time(Part::Tabulating, || std::thread::sleep(Duration::from_millis(2)))
                });
                assert!(current().is_none(), "the thread serves others next");
            })
            .await
            .unwrap();
        };
        Arc::clone(&account).account(work).await;
        assert!(current().is_none());
        for part in [Part::Rendering, Part::Tabulating] {
            assert!(account.milliseconds(part) >= 2.0, "{part:?}");
        }
        assert!(account.milliseconds(Part::Waiting).abs() < f64::EPSILON);
    }
}

//! Figures of one run, side by side: several ways to do a thing take turns, so that whatever else the machine does
//! meets them all alike, and their medians may be divided by each other.

#![allow(dead_code, reason = "each measurement uses its part of it")]

use std::time::{Duration, Instant};

/// How often each way has its turn.
const TURNS: usize = 41;

/// One way to do a thing, with a name.
pub(crate) type Way<'a> = (&'a str, Box<dyn FnMut() + 'a>);

/// Lets each way have its turns and gives the medians, in the order of the ways.
pub(crate) fn medians(ways: &mut [Way<'_>]) -> Vec<Duration> {
    let mut times = vec![Vec::with_capacity(TURNS); ways.len()];
    for _ in 0..TURNS {
        for ((_, work), times) in ways.iter_mut().zip(&mut times) {
            // Once before, so that none pays for what the one before it left in the caches.
            work();
            let begun = Instant::now();
            work();
            times.push(begun.elapsed());
        }
    }
    let medians: Vec<Duration> = times.into_iter().map(median).collect();
    for ((name, _), median) in ways.iter().zip(&medians) {
        println!("{name:<60} {:>10.3} ms", milliseconds(*median));
    }
    medians
}

/// The one in the middle.
pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// How many times the second goes into the first.
pub(crate) fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

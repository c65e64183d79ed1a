//! Made-up rules and marks.

mod document;
mod entries;

use palmares::domain::points::Points;
use palmares::domain::scoring::Input;
use serde_json::Value;

/// A row of numbers that choices are made by; zeros after its end.
pub(crate) struct Choices(std::vec::IntoIter<u32>);

impl Choices {
    pub(crate) fn new(numbers: Vec<u32>) -> Self {
        Self(numbers.into_iter())
    }

    /// A number below `n`.
    fn below(&mut self, n: u32) -> u32 {
        self.0.next().unwrap_or(0) % n
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::from(self.below(u32::try_from(high - low + 1).unwrap()))
    }

    fn one_in(&mut self, n: u32) -> bool {
        self.below(n) == n - 1
    }

    fn of<T: Copy>(&mut self, things: &[T]) -> T {
        things[usize::try_from(self.below(u32::try_from(things.len()).unwrap())).unwrap()]
    }
}

fn decimal(thousandths: i64) -> String {
    Points::from_thousandths(thousandths).to_string()
}

/// Rules and what happened under them.
pub(crate) fn contest(c: &mut Choices) -> (Value, Input) {
    let document = document::document(c);
    let input = entries::input(c, &document);
    (document, input)
}

//! What sheets hold and how they are combined: classes of judges, attempts, vetoes, ranks, penalties, missing marks.

mod attempts;
mod classes;
mod missing;
mod penalties;
mod ranks;
mod veto;

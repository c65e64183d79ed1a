//! The command `palmares`.

fn main() {}

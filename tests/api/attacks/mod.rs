//! What attackers try, tried.

mod tokens;

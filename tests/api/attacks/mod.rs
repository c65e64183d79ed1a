//! What attackers try, tried. The requests come from the table of permissions and the API document, so that a new operation is
//! attacked as soon as it has its row.

pub mod addresses;
mod bodies;
mod connections;
mod headers;
mod interest;
pub mod range;
mod secrets;
mod telling;
mod tokens;
mod wire;

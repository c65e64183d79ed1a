//! The instance's secret.

use super::database::Seen;
use super::{Finding, disk};
use crate::app::keys::Keys;
use crate::config::Config;

const CHECK: &str = "secret";

pub(super) fn look(config: &Config, seen: &Seen) -> Vec<Finding> {
    let file = config.data.data_dir.join("secret");
    let embedded = config.data.database_url().starts_with("sqlite:");
    if config.secret.secret.is_none() && !file.exists() {
        return vec![if !embedded {
            Finding::error(
                CHECK,
                "PostgreSQL needs PALMARES_SECRET, and there is none",
                "Make one with `openssl rand -base64 32`, give every node the same, and keep a copy.",
            )
        } else if seen.keys.is_empty() {
            Finding::ok(
                CHECK,
                format!("{} is not there yet: the first start makes it", file.display()),
            )
        } else {
            Finding::error(
                CHECK,
                format!(
                    "{} is gone, and the database has keys that it locks",
                    file.display()
                ),
                "Put the copy of the secret back, with mode 0600.",
            )
        }];
    }
    let secret = match config.secret.read(&config.data) {
        Ok(secret) => secret,
        Err(error) => {
            let advice = "It is 32 random bytes as base64, such as `openssl rand -base64 32` makes; put its copy back.";
            return vec![Finding::error(CHECK, super::database::cause(&error), advice)];
        }
    };
    let mut findings = Vec::new();
    if config.secret.secret.is_none() {
        findings.extend(disk::open_to_others(CHECK, &file));
    }
    if Keys::try_secret(&secret, &seen.keys).is_err() {
        findings.push(Finding::error(
            CHECK,
            "it does not open the signing keys of this database",
            "It belongs to another instance: give the secret that the database was begun with.",
        ));
    }
    if findings.is_empty() {
        let from = match &config.secret.secret {
            Some(_) => "given".to_owned(),
            None => format!("in {}, which only its owner reads", file.display()),
        };
        let fits = if seen.keys.is_empty() {
            ""
        } else {
            "; it opens the keys of this database"
        };
        findings.push(Finding::ok(CHECK, format!("{from}{fits}")));
    }
    findings
}

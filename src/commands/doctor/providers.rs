//! Who else signs people in.

use super::{Finding, database};
use crate::app::providers::Providers;
use crate::config::Config;
use crate::domain::time::Stamp;
use crate::error::Result;

const CHECK: &str = "sign-on";

/// A finding for each provider that is configured; none without one.
pub(super) fn look(config: &Config, now: Stamp) -> Result<Vec<Finding>> {
    let configured = match config.sign_on.read() {
        Ok(configured) => configured,
        Err(error) => {
            let advice = "Correct it: the server does not start like this.";
            return Ok(vec![Finding::error(CHECK, database::cause(&error), advice)]);
        }
    };
    if configured.is_empty() {
        return Ok(Vec::new());
    }
    let public_url = config.public_url.clone().unwrap_or_default();
    let providers = Providers::open(configured, &public_url)?;
    let mut findings = Vec::new();
    for provider in providers.list() {
        let (code, issuer) = (&provider.code, &provider.issuer);
        let greeted = crate::commands::runtime()?.block_on(providers.greet(code.as_str(), now));
        findings.push(match greeted {
            Ok(()) => Finding::ok(
                CHECK,
                format!("{code} describes itself at {issuer}; register {public_url}/sign-in/{code}/callback there"),
            ),
            Err(_) => Finding::error(
                CHECK,
                format!("{code} does not describe itself at {issuer}"),
                "Check the issuer, letter for letter, the firewall and the provider; the log above says what it did.",
            ),
        });
    }
    if !public_url.starts_with("https://") {
        findings.push(Finding::warning(
            CHECK,
            "the public address is not https: browsers come back to https, or to this machine only",
            "Set PALMARES_PUBLIC_URL to the address that people type, with https://.",
        ));
    }
    Ok(findings)
}

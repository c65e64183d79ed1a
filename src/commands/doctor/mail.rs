//! How messages leave the house.

use super::{Finding, database};
use crate::app::delivery::Channels;
use crate::config::Config;
use crate::error::Result;

const CHECK: &str = "mail";

pub(super) fn look(config: &Config) -> Result<Finding> {
    let channels = match Channels::open(&config.messages) {
        Ok(channels) => channels,
        Err(error) => {
            let advice = "Correct it: the server does not start like this.";
            return Ok(Finding::error(CHECK, database::cause(&error), advice));
        }
    };
    let greeted = crate::commands::runtime()?.block_on(channels.greet());
    Ok(match greeted {
        Some(Ok(())) => Finding::ok(CHECK, "the mail server takes mails from here; none was sent"),
        Some(Err(why)) => Finding::error(
            CHECK,
            format!("the mail server does not take mails from here: {why}"),
            "Check name, port, user and password in PALMARES_SMTP_URL, and the firewall; mails wait until it does.",
        ),
        None if channels.any() => Finding::unknown(
            CHECK,
            "messages go to the gateway of PALMARES_MESSAGE_URL, which is asked nothing",
            "Send yourself a sign-in code.",
        ),
        None => Finding::ok(
            CHECK,
            "no channel is configured: organizers pass links on themselves (PALMARES_SMTP_URL sends them)",
        ),
    })
}

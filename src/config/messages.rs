//! How messages leave the house, and what is demanded of addresses.

/// Settings of everything that is sent to people.
#[derive(Clone, clap::Args)]
pub struct Messages {
    /// The mail server: smtps://USER:PASSWORD@HOST, or smtp://… with STARTTLS; smtp://… to this machine, and with
    /// ?tls=none, goes without.
    #[arg(long, env = "PALMARES_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// Who the mails are from, such as 'Talents Cup <contest@example.org>'.
    #[arg(long, env = "PALMARES_MAIL_FROM")]
    pub mail_from: Option<String>,
    /// A gateway for SMS, chat or mail: each message is POSTed to this address as JSON.
    #[arg(long, env = "PALMARES_MESSAGE_URL", hide_env_values = true)]
    pub message_url: Option<String>,
    /// Goes to the gateway as `Authorization: Bearer …`.
    #[arg(long, env = "PALMARES_MESSAGE_TOKEN", hide_env_values = true)]
    pub message_token: Option<String>,
    /// Signs what goes to the gateway: HMAC-SHA256 of the body, in Palmares-Signature.
    #[arg(long, env = "PALMARES_MESSAGE_SECRET", hide_env_values = true)]
    pub message_secret: Option<String>,
    /// The gateway reaches phones: accounts may have one, and codes that sign in go there, too.
    #[arg(long, env = "PALMARES_PHONE_CODES")]
    pub phone_codes: bool,
    /// How many sign-in codes and password resets are sent in an hour at the request of one network address.
    #[arg(long, env = "PALMARES_MESSAGES_PER_ADDRESS", default_value_t = 1000, value_parser = clap::value_parser!(i64).range(1..=1_000_000))]
    pub messages_per_address: i64,
    /// Contestants submit entries only once they have confirmed their e-mail address.
    #[arg(long, env = "PALMARES_DEMAND_CONFIRMED_EMAIL")]
    pub demand_confirmed_email: bool,
}

impl Messages {
    /// Nothing leaves the house.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            smtp_url: None,
            mail_from: None,
            message_url: None,
            message_token: None,
            message_secret: None,
            phone_codes: false,
            messages_per_address: 1000,
            demand_confirmed_email: false,
        }
    }
}

/// Without what is secret.
impl std::fmt::Debug for Messages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Messages").finish_non_exhaustive()
    }
}

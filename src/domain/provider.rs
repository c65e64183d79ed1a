//! Single sign-on: what an instance takes from a provider of OpenID Connect, and what it believes of it.

use super::text::{Code, Email, Text};
use crate::code_enum;

code_enum! {
    /// Which e-mail addresses of a provider count as reaching the person.
    pub enum Addresses {
        /// Those that it says it has checked: `email_verified` is true.
        Verified = "verified",
        /// All of them: it is an organization's own directory, and hands the addresses out itself.
        Trusted = "trusted",
    }
}

code_enum! {
    /// Whether a sign-in at a provider counts as one with a second factor.
    pub enum Vouching {
        /// It does not: who has a second factor here gives its code.
        Never = "never",
        /// When the provider says so: `mfa` among the methods (`amr`, RFC 8176).
        Amr = "amr",
        /// It does: the provider asks everybody for one.
        Always = "always",
    }
}

/// A provider, without what is needed to talk to it.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its name in addresses.
    pub code: Code,
    /// What people read on its button.
    pub label: Text,
    /// The name that it has in its answers. With its subject it tells one person from another.
    pub issuer: String,
    /// Which of its addresses count.
    pub addresses: Addresses,
    /// Whether somebody gets an account by signing in.
    pub new_accounts: bool,
    /// Whether somebody whose confirmed address has an account signs in to it.
    pub link_by_email: bool,
    /// The only domains whose addresses sign in; all without one.
    pub domains: Vec<String>,
    /// Whether its sign-in counts as one with a second factor.
    pub second_factor: Vouching,
}

/// What a provider proved of somebody.
#[derive(Debug, Clone)]
pub struct Proved {
    /// Who it is there; never given to anybody else.
    pub subject: String,
    /// Their address, as it is spelt there.
    pub email: Option<String>,
    /// Whether the provider says that it has checked the address.
    pub email_verified: bool,
    /// What they are called.
    pub name: Option<String>,
    /// Whether they gave a second factor there.
    pub multiple_factors: bool,
}

/// The longest subject that is kept, in bytes (OpenID Connect Core, 2).
pub const SUBJECT_MAX: usize = 255;

impl Provider {
    /// The address that is known to reach somebody.
    #[must_use]
    pub fn address(&self, proved: &Proved) -> Option<Email> {
        let counts = proved.email_verified || self.addresses == Addresses::Trusted;
        proved
            .email
            .as_deref()
            .filter(|_| counts)
            .and_then(|email| email.parse().ok())
    }

    /// Whether people with this address may sign in; where only some domains may, nobody may without an address.
    #[must_use]
    pub fn admits(&self, address: Option<&Email>) -> bool {
        if self.domains.is_empty() {
            return true;
        }
        let domain = address.and_then(|email| email.as_str().rsplit_once('@'));
        domain.is_some_and(|(_, domain)| self.domains.iter().any(|admitted| admitted == domain))
    }

    /// Whether the sign-in counts as one with a second factor.
    #[must_use]
    pub const fn vouches(&self, proved: &Proved) -> bool {
        match self.second_factor {
            Vouching::Never => false,
            Vouching::Amr => proved.multiple_factors,
            Vouching::Always => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider() -> Provider {
        Provider {
            code: "campus".parse().unwrap(),
            label: Text::english("Campus"),
            issuer: "https://id.example.edu".into(),
            addresses: Addresses::Verified,
            new_accounts: false,
            link_by_email: false,
            domains: Vec::new(),
            second_factor: Vouching::Never,
        }
    }

    fn proved(email: Option<&str>, email_verified: bool) -> Proved {
        Proved {
            subject: "7".into(),
            email: email.map(str::to_owned),
            email_verified,
            name: None,
            multiple_factors: false,
        }
    }

    #[test]
    fn an_address_counts_when_it_was_checked() {
        let strict = provider();
        let trusting = Provider {
            addresses: Addresses::Trusted,
            ..provider()
        };
        for (email, verified, by_strict, by_trusting) in [
            (Some("Li@Example.edu"), true, true, true),
            (Some("li@example.edu"), false, false, true),
            (Some("li"), true, false, false),
            (None, true, false, false),
        ] {
            let proved = proved(email, verified);
            let address = strict.address(&proved);
            assert_eq!(address.is_some(), by_strict, "{email:?} {verified}");
            assert_eq!(
                trusting.address(&proved).is_some(),
                by_trusting,
                "{email:?} {verified}"
            );
            assert!(address.is_none_or(|a| a.as_str() == "li@example.edu"));
        }
    }

    #[test]
    fn a_domain_is_the_whole_domain() {
        let campus = Provider {
            domains: vec!["example.edu".into()],
            ..provider()
        };
        for (address, admitted) in [
            ("li@example.edu", true),
            ("li@evil-example.edu", false),
            ("li@a.example.edu", false),
            ("example.edu@example.org", false),
        ] {
            let address = address.parse().unwrap();
            assert_eq!(campus.admits(Some(&address)), admitted, "{address}");
            assert!(provider().admits(Some(&address)));
        }
        assert!(!campus.admits(None) && provider().admits(None));
    }

    #[test]
    fn a_provider_vouches_as_it_was_configured() {
        let with = Proved {
            multiple_factors: true,
            ..proved(None, false)
        };
        let without = proved(None, false);
        for (second_factor, for_with, for_without) in [
            (Vouching::Never, false, false),
            (Vouching::Amr, true, false),
            (Vouching::Always, true, true),
        ] {
            let provider = Provider {
                second_factor,
                ..provider()
            };
            assert_eq!(
                (provider.vouches(&with), provider.vouches(&without)),
                (for_with, for_without)
            );
        }
    }
}

//! The providers of single sign-on: a JSON file, whose secrets stand in files or variables of their own.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Mistake;
use crate::domain::provider::{Addresses, Provider, Vouching};
use crate::domain::text::{Code, Text};
use crate::error::Result;

/// Where the providers are described.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Single sign-on")]
pub struct SignOn {
    /// A JSON file that describes providers of OpenID Connect.
    #[arg(long = "providers", env = "PALMARES_PROVIDERS", value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// A provider and what is needed to talk to it.
#[derive(Clone)]
pub struct Configured {
    /// What is believed of it.
    pub provider: Provider,
    /// The name of this instance there.
    pub client_id: String,
    /// The secret of this instance there; none for a public client, which PKCE alone protects.
    pub client_secret: Option<String>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
}

/// Without what is secret.
impl std::fmt::Debug for Configured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Configured")
            .field("provider", &self.provider.code)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    providers: Vec<Described>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    code: Code,
    label: Text,
    issuer: String,
    client_id: String,
    client_secret_file: Option<PathBuf>,
    client_secret_variable: Option<String>,
    #[serde(default = "usual_scopes")]
    scopes: Vec<String>,
    #[serde(default = "verified")]
    addresses: Addresses,
    #[serde(default)]
    new_accounts: bool,
    #[serde(default)]
    link_by_email: bool,
    #[serde(default)]
    domains: Vec<String>,
    #[serde(default = "never")]
    second_factor: Vouching,
}

fn usual_scopes() -> Vec<String> {
    vec!["email".into(), "profile".into()]
}

const fn verified() -> Addresses {
    Addresses::Verified
}

const fn never() -> Vouching {
    Vouching::Never
}

impl SignOn {
    /// The providers, in the order of the file; none without one.
    ///
    /// # Errors
    /// [`Mistake`] with the place of what can't be used.
    pub fn read(&self) -> Result<Vec<Configured>> {
        let Some(path) = &self.file else {
            return Ok(Vec::new());
        };
        let named = |why: String| Mistake::because(format!("{}: {why}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|e| named(e.to_string()))?;
        let document: Document = serde_json::from_str(&text).map_err(|e| named(e.to_string()))?;
        let folder = path.parent().unwrap_or_else(|| Path::new("."));
        let mut codes = std::collections::BTreeSet::new();
        let mut read = Vec::new();
        for described in document.providers {
            let code = described.code.clone();
            if !codes.insert(code.clone()) {
                return Err(named(format!("{code} stands there twice")));
            }
            read.push(
                described
                    .check(folder)
                    .map_err(|why| named(format!("{code}: {why}")))?,
            );
        }
        Ok(read)
    }
}

impl Described {
    fn check(self, folder: &Path) -> Result<Configured, String> {
        if self.label.is_blank() {
            return Err("label: expected a text in English, in Chinese, or in both".into());
        }
        if !is_issuer(&self.issuer) {
            return Err(
                "issuer: expected an address such as https://id.example.edu, without ? and #; http only on this machine"
                    .into(),
            );
        }
        if self.client_id.trim().is_empty() {
            return Err("client_id is empty".into());
        }
        let scope =
            |scope: &String| !scope.is_empty() && scope.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
        if let Some(wrong) = self.scopes.iter().find(|s| !scope(s)) {
            return Err(format!("scopes: {wrong:?} is none"));
        }
        let domain = |domain: &String| {
            format!("x@{domain}")
                .parse::<crate::domain::text::Email>()
                .is_ok()
        };
        if let Some(wrong) = self.domains.iter().find(|d| !domain(d)) {
            return Err(format!(
                "domains: {wrong:?} is none; expected one such as example.edu"
            ));
        }
        let client_secret = secret(
            folder,
            self.client_secret_file.as_deref(),
            self.client_secret_variable.as_deref(),
        )?;
        Ok(Configured {
            provider: Provider {
                code: self.code,
                label: self.label,
                issuer: self.issuer,
                addresses: self.addresses,
                new_accounts: self.new_accounts,
                link_by_email: self.link_by_email,
                domains: self.domains.iter().map(|d| d.to_lowercase()).collect(),
                second_factor: self.second_factor,
            },
            client_id: self.client_id,
            client_secret,
            scopes: self.scopes,
        })
    }
}

/// The secret of a client, from the file or the variable that was named.
fn secret(folder: &Path, file: Option<&Path>, variable: Option<&str>) -> Result<Option<String>, String> {
    let found = match (file, variable) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err("expected client_secret_file or client_secret_variable, not both".into());
        }
        (Some(file), None) => std::fs::read_to_string(folder.join(file))
            .map_err(|e| format!("client_secret_file {}: {e}", file.display()))?,
        (None, Some(name)) => {
            std::env::var(name).map_err(|_| format!("client_secret_variable: {name} is not set"))?
        }
    };
    let secret = found.trim().to_owned();
    if secret.is_empty() {
        return Err("the client's secret is empty".into());
    }
    Ok(Some(secret))
}

/// Whether this can be an issuer (OpenID Connect Core, 2): https, no query, no fragment. A provider on this machine, to
/// try things out, may go without TLS.
fn is_issuer(given: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(given) else {
        return false;
    };
    let plain = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let here = url
        .host_str()
        .is_some_and(|host| matches!(host, "localhost" | "[::1]" | "127.0.0.1"));
    plain && (url.scheme() == "https" || (url.scheme() == "http" && here))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(document: &serde_json::Value) -> Result<Vec<Configured>, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("providers.json");
        std::fs::write(&file, document.to_string()).unwrap();
        std::fs::write(folder.path().join("secret"), "s3cret\n").unwrap();
        SignOn { file: Some(file) }.read().map_err(|e| e.to_string())
    }

    fn campus() -> serde_json::Value {
        json!({ "code": "campus", "label": { "en": "Campus account", "zh": "校园账号" }, "issuer": "https://id.example.edu",
                "client_id": "palmares", "client_secret_file": "secret" })
    }

    #[test]
    fn a_short_description_is_careful() {
        let read = read(&json!({ "providers": [campus()] })).unwrap();
        let Configured {
            provider,
            client_secret,
            scopes,
            ..
        } = &read[0];
        assert_eq!(client_secret.as_deref(), Some("s3cret"));
        assert_eq!(scopes, &["email", "profile"]);
        assert!(!provider.new_accounts && !provider.link_by_email);
        assert_eq!(provider.addresses, Addresses::Verified);
        assert_eq!(provider.second_factor, Vouching::Never);
        assert!(!format!("{read:?}").contains("s3cret"));
        assert!(SignOn::default().read().unwrap().is_empty());
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (field, value, told) in [
            ("issuer", json!("http://id.example.edu"), "issuer"),
            ("issuer", json!("https://id.example.edu/?x=1"), "issuer"),
            ("issuer", json!("https://me:pw@id.example.edu"), "issuer"),
            ("issuer", json!("id.example.edu"), "issuer"),
            ("client_id", json!(" "), "client_id"),
            ("client_secret_file", json!("nowhere"), "nowhere"),
            (
                "client_secret_variable",
                json!("PALMARES_NO_SUCH_VARIABLE"),
                "not both",
            ),
            ("label", json!({}), "label"),
            ("scopes", json!(["a b"]), "scopes"),
            ("domains", json!(["@example.edu"]), "domains"),
            ("second_factor", json!("sometimes"), "sometimes"),
            ("new_acounts", json!(true), "new_acounts"),
        ] {
            let mut document = campus();
            document[field] = value;
            let wrong = read(&json!({ "providers": [document] })).unwrap_err();
            assert!(
                wrong.contains(told) && wrong.contains("providers.json"),
                "{field}: {wrong}"
            );
        }
        let twice = read(&json!({ "providers": [campus(), campus()] })).unwrap_err();
        assert!(twice.contains("twice"), "{twice}");
        let mut local = campus();
        local["issuer"] = json!("http://127.0.0.1:9000");
        assert!(read(&json!({ "providers": [local] })).is_ok());
    }
}

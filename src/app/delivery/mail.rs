//! Letters as mail, by SMTP.

use std::time::Duration;

use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use reqwest::Url;

use super::{Failure, Sealed};
use crate::config::{Messages, Mistake};
use crate::error::{Error, Result};

/// How long the mail server may take for each answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// A mail server.
#[derive(Debug)]
pub(super) struct Mail {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mail {
    /// The mail server that is configured, if one is.
    pub(super) fn open(settings: &Messages) -> Result<Option<Self>> {
        let Some(url) = &settings.smtp_url else {
            return Ok(None);
        };
        let from = settings.mail_from.as_deref().unwrap_or_default();
        let from = from.parse().map_err(|_| {
            Mistake::because(
                "PALMARES_MAIL_FROM: expected an address such as 'Talents Cup <contest@example.org>'",
            )
        })?;
        let url = with_tls(url).map_err(|why| Mistake::because(format!("PALMARES_SMTP_URL: {why}")))?;
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(&url)
            .map_err(|_| Mistake::because(format!("PALMARES_SMTP_URL: {EXPECTED}")))?
            .timeout(Some(PATIENCE))
            .build();
        Ok(Some(Self { server, from }))
    }

    /// Signs in at the mail server and sends nothing; why not, where that fails.
    pub(super) async fn greet(&self) -> std::result::Result<(), String> {
        match self.server.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("it answered otherwise than a mail server".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Hands a letter to the mail server.
    pub(super) async fn send(&self, sealed: &Sealed) -> Result<(), Failure> {
        let message = compose(&self.from, sealed).map_err(|e| Failure::never("no mail", &e.to_string()))?;
        self.server.send(message).await.map(drop).map_err(|e| judge(&e))
    }
}

const EXPECTED: &str = "expected smtps://USER:PASSWORD@HOST or smtp://USER:PASSWORD@HOST";

/// The address with what it says about TLS made explicit: only this machine is talked to in clear, and who says so.
fn with_tls(given: &str) -> Result<String, &'static str> {
    let mut url = Url::parse(given).map_err(|_| EXPECTED)?;
    let host = url.host_str().ok_or(EXPECTED)?;
    let here = matches!(host, "localhost" | "[::1]" | "::1") || host.starts_with("127.");
    let asked: Vec<_> = url
        .query_pairs()
        .map(|(k, v)| (k.into_owned(), v.into_owned()))
        .collect();
    let tls = match asked.as_slice() {
        [] => None,
        [(key, value)] if key == "tls" => Some(value.as_str()),
        _ => return Err("expected nothing but tls after the ?"),
    };
    let explicit = match (url.scheme(), tls) {
        ("smtps", None) => None,
        ("smtp", Some("required")) => Some("required"),
        ("smtp", None) if !here => Some("required"),
        ("smtp", None) => None,
        ("smtp", Some("none")) if !url.username().is_empty() && !here => {
            return Err("a password goes out only with TLS");
        }
        ("smtp", Some("none")) => None,
        ("smtp" | "smtps", _) => return Err("expected ?tls=required or ?tls=none"),
        _ => return Err(EXPECTED),
    };
    url.set_query(explicit.map(|tls| format!("tls={tls}")).as_deref());
    Ok(url.into())
}

fn compose(from: &Mailbox, sealed: &Sealed) -> Result<Message, Error> {
    let to: lettre::Address = sealed.to.parse().map_err(Error::internal)?;
    let domain = from.email.domain();
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(sealed.subject.as_str())
        .message_id(Some(format!("<{}@{domain}>", sealed.id)))
        .date(std::time::SystemTime::from(sealed.at))
        .header(AutoSubmitted)
        .header(ContentType::TEXT_PLAIN)
        .body(sealed.text.clone())
        .map_err(Error::internal)
}

/// Tells robots that answer mail not to answer this one (RFC 3834).
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// What a mail server's answer means. Only what is said of the recipient or the mail (RFC 5321, 4.2.3) is for good: a
/// refused sign-in or a server that is wrongly set up can be mended, and the mails wait for it.
fn judge(error: &SmtpError) -> Failure {
    let told = error.to_string();
    let Some(code) = error.status() else {
        return Failure::later(
            if error.is_timeout() {
                "timeout"
            } else {
                "no mail server"
            },
            &told,
        );
    };
    let code = code.to_string();
    match code.as_str() {
        "550" | "551" | "552" | "553" | "555" | "556" => Failure::never(&code, &told),
        _ => Failure::later(&code, &told),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_server_elsewhere_is_talked_to_with_tls() {
        for (given, used) in [
            ("smtps://u:p@mail.example.org", "smtps://u:p@mail.example.org"),
            (
                "smtp://u:p@mail.example.org:587",
                "smtp://u:p@mail.example.org:587?tls=required",
            ),
            ("smtp://127.0.0.1:2525", "smtp://127.0.0.1:2525"),
            ("smtp://relay.lan:25?tls=none", "smtp://relay.lan:25"),
        ] {
            assert_eq!(
                with_tls(given)
                    .unwrap()
                    .replace("org/?", "org?")
                    .replace(":587/", ":587")
                    .trim_end_matches('/'),
                used,
                "{given}"
            );
        }
        for bad in [
            "mail.example.org",
            "http://mail.example.org",
            "smtp://u:p@mail.example.org?tls=none",
            "smtp://mail.example.org?tls=maybe",
            "smtp://mail.example.org?verify=0",
        ] {
            assert!(with_tls(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn nothing_that_people_write_becomes_a_header() {
        let sealed = Sealed {
            id: "Q0s5".into(),
            to: "zhao@example.org".into(),
            subject: "邀请 Hello\r\nBcc: eve@example.org".into(),
            text: "One\n.\nTwo 半决赛\n".into(),
            at: std::time::UNIX_EPOCH.into(),
            kind: "invitation".into(),
            phone: false,
        };
        let from = "Cup <cup@example.org>".parse().unwrap();
        let mail = String::from_utf8(compose(&from, &sealed).unwrap().formatted()).unwrap();
        let head = mail.split("\r\n\r\n").next().unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{mail}");
        assert!(head.contains("Message-ID: <Q0s5@example.org>"), "{mail}");
        assert!(head.contains("Auto-Submitted: auto-generated"), "{mail}");
        assert!(head.contains("charset=utf-8"), "{mail}");
    }
}

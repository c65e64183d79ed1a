//! The certificate that a server shows: until when it is good, and for which names.

use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme};

use super::Finding;
use crate::domain::time::Stamp;

const CHECK: &str = "tls";
const PATIENCE: Duration = Duration::from_secs(3);
/// How many days before its end somebody should renew it.
const SOON: i64 = 14;

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certificate {
    pub(super) ends: Stamp,
    /// Names and addresses, as the certificate spells them: `*.example.org`, `10.0.0.7`.
    pub(super) names: Vec<String>,
}

/// Looks at the certificate that is shown at a place. Whether clients trust who signed it is for them to say.
pub(super) fn look(host: &str, port: u16, now: Stamp) -> Finding {
    match shown(host, port) {
        Ok(certificate) => judge(&certificate, host, now),
        Err(why) => Finding::warning(
            CHECK,
            format!("no certificate is shown at {host}:{port}: {why}"),
            "Start the proxy that gives this server TLS, and look at its log.",
        ),
    }
}

/// What is to be said of a certificate.
pub(super) fn judge(certificate: &Certificate, host: &str, now: Stamp) -> Finding {
    let Certificate { ends, names } = certificate;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if !names.iter().any(|name| covers(name, host)) {
        return Finding::error(
            CHECK,
            format!("the certificate is for {}, not for {host}", names.join(", ")),
            "Get one for the name that people type.",
        );
    }
    let days = (ends.unix() - now.unix()).div_euclid(86_400);
    let found = format!("the certificate for {host} ends at {ends}, in {days} days");
    if *ends <= now {
        let found = format!("the certificate for {host} ended at {ends}");
        Finding::error(CHECK, found, "Renew it: browsers and clients refuse it.")
    } else if days < SOON {
        Finding::warning(CHECK, found, "Renew it before the contest.")
    } else {
        Finding::ok(CHECK, found)
    }
}

/// Whether a name of a certificate is good for a host; a star stands for one label (RFC 6125).
fn covers(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(rest) => host
            .split_once('.')
            .is_some_and(|(first, domain)| !first.is_empty() && domain.eq_ignore_ascii_case(rest)),
        None => name.eq_ignore_ascii_case(host),
    }
}

/// The certificate that a server shows, whoever signed it.
fn shown(host: &str, port: u16) -> Result<Certificate, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(bare.clone()).map_err(|e| text(&e))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let any = Arc::new(Any(provider
        .signature_verification_algorithms
        .supported_schemes()));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| text(&e))?
        .dangerous()
        .with_custom_certificate_verifier(any)
        .with_no_client_auth();
    let mut client = ClientConnection::new(Arc::new(config), name).map_err(|e| text(&e))?;
    let mut places = (bare.as_str(), port).to_socket_addrs().map_err(|e| text(&e))?;
    let place = places.next().ok_or("the name leads nowhere")?;
    let mut stream = TcpStream::connect_timeout(&place, PATIENCE).map_err(|e| text(&e))?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(|e| text(&e))?;
    while client.is_handshaking() {
        client.complete_io(&mut stream).map_err(|e| text(&e))?;
    }
    let first = client.peer_certificates().and_then(<[_]>::first);
    let der = first.ok_or("none came")?;
    read(der).ok_or_else(|| "it can't be read".to_owned())
}

/// Takes every certificate: it is only looked at, and nothing is sent.
#[derive(Debug)]
struct Any(Vec<SignatureScheme>);

impl ServerCertVerifier for Any {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.clone()
    }
}

const SEQUENCE: u8 = 0x30;
/// `[0]`, the version, and `[3]`, the extensions (RFC 5280, 4.1).
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// 2.5.29.17, subjectAltName, with its tag and length.
const ALT_NAME: [u8; 5] = [0x06, 0x03, 0x55, 0x1d, 0x11];
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;

/// Reads the end and the names out of a certificate in DER (RFC 5280).
pub(super) fn read(der: &[u8]) -> Option<Certificate> {
    let (_, certificate, _) = element(der)?;
    let (_, mut rest, _) = element(certificate)?;
    if *rest.first()? == VERSION {
        rest = element(rest)?.2;
    }
    // Serial number, signature algorithm, issuer.
    for _ in 0..3 {
        rest = element(rest)?.2;
    }
    let (tag, validity, mut rest) = element(rest)?;
    if tag != SEQUENCE {
        return None;
    }
    let (_, _, not_after) = element(validity)?;
    let (kind, moment, _) = element(not_after)?;
    let ends = moment_of(kind, std::str::from_utf8(moment).ok()?)?;
    let mut names = Vec::new();
    while !rest.is_empty() {
        let (tag, inside, further) = element(rest)?;
        if tag == EXTENSIONS {
            names = alt_names(inside)?;
        }
        rest = further;
    }
    Some(Certificate { ends, names })
}

fn alt_names(extensions: &[u8]) -> Option<Vec<String>> {
    let (_, mut rest, _) = element(extensions)?;
    let mut names = Vec::new();
    while !rest.is_empty() {
        let (_, extension, further) = element(rest)?;
        rest = further;
        if !extension.starts_with(&ALT_NAME) {
            continue;
        }
        // The value comes last, after a flag that may be missing.
        let mut parts = element(extension)?.2;
        let mut value = parts;
        while !parts.is_empty() {
            let (_, inside, further) = element(parts)?;
            (value, parts) = (inside, further);
        }
        let (_, mut list, _) = element(value)?;
        while !list.is_empty() {
            let (tag, name, further) = element(list)?;
            list = further;
            match tag {
                DNS_NAME => names.push(String::from_utf8(name.to_vec()).ok()?),
                IP_ADDRESS => names.push(address(name)?),
                _ => {}
            }
        }
    }
    Some(names)
}

fn address(bytes: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(bytes).map(|b| std::net::Ipv4Addr::from(b).to_string());
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(|b| std::net::Ipv6Addr::from(b).to_string()))
        .ok()
}

/// Two digits of the year until 2049, four from then on (RFC 5280, 4.1.2.5).
fn moment_of(kind: u8, text: &str) -> Option<Stamp> {
    let text = text.strip_suffix('Z')?;
    let full = match kind {
        UTC_TIME if text.get(..2)? < "50" => format!("20{text}"),
        UTC_TIME => format!("19{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let part = |from: usize, to: usize| full.get(from..to)?.parse::<u32>().ok();
    let day = NaiveDate::from_ymd_opt(i32::try_from(part(0, 4)?).ok()?, part(4, 6)?, part(6, 8)?)?;
    let moment: NaiveDateTime = day.and_hms_opt(part(8, 10)?, part(10, 12)?, part(12, 14)?)?;
    Some(Stamp::from_naive(moment))
}

/// The first element: its tag, what is inside, and what comes after it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        short @ 0..=0x7f => (usize::from(*short), rest),
        long @ 0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            (
                digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)),
                rest,
            )
        }
        _ => return None,
    };
    let (inside, after) = rest.split_at_checked(length)?;
    Some((*tag, inside, after))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::super::State;
    use super::*;

    /// openssl req -x509 -newkey ec -days 400 -subj /CN=contest.example.org
    /// -addext subjectAltName=DNS:contest.example.org,DNS:*.hall.example.org,IP:10.0.0.7
    const MADE: &str = "MIIBzjCCAXOgAwIBAgIUBScZo8h0v1TDl4vBfS0qIxTHEMswCgYIKoZIzj0EAwIwHjEcMBoGA1UEAwwTY29udGVzdC5leGFt\
        cGxlLm9yZzAeFw0yNjExMjExNDQ4MDRaFw0yNzEyMjYxNDQ4MDRaMB4xHDAaBgNVBAMME2NvbnRlc3QuZXhhbXBsZS5vcmcw\
        WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASE4Gb+6urN9oLTu19dbbKM+s+ptAbjTP65AqNFXUIkPVA87rOnyUkRN1gjTyRq\
        53oDrIiXuWXysLY+vb04pJNYo4GOMIGLMB0GA1UdDgQWBBTpmSkcJgCD43Iz0beRYkyPME35tDAfBgNVHSMEGDAWgBTpmSkc\
        JgCD43Iz0beRYkyPME35tDAPBgNVHRMBAf8EBTADAQH/MDgGA1UdEQQxMC+CE2NvbnRlc3QuZXhhbXBsZS5vcmeCEiouaGFs\
        bC5leGFtcGxlLm9yZ4cECgAABzAKBggqhkjOPQQDAgNJADBGAiEAggKjqVJgZH9Ck+nq/yAWcKLxfZvO5YQvP6+yOXryhCIC\
        IQCy/pTpaU6S/IE7fqeELk2XgC++xs6X5+Dv88RL+VEDrQ==";

    fn at(text: &str) -> Stamp {
        serde_json::from_value(text.into()).unwrap()
    }

    #[test]
    fn a_certificate_tells_its_end_and_its_names() {
        let der = STANDARD.decode(MADE).unwrap();
        let read_ = read(&der).unwrap();
        assert_eq!(read_.ends, at("2027-12-26T14:48:04Z"));
        assert_eq!(
            read_.names,
            ["contest.example.org", "*.hall.example.org", "10.0.0.7"]
        );
        for cut in 0..der.len() {
            assert_eq!(read(&der[..cut]), None, "cut at {cut}");
        }
        for place in 0..der.len() {
            let mut wrong = der.clone();
            wrong[place] ^= 0xff;
            // Whatever it gives, it ends.
            let _ = read(&wrong);
        }
    }

    #[test]
    fn a_certificate_is_judged_by_its_end_and_its_names() {
        let certificate = Certificate {
            ends: at("2026-07-20T00:00:00Z"),
            names: vec![
                "contest.example.org".into(),
                "*.hall.example.org".into(),
                "10.0.0.7".into(),
            ],
        };
        for (host, now, state, told) in [
            (
                "contest.example.org",
                "2026-07-01T00:00:00Z",
                State::Ok,
                "in 19 days",
            ),
            (
                "CONTEST.example.org",
                "2026-07-01T00:00:00Z",
                State::Ok,
                "in 19 days",
            ),
            (
                "a.hall.example.org",
                "2026-07-10T00:00:00Z",
                State::Warning,
                "in 10 days",
            ),
            ("10.0.0.7", "2026-07-20T00:00:00Z", State::Error, "ended at"),
            (
                "example.org",
                "2026-07-01T00:00:00Z",
                State::Error,
                "not for example.org",
            ),
            (
                "a.b.hall.example.org",
                "2026-07-01T00:00:00Z",
                State::Error,
                "not for",
            ),
            (
                "hall.example.org",
                "2026-07-01T00:00:00Z",
                State::Error,
                "not for",
            ),
        ] {
            let finding = judge(&certificate, host, at(now));
            assert_eq!(finding.state, state, "{finding:?}");
            assert!(finding.found.contains(told), "{finding:?}");
        }
    }
}

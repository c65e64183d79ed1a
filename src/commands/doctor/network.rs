//! The way here: the port, the addresses that phones in the same network use, what people type, and its certificate.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use super::{Finding, certificate};
use crate::app::Clock;
use crate::config::Config;

const CHECK: &str = "network";
/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn look(config: &Config) -> Vec<Finding> {
    let (served, mut findings) = port(config);
    findings.push(from_the_network(config, served));
    if let Some(url) = &config.public_url {
        findings.extend(public(url));
    }
    findings
}

/// Whether a server is there or could be.
fn port(config: &Config) -> (bool, Vec<Finding>) {
    let address = config.address();
    match TcpListener::bind(address) {
        Ok(_) if config.port == 0 => (false, vec![Finding::ok(CHECK, "a free port is taken")]),
        Ok(_) => (
            false,
            vec![Finding::ok(
                CHECK,
                format!("{address} is free: nobody serves there yet"),
            )],
        ),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            let here = match address.ip() {
                ip if ip.is_unspecified() => SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port()),
                _ => address,
            };
            match answer(here, "/readyz") {
                Some(200) => (
                    true,
                    vec![Finding::ok(
                        CHECK,
                        format!("a server answers at {address}, and is ready"),
                    )],
                ),
                Some(503) => {
                    let advice = "Look at what is said of the database, and at the server's log.";
                    let found = format!("a server answers at {address}, and its database does not");
                    (true, vec![Finding::error(CHECK, found, advice)])
                }
                _ => {
                    let advice = "Stop it, or give another --port.";
                    let found = format!("something else listens at {address}");
                    (false, vec![Finding::error(CHECK, found, advice)])
                }
            }
        }
        Err(error) => {
            let advice = "Give an address of this machine as --bind, and a port above 1023 or the right to lower ones.";
            (
                false,
                vec![Finding::error(
                    CHECK,
                    format!("{address} can't be listened at: {error}"),
                    advice,
                )],
            )
        }
    }
}

/// Whether phones in the same network get here, and by which address.
fn from_the_network(config: &Config, served: bool) -> Finding {
    let mut addresses = local_addresses();
    if !config.bind.is_unspecified() {
        addresses.retain(|address| *address == config.bind);
    }
    let port = if config.port == 0 { 8080 } else { config.port };
    if config.bind.is_loopback() {
        let found = format!(
            "the server listens at {} only: phones do not get here",
            config.bind
        );
        return match &config.public_url {
            Some(url) => Finding::ok(CHECK, format!("{found} but by {url}")),
            None => Finding::warning(
                CHECK,
                found,
                "With --bind 0.0.0.0 they do; or put a reverse proxy before it and name it with --public-url.",
            ),
        };
    }
    if addresses.is_empty() {
        return Finding::warning(
            CHECK,
            "this machine is in no network",
            "Join the network of the hall, then look again.",
        );
    }
    // Where nobody serves yet, a listener stands in for the server.
    let stand_in = (!served)
        .then(|| TcpListener::bind(SocketAddr::new(config.bind, config.port)).ok())
        .flatten();
    let port = stand_in
        .as_ref()
        .and_then(|listener| listener.local_addr().ok())
        .map_or(port, |address| address.port());
    let (open, shut): (Vec<IpAddr>, Vec<IpAddr>) = addresses
        .into_iter()
        .partition(|ip| TcpStream::connect_timeout(&SocketAddr::new(*ip, port), PATIENCE).is_ok());
    let shown = |ips: &[IpAddr]| {
        let urls = ips
            .iter()
            .map(|ip| format!("http://{}", SocketAddr::new(*ip, port)));
        urls.collect::<Vec<_>>().join(", ")
    };
    if open.is_empty() {
        let advice = "Open the port in this machine's firewall.";
        return Finding::error(
            CHECK,
            format!("not reached by its own addresses: {}", shown(&shut)),
            advice,
        );
    }
    Finding::ok(
        CHECK,
        format!(
            "phones in the same network open {} (if one does not, the firewall or the network's client isolation is in the way)",
            shown(&open)
        ),
    )
}

/// What people type.
fn public(url: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some((host, port)) = host_of(url) else {
        return vec![Finding::unknown(
            "tls",
            format!("{url} is not understood"),
            "Give --public-url as https://….",
        )];
    };
    if url.starts_with("http://") {
        let advice = "Passwords go readable over the network: put TLS before the server (README, behind a reverse proxy).";
        findings.push(Finding::warning("tls", format!("{url} has no TLS"), advice));
    } else {
        findings.push(certificate::look(&host, port, Clock::system().now()));
    }
    findings.push(match ready_at(url) {
        Ok(200) => Finding::ok(CHECK, format!("{url} leads to a server that is ready")),
        Ok(status) => Finding::warning(
            CHECK,
            format!("{url}/readyz answers {status}"),
            "Start the server, and look where the proxy sends requests.",
        ),
        Err(why) => Finding::warning(
            CHECK,
            format!("{url} does not answer from here: {why}"),
            "Check the name (DNS), the proxy and the firewall; a router may not let its own network in by the public name.",
        ),
    });
    findings
}

/// `contest.example.org` and 443 of `https://contest.example.org/cup`.
fn host_of(url: &str) -> Option<(String, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let place = rest.split('/').next()?;
    let usual = if scheme == "https" { 443 } else { 80 };
    match place.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => Some((host.to_owned(), port.parse().ok()?)),
        _ => Some((place.to_owned(), usual)),
    }
}

fn ready_at(url: &str) -> Result<u16, String> {
    let asked = async {
        let client = reqwest::Client::builder().timeout(PATIENCE).build()?;
        client.get(format!("{url}/readyz")).send().await
    };
    let runtime = crate::commands::runtime().map_err(|e| e.to_string())?;
    let answer = runtime.block_on(asked).map_err(|error| {
        let mut cause: &dyn std::error::Error = &error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        cause.to_string()
    })?;
    Ok(answer.status().as_u16())
}

/// The status that a plain server answers a GET with.
fn answer(address: SocketAddr, path: &str) -> Option<u16> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut begin = [0u8; 12];
    stream.read_exact(&mut begin).ok()?;
    let line = std::str::from_utf8(&begin).ok()?;
    line.strip_prefix("HTTP/1.")?.get(2..)?.parse().ok()
}

/// The addresses by which others in the same network know this machine.
fn local_addresses() -> Vec<IpAddr> {
    let listed = std::fs::read_to_string("/proc/net/fib_trie").map(|table| own_in(&table));
    let mut found = listed.unwrap_or_default();
    if found.is_empty() {
        // Nothing is sent: the system only says which of its addresses it would send from.
        for other in [
            "10.255.255.255:9",
            "192.168.255.255:9",
            "172.31.255.255:9",
            "192.0.2.1:9",
        ] {
            let own = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
                socket.connect(other)?;
                socket.local_addr()
            });
            found.extend(own.map(|address| address.ip()).ok());
        }
    }
    found.retain(|ip| !ip.is_loopback() && !ip.is_unspecified());
    found.sort();
    found.dedup();
    found
}

/// The addresses that Linux calls its own: a line `|-- 10.0.0.5`, below it `/32 host LOCAL`.
fn own_in(table: &str) -> Vec<IpAddr> {
    let lines: Vec<&str> = table.lines().map(str::trim).collect();
    let pairs = lines.iter().zip(lines.iter().skip(1));
    pairs
        .filter(|(_, below)| **below == "/32 host LOCAL")
        .filter_map(|(line, _)| line.strip_prefix("|-- ")?.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_addresses_are_found() {
        let table = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.0.0.0\n        /24 link UNICAST\n     |-- 10.0.0.5\n        \
                     /32 host LOCAL\n     |-- 10.0.0.255\n        /32 link BROADCAST\n        |-- 127.0.0.1\n           /32 host LOCAL\n";
        assert_eq!(
            own_in(table),
            [
                "10.0.0.5".parse::<IpAddr>().unwrap(),
                "127.0.0.1".parse().unwrap()
            ]
        );
        assert!(local_addresses().iter().all(|ip| !ip.is_loopback()));
    }

    #[test]
    fn what_people_type_has_a_host_and_a_port() {
        for (url, host, port) in [
            ("https://contest.example.org", "contest.example.org", 443),
            ("https://contest.example.org/cup", "contest.example.org", 443),
            ("http://10.0.0.7:8080", "10.0.0.7", 8080),
            ("https://[::1]", "[::1]", 443),
            ("https://[::1]:8443", "[::1]", 8443),
        ] {
            assert_eq!(host_of(url), Some((host.to_owned(), port)), "{url}");
        }
    }
}

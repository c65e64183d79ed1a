//! Where a request comes from: the peer of its connection, or whom a trusted proxy names.

use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::dev::Payload;
use actix_web::http::header::HeaderName;
use actix_web::{FromRequest, HttpRequest, web};
use ipnet::IpNet;

use super::edge::{Edge, Named};
use super::problem::Problem;
use super::{State, cookies};
use crate::app::guessing::{Origin, network};

/// The client's address. Proxies that are trusted are passed over from the right; the first address that is none of
/// theirs is the client's, whatever it claims itself.
#[must_use]
pub fn address(request: &HttpRequest, edge: &Edge) -> IpAddr {
    // A connection without an address is a socket of this machine.
    let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let peer = request.peer_addr().map_or(local, |peer| peer.ip()).to_canonical();
    if !is_trusted(peer, &edge.proxies) {
        return peer;
    }
    let (name, read): (_, fn(&str) -> Option<IpAddr>) = match edge.named {
        Named::XForwardedFor => (HeaderName::from_static("x-forwarded-for"), plain),
        Named::Forwarded => (HeaderName::from_static("forwarded"), parameter),
    };
    let lines: Vec<_> = request
        .headers()
        .get_all(name)
        .filter_map(|line| line.to_str().ok())
        .collect();
    let mut client = peer;
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        // What can't be read was written by somebody beyond the last proxy that is known.
        let Some(hop) = read(hop) else { break };
        client = hop;
        if !is_trusted(hop, &edge.proxies) {
            break;
        }
    }
    client
}

pub(super) fn is_trusted(address: IpAddr, proxies: &[IpNet]) -> bool {
    proxies.iter().any(|net| net.contains(&address))
}

/// `203.0.113.7`, `2001:db8::1`, either with a port.
fn plain(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse().ok();
    let address = address.or_else(|| text.parse().ok().map(|with_port: SocketAddr| with_port.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

/// `for="[2001:db8::1]:4711";proto=https` (RFC 7239).
fn parameter(element: &str) -> Option<IpAddr> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        let value = value.trim().trim_matches('"');
        name.trim().eq_ignore_ascii_case("for").then(|| plain(value))?
    })
}

/// Where a try at a secret comes from, as an argument of a handler.
#[derive(Debug, Clone)]
pub struct Visitor(pub Origin);

impl FromRequest for Visitor {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<web::Data<State>>();
        let visitor = state.map(|state| {
            Self(Origin {
                network: network(address(request, &state.edge)),
                device: cookies::device(request, &state.edge),
            })
        });
        ready(visitor.ok_or_else(|| crate::error::Error::internal("no state").into()))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::super::edge::Settings;
    use super::*;

    fn client(peer: &str, named: Named, header: (&'static str, &'static str)) -> String {
        let edge = Edge::new(Settings {
            proxies: vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()],
            named,
            ..Settings::of("https://palmares.example")
        });
        let request = TestRequest::default()
            .peer_addr(SocketAddr::new(peer.parse().unwrap(), 4711))
            .append_header(header)
            .to_http_request();
        address(&request, &edge).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_names_the_client_and_only_the_last_one_that_it_met() {
        for (peer, header, address) in [
            ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
            ("10.0.0.1", "unknown, 10.0.0.2", "10.0.0.2"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("fd00::1", "[2001:db8::7]:4711", "2001:db8::7"),
            ("::ffff:10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ] {
            let got = client(peer, Named::XForwardedFor, ("X-Forwarded-For", header));
            assert_eq!(got, address, "{peer} {header}");
            let other = client(peer, Named::Forwarded, ("X-Forwarded-For", header));
            assert_eq!(other, peer.replace("::ffff:", ""), "the other header is not read");
        }
        for (header, address) in [
            ("for=198.51.100.1", "198.51.100.1"),
            (
                "For=\"[2001:db8::7]:4711\";proto=https;by=10.0.0.1",
                "2001:db8::7",
            ),
            ("for=1.1.1.1, for=198.51.100.1;proto=http", "198.51.100.1"),
            ("for=_hidden", "10.0.0.1"),
        ] {
            assert_eq!(
                client("10.0.0.1", Named::Forwarded, ("Forwarded", header)),
                address,
                "{header}"
            );
        }
    }
}

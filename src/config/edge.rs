//! How a server meets the network: whom it believes, whom it slows down, whether it speaks TLS itself.

use std::path::PathBuf;

use ipnet::IpNet;

/// The settings of the server's edge.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Network")]
pub struct Edge {
    /// Proxies that stand before this server, as addresses or networks: 127.0.0.1,10.0.0.0/8. Only they are believed when
    /// they name a client's address.
    #[arg(long, env = "PALMARES_TRUSTED_PROXIES", value_delimiter = ',', value_parser = net)]
    pub trusted_proxies: Vec<IpNet>,
    /// The header in which those proxies name the client. They must set or extend this one themselves: the other one is
    /// not read.
    #[arg(long, env = "PALMARES_FORWARDED_HEADER", value_enum, default_value_t = Forwarded::XForwardedFor)]
    pub forwarded_header: Forwarded,
    /// Origins of other sites whose pages may call the API with a token, letter for letter: https://app.example.org.
    #[arg(long, env = "PALMARES_CORS_ORIGINS", value_delimiter = ',', value_parser = origin)]
    pub cors_origins: Vec<String>,
    /// Requests a second that one session may send for long; ten times as many at once. 0 sets no limit.
    #[arg(long, env = "PALMARES_REQUESTS_PER_SESSION", default_value_t = 30)]
    pub requests_per_session: u32,
    /// Requests a second that one address may send for long without a session; ten times as many at once. 0 sets no
    /// limit.
    #[arg(long, env = "PALMARES_REQUESTS_PER_ADDRESS", default_value_t = 200)]
    pub requests_per_address: u32,
    /// Live streams that this node keeps open at once; each takes a connection. 0 offers none.
    #[arg(long, env = "PALMARES_LIVE_STREAMS", default_value_t = 20_000)]
    pub live_streams: u32,
    /// Live streams that one address may keep open at once without a session; a hall full of phones may be one address.
    #[arg(long, env = "PALMARES_LIVE_STREAMS_PER_ADDRESS", default_value_t = 2_000)]
    pub live_streams_per_address: u32,
    /// Live streams that one account may keep open at once.
    #[arg(long, env = "PALMARES_LIVE_STREAMS_PER_ACCOUNT", default_value_t = 20)]
    pub live_streams_per_account: u32,
    /// Connections that one address may hold; the one that is idle longest makes room for the next. A trusted proxy may
    /// hold any number: for each address that it names, requests under way are counted instead. 0 sets no limit.
    #[arg(long, env = "PALMARES_CONNECTIONS_PER_ADDRESS", default_value_t = 3000)]
    pub connections_per_address: u32,
    /// Requests of one session that are answered at once. 0 sets no limit.
    #[arg(long, env = "PALMARES_REQUESTS_AT_ONCE", default_value_t = 64)]
    pub requests_at_once: u32,
    /// Bytes a second that a client has to take of an answer that waits for it, over half a minute. 0 sets no limit.
    #[arg(long, env = "PALMARES_SLOWEST_READER", default_value_t = 4096)]
    pub slowest_reader: u32,
    /// New accounts that one address may make in an hour.
    #[arg(long, env = "PALMARES_REGISTRATIONS_PER_ADDRESS", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    pub registrations_per_address: u32,
    /// Failed sign-ins of one address at one account before it has to wait.
    #[arg(long, env = "PALMARES_FREE_FAILURES", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub free_failures: u32,
    /// Failed sign-ins of all strangers at one account before strangers have to wait.
    #[arg(long, env = "PALMARES_FREE_FAILURES_PER_ACCOUNT", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub free_failures_per_account: u32,
    /// Failed sign-ins at one address, whatever the account, before strangers there have to wait.
    #[arg(long, env = "PALMARES_FREE_FAILURES_PER_ADDRESS", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub free_failures_per_address: u32,
    /// The longest time, in seconds, that anybody waits for their next try.
    #[arg(long, env = "PALMARES_LONGEST_DELAY_SECONDS", default_value_t = 60, value_parser = clap::value_parser!(i64).range(1..=3600))]
    pub longest_delay_seconds: i64,
    /// The certificate chain, PEM: with it and its key the server speaks TLS itself.
    #[arg(long, env = "PALMARES_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key, PEM.
    #[arg(long, env = "PALMARES_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
}

/// Where a proxy names the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Forwarded {
    /// `X-Forwarded-For: client, proxy`.
    XForwardedFor,
    /// `Forwarded: for=client` (RFC 7239).
    Forwarded,
}

fn net(given: &str) -> Result<IpNet, &'static str> {
    let given = given.trim();
    let one = || given.parse::<std::net::IpAddr>().ok().map(IpNet::from);
    given
        .parse()
        .ok()
        .or_else(one)
        .ok_or("expected an address or a network such as 10.0.0.0/8")
}

fn origin(given: &str) -> Result<String, &'static str> {
    const EXPECTED: &str = "expected an origin such as https://app.example.org, without a path";
    let given = given.trim();
    let url = super::public_url(given).map_err(|_| EXPECTED)?;
    let host = url.split_once("://").map_or("", |(_, host)| host);
    let exact = url == given && !host.contains('/') && given == given.to_ascii_lowercase();
    if exact { Ok(url) } else { Err(EXPECTED) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_addresses_or_networks() {
        for (given, kept) in [
            ("127.0.0.1", "127.0.0.1/32"),
            (" 10.0.0.0/8", "10.0.0.0/8"),
            ("fd00::/8", "fd00::/8"),
        ] {
            assert_eq!(net(given).unwrap().to_string(), kept);
        }
        for bad in ["", "*", "10.0.0.0/33", "proxy.example.org"] {
            assert!(net(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn origins_are_exact() {
        assert_eq!(
            origin("https://app.example.org").as_deref(),
            Ok("https://app.example.org")
        );
        for bad in [
            "*",
            "null",
            "https://*.example.org",
            "https://app.example.org/",
            "https://App.example.org",
            "https://a.example/x",
        ] {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }
}

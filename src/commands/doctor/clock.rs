//! The clock: deadlines, tokens and the log rest on it.

use std::net::{ToSocketAddrs, UdpSocket};
use std::sync::mpsc::channel;
use std::time::Duration;

use chrono::DateTime;

use super::Finding;
use crate::app::Clock;
use crate::domain::time::Stamp;

const CHECK: &str = "clock";
/// How far apart clocks may be before somebody should look, in seconds. Access tokens allow 5.
const APART: i64 = 2;
/// How far apart they may be before deadlines are plainly wrong.
const FAR_APART: i64 = 60;
/// How long an answer from the network may take, names included.
const PATIENCE: Duration = Duration::from_secs(3);
/// Seconds from 1900, when NTP begins to count, to 1970.
const NTP_TO_UNIX: i64 = 2_208_988_800;

pub(super) fn look(server_time: Option<Stamp>, time_server: &str) -> Vec<Finding> {
    let now = Clock::system().now();
    let mut findings = Vec::new();
    if let Some(there) = server_time {
        findings.push(judge("the database's clock", seconds_between(now, there)));
    }
    findings.push(match time_server {
        "none" => Finding::unknown(
            CHECK,
            format!("{now}; nobody else was asked"),
            "Compare it with a clock that is right.",
        ),
        host => match ask(host) {
            Some(apart) => judge(&format!("{host} (NTP)"), apart),
            None => Finding::unknown(
                CHECK,
                format!("{now}; {host} does not answer, which is no fault in a hall without internet"),
                "Compare it with a clock that is right; --time-server names another one, in the local network.",
            ),
        },
    });
    findings
}

fn judge(other: &str, apart: i64) -> Finding {
    let found = match apart {
        0 => format!("the same as {other} to the second"),
        ahead @ 1.. => format!("{ahead} s ahead of {other}"),
        behind => format!("{} s behind {other}", -behind),
    };
    let advice = "Let the system set it (timedatectl set-ntp true), then restart nothing: the server follows. \
                  Deadlines and tokens go by this clock.";
    match apart.abs() {
        0..=APART => Finding::ok(CHECK, found),
        far if far <= FAR_APART => Finding::warning(CHECK, found, advice),
        _ => Finding::error(CHECK, found, advice),
    }
}

/// Whole seconds that `here` is ahead of `there`.
fn seconds_between(here: Stamp, there: Stamp) -> i64 {
    (here.naive() - there.naive()).num_milliseconds().div_euclid(1000)
}

/// How many seconds this clock is ahead of a time server's; none when it does not answer in time.
fn ask(host: &str) -> Option<i64> {
    let (tell, told) = channel();
    let host = host.to_owned();
    // Names may take long where there is no network: nobody waits for that longer than for the answer.
    std::thread::spawn(move || tell.send(exchange(&host)));
    told.recv_timeout(PATIENCE).ok().flatten()
}

/// One exchange of SNTP (RFC 4330).
fn exchange(host: &str) -> Option<i64> {
    let place = if host.contains(':') {
        host.to_owned()
    } else {
        format!("{host}:123")
    };
    let address = place.to_socket_addrs().ok()?.next()?;
    let socket = UdpSocket::bind(if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" }).ok()?;
    socket.set_read_timeout(Some(PATIENCE)).ok()?;
    socket.connect(address).ok()?;
    let mut question = [0u8; 48];
    // Version 4, a client.
    *question.first_mut()? = 0x23;
    socket.send(&question).ok()?;
    let mut answer = [0u8; 48];
    if socket.recv(&mut answer).ok()? < 48 {
        return None;
    }
    let there = time_of(&answer)?;
    Some(seconds_between(Clock::system().now(), there))
}

/// The time that a server's answer was sent at; none where the server does not know it either.
fn time_of(answer: &[u8; 48]) -> Option<Stamp> {
    let is_server = answer.first()? & 7 == 4;
    let stratum = *answer.get(1)?;
    let seconds = u32::from_be_bytes(answer.get(40..44)?.try_into().ok()?);
    let fraction = u32::from_be_bytes(answer.get(44..48)?.try_into().ok()?);
    if !is_server || !(1..16).contains(&stratum) || seconds == 0 {
        return None;
    }
    let micros = (u64::from(fraction) * 1_000_000) >> 32;
    let unix = i64::from(seconds) - NTP_TO_UNIX;
    // Those seconds begin anew in 2036 (RFC 4330, 3).
    let unix = if unix < 0 { unix + (1 << 32) } else { unix };
    let moment = DateTime::from_timestamp(unix, u32::try_from(micros * 1000).ok()?)?;
    Some(Stamp::new(moment))
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn clocks_may_be_a_little_apart() {
        for (apart, state, told) in [
            (0, State::Ok, "the same as x"),
            (2, State::Ok, "2 s ahead"),
            (-3, State::Warning, "3 s behind"),
            (61, State::Error, "61 s ahead"),
        ] {
            let finding = judge("x", apart);
            assert_eq!(finding.state, state);
            assert!(finding.found.contains(told), "{finding:?}");
        }
    }

    #[test]
    fn a_time_server_is_understood() {
        // 2026-07-08 01:00:00.5 UTC.
        let mut answer = [0u8; 48];
        answer[0] = 0x24;
        answer[1] = 2;
        answer[40..44].copy_from_slice(&u32::try_from(1_783_472_400 + NTP_TO_UNIX).unwrap().to_be_bytes());
        answer[44] = 0x80;
        assert_eq!(time_of(&answer).unwrap().to_string(), "2026-07-08T01:00:00.500Z");
        answer[40..44].copy_from_slice(&1u32.to_be_bytes());
        assert!(
            time_of(&answer)
                .unwrap()
                .to_string()
                .starts_with("2036-02-07T06:28:17")
        );
        answer[1] = 0;
        assert_eq!(time_of(&answer), None, "it refuses");
        answer[1] = 2;
        answer[0] = 0x23;
        assert_eq!(time_of(&answer), None, "it is no server");
    }

    #[test]
    fn a_time_server_is_asked() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let place = server.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            let mut question = [0u8; 48];
            let (_, from) = server.recv_from(&mut question).unwrap();
            let now = Clock::system().now().unix() + NTP_TO_UNIX + 100;
            let mut answer = [0u8; 48];
            (answer[0], answer[1]) = (0x24, 1);
            answer[40..44].copy_from_slice(&u32::try_from(now).unwrap().to_be_bytes());
            server.send_to(&answer, from).unwrap();
        });
        let apart = ask(&place).unwrap();
        assert!((-101..=-98).contains(&apart), "{apart}");
        assert_eq!(ask("127.0.0.1:1"), None);
    }
}

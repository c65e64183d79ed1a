//! Clients that hold connections for nothing, by the hundred, and clients that take their answers in crumbs. The hall behind
//! the same address goes on.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use palmares::http::connections::Measures;
use palmares::http::edge::Settings;
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

use crate::hall::{Hall, PUBLIC_URL};
use crate::support::Db;

const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: palmares.example\r\n\r\n";
/// A megabyte for everybody.
const LARGE: &str = "GET /openapi.json HTTP/1.1\r\nHost: palmares.example\r\n";

async fn hall(db: Db, measures: Measures) -> Hall {
    let settings = Settings {
        measures,
        ..Settings::of(PUBLIC_URL)
    };
    Hall::behind(db, settings).await
}

fn address(hall: &Hall) -> std::net::SocketAddr {
    hall.base.trim_start_matches("http://").parse().unwrap()
}

async fn connect(hall: &Hall) -> TcpStream {
    TcpStream::connect(address(hall)).await.unwrap()
}

/// A client for whom the system keeps almost nothing.
async fn connect_narrow(hall: &Hall) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(address(hall)).await.unwrap()
}

/// Sends a request on a connection and gives the beginning of the answer; nothing when the server has closed it.
async fn answer(stream: &mut TcpStream, request: &[u8]) -> Option<String> {
    stream.write_all(request).await.ok()?;
    let mut part = [0; 4096];
    let read = timeout(Duration::from_secs(10), stream.read(&mut part))
        .await
        .unwrap();
    match read {
        Ok(0) | Err(_) => None,
        Ok(n) => Some(String::from_utf8_lossy(&part[..n]).into_owned()),
    }
}

/// Whether the server has closed a connection.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut part = [0; 1024];
    matches!(
        timeout(Duration::from_millis(300), stream.read(&mut part)).await,
        Ok(Ok(0) | Err(_))
    )
}

/// Takes `crumb` bytes in each pause, until the end; gives how many came in all.
async fn take(stream: &mut TcpStream, crumb: usize, pause: Duration) -> usize {
    let mut part = vec![0; crumb];
    let mut taken = 0;
    while let Ok(Ok(n @ 1..)) = timeout(Duration::from_secs(10), stream.read(&mut part)).await {
        taken += n;
        sleep(pause).await;
    }
    taken
}

fn at_most(connections: u32) -> Measures {
    Measures {
        connections: NonZeroU32::new(connections),
        ..Measures::default()
    }
}

both_databases! {
    async fn who_is_idle_makes_room_for_who_asks(db) {
        let hall = hall(db, at_most(20)).await;
        // Somebody who was answered and stays, and a crowd that says nothing.
        let mut stays = connect(&hall).await;
        assert!(answer(&mut stays, HEALTH).await.unwrap().starts_with("HTTP/1.1 200"));
        let mut crowd = Vec::new();
        for _ in 0..60 {
            crowd.push(connect(&hall).await);
        }
        // Everybody who comes now is served, as often as they come.
        for _ in 0..30 {
            let mut newcomer = connect(&hall).await;
            assert!(answer(&mut newcomer, HEALTH).await.unwrap().starts_with("HTTP/1.1 200"));
        }
        let mut closed = 0;
        for silent in &mut crowd {
            closed += usize::from(is_closed(silent).await);
        }
        assert!(closed >= 40, "{closed} of 60 made room");
        hall.close().await;
    }

    async fn who_asks_is_never_thrown_out_by_the_next(db) {
        let hall = hall(db, at_most(5)).await;
        let mut asking = Vec::new();
        for _ in 0..5 {
            let mut stream = connect(&hall).await;
            stream.write_all(b"GET /healthz HTTP/1.1\r\n").await.unwrap();
            asking.push(stream);
        }
        sleep(Duration::from_millis(200)).await;
        let mut sixth = connect(&hall).await;
        assert_eq!(answer(&mut sixth, HEALTH).await, None, "there is no place");
        for stream in &mut asking {
            assert!(answer(stream, b"Host: palmares.example\r\n\r\n").await.unwrap().starts_with("HTTP/1.1 200"));
        }
        // Those were answered, so that there is one again.
        let mut seventh = connect(&hall).await;
        assert!(answer(&mut seventh, HEALTH).await.unwrap().starts_with("HTTP/1.1 200"));
        hall.close().await;
    }

    async fn a_hall_comes_by_one_address(db) {
        let hall = hall(db, at_most(3000)).await;
        // What is there by default is enough for 330 people with a connection each and one more for half of them.
        let mut people = Vec::new();
        for _ in 0..330 {
            let mut person = connect(&hall).await;
            assert!(answer(&mut person, HEALTH).await.unwrap().starts_with("HTTP/1.1 200"));
            people.push(person);
        }
        for person in &mut people {
            assert!(answer(person, HEALTH).await.unwrap().starts_with("HTTP/1.1 200"), "nobody lost theirs");
        }
        hall.close().await;
    }

    async fn crumbs_end_the_connection_and_a_slow_line_does_not(db) {
        let measures = Measures { slowest: NonZeroU32::new(100_000), over: Duration::from_secs(1), ..Measures::default() };
        let hall = hall(db, measures).await;
        let requests = format!("{LARGE}\r\n").repeat(8);
        let whole = {
            let mut stream = connect(&hall).await;
            stream.write_all(format!("{LARGE}Connection: close\r\n\r\n").as_bytes()).await.unwrap();
            take(&mut stream, 1 << 20, Duration::ZERO).await
        };
        assert!(whole > 500_000, "{whole}");
        // Nothing is taken, then crumbs.
        for wait in [Duration::from_secs(4), Duration::ZERO] {
            let mut stream = connect_narrow(&hall).await;
            stream.write_all(requests.as_bytes()).await.unwrap();
            sleep(wait).await;
            let began = Instant::now();
            let taken = take(&mut stream, 1024, Duration::from_millis(50)).await;
            assert!(taken < 3 * whole, "{taken} of {}", 8 * whole);
            assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
        }
        // Slow, but no attack: everything comes.
        let mut stream = connect(&hall).await;
        stream.write_all(format!("{LARGE}Connection: close\r\n\r\n").as_bytes()).await.unwrap();
        assert_eq!(take(&mut stream, 16 << 10, Duration::from_millis(20)).await, whole);
        hall.close().await;
    }

    async fn no_request_is_begun_and_never_ended(db) {
        let measures = Measures { unanswered: Duration::from_secs(2), ..Measures::default() };
        let hall = hall(db, measures).await;
        let mut stream = connect(&hall).await;
        assert!(answer(&mut stream, HEALTH).await.unwrap().starts_with("HTTP/1.1 200"));
        // The framework times the head of the first request only.
        stream.write_all(b"GET /healthz HTTP/1.1\r\nX-Slow: ").await.unwrap();
        let began = Instant::now();
        while !is_closed(&mut stream).await {
            assert!(began.elapsed() < Duration::from_secs(8));
            let _ = stream.write_all(b"x").await;
        }
        assert!(began.elapsed() > Duration::from_secs(1));
        hall.close().await;
    }

    async fn behind_a_proxy_the_address_that_it_names_counts(db) {
        let settings = Settings {
            measures: Measures { slowest: NonZeroU32::new(1), ..at_most(3) },
            proxies: vec!["127.0.0.1/32".parse().unwrap()],
            ..Settings::of(PUBLIC_URL)
        };
        let hall = Hall::behind(db, settings).await;
        // The proxy itself holds as many as it likes.
        let mut held = Vec::new();
        for _ in 0..10 {
            let mut stream = connect(&hall).await;
            assert!(answer(&mut stream, HEALTH).await.unwrap().starts_with("HTTP/1.1 200"));
            held.push(stream);
        }
        // One client takes nothing of three answers.
        let mut stuck = Vec::new();
        for _ in 0..3 {
            let mut stream = connect_narrow(&hall).await;
            stream.write_all(format!("{LARGE}X-Forwarded-For: 203.0.113.7\r\n\r\n").as_bytes()).await.unwrap();
            stuck.push(stream);
        }
        sleep(Duration::from_millis(500)).await;
        let from = async |client: &str| hall.guest().send(Method::GET, "/competitions", None, &[("X-Forwarded-For", client)]).await;
        from("203.0.113.7").await.problem(429, "too_many");
        from("203.0.113.8").await.ok();
        drop(stuck);
        sleep(Duration::from_millis(500)).await;
        from("203.0.113.7").await.ok();
        hall.close().await;
    }

    async fn a_session_is_answered_so_often_at_once_and_no_more(db) {
        let measures = Measures { at_once: NonZeroU32::new(2), slowest: NonZeroU32::new(1), ..Measures::default() };
        let hall = hall(db, measures).await;
        let (wang, li) = (hall.person("wang").await, hall.person("li").await);
        let mut stuck = Vec::new();
        for _ in 0..2 {
            let mut stream = connect_narrow(&hall).await;
            let token = wang.token.as_ref().unwrap();
            stream.write_all(format!("{LARGE}Authorization: Bearer {token}\r\n\r\n").as_bytes()).await.unwrap();
            stuck.push(stream);
        }
        sleep(Duration::from_millis(500)).await;
        wang.get("/me").await.problem(429, "too_many");
        li.get("/me").await.ok();
        drop(stuck);
        sleep(Duration::from_millis(500)).await;
        wang.get("/me").await.ok();
        hall.close().await;
    }
}

//! Where messages arrive in tests: a mail server and a gateway that do as they are told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail as it came in.
#[derive(Debug, Clone)]
pub struct Mail {
    pub from: String,
    pub to: String,
    /// Letter for letter.
    pub head: String,
    pub subject: String,
    pub text: String,
    pub id: String,
}

/// What the mail server does with the next mail instead of taking it.
#[derive(Debug, Clone, Copy)]
pub enum Instead {
    /// Answers RCPT with this.
    Recipient(&'static str),
    /// Takes the mail, and hangs up before it says so.
    HangUp,
    /// Takes it after so many milliseconds.
    Slowly(u64),
}

/// A mail server that keeps every mail.
#[derive(Clone, Default)]
pub struct MailServer {
    port: u16,
    mails: Arc<Mutex<Vec<Mail>>>,
    instead: Arc<Mutex<VecDeque<Instead>>>,
}

impl MailServer {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            ..Self::default()
        };
        let kept = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = kept.clone();
                tokio::spawn(async move { server.talk(stream).await });
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// What to do with the next mails.
    pub fn instead(&self, what: Instead) {
        self.instead.lock().unwrap().push_back(what);
    }

    pub fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }

    /// The newest mail to an address.
    #[track_caller]
    pub fn last_to(&self, address: &str) -> Mail {
        let mails = self.mails();
        let found = mails.iter().rev().find(|mail| mail.to == address);
        found
            .unwrap_or_else(|| panic!("no mail to {address}: {mails:#?}"))
            .clone()
    }

    async fn talk(&self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        let say = async |stream: &mut BufReader<TcpStream>, text: &str| {
            let _ = stream.write_all(format!("{text}\r\n").as_bytes()).await;
        };
        say(&mut stream, "220 test").await;
        let (mut from, mut to, mut instead) = (String::new(), String::new(), None);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
            let word = line.split([' ', ':', '\r']).next().unwrap().to_uppercase();
            match word.as_str() {
                "EHLO" | "HELO" => say(&mut stream, "250-test\r\n250-8BITMIME\r\n250 SMTPUTF8").await,
                "MAIL" => {
                    from = between(&line, '<', '>');
                    instead = self.instead.lock().unwrap().pop_front();
                    say(&mut stream, "250 ok").await;
                }
                "RCPT" => {
                    to = between(&line, '<', '>');
                    match instead {
                        Some(Instead::Recipient(answer)) => say(&mut stream, answer).await,
                        _ => say(&mut stream, "250 ok").await,
                    }
                }
                "DATA" => {
                    say(&mut stream, "354 go on").await;
                    let mut raw = String::new();
                    loop {
                        let mut line = String::new();
                        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                            return;
                        }
                        if line == ".\r\n" {
                            break;
                        }
                        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
                    }
                    if let Some(Instead::Slowly(milliseconds)) = instead {
                        tokio::time::sleep(std::time::Duration::from_millis(milliseconds)).await;
                    }
                    self.mails.lock().unwrap().push(read(&from, &to, &raw));
                    if matches!(instead, Some(Instead::HangUp)) {
                        return;
                    }
                    say(&mut stream, "250 kept").await;
                }
                "QUIT" => {
                    say(&mut stream, "221 bye").await;
                    return;
                }
                _ => say(&mut stream, "250 ok").await,
            }
        }
    }
}

fn between(line: &str, open: char, close: char) -> String {
    let rest = line.split_once(open).map_or("", |(_, rest)| rest);
    rest.split(close).next().unwrap().to_owned()
}

fn read(from: &str, to: &str, raw: &str) -> Mail {
    let (head, body) = raw.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let header = |name: &str| {
        let found = unfolded.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        });
        found.unwrap_or_default()
    };
    let text = match header("Content-Transfer-Encoding").as_str() {
        "base64" => STANDARD
            .decode(body.split_whitespace().collect::<String>())
            .unwrap(),
        "quoted-printable" => quoted(&body.replace("=\r\n", "")),
        _ => body.as_bytes().to_vec(),
    };
    Mail {
        from: from.to_owned(),
        to: to.to_owned(),
        head: head.to_owned(),
        subject: words(&header("Subject")),
        text: String::from_utf8(text).unwrap().replace("\r\n", "\n"),
        id: header("Message-ID"),
    }
}

fn quoted(text: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        if first == b'=' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    bytes
}

/// Encoded words of a header (RFC 2047) as text.
fn words(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut encoded_before = false;
    for word in value.split(' ') {
        let encoded = word.strip_prefix("=?utf-8?b?").and_then(|w| w.strip_suffix("?="));
        if !(bytes.is_empty() || encoded.is_some() && encoded_before) {
            bytes.push(b' ');
        }
        match encoded {
            Some(encoded) => bytes.extend(STANDARD.decode(encoded).unwrap()),
            None => bytes.extend(word.as_bytes()),
        }
        encoded_before = encoded.is_some();
    }
    String::from_utf8(bytes).unwrap()
}

/// A request to the gateway.
#[derive(Debug, Clone)]
pub struct Posted {
    pub head: String,
    pub body: String,
}

/// A gateway that keeps every request, and answers what it is told, 202 at last.
#[derive(Clone, Default)]
pub struct GatewayServer {
    port: u16,
    posted: Arc<Mutex<Vec<Posted>>>,
    answers: Arc<Mutex<VecDeque<&'static str>>>,
}

impl GatewayServer {
    pub async fn open(answers: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            ..Self::default()
        };
        server.answers.lock().unwrap().extend(answers);
        let kept = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = kept.clone();
                tokio::spawn(async move { server.talk(stream).await });
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/send?key=hidden", self.port)
    }

    pub fn posted(&self) -> Vec<Posted> {
        self.posted.lock().unwrap().clone()
    }

    async fn talk(&self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).await.unwrap_or(0) == 0 {
                return;
            }
        }
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.parse::<usize>().unwrap())
        });
        let mut body = vec![0; length.unwrap_or(0)];
        stream.read_exact(&mut body).await.unwrap();
        let body = String::from_utf8(body).unwrap();
        self.posted.lock().unwrap().push(Posted { head, body });
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or("202 Accepted");
        let answer = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}

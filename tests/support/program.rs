//! The real program: started as whoever runs it starts it, ended well or badly.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Db;

/// How long anything may take before the test counts as failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a command gave.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub out: String,
    pub err: String,
}

/// The program with the settings that every command shares.
pub struct Program {
    settings: Vec<(&'static str, String)>,
}

/// A server that runs.
pub struct Server {
    /// `http://127.0.0.1:…`.
    pub base: String,
    /// The token for the first admin, when there was none yet.
    pub set_up_token: Option<String>,
    child: Child,
    log: Arc<Mutex<String>>,
}

impl Program {
    /// The program on a database of the test's own.
    pub fn on(db: &Db) -> Self {
        Self::at(&db.url)
    }

    /// The program on a database by its URL.
    pub fn at(url: &str) -> Self {
        let url = ("PALMARES_DATABASE_URL", url.to_owned());
        // 32 bytes; PostgreSQL installations have to be given them.
        let secret = (
            "PALMARES_SECRET",
            "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=".to_owned(),
        );
        Self {
            settings: vec![url, secret],
        }
    }

    /// The program as it is without a database URL: everything is in the data folder.
    pub fn in_folder(folder: &std::path::Path) -> Self {
        let folder = folder.to_str().unwrap().to_owned();
        Self {
            settings: vec![("PALMARES_DATA_DIR", folder)],
        }
    }

    /// The same with one more variable.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.settings.push((name, value.to_owned()));
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_palmares"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PALMARES_")) {
            command.env_remove(name);
        }
        command.env_remove("RUST_LOG").env("NO_COLOR", "1");
        // A test asks faster than people do; those of the limits set their own.
        command
            .env("PALMARES_REQUESTS_PER_SESSION", "0")
            .env("PALMARES_REQUESTS_PER_ADDRESS", "0");
        command
            .args(arguments)
            .envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end, with a line on its standard input.
    pub fn run(&self, arguments: &[&str], input: &str) -> Ended {
        let mut child = self.command(arguments).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ended {
            status: output.status,
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Starts a server on a free port and waits until it serves.
    pub fn serve(&self) -> Server {
        let mut child = self
            .command(&["serve", "--port", "0", "--log-format", "json"])
            .spawn()
            .unwrap();
        let log = Arc::default();
        let (base, set_up_token) = wait_until_it_serves(&mut child, &log);
        Server {
            base,
            set_up_token,
            child,
            log,
        }
    }
}

/// Reads the log until it names the address, and goes on reading so that the server is never held up.
fn wait_until_it_serves(child: &mut Child, log: &Arc<Mutex<String>>) -> (String, Option<String>) {
    let (lines, heard): (_, Receiver<String>) = channel();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let kept = Arc::clone(log);
    std::thread::spawn(move || {
        for line in stderr.lines().map_while(Result::ok) {
            kept.lock().unwrap().push_str(&(line.clone() + "\n"));
            let _ = lines.send(line);
        }
    });
    let until = Instant::now() + PATIENCE;
    let mut token = None;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let Ok(line) = heard.recv_timeout(left) else {
            panic!("the server did not start:\n{}", log.lock().unwrap());
        };
        if let Some((_, given)) = line.split_once("with the token ") {
            token = Some(given.to_owned());
        }
        let said: Value = serde_json::from_str(&line).unwrap_or_default();
        if said["fields"]["message"] == "serving" {
            let address = said["fields"]["address"].as_str().unwrap();
            return (format!("http://{address}"), token);
        }
    }
}

impl Server {
    /// kill -9: the process has no moment left.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; whether it ended well is seen by [`Server::wait`].
    pub fn terminate(&self) {
        let sent = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits until the server has ended by itself.
    pub fn wait(mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            if Instant::now() > until {
                panic!("the server did not stop:\n{}", self.log());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Its log, which outlives it.
    pub fn log_handle(&self) -> Arc<Mutex<String>> {
        Arc::clone(&self.log)
    }

    /// What it has written to its log so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test that failed leaves no server behind; one that ended has none.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! A client as any program would write one: it signs in, keeps its session up, and comes back when the server is busy.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::RwLock;

use crate::error::{Error, Result};

/// How often a request is sent again when the server is busy.
const PATIENCE: u32 = 20;

/// The server as clients know it.
#[derive(Debug, Clone)]
pub(super) struct Server {
    http: reqwest::Client,
    /// `http://127.0.0.1:8080`.
    pub(super) base: Arc<str>,
    requests: Arc<AtomicU64>,
}

/// Somebody with an account.
#[derive(Debug)]
pub(super) struct Account {
    server: Server,
    pub(super) id: String,
    pub(super) email: String,
    password: String,
    tokens: RwLock<Tokens>,
}

#[derive(Debug, Clone)]
struct Tokens {
    access: String,
    refresh: String,
}

/// A request that the server refused.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub(super) request: String,
    pub(super) status: StatusCode,
    pub(super) body: Value,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::internal(format!(
            "{}: {} {}",
            refusal.request, refusal.status, refusal.body
        ))
    }
}

/// What is sent beside a path.
struct Request<'a> {
    method: Method,
    path: &'a str,
    body: Option<&'a Value>,
    headers: Vec<(&'static str, String)>,
}

impl Server {
    pub(super) fn new(base: &str) -> Self {
        Self {
            http: reqwest::Client::new(),
            base: base.into(),
            requests: Arc::default(),
        }
    }

    /// How many requests were sent so far.
    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Reads something without signing in.
    pub(super) async fn get(&self, path: &str) -> Result<Value> {
        let request = Request {
            method: Method::GET,
            path,
            body: None,
            headers: Vec::new(),
        };
        self.send(&request, None).await?.map_err(Error::from)
    }

    /// Posts something without signing in.
    pub(super) async fn post(&self, path: &str, body: Value) -> Result<Value> {
        let request = Request {
            method: Method::POST,
            path,
            body: Some(&body),
            headers: Vec::new(),
        };
        self.send(&request, None).await?.map_err(Error::from)
    }

    /// Registers somebody and signs them in.
    pub(super) async fn register(&self, name: &str, email: &str, password: &str) -> Result<Account> {
        let account = json!({ "email": email, "password": password, "name": name });
        let id = text(&self.post("/users", account).await?, "id")?;
        self.account(id, email, password).await
    }

    /// Signs somebody in who has an account.
    pub(super) async fn account(&self, id: String, email: &str, password: &str) -> Result<Account> {
        let tokens = RwLock::new(self.sign_in(email, password).await?);
        let (email, password) = (email.to_owned(), password.to_owned());
        Ok(Account {
            server: self.clone(),
            id,
            email,

            password,
            tokens,
        })
    }

    async fn sign_in(&self, email: &str, password: &str) -> Result<Tokens> {
        let session = self
            .post("/sessions", json!({ "email": email, "password": password }))
            .await?;
        Ok(Tokens {
            access: text(&session, "access_token")?,
            refresh: text(&session, "refresh_token")?,
        })
    }

    /// Sends a request, again when the server is busy.
    async fn send(&self, request: &Request<'_>, token: Option<&str>) -> Result<Result<Value, Refusal>> {
        let url = format!("{}/api/v1{}", self.base, request.path);
        let mut tries = 0;
        loop {
            tries += 1;
            self.requests.fetch_add(1, Ordering::Relaxed);
            let mut builder = self.http.request(request.method.clone(), &url);
            if let Some(token) = token {
                builder = builder.bearer_auth(token);
            }
            for (name, value) in &request.headers {
                builder = builder.header(*name, value);
            }
            if let Some(body) = request.body {
                builder = builder.json(body);
            }
            let response = builder.send().await.map_err(Error::internal)?;
            let status = response.status();
            let wait = response
                .headers()
                .get("retry-after")
                .and_then(|v| v.to_str().ok()?.parse().ok());
            let bytes = response.bytes().await.map_err(Error::internal)?;
            let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
            if status.is_success() {
                return Ok(Ok(body));
            }
            let busy = matches!(
                status,
                StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
            );
            if busy && tries < PATIENCE {
                tokio::time::sleep(Duration::from_secs(wait.unwrap_or(1))).await;
                continue;
            }
            return Ok(Err(Refusal {
                request: format!("{} {}", request.method, request.path),
                status,
                body,
            }));
        }
    }
}

impl Account {
    pub(super) async fn get(&self, path: &str) -> Result<Value> {
        Ok(self
            .send(Request {
                method: Method::GET,
                path,
                body: None,
                headers: Vec::new(),
            })
            .await??)
    }

    /// Posts once: a repetition after a lost answer would give the first answer.
    pub(super) async fn post(&self, path: &str, body: Value) -> Result<Value> {
        Ok(self.try_post(path, body).await??)
    }

    /// The same, with what the server refused as a value.
    pub(super) async fn try_post(&self, path: &str, body: Value) -> Result<Result<Value, Refusal>> {
        let headers = vec![("Idempotency-Key", uuid::Uuid::new_v4().to_string())];
        self.send(Request {
            method: Method::POST,
            path,
            body: Some(&body),
            headers,
        })
        .await
    }

    /// Hands a new ballot in: saved and submitted at once.
    pub(super) async fn submit_new(&self, path: &str, body: Value) -> Result<Value> {
        let headers = vec![("If-None-Match", "*".to_owned())];
        Ok(self
            .send(Request {
                method: Method::POST,
                path,
                body: Some(&body),
                headers,
            })
            .await??)
    }

    /// Puts something that is not there yet.
    pub(super) async fn put_new(&self, path: &str, body: Value) -> Result<Value> {
        let headers = vec![("If-None-Match", "*".to_owned())];
        Ok(self
            .send(Request {
                method: Method::PUT,
                path,
                body: Some(&body),
                headers,
            })
            .await??)
    }

    /// Puts a change to a version.
    pub(super) async fn put(&self, path: &str, version: i64, body: Value) -> Result<Value> {
        let headers = vec![("If-Match", format!("\"v{version}\""))];
        Ok(self
            .send(Request {
                method: Method::PUT,
                path,
                body: Some(&body),
                headers,
            })
            .await??)
    }

    /// Sends with the session's token; renews the session when it has ended, since days pass in a contest.
    async fn send(&self, request: Request<'_>) -> Result<Result<Value, Refusal>> {
        let token = self.tokens.read().await.access.clone();
        match self.server.send(&request, Some(&token)).await? {
            Err(refusal) if refusal.status == StatusCode::UNAUTHORIZED => {
                let token = self.renew(&token).await?;
                self.server.send(&request, Some(&token)).await
            }
            answer => Ok(answer),
        }
    }

    /// A new access token, by the refresh token or else by the password; one caller at a time renews it for all.
    async fn renew(&self, stale: &str) -> Result<String> {
        let mut tokens = self.tokens.write().await;
        if tokens.access == stale {
            let refresh = json!({ "refresh_token": tokens.refresh });
            *tokens = match self.server.post("/sessions/refresh", refresh).await {
                Ok(session) => Tokens {
                    access: text(&session, "access_token")?,
                    refresh: text(&session, "refresh_token")?,
                },
                Err(_ended) => self.server.sign_in(&self.email, &self.password).await?,
            };
        }
        Ok(tokens.access.clone())
    }
}

/// A text of an answer.
pub(super) fn text(value: &Value, key: &str) -> Result<String> {
    value
        .get(key)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| missing(value, key))
}

/// A whole number of an answer.
pub(super) fn number(value: &Value, key: &str) -> Result<i64> {
    value
        .get(key)
        .and_then(Value::as_i64)
        .ok_or_else(|| missing(value, key))
}

/// A list of an answer.
pub(super) fn list<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value
        .get(key)
        .and_then(Value::as_array)
        .ok_or_else(|| missing(value, key))
}

fn missing(value: &Value, key: &str) -> Error {
    let mut shown = value.to_string();
    shown.truncate(shown.floor_char_boundary(300));
    Error::internal(format!("the answer has no {key:?}: {shown}"))
}

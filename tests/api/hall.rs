//! A running server and the people who use it: tests tell what `organizer`, `judge` and `guest` do and get.

use std::net::TcpListener;
use std::sync::Arc;

use palmares::app::clock::Clock;
use palmares::app::delivery::{Channels, Office};
use palmares::app::enrolment::Registration;
use palmares::app::entrance::Entered;
use palmares::app::guessing::{Brake, Limits};
use palmares::app::keys::Keys;
use palmares::app::passwords::Passwords;
use palmares::app::post::Post;
use palmares::app::{App, Instance, sessions, users};
use palmares::config::Messages;
use palmares::domain::time::Stamp;
use palmares::domain::user::Demands;
use palmares::http::edge::Settings as Edge;
use palmares::http::{self, State, server};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Db;
use crate::support::post::MailServer;

/// The password of everybody whom [`Hall::person`] brings in.
pub const PASSWORD: &str = "a phrase for the tests";

/// Where the hall says that it is.
pub const PUBLIC_URL: &str = "https://palmares.example";

/// When a test begins: nine in the morning in Shanghai.
pub const MORNING: &str = "2026-07-01T01:00:00Z";

/// A server on a free port, on a database of its own, with a clock that the test moves.
pub struct Hall {
    pub base: String,
    pub clock: Clock,
    pub app: App,
    /// What arrived, in a hall with [`Sending::Mail`].
    pub mail: MailServer,
    pub keys: Arc<Keys>,
    office: Office,
    client: reqwest::Client,
    server: actix_web::dev::ServerHandle,
    _database: Db,
}

/// How messages leave a hall.
pub enum Sending {
    /// They are kept, and nobody comes for them.
    Kept,
    /// By the hall's own mail server, when [`Hall::deliver`] says so.
    Mail,
    /// As these settings say, when [`Hall::deliver`] says so.
    By(Messages),
    /// Not at all.
    Not,
}

/// Somebody who sends requests: signed in, or a guest.
#[derive(Clone)]
pub struct Persona {
    base: String,
    client: reqwest::Client,
    token: Option<String>,
    language: &'static str,
    pub id: String,
    pub email: String,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Got {
    pub request: String,
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
    pub body: Value,
}

impl Hall {
    /// Opens the doors, on the [`MORNING`] of the first of July.
    pub async fn open(database: Db) -> Self {
        Self::open_with(database, Sending::Kept, Demands::default()).await
    }

    /// The same for an instance with settings of its own.
    pub async fn open_as(database: Db, instance: Instance) -> Self {
        Self::start(
            database,
            Sending::Kept,
            Demands::default(),
            instance,
            Edge::of(PUBLIC_URL),
        )
        .await
    }

    /// The same with a mail server of its own.
    pub async fn with_mail(database: Db) -> Self {
        Self::open_with(database, Sending::Mail, Demands::default()).await
    }

    /// The same as an instance is set up.
    pub async fn open_with(database: Db, sending: Sending, demands: Demands) -> Self {
        Self::start(
            database,
            sending,
            demands,
            Instance::default(),
            Edge::of(PUBLIC_URL),
        )
        .await
    }

    /// The same behind another edge.
    pub async fn behind(database: Db, edge: Edge) -> Self {
        Self::start(
            database,
            Sending::Kept,
            Demands::default(),
            Instance::default(),
            edge,
        )
        .await
    }

    async fn start(database: Db, sending: Sending, demands: Demands, instance: Instance, edge: Edge) -> Self {
        let clock = database.clock.clone();
        clock.set(at(MORNING));
        let options = palmares::app::Options {
            instance,
            ..database.options()
        };
        let (app, keys) = tokio::task::spawn_blocking(move || {
            let app = App::open(options).unwrap();
            let keys = Keys::open(&app, &[7; 32]).unwrap();
            (app, Arc::new(keys))
        })
        .await
        .unwrap();
        let mail = MailServer::open().await;
        let post = Arc::new(Post::new(&[7; 32], !matches!(sending, Sending::Not)));
        let settings = match sending {
            Sending::Mail => Messages {
                smtp_url: Some(mail.url()),
                mail_from: Some("Palmares 赛事 <contest@palmares.example>".into()),
                ..Messages::none()
            },
            Sending::By(settings) => settings,
            Sending::Kept | Sending::Not => Messages::none(),
        };
        let office = Office::new(
            app.clone(),
            post.clone(),
            Channels::open(&settings).unwrap(),
            PUBLIC_URL.into(),
        );
        let state = State {
            app: app.clone(),
            keys: keys.clone(),
            passwords: Arc::new(Passwords::new().unwrap()),
            post,
            demands,
            public_url: edge.public_url.as_str().into(),
            brake: Arc::new(Brake::new(Limits::default(), &[7; 32])),
            edge: Arc::new(http::edge::Edge::new(edge)),
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let server = server::start(state, listener, 1).unwrap();
        let handle = server.handle();
        tokio::spawn(server);
        Self {
            base,
            clock,
            app,
            mail,
            office,
            keys,
            client: reqwest::Client::new(),
            server: handle,
            _database: database,
        }
    }

    /// Sends what is due.
    pub async fn deliver(&self) {
        while self.office.round().await.unwrap() > 0 {}
    }

    /// Who delivers.
    pub fn office(&self) -> &Office {
        &self.office
    }

    /// A page, as a browser opens it.
    pub async fn page(&self, path: &str) -> Got {
        let url = format!("{}{path}", self.base);
        self.guest().send_to(Method::GET, &url, None, &[]).await
    }

    /// A form, as a browser sends it.
    pub async fn send_form(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        let encode = |text: &str| -> String {
            text.bytes()
                .map(|b| {
                    if b.is_ascii_alphanumeric() {
                        char::from(b).to_string()
                    } else {
                        format!("%{b:02X}")
                    }
                })
                .collect()
        };
        let body: Vec<_> = fields
            .iter()
            .map(|(k, v)| format!("{}={}", encode(k), encode(v)))
            .collect();
        let request = self.client.post(format!("{}{path}", self.base));
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        let response = request.body(body.join("&")).send().await.unwrap();
        Got {
            request: format!("POST {path}"),
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
            body: Value::Null,
        }
    }

    /// Somebody who is not signed in.
    pub fn guest(&self) -> Persona {
        Persona {
            base: self.base.clone(),
            client: self.client.clone(),
            token: None,
            language: "en",
            id: String::new(),
            email: String::new(),
        }
    }

    /// Somebody with an account, signed in. Their address is `name@example.org`, their password [`PASSWORD`].
    pub async fn person(&self, name: &str) -> Persona {
        self.account(name, false).await
    }

    /// Somebody who administers the instance.
    pub async fn admin(&self) -> Persona {
        self.account("admin", true).await
    }

    /// The account is made without the wait for a password hash, which is the same for all; the session is a real one.
    async fn account(&self, name: &str, admin: bool) -> Persona {
        let email = format!("{}@example.org", name.replace(' ', "."));
        let registration = Registration {
            email: email.parse().unwrap(),
            name: name.to_owned(),
            password_hash: hash().to_owned(),
            language: None,
        };
        let session = self
            .app
            .write(move |tx| {
                if admin {
                    users::create_admin(tx, &registration)?;
                } else {
                    users::register(tx, &Post::new(&[7; 32], false), &registration)?;
                }
                sessions::begin(tx, &registration.email, hash(), None)
            })
            .await
            .unwrap();
        let Entered::In(session) = session else {
            panic!("{email} has a second factor already");
        };
        let token = self.keys.sign(
            &session.user.public_id,
            &session.id,
            session.roles,
            self.clock.now(),
        );
        let guest = self.guest();
        Persona {
            token: Some(token.unwrap()),
            id: session.user.public_id.0,
            email,
            ..guest
        }
    }

    /// A new access token for somebody, after the clock was moved.
    pub async fn refresh(&self, persona: &mut Persona) {
        let got = self
            .guest()
            .post(
                "/sessions",
                json!({ "email": persona.email, "password": PASSWORD }),
            )
            .await;
        persona.token = Some(got.created()["access_token"].as_str().unwrap().to_owned());
    }

    /// Somebody as use cases see them, for transactions that a test holds open.
    pub fn actor(&self, persona: &Persona) -> palmares::app::actor::Actor {
        self.keys
            .check(persona.token.as_deref().unwrap(), self.clock.now())
            .unwrap()
    }

    /// Somebody from another hall, of whose database this one is a copy.
    pub fn welcome(&self, persona: &Persona) -> Persona {
        Persona {
            base: self.base.clone(),
            ..persona.clone()
        }
    }

    /// Stops the server and waits until it has stopped.
    pub async fn close(self) {
        self.server.stop(true).await;
        self.app.close().await;
    }
}

/// One hash of [`PASSWORD`] for everybody.
fn hash() -> &'static str {
    static HASH: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    HASH.get_or_init(|| palmares::app::passwords::hash(PASSWORD).unwrap())
}

/// An operation of the API document: its method, the steps of its address, the statuses that it tells.
struct Documented {
    method: String,
    steps: Vec<String>,
    statuses: Vec<u16>,
}

impl Documented {
    fn all() -> &'static [Self] {
        static ALL: std::sync::OnceLock<Vec<Documented>> = std::sync::OnceLock::new();
        ALL.get_or_init(|| {
            let document = serde_json::to_value(palmares::http::openapi::document()).unwrap();
            let paths = document["paths"].as_object().unwrap();
            let operations = paths.iter().flat_map(|(path, item)| {
                item.as_object().unwrap().iter().map(move |(method, says)| Self {
                    method: method.clone(),
                    steps: path.split('/').map(str::to_owned).collect(),
                    statuses: says["responses"]
                        .as_object()
                        .into_iter()
                        .flatten()
                        .map(|(s, _)| s.parse().unwrap())
                        .collect(),
                })
            });
            operations.collect()
        })
    }

    fn is_at(&self, path: &[&str]) -> bool {
        let mut steps = self.steps.iter().zip(path);
        self.steps.len() == path.len() && steps.all(|(step, given)| step.starts_with('{') || step == given)
    }

    fn variable(&self) -> usize {
        self.steps.iter().filter(|step| step.starts_with('{')).count()
    }
}

/// Whatever an operation answers stands in the API document.
fn must_be_documented(method: &str, path: &str, status: u16) {
    let path: Vec<_> = path.split('?').next().unwrap().split('/').collect();
    let here = Documented::all()
        .iter()
        .filter(|o| o.method == method && o.is_at(&path));
    if let Some(operation) = here.min_by_key(|o| o.variable()) {
        let address = operation.steps.join("/");
        assert!(
            operation.statuses.contains(&status),
            "the API document does not tell that {method} {address} answers {status}"
        );
    }
}

/// Whatever is answered, no cache on the way keeps it for others, and browsers hear what they may do with it.
fn must_be_guarded(path: &str, headers: &reqwest::header::HeaderMap) {
    let header = |name: &str| headers.get(name).map_or("", |v| v.to_str().unwrap());
    let cache = header("cache-control");
    if path.starts_with("/api/") {
        let private = cache.contains("private") && cache.contains("no-cache");
        assert!(private || cache == "no-store", "{path} may be cached: {cache:?}");
    }
    for name in [
        "content-security-policy",
        "permissions-policy",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "referrer-policy",
    ] {
        assert!(!header(name).is_empty(), "{path} has no {name}");
    }
    assert_eq!(
        (header("x-content-type-options"), header("x-frame-options")),
        ("nosniff", "DENY")
    );
    assert!(
        header("content-security-policy").contains("frame-ancestors 'none'"),
        "{path}"
    );
}

#[test]
#[should_panic(expected = "get /api/v1/competitions/{slug} answers 418")]
fn an_answer_that_is_not_documented_is_found() {
    must_be_documented("get", "/api/v1/competitions/cup?x=1", 200);
    must_be_documented("get", "/nowhere", 418);
    must_be_documented("get", "/api/v1/competitions/cup", 418);
}

/// A moment.
pub fn at(text: &str) -> Stamp {
    serde_json::from_value(json!(text)).unwrap()
}

impl Persona {
    /// The same person with a client that speaks another language.
    pub fn speaking(&self, language: &'static str) -> Self {
        Self {
            language,
            ..self.clone()
        }
    }

    /// The same person with another access token.
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self {
            token: Some(token.into()),
            ..self.clone()
        }
    }

    pub async fn get(&self, path: &str) -> Got {
        self.send(Method::GET, path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Got {
        self.send(Method::POST, path, Some(body.to_string()), &[]).await
    }

    pub async fn delete(&self, path: &str) -> Got {
        self.send(Method::DELETE, path, None, &[]).await
    }

    /// PUT of something that is not there yet.
    pub async fn put_new(&self, path: &str, body: Value) -> Got {
        self.send(
            Method::PUT,
            path,
            Some(body.to_string()),
            &[("If-None-Match", "*")],
        )
        .await
    }

    /// PUT of a change to a version, given by its tag.
    pub async fn put(&self, path: &str, tag: &str, body: Value) -> Got {
        self.send(Method::PUT, path, Some(body.to_string()), &[("If-Match", tag)])
            .await
    }

    /// The access token.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap()
    }

    /// Any request below `/api/v1`; a body goes out as JSON, letter for letter.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        headers: &[(&str, &str)],
    ) -> Got {
        self.send_to(method, &format!("{}/api/v1{path}", self.base), body, headers)
            .await
    }

    /// Any request to the server.
    pub async fn send_to(
        &self,
        method: Method,
        url: &str,
        body: Option<String>,
        headers: &[(&str, &str)],
    ) -> Got {
        let request = format!("{method} {url} {}", body.as_deref().unwrap_or_default());
        let method_name = method.as_str().to_lowercase();
        let mut builder = self
            .client
            .request(method, url)
            .header("Accept-Language", self.language);
        if let Some(token) = &self.token {
            builder = builder.bearer_auth(token);
        }
        if let Some(body) = body {
            builder = builder.header("Content-Type", "application/json").body(body);
        }
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let response = builder.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        if let Some(path) = url.strip_prefix(&self.base) {
            must_be_documented(&method_name, path, status);
            must_be_guarded(path, &headers);
        }
        Got {
            request,
            status,
            headers,
            text,
            body,
        }
    }
}

impl Got {
    /// The body, if the status is this one.
    #[track_caller]
    pub fn expect(&self, status: u16) -> &Value {
        assert_eq!(self.status, status, "{}\n→ {}", self.request, self.text);
        &self.body
    }

    /// The body of a 200.
    #[track_caller]
    pub fn ok(&self) -> &Value {
        self.expect(200)
    }

    /// The body of a 201.
    #[track_caller]
    pub fn created(&self) -> &Value {
        self.expect(201)
    }

    /// The tag of the version that came.
    #[track_caller]
    pub fn tag(&self) -> String {
        self.header("etag").unwrap_or_else(|| panic!("no tag: {self:?}"))
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).map(|v| v.to_str().unwrap().to_owned())
    }

    /// That this is a problem document with a status and a code.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) {
        self.expect(status);
        assert_eq!(
            self.header("content-type").as_deref(),
            Some("application/problem+json"),
            "{}",
            self.text
        );
        assert_eq!(self.body["code"], code, "{}\n→ {}", self.request, self.text);
        assert_eq!(self.body["status"], status, "{}", self.text);
        assert!(
            self.body["title"].as_str().is_some_and(|t| !t.is_empty()),
            "{}",
            self.text
        );
    }

    /// That this is a 422 with exactly these places and codes, and a sentence for each.
    #[track_caller]
    pub fn wrong(&self, places: &[(&str, &str)]) {
        self.problem(422, "invalid");
        let errors = self.body["errors"].as_array().unwrap();
        let got: Vec<_> = errors
            .iter()
            .map(|e| (e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap()))
            .collect();
        assert_eq!(got, places, "{}", self.text);
        for error in errors {
            let detail = error["detail"].as_str().unwrap();
            assert!(
                !detail.starts_with("field-") && detail.len() > 5,
                "no sentence: {error}"
            );
        }
    }
}

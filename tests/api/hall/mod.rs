//! A running server and the people who use it: tests tell what `organizer`, `judge` and `guest` do and get.

mod documented;
mod persona;
mod watcher;

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
use palmares::app::providers::Providers;
use palmares::app::{App, Instance, Options, sessions, users};
use palmares::config::{Configured, Messages};
use palmares::domain::time::Stamp;
use palmares::domain::user::Demands;
use palmares::http::edge::Settings as Edge;
use palmares::http::{self, State, server};
use reqwest::Method;
use serde_json::{Value, json};

pub use persona::{Got, Persona};

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
    /// How it meets the network.
    pub edge: Arc<http::edge::Edge>,
    office: Office,
    pub client: reqwest::Client,
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

/// How a hall is set up.
pub struct Setup {
    pub sending: Sending,
    pub demands: Demands,
    pub instance: Instance,
    pub edge: Edge,
    pub providers: Vec<Configured>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            sending: Sending::Kept,
            demands: Demands::default(),
            instance: Instance::default(),
            edge: Edge::of(PUBLIC_URL),
            providers: Vec::new(),
        }
    }
}

impl Hall {
    /// Opens the doors, on the [`MORNING`] of the first of July.
    pub async fn open(database: Db) -> Self {
        Self::set_up(database, Setup::default()).await
    }

    /// The same for an instance with settings of its own.
    pub async fn open_as(database: Db, instance: Instance) -> Self {
        let setup = Setup {
            instance,
            ..Setup::default()
        };
        Self::set_up(database, setup).await
    }

    /// The same with a mail server of its own.
    pub async fn with_mail(database: Db) -> Self {
        Self::open_with(database, Sending::Mail, Demands::default()).await
    }

    /// The same as an instance is set up.
    pub async fn open_with(database: Db, sending: Sending, demands: Demands) -> Self {
        let setup = Setup {
            sending,
            demands,
            ..Setup::default()
        };
        Self::set_up(database, setup).await
    }

    /// The same behind another edge.
    pub async fn behind(database: Db, edge: Edge) -> Self {
        let setup = Setup {
            edge,
            ..Setup::default()
        };
        Self::set_up(database, setup).await
    }

    /// The same as it is told.
    pub async fn set_up(database: Db, setup: Setup) -> Self {
        let options = Options {
            instance: setup.instance,
            ..database.options()
        };
        Self::start(database, options, setup).await
    }

    /// The same over data that are opened in another way.
    pub async fn over(database: Db, options: Options) -> Self {
        Self::start(database, options, Setup::default()).await
    }

    async fn start(database: Db, options: Options, setup: Setup) -> Self {
        let Setup {
            sending,
            demands,
            edge,
            providers,
            ..
        } = setup;
        let clock = database.clock.clone();
        clock.set(at(MORNING));
        let (app, keys) = tokio::task::spawn_blocking(move || {
            let app = App::open(options).unwrap();
            let keys = Keys::open(&app, &[7; 32]).unwrap();
            (app, Arc::new(keys))
        })
        .await
        .unwrap();
        let mail = MailServer::open().await;
        let sends = !matches!(sending, Sending::Not);
        let settings = match sending {
            Sending::Mail => Messages {
                smtp_url: Some(mail.url()),
                mail_from: Some("Palmares 赛事 <contest@palmares.example>".into()),
                ..Messages::none()
            },
            Sending::By(settings) => settings,
            Sending::Kept | Sending::Not => Messages::none(),
        };
        let channels = Channels::open(&settings).unwrap();
        let post = Arc::new(Post::new(&[7; 32], sends).reaching_phones(channels.phones()));
        let office = Office::new(app.clone(), post.clone(), channels, PUBLIC_URL.into());
        let state = State {
            app: app.clone(),
            keys: keys.clone(),
            passwords: Arc::new(Passwords::new().unwrap()),
            post,
            providers: Arc::new(Providers::open(providers, PUBLIC_URL).unwrap()),
            demands,
            public_url: edge.public_url.as_str().into(),
            brake: Arc::new(Brake::new(Limits::default(), &[7; 32])),
            edge: Arc::new(http::edge::Edge::new(edge)),
        };
        let edge = Arc::clone(&state.edge);
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
            edge,
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
        self.app.live().close();
        self.server.stop(true).await;
        self.app.close().await;
    }
}

/// One hash of [`PASSWORD`] for everybody.
fn hash() -> &'static str {
    static HASH: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    HASH.get_or_init(|| palmares::app::passwords::hash(PASSWORD).unwrap())
}

/// A moment.
pub fn at(text: &str) -> Stamp {
    serde_json::from_value(json!(text)).unwrap()
}

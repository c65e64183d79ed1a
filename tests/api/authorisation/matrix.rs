//! A row of the table, and how it is tried.

use std::collections::BTreeMap;
use std::pin::Pin;

use palmares::config::Messages;
use palmares::domain::user::Demands;
use reqwest::Method;
use serde_json::Value;

use super::world::{CUP, People, Who};
use crate::hall::{Got, Hall, Persona, Sending};
use crate::support::Db;

/// What somebody gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is done, or fails for another reason than who asks.
    Allowed,
    /// 401.
    SignIn,
    /// 403.
    Forbidden,
    /// 404.
    Hidden,
}

/// An operation, a request that works, and what becomes of it when everybody sends it.
pub struct Row {
    pub operation: &'static str,
    pub method: Method,
    pub path: String,
    pub body: Option<Value>,
    pub headers: Vec<(&'static str, String)>,
    verdicts: BTreeMap<Who, Verdict>,
    /// Each who is allowed starts from the beginning, since the first one leaves nothing to the second.
    once: bool,
    /// No request works here: what is tried is only that nobody is turned away.
    in_vain: bool,
    /// What somebody does before, so that the request works.
    before: Option<(Who, Box<Row>)>,
    /// What is made ready for each who is allowed, and what they send then.
    ready: Option<Ready>,
    /// Messages reach phones.
    phones: bool,
}

/// Makes a world ready for somebody to do what they may; gives the body that they send.
pub type Ready = for<'a> fn(&'a Hall, &'a People, Who) -> Pin<Box<dyn Future<Output = Value> + 'a>>;

/// A row for an operation. Unless it says otherwise, nobody may.
pub fn op(operation: &'static str) -> Row {
    let refused = |who: &Who| match who {
        Who::Guest => Verdict::SignIn,
        _ => Verdict::Forbidden,
    };
    Row {
        operation,
        method: Method::GET,
        path: String::new(),
        body: None,
        headers: Vec::new(),
        verdicts: Who::ALL.iter().map(|who| (*who, refused(who))).collect(),
        once: false,
        in_vain: false,
        before: None,
        ready: None,
        phones: false,
    }
}

impl Row {
    fn asks(self, method: Method, path: impl Into<String>, body: Option<Value>) -> Self {
        let path = path.into();
        Self {
            method,
            path,
            body,
            ..self
        }
    }

    pub fn get(self, path: impl Into<String>) -> Self {
        self.asks(Method::GET, path, None)
    }

    pub fn post(self, path: impl Into<String>, body: Value) -> Self {
        self.asks(Method::POST, path, Some(body))
    }

    /// PUT of something new.
    pub fn put_new(mut self, path: impl Into<String>, body: Value) -> Self {
        self.headers.push(("If-None-Match", "*".into()));
        self.asks(Method::PUT, path, Some(body))
    }

    /// PUT of what has no version.
    pub fn put_alone(self, path: impl Into<String>, body: Value) -> Self {
        self.asks(Method::PUT, path, Some(body))
    }

    /// PUT of a change to a version.
    pub fn put(mut self, path: impl Into<String>, version: i64, body: Value) -> Self {
        self.headers.push(("If-Match", format!("\"v{version}\"")));
        self.asks(Method::PUT, path, Some(body))
    }

    /// POST that changes a version.
    pub fn change(mut self, path: impl Into<String>, version: i64, body: Value) -> Self {
        self.headers.push(("If-Match", format!("\"v{version}\"")));
        self.asks(Method::POST, path, Some(body))
    }

    pub fn delete(self, path: impl Into<String>) -> Self {
        self.asks(Method::DELETE, path, None)
    }

    pub fn first(mut self) -> Self {
        self.headers.push(("If-None-Match", "*".into()));
        self
    }

    /// Each who is allowed gets a world of their own.
    pub fn once(self) -> Self {
        Self { once: true, ..self }
    }

    /// Somebody does something before.
    pub fn after(self, who: Who, row: Self) -> Self {
        Self {
            before: Some((who, Box::new(row))),
            ..self
        }
    }

    /// Each who is allowed gets a world that was made ready for them, and succeeds there.
    pub fn ready(self, ready: Ready) -> Self {
        Self {
            ready: Some(ready),
            ..self
        }
    }

    /// In an instance whose messages reach phones.
    pub fn with_phones(self) -> Self {
        Self { phones: true, ..self }
    }

    /// The request is refused for another reason than who asks.
    pub fn in_vain(self) -> Self {
        Self {
            in_vain: true,
            ..self
        }
    }

    fn all(mut self, people: &[Who], verdict: Verdict) -> Self {
        self.verdicts.extend(people.iter().map(|who| (*who, verdict)));
        self
    }

    /// These may; the first of them gets a success.
    pub fn allowed(self, people: &[Who]) -> Self {
        self.all(people, Verdict::Allowed)
    }

    /// For these there is no such thing.
    pub fn hidden(self, people: &[Who]) -> Self {
        self.all(people, Verdict::Hidden)
    }

    /// These may know of it and not do it.
    pub fn forbidden(self, people: &[Who]) -> Self {
        self.all(people, Verdict::Forbidden)
    }

    /// Everybody who is signed in may.
    pub fn for_everybody(self) -> Self {
        let everybody: Vec<_> = Who::ALL
            .iter()
            .copied()
            .filter(|who| *who != Who::Guest)
            .collect();
        self.allowed(&everybody)
    }

    /// Guests may, too.
    pub fn public(self) -> Self {
        self.for_everybody().allowed(&[Who::Guest])
    }

    /// It does not exist for anybody who is signed in, save those who are named after this.
    pub fn hidden_from_the_rest(self) -> Self {
        let rest: Vec<_> = Who::ALL
            .iter()
            .copied()
            .filter(|who| *who != Who::Guest)
            .collect();
        self.hidden(&rest)
    }

    /// The same request about another competition than the cup, if it is about one.
    pub fn about(mut self, slug: &str) -> Option<Self> {
        let rest = self
            .path
            .strip_prefix(CUP)
            .filter(|rest| !rest.starts_with('-'))?;
        self.path = format!("/competitions/{slug}{rest}");
        if let Some(own) = self.body.as_mut().and_then(|body| body.get_mut("slug"))
            && own == "cup"
        {
            *own = slug.into();
        }
        Some(self)
    }

    /// Who may, in the order of the table.
    pub fn may(&self) -> impl Iterator<Item = Who> {
        let all = Who::ALL.iter().copied();
        all.filter(|who| self.verdicts[who] == Verdict::Allowed)
    }

    /// What somebody is to get.
    pub fn verdict(&self, who: Who) -> Verdict {
        self.verdicts[&who]
    }

    /// A hall on a copy, where what comes before is done.
    async fn begin(&self, db: &Db, people: &People) -> Hall {
        let hall = if self.phones {
            let gateway = Messages {
                message_url: Some("http://127.0.0.1:9/".into()),
                phone_codes: true,
                ..Messages::none()
            };
            Hall::open_with(db.copy(), Sending::By(gateway), Demands::default()).await
        } else {
            Hall::open(db.copy()).await
        };
        if let Some((who, row)) = &self.before {
            let got = row.send(&hall, people, *who).await;
            assert!(
                got.status < 300,
                "before {}: {} {}",
                self.operation,
                got.status,
                got.text
            );
        }
        hall
    }

    async fn send(&self, hall: &Hall, people: &People, who: Who) -> Got {
        self.send_by(hall, people.get(who)).await
    }

    /// Sends the request as somebody, with whatever token they hold.
    pub async fn send_by(&self, hall: &Hall, persona: &Persona) -> Got {
        self.send_to(hall, persona, &self.path).await
    }

    /// The same to another address.
    pub async fn send_to(&self, hall: &Hall, persona: &Persona, path: &str) -> Got {
        let body = self.body.as_ref().map(ToString::to_string);
        self.send_as(hall, persona, path, body).await
    }

    /// The same at another address and with another body.
    pub async fn send_as(&self, hall: &Hall, persona: &Persona, path: &str, body: Option<String>) -> Got {
        let persona = hall.welcome(persona);
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let method = self.method.clone();
        if path.starts_with("/healthz") || path.starts_with("/readyz") {
            let url = format!("{}{path}", hall.base);
            return persona.send_to(method, &url, body, &headers).await;
        }
        persona.send(method, path, body, &headers).await
    }
}

/// Sends a row's request as everybody and gives what is not as the row says: those who are refused first, since they
/// must not change anything; then the others, of whom the first one's request is still new.
pub async fn try_out(db: &Db, people: &People, row: &Row) -> Vec<String> {
    let mut wrongs = Vec::new();
    let mut hall = row.begin(db, people).await;
    let (allowed, refused): (Vec<_>, Vec<_>) = Who::ALL
        .iter()
        .partition(|who| row.verdicts[who] == Verdict::Allowed);
    let mut complain = |who: Who, got: &Got| {
        let wanted = row.verdicts[&who];
        wrongs.push(format!(
            "{} as {who:?}: {wanted:?}, but {} {}",
            row.operation, got.status, got.text
        ));
    };
    for who in refused {
        let got = row.send(&hall, people, who).await;
        if verdict(&got) != row.verdicts[&who] {
            complain(who, &got);
        }
    }
    for (n, who) in allowed.into_iter().enumerate() {
        if row.ready.is_some() || (n > 0 && row.once) {
            hall.close().await;
            hall = row.begin(db, people).await;
        }
        let got = match row.ready {
            None => row.send(&hall, people, who).await,
            Some(ready) => {
                let body = ready(&hall, people, who).await.to_string();
                row.send_as(&hall, people.get(who), &row.path, Some(body)).await
            }
        };
        let new = (n == 0 || row.once || row.ready.is_some()) && !row.in_vain;
        let fine = match got.status {
            200..300 => true,
            // Somebody else has done it already.
            409 | 412 | 422 | 429 => !new,
            _ => false,
        };
        if !fine {
            complain(who, &got);
        }
    }
    hall.close().await;
    wrongs
}

/// What somebody got.
pub fn verdict(got: &Got) -> Verdict {
    match got.status {
        401 => Verdict::SignIn,
        403 => Verdict::Forbidden,
        404 => Verdict::Hidden,
        _ => Verdict::Allowed,
    }
}

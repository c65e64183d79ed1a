//! A provider of OpenID Connect that lies when it is told to, and a browser that goes back and forth.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use palmares::app::clock::Clock;
use palmares::config::Configured;
use palmares::domain::provider::{Addresses, Provider as Believed, Vouching};
use palmares::domain::text::Text;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::hall::{Got, Hall, PUBLIC_URL};

pub const CLIENT: &str = "palmares";
pub const SECRET: &str = "the secret of the client at its provider";

/// A provider on a free port.
#[derive(Clone)]
pub struct Provider {
    pub issuer: String,
    inner: Arc<Mutex<Inner>>,
    clock: Clock,
}

struct Inner {
    key: Key,
    grants: HashMap<String, Grant>,
    /// What it tells of somebody beside the ID token.
    more: Option<Value>,
    /// The status of all its answers, instead of sense.
    broken: Option<&'static str>,
    description: Value,
    /// How often its keys were asked for.
    asked_for_keys: usize,
}

struct Key {
    id: String,
    pair: EcdsaKeyPair,
}

/// What a code is good for.
struct Grant {
    challenge: String,
    redirect_uri: String,
    token: Token,
}

/// An ID token about to be signed.
pub struct Token {
    pub head: Value,
    pub claims: Value,
    pub by: By,
}

/// Who signs it.
#[derive(Clone, Copy)]
pub enum By {
    Provider,
    /// Another key under the provider's name.
    Stranger,
    /// The client's secret, as HMAC.
    Secret,
    Nobody,
}

impl Key {
    fn new(id: &str) -> Self {
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref()).unwrap();
        Self {
            id: id.to_owned(),
            pair,
        }
    }

    fn public(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id,
                "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..65]) })
    }

    fn sign(&self, message: &str) -> Vec<u8> {
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        signature.as_ref().to_vec()
    }
}

impl Provider {
    pub async fn open(clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let description = json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"), "userinfo_endpoint": format!("{issuer}/me"),
            "jwks_uri": format!("{issuer}/keys"), "response_types_supported": ["code"],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"]
        });
        let provider = Self {
            issuer,
            clock,
            inner: Arc::new(Mutex::new(Inner {
                key: Key::new("one"),
                grants: HashMap::new(),
                more: None,
                broken: None,
                description,
                asked_for_keys: 0,
            })),
        };
        let kept = provider.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let provider = kept.clone();
                tokio::spawn(async move { provider.talk(stream).await });
            }
        });
        provider
    }

    /// How a careful instance takes it.
    pub fn configured(&self, code: &str) -> Configured {
        Configured {
            provider: Believed {
                code: code.parse().unwrap(),
                label: Text {
                    en: Some("Campus account".into()),
                    zh: Some("校园账号".into()),
                },
                issuer: self.issuer.clone(),
                addresses: Addresses::Verified,
                new_accounts: false,
                link_by_email: false,
                domains: Vec::new(),
                second_factor: Vouching::Never,
            },
            client_id: CLIENT.into(),
            client_secret: Some(SECRET.into()),
            scopes: vec!["email".into(), "profile".into()],
        }
    }

    /// A new key in the place of the old one; its name.
    pub fn rotate(&self, id: &str) {
        self.inner.lock().unwrap().key = Key::new(id);
    }

    pub fn break_with(&self, status: Option<&'static str>) {
        self.inner.lock().unwrap().broken = status;
    }

    pub fn describe(&self, name: &str, value: Value) {
        self.inner.lock().unwrap().description[name] = value;
    }

    /// What it tells of whoever has an access token.
    pub fn tell(&self, more: Value) {
        self.inner.lock().unwrap().more = Some(more);
    }

    pub fn asked_for_keys(&self) -> usize {
        self.inner.lock().unwrap().asked_for_keys
    }

    /// Somebody signs in at the provider, where a browser was sent to: the address that it is sent back to. `who` is what
    /// the ID token says of them, `bend` does to the token what it likes.
    pub fn authorize(&self, url: &str, who: Value, bend: impl FnOnce(&mut Token)) -> String {
        let asked = query(url);
        assert!(url.starts_with(&format!("{}/authorize?", self.issuer)), "{url}");
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], CLIENT);
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"), "{url}");
        assert!(asked["state"].len() >= 22 && asked["nonce"].len() >= 22, "{url}");
        let mut inner = self.inner.lock().unwrap();
        let now = self.clock.now().unix();
        let mut claims = json!({ "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"] });
        for (name, value) in who.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let mut token = Token {
            head: json!({ "alg": "ES256", "kid": inner.key.id }),
            claims,
            by: By::Provider,
        };
        bend(&mut token);
        let code = format!("code-{}", inner.grants.len());
        let grant = Grant {
            challenge: asked["code_challenge"].clone(),
            redirect_uri: asked["redirect_uri"].clone(),
            token,
        };
        inner.grants.insert(code.clone(), grant);
        format!("{}?code={code}&state={}", asked["redirect_uri"], asked["state"])
    }

    async fn talk(&self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).await.unwrap_or(0) == 0 {
                return;
            }
        }
        let header = |wanted: &str| {
            head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case(wanted).then(|| value.to_owned())
            })
        };
        let length = header("content-length").map_or(0, |n| n.parse::<usize>().unwrap());
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        let path = head.split(' ').nth(1).unwrap();
        let (status, body) = self.answer(path, header("authorization"), &String::from_utf8(body).unwrap());
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let _ = stream.write_all(answer.as_bytes()).await;
    }

    fn answer(&self, path: &str, authorization: Option<String>, body: &str) -> (&'static str, String) {
        let mut inner = self.inner.lock().unwrap();
        if let Some(status) = inner.broken {
            return (status, "{}".into());
        }
        match path {
            "/.well-known/openid-configuration" => ("200 OK", inner.description.to_string()),
            "/keys" => {
                inner.asked_for_keys += 1;
                ("200 OK", json!({ "keys": [inner.key.public()] }).to_string())
            }
            "/token" => {
                let asked = query(&format!("?{body}"));
                let basic = format!(
                    "Basic {}",
                    STANDARD.encode(format!("{CLIENT}:{}", SECRET.replace(' ', "+")))
                );
                if authorization.as_deref() != Some(&basic) {
                    return (
                        "401 Unauthorized",
                        json!({ "error": "invalid_client" }).to_string(),
                    );
                }
                let refused = ("400 Bad Request", json!({ "error": "invalid_grant" }).to_string());
                let Some(grant) = inner.grants.remove(&asked["code"]) else {
                    return refused;
                };
                let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&asked["code_verifier"]));
                if challenge != grant.challenge || asked["redirect_uri"] != grant.redirect_uri {
                    return refused;
                }
                let id_token = signed(&grant.token, &inner.key);
                let answer = json!({ "access_token": "at-1", "token_type": "Bearer", "id_token": id_token });
                ("200 OK", answer.to_string())
            }
            "/me" if authorization.as_deref() == Some("Bearer at-1") => match &inner.more {
                Some(more) => ("200 OK", more.to_string()),
                None => ("200 OK", json!({ "sub": "nobody" }).to_string()),
            },
            _ => ("404 Not Found", "{}".into()),
        }
    }
}

fn signed(token: &Token, key: &Key) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&token.head), part(&token.claims));
    let signature = match token.by {
        By::Provider => key.sign(&message),
        By::Stranger => Key::new("stranger").sign(&message),
        By::Secret => {
            let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
            aws_lc_rs::hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
        }
        By::Nobody => Vec::new(),
    };
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The parts of an address after `?`.
pub fn query(url: &str) -> BTreeMap<String, String> {
    let base = reqwest::Url::parse("http://x/").unwrap();
    let url = base.join(url).unwrap();
    url.query_pairs()
        .map(|(k, v)| (k.into_owned(), v.into_owned()))
        .collect()
}

/// A browser: it keeps cookies, and follows nobody by itself.
pub struct Browser {
    base: String,
    client: reqwest::Client,
    pub cookies: BTreeMap<String, String>,
}

impl Browser {
    pub fn new(hall: &Hall) -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            base: hall.base.clone(),
            client: client.build().unwrap(),
            cookies: BTreeMap::new(),
        }
    }

    /// Opens an address of the server, however it is written.
    pub async fn open(&mut self, address: &str) -> Got {
        let path = address.strip_prefix(PUBLIC_URL).unwrap_or(address);
        let request = self.client.get(format!("{}{path}", self.base));
        self.send(request, format!("GET {path}")).await
    }

    /// Sends a form of a page.
    pub async fn submit(&mut self, path: &str, body: String) -> Got {
        let request = self
            .client
            .post(format!("{}{path}", self.base))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body);
        self.send(request, format!("POST {path}")).await
    }

    /// Asks the API as a page of the server does.
    pub async fn ask(&mut self, method: reqwest::Method, path: &str, body: Value) -> Got {
        let request = self
            .client
            .request(method, format!("{}/api/v1{path}", self.base))
            .header("X-Palmares", "1")
            .header("Sec-Fetch-Site", "same-origin")
            .json(&body);
        self.send(request, path.to_owned()).await
    }

    async fn send(&mut self, request: reqwest::RequestBuilder, name: String) -> Got {
        let cookies: Vec<_> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let response = request.header("Cookie", cookies.join("; ")).send().await.unwrap();
        for set in response.headers().get_all("set-cookie") {
            let set = set.to_str().unwrap();
            assert!(set.contains("; Secure") && set.contains("; HttpOnly"), "{set}");
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        Got {
            request: name,
            status,
            headers,
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
            text,
        }
    }

    /// Begins a sign-in; where the browser is sent.
    pub async fn begin(&mut self, code: &str) -> String {
        let sent = self.open(&format!("/sign-in/{code}")).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        sent.header("location").unwrap()
    }

    /// Signs in at a provider, as it is.
    pub async fn sign_in(&mut self, provider: &Provider, who: Value) -> Got {
        let url = self.begin("campus").await;
        let back = provider.authorize(&url, who, |_| {});
        self.open(&back).await
    }

    /// Who the browser's session is.
    pub async fn me(&mut self) -> Got {
        self.ask(reqwest::Method::GET, "/me", json!({})).await
    }
}

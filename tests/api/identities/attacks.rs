//! Answers of providers that are not to be believed, and browsers that come back from sign-ins of others.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use palmares::config::Configured;
use serde_json::{Value, json};

use super::provider::{Browser, By, CLIENT, Provider, Token, query};
use super::{hall_that, li, refused};
use crate::hall::{Hall, Setup};

type Bend = Box<dyn FnOnce(&mut Token)>;

both_databases! {
    async fn no_bent_token_signs_anybody_in(db) {
        let (hall, provider) = hall_that(db, |p| p.new_accounts = true).await;
        let now = hall.clock.now().unix();
        let claim = |name: &'static str, value: Value| -> Bend {
            Box::new(move |token| match value {
                Value::Null => drop(token.claims.as_object_mut().unwrap().remove(name)),
                value => token.claims[name] = value,
            })
        };
        let bent: Vec<(&str, Bend)> = vec![
            ("another nonce", claim("nonce", json!("another"))),
            ("no nonce", claim("nonce", Value::Null)),
            ("another audience", claim("aud", json!("somebody"))),
            ("a further audience", claim("aud", json!([CLIENT, "somebody"]))),
            ("no audience", claim("aud", Value::Null)),
            ("another issuer", claim("iss", json!("https://id.example.edu"))),
            ("the issuer with a slash", claim("iss", json!(format!("{}/", provider.issuer)))),
            ("no issuer", claim("iss", Value::Null)),
            ("expired", claim("exp", json!(now - 121))),
            ("no end", claim("exp", Value::Null)),
            ("issued long ago", claim("iat", json!(now - 3600))),
            ("issued tomorrow", claim("iat", json!(now + 86_400))),
            ("no subject", claim("sub", json!(""))),
            ("a subject without end", claim("sub", json!("x".repeat(256)))),
            ("no signature", Box::new(|token| { token.head = json!({ "alg": "none" }); token.by = By::Nobody; })),
            ("none of a known key", Box::new(|token| { token.head["alg"] = json!("none"); token.by = By::Nobody; })),
            ("signed by the client's secret", Box::new(|token| { token.head = json!({ "alg": "HS256" }); token.by = By::Secret; })),
            ("signed by a stranger", Box::new(|token| token.by = By::Stranger)),
            ("an empty signature", Box::new(|token| token.by = By::Nobody)),
            ("a token of another kind", Box::new(|token| token.head["typ"] = json!("at+jwt"))),
            ("a critical part that nobody knows", Box::new(|token| token.head["crit"] = json!(["b64"]))),
        ];
        for (what, bend) in bent {
            let mut browser = Browser::new(&hall);
            let url = browser.begin("campus").await;
            let back = provider.authorize(&url, li(), bend);
            let got = browser.open(&back).await;
            assert_eq!(got.status, 409, "{what}: {}", got.text);
            assert!(got.text.contains("be believed"), "{what}: {}", got.text);
            browser.me().await.problem(401, "sign_in_required");
        }
        // A clock that is a little off does no harm.
        let mut browser = Browser::new(&hall);
        let url = browser.begin("campus").await;
        let back = provider.authorize(&url, li(), |token| {
            token.claims["iat"] = json!(now + 100);
            token.claims["exp"] = json!(now - 100);
        });
        assert_eq!(browser.open(&back).await.status, 200);
        hall.close().await;
    }

    async fn only_the_browser_that_began_comes_back_and_only_once(db) {
        let (hall, provider) = hall_that(db, |p| p.new_accounts = true).await;
        let (mut li_s, mut mallory) = (Browser::new(&hall), Browser::new(&hall));
        // Mallory has Li come back from Mallory's sign-in, or comes back from Li's.
        let url = mallory.begin("campus").await;
        let of_mallory = provider.authorize(&url, json!({ "sub": "m", "email": "m@example.edu", "email_verified": true }), |_| {});
        refused(&li_s.open(&of_mallory).await, 409, "not begun in this browser");
        let url = li_s.begin("campus").await;
        let of_li = provider.authorize(&url, li(), |_| {});
        refused(&mallory.open(&of_li).await, 409, "not begun in this browser");
        mallory.me().await.problem(401, "sign_in_required");
        // The code of one in the sign-in of another.
        let code = query(&of_mallory)["code"].clone();
        let mixed = of_li.replace(&query(&of_li)["code"], &code);
        let kept = li_s.cookies.clone();
        refused(&li_s.open(&mixed).await, 409, "did not sign you in");
        // It came back already, whoever kept the cookie.
        li_s.cookies = kept.clone();
        refused(&li_s.open(&of_li).await, 409, "came back already");

        let url = li_s.begin("campus").await;
        let back = provider.authorize(&url, li(), |_| {});
        let kept = li_s.cookies.clone();
        assert_eq!(li_s.open(&back).await.status, 200);
        let session = li_s.cookies.clone();
        li_s.cookies = kept;
        refused(&li_s.open(&back).await, 409, "came back already");
        li_s.cookies = session;
        li_s.me().await.ok();

        // A code is good once, in a new sign-in too.
        let url = li_s.begin("campus").await;
        let fresh = provider.authorize(&url, li(), |_| {});
        let replayed = fresh.replace(&query(&fresh)["code"], &query(&back)["code"]);
        refused(&li_s.open(&replayed).await, 409, "did not sign you in");
        hall.close().await;
    }

    async fn a_sign_in_ends_and_its_cookie_is_nobodys_to_write(db) {
        let (hall, provider) = hall_that(db, |p| p.new_accounts = true).await;
        let mut browser = Browser::new(&hall);
        let url = browser.begin("campus").await;
        let back = provider.authorize(&url, li(), |_| {});
        hall.clock.advance(600);
        refused(&browser.open(&back).await, 409, "ten minutes");
        let name = "__Host-palmares-sign-in";
        browser.begin("campus").await;
        let sealed = browser.cookies[name].clone();
        for _ in 0..2 {
            let url = browser.begin("campus").await;
            let back = provider.authorize(&url, li(), |_| {});
            let mut bytes = URL_SAFE_NO_PAD.decode(&browser.cookies[name]).unwrap();
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            browser.cookies.insert(name.into(), URL_SAFE_NO_PAD.encode(bytes));
            refused(&browser.open(&back).await, 409, "not begun in this browser");
            let flow = json!({ "state": query(&url)["state"], "nonce": "n", "verifier": "v", "at": 0, "link": null, "to": null });
            browser.cookies.insert(name.into(), URL_SAFE_NO_PAD.encode(flow.to_string()));
            refused(&browser.open(&back).await, 409, "not begun in this browser");
            browser.cookies.insert(name.into(), sealed.clone());
            refused(&browser.open(&back).await, 409, "not begun in this browser");
        }
        let nothing = browser.open("/sign-in/campus/callback").await;
        refused(&nothing, 409, "not begun in this browser");
        let twice = browser.open("/sign-in/campus/callback?state=a&state=b&code=c").await;
        assert_eq!(twice.status, 400, "{}", twice.text);
        hall.close().await;
    }

    async fn one_provider_does_not_answer_for_another(db) {
        let (campus, evil) = (Provider::open(db.clock.clone()).await, Provider::open(db.clock.clone()).await);
        let believe = |mut configured: Configured| { configured.provider.new_accounts = true; configured };
        let providers = vec![believe(campus.configured("campus")), believe(evil.configured("evil"))];
        let hall = Hall::set_up(db, Setup { providers, ..Setup::default() }).await;
        let mut browser = Browser::new(&hall);
        // What was begun at one comes back at the other.
        let url = browser.begin("campus").await;
        let back = campus.authorize(&url, li(), |_| {});
        refused(&browser.open(&back.replace("/campus/", "/evil/")).await, 409, "not begun in this browser");
        // One says who it is (RFC 9207).
        for (issuer, status) in [(&evil.issuer, 409), (&campus.issuer, 200)] {
            let url = browser.begin("campus").await;
            let back = campus.authorize(&url, li(), |_| {});
            let got = browser.open(&format!("{back}&iss={issuer}")).await;
            assert_eq!(got.status, status, "{}", got.text);
        }
        // The same subject elsewhere is somebody else.
        let mut other = Browser::new(&hall);
        let url = other.begin("evil").await;
        let back = evil.authorize(&url, json!({ "sub": "li-7", "email": "evil@example.org", "email_verified": true }), |_| {});
        assert_eq!(other.open(&back).await.status, 200);
        assert_ne!(other.me().await.ok()["id"], browser.me().await.ok()["id"]);
        // Who always says who it is can't leave it out.
        evil.describe("authorization_response_iss_parameter_supported", json!(true));
        hall.clock.advance(3600);
        let url = other.begin("evil").await;
        let back = evil.authorize(&url, json!({ "sub": "li-7" }), |_| {});
        refused(&other.open(&back).await, 409, "be believed");
        hall.close().await;
    }

    async fn who_says_no_at_the_provider_is_told_so(db) {
        let (hall, _provider) = hall_that(db, |p| p.new_accounts = true).await;
        let mut browser = Browser::new(&hall);
        let url = browser.begin("campus").await;
        let state = &query(&url)["state"];
        let back = format!("/sign-in/campus/callback?state={state}&error=access_denied&error_description=%3Cscript%3E");
        let got = browser.open(&back).await;
        refused(&got, 409, "did not sign you in");
        assert!(!got.text.contains("script"), "{}", got.text);
        hall.close().await;
    }

    async fn new_keys_are_fetched_once_in_a_while(db) {
        let (hall, provider) = hall_that(db, |p| p.new_accounts = true).await;
        let mut browser = Browser::new(&hall);
        assert_eq!(browser.sign_in(&provider, li()).await.status, 200);
        assert_eq!(provider.asked_for_keys(), 1);
        provider.rotate("two");
        hall.clock.advance(60);
        assert_eq!(browser.sign_in(&provider, li()).await.status, 200);
        assert_eq!(provider.asked_for_keys(), 2);
        for n in 0..5 {
            let url = browser.begin("campus").await;
            let back = provider.authorize(&url, li(), |token| token.head["kid"] = json!(format!("made-up-{n}")));
            refused(&browser.open(&back).await, 409, "be believed");
        }
        assert_eq!(provider.asked_for_keys(), 2, "whoever makes up keys has us ask no more");
        hall.close().await;
    }

    async fn a_provider_leads_nowhere_without_tls_and_names_itself_rightly(db) {
        let (hall, provider) = hall_that(db, |p| p.new_accounts = true).await;
        let mut browser = Browser::new(&hall);
        for (name, value, right) in [
            ("jwks_uri", json!("http://10.0.0.1/keys"), json!(format!("{}/keys", provider.issuer))),
            ("jwks_uri", json!("http://169.254.169.254/latest"), json!(format!("{}/keys", provider.issuer))),
            ("issuer", json!("https://id.example.edu"), json!(provider.issuer)),
        ] {
            provider.describe(name, value);
            refused(&browser.open("/sign-in/campus").await, 503, "does not answer");
            provider.describe(name, right);
            hall.clock.advance(5);
        }
        assert_eq!(browser.sign_in(&provider, li()).await.status, 200);
        hall.close().await;
    }
}

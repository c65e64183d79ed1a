//! Single sign-on: signing in at a provider, linking what one is there, giving it up.

mod attacks;
pub mod provider;

use palmares::app::Instance;
use palmares::config::Configured;
use palmares::domain::provider::{Addresses, Provider as Believed, Vouching};
use palmares::domain::second_factor::Demand;
use reqwest::Method;
use serde_json::{Value, json};

use crate::hall::{Got, Hall, PASSWORD, Persona, Sending, Setup};
use crate::support::Db;
use provider::{Browser, Provider};

/// A hall with one provider, which is believed so.
async fn hall_that(db: Db, change: impl FnOnce(&mut Believed)) -> (Hall, Provider) {
    hall_as(db, Instance::default(), change).await
}

async fn hall_as(db: Db, instance: Instance, change: impl FnOnce(&mut Believed)) -> (Hall, Provider) {
    let provider = Provider::open(db.clock.clone()).await;
    let mut configured: Configured = provider.configured("campus");
    change(&mut configured.provider);
    let setup = Setup {
        sending: Sending::Mail,
        instance,
        providers: vec![configured],
        ..Setup::default()
    };
    (Hall::set_up(db, setup).await, provider)
}

fn li() -> Value {
    json!({ "sub": "li-7", "email": "Li.Na@example.edu", "email_verified": true, "name": "Li Na 李娜" })
}

/// A page that says why nobody was signed in.
#[track_caller]
fn refused(got: &Got, status: u16, told: &str) {
    assert_eq!(got.status, status, "{}", got.text);
    assert!(got.text.contains(told), "{}", got.text);
    let cookies: Vec<_> = got.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 1, "{cookies:?}");
}

/// A browser in which somebody is signed in by password.
pub async fn at_home(hall: &Hall, persona: &Persona) -> Browser {
    let mut browser = Browser::new(hall);
    let proof = json!({ "email": persona.email, "password": PASSWORD, "cookie": true });
    browser.ask(Method::POST, "/sessions", proof).await.created();
    browser
}

async fn link(browser: &mut Browser, provider: &Provider, who: Value) -> Got {
    let begun = browser
        .ask(Method::POST, "/me/identities", json!({ "provider": "campus" }))
        .await;
    let url = begun.expect(202)["url"].as_str().unwrap().to_owned();
    browser.open(&provider.authorize(&url, who, |_| {})).await
}

both_databases! {
    async fn who_is_new_gets_an_account_and_comes_back_to_it(db) {
        let (hall, provider) = hall_that(db, |p| p.new_accounts = true).await;
        let listed = hall.guest().get("/sign-in-providers").await;
        let button = &listed.ok()["items"][0];
        assert_eq!((&button["code"], &button["label"]["zh"]), (&json!("campus"), &json!("校园账号")));
        assert_eq!(button["url"], "https://palmares.example/sign-in/campus");
        assert!(hall.page("/sign-in").await.text.contains("/sign-in/campus"));

        let mut browser = Browser::new(&hall);
        let done = browser.sign_in(&provider, li()).await;
        assert_eq!(done.status, 200, "{}", done.text);
        assert!(done.text.contains("li.na@example.edu"), "{}", done.text);
        let me = browser.me().await.ok().clone();
        assert_eq!((&me["email"], &me["name"]), (&json!("li.na@example.edu"), &json!("Li Na 李娜")));
        assert_eq!((&me["email_verified"], &me["admin"]), (&json!(true), &json!(false)));
        assert!(!browser.cookies.keys().any(|name| name.contains("sign-in")), "{:?}", browser.cookies);
        let sessions = browser.ask(Method::GET, "/me/sessions", json!({})).await;
        assert_eq!(sessions.ok()["items"][0]["kind"], "provider");

        // The address may change there: who it is does not.
        let mut phone = Browser::new(&hall);
        let moved = json!({ "sub": "li-7", "email": "li@elsewhere.example", "email_verified": true });
        phone.sign_in(&provider, moved).await;
        assert_eq!(phone.me().await.ok()["id"], me["id"]);
        // And whoever has no password gets none guessed.
        for password in ["", PASSWORD] {
            let guess = json!({ "email": "li.na@example.edu", "password": password });
            hall.guest().post("/sessions", guess).await.problem(401, "wrong_credentials");
        }
        hall.close().await;
    }

    async fn the_browser_goes_where_it_wanted_to_and_nowhere_else(db) {
        let (hall, provider) = hall_that(db, |p| p.new_accounts = true).await;
        let mut browser = Browser::new(&hall);
        let sent = browser.open("/sign-in/campus?to=/docs/").await;
        let back = provider.authorize(&sent.header("location").unwrap(), li(), |_| {});
        let done = browser.open(&back).await;
        assert_eq!((done.status, done.header("location").as_deref()), (303, Some("/docs/")));
        browser.me().await.ok();
        for bad in ["//evil.example", "https://evil.example", "%2F%5Cevil.example"] {
            browser.open(&format!("/sign-in/campus?to={bad}")).await.wrong(&[("?to", "unexpected_value")]);
        }
        browser.open("/sign-in/nobody").await.problem(404, "not_found");
        browser.open("/sign-in/nobody/callback?state=x&code=y").await.problem(404, "not_found");
        hall.close().await;
    }

    async fn without_leave_nobody_gets_an_account_and_no_account_is_taken_over(db) {
        let (hall, provider) = hall_that(db, |_| {}).await;
        let mut browser = Browser::new(&hall);
        refused(&browser.sign_in(&provider, li()).await, 409, "No account here belongs");
        hall.person("wang").await;
        let as_wang = json!({ "sub": "x", "email": "wang@example.org", "email_verified": true });
        refused(&browser.sign_in(&provider, as_wang).await, 409, "No account here belongs");
        browser.me().await.problem(401, "sign_in_required");
        hall.close().await;
    }

    async fn an_address_signs_in_to_its_account_only_when_both_sides_have_checked_it(db) {
        let (hall, provider) = hall_that(db, |p| { p.link_by_email = true; p.new_accounts = true; }).await;
        let wang = hall.person("wang").await;
        let admin = hall.admin().await;
        let mut browser = Browser::new(&hall);
        let at = |email: &str, verified: Value| json!({ "sub": email, "email": email, "email_verified": verified });
        for unverified in [json!(false), Value::Null] {
            let got = browser.sign_in(&provider, at(&wang.email, unverified)).await;
            refused(&got, 409, "does not say that your e-mail address was checked");
        }
        // Wang never confirmed it: it could be anybody who registered with it.
        refused(&browser.sign_in(&provider, at(&wang.email, json!(true))).await, 409, "never confirmed");
        wang.post("/me/email-verification", json!({})).await.expect(204);
        hall.deliver().await;
        let mail = hall.mail.last_to(&wang.email);
        let token = mail.text.split("/verification/").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        hall.guest().post("/email-confirmations", json!({ "token": token })).await.expect(204);
        let done = browser.sign_in(&provider, at(&wang.email, json!(true))).await;
        assert_eq!(done.status, 200, "{}", done.text);
        assert_eq!(browser.me().await.ok()["id"], wang.id.as_str());
        hall.deliver().await;
        assert!(hall.mail.last_to(&wang.email).text.contains("Campus account"), "the owner is told");
        // No provider opens an admin's account.
        refused(&browser.sign_in(&provider, at(&admin.email, json!(true))).await, 409, "No account here belongs");
        hall.close().await;
    }

    async fn only_admitted_domains_sign_in(db) {
        let (hall, provider) = hall_that(db, |p| {
            p.new_accounts = true;
            p.addresses = Addresses::Trusted;
            p.domains = vec!["example.edu".into()];
        }).await;
        let mut browser = Browser::new(&hall);
        for who in [json!({ "sub": "a", "email": "a@evil-example.edu" }), json!({ "sub": "b" })] {
            provider.tell(json!({ "sub": who["sub"] }));
            refused(&browser.sign_in(&provider, who).await, 409, "example.edu");
        }
        assert_eq!(browser.sign_in(&provider, json!({ "sub": "c", "email": "c@example.edu" })).await.status, 200);
        hall.close().await;
    }

    async fn what_the_token_does_not_say_is_asked_for(db) {
        let (hall, provider) = hall_that(db, |p| p.new_accounts = true).await;
        let mut browser = Browser::new(&hall);
        provider.tell(li());
        let done = browser.sign_in(&provider, json!({ "sub": "li-7" })).await;
        assert_eq!(done.status, 200, "{}", done.text);
        assert_eq!(browser.me().await.ok()["name"], "Li Na 李娜");
        // What is told of somebody else is not believed.
        provider.tell(json!({ "sub": "somebody-else", "email": "admin@example.org", "email_verified": true }));
        let mut other = Browser::new(&hall);
        refused(&other.sign_in(&provider, json!({ "sub": "li-8" })).await, 409, "be believed");
        hall.close().await;
    }

    async fn an_account_is_linked_and_unlinked_from_inside_and_never_the_last_way_in(db) {
        let (hall, provider) = hall_that(db, |p| p.new_accounts = true).await;
        let wang = hall.person("wang").await;
        let mut home = at_home(&hall, &wang).await;
        let linked = link(&mut home, &provider, li()).await;
        assert_eq!(linked.status, 200, "{}", linked.text);
        hall.deliver().await;
        assert!(hall.mail.last_to(&wang.email).text.contains("Campus account"));
        let list = home.ask(Method::GET, "/me/identities", json!({})).await.ok().clone();
        assert_eq!((&list["password"], &list["items"][0]["provider"]), (&json!(true), &json!("campus")));
        let mut elsewhere = Browser::new(&hall);
        elsewhere.sign_in(&provider, li()).await;
        assert_eq!(elsewhere.me().await.ok()["id"], wang.id.as_str());

        refused(&link(&mut home, &provider, li()).await, 409, "belongs to your account already");
        let zhao = hall.person("zhao").await;
        let mut other = at_home(&hall, &zhao).await;
        refused(&link(&mut other, &provider, li()).await, 409, "Somebody else");
        other.ask(Method::DELETE, &format!("/me/identities/{}", list["items"][0]["id"].as_str().unwrap()), json!({}))
            .await.problem(404, "not_found");
        let own = format!("/me/identities/{}", list["items"][0]["id"].as_str().unwrap());
        home.ask(Method::DELETE, &own, json!({})).await.expect(204);
        home.ask(Method::DELETE, &own, json!({})).await.problem(404, "not_found");

        // Li has nothing but this.
        let mut new = Browser::new(&hall);
        new.sign_in(&provider, li()).await;
        let list = new.ask(Method::GET, "/me/identities", json!({})).await.ok().clone();
        assert_eq!(list["password"], false);
        let only = format!("/me/identities/{}", list["items"][0]["id"].as_str().unwrap());
        new.ask(Method::DELETE, &only, json!({})).await.problem(409, "last_way_in");
        let more = json!({ "sub": "li-private" });
        provider.tell(more.clone());
        assert_eq!(link(&mut new, &provider, more).await.status, 200);
        new.ask(Method::DELETE, &only, json!({})).await.expect(204);
        hall.close().await;
    }

    async fn linking_takes_a_sign_in_of_the_last_minutes_and_the_session_that_asked(db) {
        let (hall, provider) = hall_that(db, |_| {}).await;
        let wang = hall.person("wang").await;
        hall.guest().post("/me/identities", json!({ "provider": "campus" })).await.problem(401, "sign_in_required");
        wang.post("/me/identities", json!({ "provider": "nobody" })).await.problem(404, "not_found");
        wang.post("/me/identities", json!({})).await.wrong(&[("/provider", "missing_field")]);
        let mut home = at_home(&hall, &wang).await;
        let begun = home.ask(Method::POST, "/me/identities", json!({ "provider": "campus" })).await;
        let url = begun.expect(202)["url"].as_str().unwrap().to_owned();
        let back = provider.authorize(&url, li(), |_| {});
        home.ask(Method::DELETE, "/sessions/current", json!({})).await.expect(204);
        refused(&home.open(&back).await, 403, "Prove again");

        let mut home = at_home(&hall, &wang).await;
        for _ in 0..2 {
            hall.clock.advance(540);
            home.ask(Method::POST, "/sessions/refresh", json!({})).await.ok();
        }
        home.ask(Method::POST, "/me/identities", json!({ "provider": "campus" })).await.problem(403, "proof_demanded");
        hall.close().await;
    }

    async fn who_has_a_second_factor_gives_its_code_unless_the_provider_vouches(db) {
        let (hall, provider) = hall_that(db, |p| p.second_factor = Vouching::Amr).await;
        let wang = hall.person("wang").await;
        let mut home = at_home(&hall, &wang).await;
        assert_eq!(link(&mut home, &provider, li()).await.status, 200);
        let (_, recovery) = crate::second_factor::enrol(&hall, &wang).await;

        let mut browser = Browser::new(&hall);
        let halfway = browser.sign_in(&provider, li()).await;
        assert!(halfway.status == 200 && halfway.text.contains("name=\"code\""), "{}", halfway.text);
        browser.me().await.problem(401, "sign_in_required");
        let wrong = browser.submit("/sign-in/second-factor", "code=000000".into()).await;
        assert!(wrong.status == 422 && wrong.text.contains("not right"), "{}", wrong.text);
        // The form of another site is sent without the cookie.
        let mut stranger = Browser::new(&hall);
        let stolen = stranger.submit("/sign-in/second-factor", format!("code={}", recovery[0])).await;
        refused(&stolen, 409, "not begun in this browser");
        let inside = browser.submit("/sign-in/second-factor", format!("code={}", recovery[0])).await;
        assert_eq!(inside.status, 200, "{}", inside.text);
        assert_eq!(browser.me().await.ok()["id"], wang.id.as_str());

        let mut with = li();
        with["amr"] = json!(["pwd", "mfa"]);
        let mut browser = Browser::new(&hall);
        assert!(browser.sign_in(&provider, with).await.text.contains("wang@example.org"));
        browser.me().await.ok();
        hall.close().await;
    }

    async fn a_second_factor_that_is_demanded_is_met_by_a_provider_that_vouches(db) {
        let instance = Instance { second_factor: Demand::Admins, ..Instance::default() };
        let (hall, provider) = hall_as(db, instance, |p| p.second_factor = Vouching::Amr).await;
        let admin = hall.admin().await;
        admin.get("/users").await.problem(403, "second_factor_demanded");
        let (_, _recovery) = crate::second_factor::enrol(&hall, &admin).await;
        let mut home = Browser::new(&hall);
        let proof = json!({ "email": admin.email, "password": PASSWORD, "cookie": true });
        let halfway = home.ask(Method::POST, "/sessions", proof).await.expect(202).clone();
        let code = json!({ "handle": halfway["handle"], "code": _recovery[1], "cookie": true });
        home.ask(Method::POST, "/sessions/second-factor", code).await.created();
        assert_eq!(link(&mut home, &provider, li()).await.status, 200);
        let both = json!({ "password": PASSWORD, "code": _recovery[2] });
        home.ask(Method::POST, "/me/second-factor/removal", both).await.expect(204);
        home.ask(Method::GET, "/users", json!({})).await.problem(403, "second_factor_demanded");

        let mut with = li();
        with["amr"] = json!(["mfa"]);
        let mut browser = Browser::new(&hall);
        browser.sign_in(&provider, with).await;
        browser.ask(Method::GET, "/users", json!({})).await.ok();
        let mut browser = Browser::new(&hall);
        browser.sign_in(&provider, li()).await;
        browser.ask(Method::GET, "/users", json!({})).await.problem(403, "second_factor_demanded");
        hall.close().await;
    }

    async fn a_suspended_account_stays_outside(db) {
        let (hall, provider) = hall_that(db, |_| {}).await;
        let (wang, admin) = (hall.person("wang").await, hall.admin().await);
        let mut home = at_home(&hall, &wang).await;
        link(&mut home, &provider, li()).await;
        admin.post(&format!("/users/{}/suspension", wang.id), json!({ "reason": "Fraud." })).await.expect(204);
        let mut browser = Browser::new(&hall);
        refused(&browser.sign_in(&provider, li()).await, 409, "may not sign in");
        hall.close().await;
    }

    async fn a_provider_that_is_away_is_said_and_nothing_hangs(db) {
        let (hall, provider) = hall_that(db, |p| p.new_accounts = true).await;
        let wang = hall.person("wang").await;
        let mut browser = Browser::new(&hall);
        provider.break_with(Some("500 Broken"));
        let away = browser.open("/sign-in/campus").await;
        refused(&away, 503, "does not answer");
        wang.post("/me/identities", json!({ "provider": "campus" })).await.problem(503, "provider_away");
        provider.break_with(None);
        refused(&browser.open("/sign-in/campus").await, 503, "does not answer");
        hall.clock.advance(5);
        let url = browser.begin("campus").await;
        let back = provider.authorize(&url, li(), |_| {});
        provider.break_with(Some("503 Away"));
        refused(&browser.open(&back).await, 503, "does not answer");
        // It described itself a moment ago: people are still sent there.
        hall.clock.advance(2 * 3600);
        browser.begin("campus").await;
        provider.break_with(None);
        assert_eq!(browser.sign_in(&provider, li()).await.status, 200);
        hall.close().await;
    }
}

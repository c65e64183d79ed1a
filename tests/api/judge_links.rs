//! Links that sign judges in: made by organizers, used by judges, bound to one competition.

use palmares::domain::user::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::cup::{CUP, Stage};
use crate::hall::{Got, Hall, Persona, Sending};
use crate::second_factor::enrol;

const LINKS: &str = "/competitions/cup/judge-links";

/// A contest with a final that two judges mark.
async fn stage(hall: Hall) -> (Stage, Persona, Persona) {
    let stage = Stage::set(hall).await;
    let (wang, zhao) = (stage.judge("wang").await, stage.judge("zhao").await);
    stage.final_of_four(&[&wang, &zhao]).await;
    stage.open("final", "all").await;
    (stage, wang, zhao)
}

async fn issue(organizer: &Persona, wanted: Value) -> Value {
    organizer.post(LINKS, wanted).await.created().clone()
}

/// The code of somebody's link, as the link has it.
pub fn code_of(issued: &Value, judge: &Persona) -> String {
    let items = issued["items"].as_array().unwrap();
    let item = items
        .iter()
        .find(|i| i["link"]["judge"]["id"] == judge.id)
        .unwrap();
    item["url"]
        .as_str()
        .unwrap()
        .split_once('#')
        .unwrap()
        .1
        .to_owned()
}

async fn enter(hall: &Hall, code: &str) -> Got {
    hall.guest()
        .post("/sessions/judge-link", json!({ "code": code }))
        .await
}

fn phone(hall: &Hall, entered: &Got) -> Persona {
    hall.guest()
        .with_token(entered.created()["access_token"].as_str().unwrap())
}

const OURS: (&str, &str) = ("Sec-Fetch-Site", "same-origin");

/// A form of a page, as a browser sends it with its cookies.
pub async fn form(hall: &Hall, path: &str, body: &str, headers: &[(&str, &str)]) -> Got {
    let mut all = vec![("Content-Type", "application/x-www-form-urlencoded")];
    all.extend(headers);
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let mut request = client.post(format!("{}{path}", hall.base)).body(body.to_owned());
    for (name, value) in all {
        request = request.header(name, value);
    }
    let response = request.send().await.unwrap();
    Got {
        request: format!("POST {path}"),
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.text().await.unwrap(),
        body: Value::Null,
    }
}

/// The cookies that an answer sets and does not end, as the next request brings them.
pub fn jar(got: &Got) -> String {
    let set = got.headers.get_all("set-cookie").iter();
    let pairs = set.map(|cookie| cookie.to_str().unwrap().split("; ").next().unwrap().to_owned());
    pairs
        .filter(|pair| !pair.ends_with('='))
        .collect::<Vec<_>>()
        .join("; ")
}

both_databases! {
    async fn a_link_signs_a_judge_in_for_judging_and_nothing_else(db) {
        let (stage, wang, zhao) = stage(Hall::open(db).await).await;
        let hall = &stage.hall;
        // Wang also runs the competition; the phone can't.
        stage.member(&wang, Role::Organizer, None).await;
        let issued = issue(&stage.organizer, json!({})).await;
        assert_eq!(issued["items"].as_array().unwrap().len(), 2);
        let code = code_of(&issued, &wang);
        assert_eq!(code.len(), 26);
        assert!(issued["items"][0]["qr_svg"].as_str().unwrap().contains("<svg"));
        let grouped = issued["items"][0]["code"].as_str().unwrap();
        assert_eq!(grouped.replace('-', ""), code);

        let entered = enter(hall, &grouped.to_uppercase()).await;
        assert_eq!(entered.header("cache-control").as_deref(), Some("no-store"));
        let phone = phone(hall, &entered);
        let mine = phone.get("/me/assignments").await;
        assert_eq!(mine.ok()["items"].as_array().unwrap().len(), 4);
        let me = phone.get("/me").await.ok().clone();
        assert_eq!(me["roles"].as_array().unwrap().len(), 1, "judge, and nothing else");
        let ballot = json!({ "marks": { "idea": "40", "team": "30" } });
        let path = format!("{CUP}/rounds/final/entries/1/ballot");
        phone.put_new(&path, ballot.clone()).await.created();
        phone.get(CUP).await.ok();
        for path in [format!("{CUP}/members"), format!("{CUP}/changes"), LINKS.into(), "/me/sessions".into(), "/me/tokens".into(), "/me/entries".into()] {
            let got = phone.get(&path).await;
            assert!(matches!(got.status, 403 | 404), "{path}: {}", got.text);
        }
        phone.get("/me/sessions").await.problem(403, "judges_only");
        phone.post(&format!("{CUP}/invitations"), json!({ "email": "x@example.org", "role": "judge" })).await.problem(403, "forbidden");
        // Neither is another judge's ballot there.
        zhao.get(&path).await.problem(404, "not_found");

        // Everybody sees where it is.
        let sessions = wang.get("/me/sessions").await.ok()["items"].clone();
        assert_eq!(sessions[0]["kind"], "judge_link");
        assert_eq!(sessions[0]["competition"], "cup");
        assert_eq!(sessions[0]["ends_at"], "2026-07-15T01:00:00Z");
        let listed = stage.organizer.get(LINKS).await;
        assert!(!listed.text.contains(&code) && !listed.text.contains(grouped), "{}", listed.text);
        let link = &listed.ok()["items"][0];
        assert_eq!(link["standing"], "open");
        assert_eq!(link["sessions"].as_array().unwrap().len(), 1);
        assert_eq!(stage.log("judge_link").await.len(), 2);

        // Signing out gives the place back.
        enter(hall, &code).await.problem(409, "judge_link_full");
        phone.delete("/sessions/current").await.expect(204);
        phone.get("/me").await.problem(401, "session_ended");
        enter(hall, &code).await.created();
        stage.close().await;
    }

    async fn a_link_ends_with_its_time_and_its_sessions_with_it(db) {
        let (stage, wang, _) = stage(Hall::open(db).await).await;
        let hall = &stage.hall;
        let wanted = json!({ "judges": [wang.id], "opens_at": "2026-07-01T02:00:00Z", "expires_at": "2026-07-01T03:00:00Z", "devices": 2 });
        let issued = issue(&stage.organizer, wanted).await;
        assert_eq!(issued["items"][0]["link"]["standing"], "early");
        let code = code_of(&issued, &wang);
        let early = enter(hall, &code).await;
        early.problem(409, "judge_link_early");
        assert!(early.body["detail"].as_str().unwrap().contains("2026-07-01 10:00 (Asia/Shanghai)"), "{}", early.text);
        hall.clock.advance(3600);
        let entered = enter(hall, &code).await;
        let phone = phone(hall, &entered);
        enter(hall, &code).await.created();
        hall.clock.advance(3590);
        let refresh = json!({ "refresh_token": entered.created()["refresh_token"] });
        let kept = hall.guest().post("/sessions/refresh", refresh).await;
        let phone = phone.with_token(kept.ok()["access_token"].as_str().unwrap());
        phone.get("/me").await.ok();
        hall.clock.advance(10);
        phone.get("/me").await.problem(401, "session_ended");
        let refresh = json!({ "refresh_token": kept.ok()["refresh_token"] });
        hall.guest().post("/sessions/refresh", refresh).await.problem(401, "session_ended");
        enter(hall, &code).await.problem(409, "judge_link_ended");
        stage.close().await;
    }

    async fn one_action_revokes_a_link_or_puts_a_new_one_in_its_place(db) {
        let (stage, wang, zhao) = stage(Hall::open(db).await).await;
        let hall = &stage.hall;
        let issued = issue(&stage.organizer, json!({ "round": "final" })).await;
        let (old, of_zhao) = (code_of(&issued, &wang), code_of(&issued, &zhao));
        let phone = phone(hall, &enter(hall, &old).await);
        let again = issue(&stage.organizer, json!({})).await;
        assert_eq!((again["items"].as_array().unwrap().len(), again["kept"].as_array().unwrap().len()), (0, 2));
        phone.get("/me").await.ok();

        let id = issued["items"][0]["link"]["id"].as_str().unwrap();
        let renewed = stage.organizer.post(&format!("{LINKS}/{id}/renewal"), json!({})).await.created().clone();
        phone.get("/me").await.problem(401, "session_ended");
        enter(hall, &old).await.problem(409, "judge_link_revoked");
        let new = code_of(&renewed, &wang);
        enter(hall, &new).await.created();
        stage.organizer.post(&format!("{LINKS}/{id}/renewal"), json!({})).await.problem(404, "not_found");

        let id = renewed["items"][0]["link"]["id"].as_str().unwrap();
        stage.organizer.delete(&format!("{LINKS}/{id}")).await.expect(204);
        enter(hall, &new).await.problem(409, "judge_link_revoked");
        stage.organizer.delete(&format!("{LINKS}/{id}")).await.problem(404, "not_found");
        let all = issue(&stage.organizer, json!({ "reissue": true })).await;
        assert_eq!(all["items"].as_array().unwrap().len(), 2);
        enter(hall, &of_zhao).await.problem(409, "judge_link_revoked");

        // Who is no judge any more, or is suspended, is let in by no link.
        stage.sql("UPDATE members SET ended_at = created_at WHERE role = 'judge'").await;
        enter(hall, &code_of(&all, &wang)).await.problem(409, "judge_link_idle");
        stage.organizer.post(LINKS, json!({})).await.problem(409, "judges_none");
        stage.close().await;
    }

    async fn a_link_asks_for_no_second_factor_and_can_do_nothing_that_needs_one(db) {
        let (stage, wang, _) = stage(Hall::open(db).await).await;
        let hall = &stage.hall;
        enrol(hall, &wang).await;
        let admin = hall.admin().await;
        stage.member(&admin, Role::Judge, None).await;
        let issued = issue(&stage.organizer, json!({})).await;
        let phone_of_wang = phone(hall, &enter(hall, &code_of(&issued, &wang)).await);
        phone_of_wang.get("/me/assignments").await.ok();
        phone_of_wang.get("/me/second-factor").await.problem(403, "judges_only");
        let entered = enter(hall, &code_of(&issued, &admin)).await;
        assert_eq!(entered.created()["user"]["admin"], false);
        let phone = phone(hall, &entered);
        assert_eq!(phone.get("/me").await.ok()["admin"], false);
        let cup = json!({ "slug": "other", "name": { "en": "C" }, "time_zone": "UTC" });
        assert_eq!(phone.post("/competitions", cup).await.status, 403);
        assert_eq!(phone.get("/users").await.status, 403);
        stage.close().await;
    }

    async fn links_go_out_by_mail_where_mail_goes_out(db) {
        let (stage, wang, _) = stage(Hall::with_mail(db).await).await;
        let hall = &stage.hall;
        let issued = issue(&stage.organizer, json!({ "judges": [wang.id], "send": true })).await;
        hall.deliver().await;
        let mail = hall.mail.last_to(&wang.email);
        let url = issued["items"][0]["url"].as_str().unwrap();
        assert!(mail.text.contains(url) && mail.text.contains("2026-07-15 09:00 (Asia/Shanghai)"), "{}", mail.text);
        // A link that was replaced before it left is not sent.
        let id = issued["items"][0]["link"]["id"].as_str().unwrap();
        let renewal = format!("{LINKS}/{id}/renewal");
        let renewed = stage.organizer.post(&renewal, json!({ "send": true })).await.created().clone();
        let id = renewed["items"][0]["link"]["id"].as_str().unwrap();
        stage.organizer.delete(&format!("{LINKS}/{id}")).await.expect(204);
        hall.deliver().await;
        assert_eq!(hall.mail.mails().len(), 1);
        stage.close().await;
    }

    async fn without_a_channel_the_organizer_passes_links_on(db) {
        let hall = Hall::open_with(db, Sending::Not, Default::default()).await;
        let (stage, _, _) = stage(hall).await;
        stage.organizer.post(LINKS, json!({ "send": true })).await.problem(409, "no_channel");
        issue(&stage.organizer, json!({})).await;
        stage.close().await;
    }

    async fn what_makes_no_sense_is_refused_with_every_wrong_place(db) {
        let (stage, wang, _) = stage(Hall::open(db).await).await;
        let post = |body| stage.organizer.post(LINKS, body);
        post(json!({ "judges": [wang.id, "nobody"], "round": "semi", "opens_at": "2026-12-01T00:00:00Z", "expires_at": "2027-12-01T00:00:00Z", "devices": 11 })).await
            .wrong(&[("/round", "unknown_code"), ("/judges/1", "not_a_judge"), ("/opens_at", "judge_link_window"), ("/expires_at", "judge_link_window"), ("/devices", "judge_link_devices")]);
        post(json!({ "expires_at": "2026-07-01T01:00:00Z" })).await.wrong(&[("/expires_at", "judge_link_window")]);
        post(json!({ "judges": [stage.organizer.id] })).await.wrong(&[("/judges/0", "not_a_judge")]);
        post(json!({ "judge": wang.id })).await.wrong(&[("/judge", "unknown_field")]);
        let hall = &stage.hall;
        for code in ["", "半", "abcd", &"a".repeat(26), &"x".repeat(5000)] {
            enter(hall, code).await.problem(401, "judge_link_unknown");
        }
        stage.close().await;
    }

    async fn guessing_makes_wait(db) {
        let (stage, _, _) = stage(Hall::open(db).await).await;
        let hall = &stage.hall;
        for n in 0..199 {
            let letter = char::from(b"abcdefgh"[n % 8]);
            let code: String = format!("{n:026}").replace('0', "z").chars().map(|c| if c == 'z' { letter } else { c }).collect();
            enter(hall, &code).await.problem(401, "judge_link_unknown");
        }
        enter(hall, &"q".repeat(26)).await.problem(401, "judge_link_unknown");
        let waits = enter(hall, &"r".repeat(26)).await;
        waits.problem(429, "too_many");
        assert!(waits.header("retry-after").is_some());
        stage.close().await;
    }

    async fn opening_the_page_spends_nothing_and_its_button_signs_in(db) {
        let (stage, wang, zhao) = stage(Hall::open(db).await).await;
        let hall = &stage.hall;
        let issued = issue(&stage.organizer, json!({})).await;
        let code = code_of(&issued, &wang);
        for _ in 0..3 {
            let page = hall.page("/judge").await;
            page.expect(200);
            let policy = page.header("content-security-policy").unwrap();
            assert!(policy.contains("script-src 'sha256-") && policy.contains("default-src 'none'"), "{policy}");
            assert!(!page.text.contains(&code));
            let body = format!("code={code}");
            let look = form(hall, "/judge/look", &body, &[]).await;
            assert!(look.status == 200 && look.text.contains("wang") && !look.text.contains("<script"), "{}", look.text);
            assert_eq!(look.header("referrer-policy").as_deref(), Some("same-origin"));
        }
        assert_eq!(stage.organizer.get(LINKS).await.ok()["items"][0].get("used_at"), None);

        // Another site's form does not sign anybody in.
        let body = format!("code={code}");
        for headers in [&[][..], &[("Sec-Fetch-Site", "cross-site")], &[("Origin", "https://evil.example")], &[("Origin", "null")]] {
            let refused = form(hall, "/judge/session", &body, headers).await;
            assert!(refused.status == 422 && jar(&refused).is_empty(), "{}", refused.text);
        }
        let entered = form(hall, "/judge/session", &body, &[OURS]).await;
        assert!(entered.status == 200 && entered.text.contains("Welcome, wang"), "{}", entered.text);
        assert!(entered.text.contains("final, all: 0 of 4 marked"), "{}", entered.text);
        let cookies = jar(&entered);
        assert!(cookies.contains("__Host-palmares-access=") && !cookies.contains("palmares-device"), "{cookies}");
        let headers = [("Cookie", cookies.as_str()), ("X-Palmares", "1"), OURS];
        let mine = hall.guest().send(Method::GET, "/me/assignments", None, &headers).await;
        assert_eq!(mine.ok()["items"].as_array().unwrap().len(), 4);

        // The same phone again goes on; another one is told to ask.
        let again = form(hall, "/judge/session", &body, &[OURS, ("Cookie", &cookies)]).await;
        assert_eq!(again.status, 200, "{}", again.text);
        let other = form(hall, "/judge/session", &body, &[OURS]).await;
        assert!(other.status == 409 && other.text.contains("ask the organizer"), "{}", other.text);
        let unknown = form(hall, "/judge/look", "code=abcd", &[]).await;
        assert!(unknown.status == 422 && unknown.text.contains("There is no such link"), "{}", unknown.text);
        let id = issued["items"][1]["link"]["id"].as_str().unwrap();
        stage.organizer.delete(&format!("{LINKS}/{id}")).await.expect(204);
        let revoked = form(hall, "/judge/look", &format!("code={}", code_of(&issued, &zhao)), &[("Accept-Language", "zh-CN")]).await;
        assert!(revoked.status == 409 && revoked.text.contains("撤销"), "{}", revoked.text);
        stage.close().await;
    }

    async fn organizers_print_a_sheet(db) {
        let (stage, wang, _) = stage(Hall::open(db).await).await;
        let body = json!({ "judges": [wang.id] }).to_string();
        let headers = [("Accept", "text/html,application/xhtml+xml")];
        let sheet = stage.organizer.send(Method::POST, LINKS, Some(body), &headers).await;
        sheet.expect(201);
        assert_eq!(sheet.header("content-type").as_deref(), Some("text/html; charset=utf-8"));
        assert_eq!(sheet.header("cache-control").as_deref(), Some("no-store"));
        assert!(sheet.text.contains("wang") && sheet.text.contains("<svg") && !sheet.text.contains("<script"));
        let rest = stage.organizer.speaking("zh-CN").send(Method::POST, LINKS, Some("{}".into()), &headers).await;
        assert!(rest.text.contains("zhao") && rest.text.contains("以下评委已有链接"), "{}", rest.text);
        stage.close().await;
    }
}

//! Forged, stolen and bent tokens (RFC 8725).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use palmares::app::vault::Vault;
use palmares::store::keys;
use serde_json::{Value, json};

use crate::hall::{Hall, Persona};

/// A token taken apart: head, claims, the key that signed it.
struct Bench {
    head: Value,
    claims: Value,
    key: Vec<u8>,
}

impl Bench {
    /// Takes a persona's token apart; whoever has the database and the instance's secret has the key.
    async fn of(hall: &Hall, persona: &Persona) -> Self {
        let parts: Vec<_> = persona.token().split('.').collect();
        let read = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        let rows = hall.app.read(|tx| keys::all(tx.conn)).await.unwrap();
        let key = Vault::new(&[7; 32])
            .unwrap()
            .open("palmares", &rows[0].wrapped)
            .unwrap();
        Self {
            head: read(parts[0]),
            claims: read(parts[1]),
            key,
        }
    }

    /// A token with some claims changed (`null` takes one away), signed with the right key.
    fn with(&self, changes: Value) -> String {
        let mut claims = self.claims.clone();
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        let head = Header {
            kid: Some(self.head["kid"].as_str().unwrap().into()),
            ..Header::new(Algorithm::HS256)
        };
        jsonwebtoken::encode(&head, &claims, &EncodingKey::from_secret(&self.key)).unwrap()
    }

    /// The claims under another head, signed with HMAC-SHA-256 and some key whatever the head says.
    fn under(&self, head: Value, key: &[u8]) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&head), part(&self.claims));
        let signature = jsonwebtoken::crypto::sign(
            message.as_bytes(),
            &EncodingKey::from_secret(key),
            Algorithm::HS256,
        );
        format!("{message}.{}", signature.unwrap())
    }
}

async fn refused(hall: &Hall, token: &str) {
    let got = hall.guest().with_token(token).get("/me").await;
    got.problem(401, "token_invalid");
    // Not a word about what was wrong with it.
    assert_eq!(
        got.body["title"], "The access token is not valid, or has ended",
        "{token}"
    );
}

both_databases! {
    async fn a_token_of_another_algorithm_is_refused(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let bench = Bench::of(&hall, &wang).await;
        let kid = &bench.head["kid"];
        // As it should be, so that what follows is refused for its one fault.
        let right = bench.under(json!({ "typ": "JWT", "alg": "HS256", "kid": kid }), &bench.key);
        hall.guest().with_token(right).get("/me").await.ok();
        for alg in ["none", "None", "NONE", "nOnE", "", "HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA"] {
            let token = bench.under(json!({ "typ": "JWT", "alg": alg, "kid": kid }), &bench.key);
            refused(&hall, &token).await;
            let unsigned = token.rsplit_once('.').unwrap().0.to_owned() + ".";
            refused(&hall, &unsigned).await;
        }
        refused(&hall, &bench.under(json!({ "typ": "JWT", "kid": kid }), &bench.key)).await;
        hall.close().await;
    }

    async fn a_token_signed_with_another_key_is_refused(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let bench = Bench::of(&hall, &wang).await;
        let head = bench.head.clone();
        let kid = head["kid"].as_str().unwrap().to_owned();
        for key in [&b""[..], b"secret", b"palmares", kid.as_bytes(), &[0; 32], &[7; 32], &bench.key[..31]] {
            refused(&hall, &bench.under(head.clone(), key)).await;
        }
        hall.close().await;
    }

    async fn the_name_of_a_key_is_only_a_name(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let bench = Bench::of(&hall, &wang).await;
        let long = "x".repeat(3000);
        for kid in ["", "../../../../dev/null", "/dev/null", "' OR '1'='1", "x' UNION SELECT 'AA' --", "https://evil.example/key", "\u{0}", long.as_str()] {
            for key in [&b""[..], b"AA", &bench.key] {
                refused(&hall, &bench.under(json!({ "alg": "HS256", "kid": kid }), key)).await;
            }
        }
        // Nor does the token bring its own key, or tell where it is.
        let own = URL_SAFE_NO_PAD.encode([1; 32]);
        for more in [
            json!({ "jwk": { "kty": "oct", "k": own } }),
            json!({ "jku": "https://evil.example/keys" }),
            json!({ "x5u": "https://evil.example/cert" }),
        ] {
            let mut head = bench.head.clone();
            head.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            refused(&hall, &bench.under(head, &[1; 32])).await;
        }
        for kid in [json!(null), json!(1), json!(["a"])] {
            refused(&hall, &bench.under(json!({ "alg": "HS256", "kid": kid }), &bench.key)).await;
        }
        hall.close().await;
    }

    async fn a_token_for_others_by_others_or_of_another_time_is_refused(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let bench = Bench::of(&hall, &wang).await;
        let now = hall.clock.now().unix();
        hall.guest().with_token(bench.with(json!({}))).get("/me").await.ok();
        for changes in [
            json!({ "aud": "another-instance" }),
            json!({ "aud": "" }),
            json!({ "aud": null }),
            json!({ "iss": "somebody" }),
            json!({ "iss": null }),
            json!({ "sub": null }),
            json!({ "sid": null }),
            json!({ "exp": now }),
            json!({ "exp": now - 1 }),
            json!({ "exp": null }),
            json!({ "exp": "never" }),
            json!({ "exp": -1 }),
            json!({ "nbf": now + 6 }),
            json!({ "nbf": null }),
        ] {
            let token = bench.with(changes.clone());
            let got = hall.guest().with_token(token).get("/me").await;
            assert_eq!((got.status, got.body["code"].as_str()), (401, Some("token_invalid")), "{changes}");
        }
        // Signed, but of no session: nothing is believed that the database does not say.
        hall.guest().with_token(bench.with(json!({ "sid": "made-up" }))).get("/me").await.problem(401, "session_ended");
        hall.close().await;
    }

    async fn a_token_of_another_instance_is_refused(db) {
        let (first, second) = (Hall::open(db.copy()).await, Hall::open(db).await);
        let wang = first.person("wang").await;
        second.person("wang").await;
        wang.get("/me").await.ok();
        refused(&second, wang.token()).await;
        first.close().await;
        second.close().await;
    }

    async fn roles_in_a_token_give_nothing(db) {
        let hall = Hall::open(db).await;
        let (admin, liu, wang) = (hall.admin().await, hall.person("liu").await, hall.person("wang").await);
        let cup = json!({ "slug": "cup", "name": { "en": "Cup" }, "time_zone": "Asia/Shanghai", "organizers": [liu.email] });
        admin.post("/competitions", cup).await.created();
        let bench = Bench::of(&hall, &wang).await;
        let roles = json!({ "roles": ["cup:organizer", "admin"], "admin": true, "sub": admin.id });
        let tampered = bench.with(roles.clone());
        let program = hall.guest().with_token(tampered.clone());
        assert_eq!(program.get("/me").await.ok()["email"], "wang@example.org");
        program.get("/competitions/cup/members").await.problem(404, "not_found");
        program.get("/users").await.problem(403, "forbidden");
        // Without the key even that is refused: the claims of the one under the signature of the other.
        let claims = tampered.split('.').nth(1).unwrap();
        let mut parts: Vec<_> = wang.token().split('.').collect();
        parts[1] = claims;
        refused(&hall, &parts.join(".")).await;
        hall.close().await;
    }

    async fn a_token_counts_only_in_its_header(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let token = wang.token();
        let guest = hall.guest();
        let url = format!("{}/api/v1/me?access_token={token}", hall.base);
        let got = guest.send_to(reqwest::Method::GET, &url, None, &[]).await;
        assert_eq!(got.status, 401);
        let cookie = format!("access_token={token}");
        let got = guest.send(reqwest::Method::GET, "/me", None, &[("Cookie", &cookie)]).await;
        assert_eq!(got.status, 401);
        for scheme in ["Basic", "Token", "Bearer\t"] {
            let value = format!("{scheme} {token}");
            let got = guest.send(reqwest::Method::GET, "/me", None, &[("Authorization", &value)]).await;
            assert_eq!(got.status, 401, "{scheme}");
        }
        hall.close().await;
    }

    async fn a_made_up_api_token_is_refused(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let made = wang.post("/me/tokens", json!({ "name": "Board", "scopes": ["read"] })).await;
        let secret = made.created()["secret"].as_str().unwrap().to_owned();
        wang.with_token(&secret).get("/me").await.ok();
        let unknown = palmares::domain::api_token::spelled(&"a".repeat(32));
        let cut = secret[..41].to_owned();
        let other = secret.replace("plm_", "PLM_");
        for token in ["plm_", "plm_' OR 1=1 --", &unknown, &cut, &other, &format!("{secret}x")] {
            refused(&hall, token).await;
        }
        // A refresh token and a handle are no access tokens, nor the other way round.
        let proof = json!({ "email": wang.email, "password": crate::hall::PASSWORD });
        let session = hall.guest().post("/sessions", proof).await.created().clone();
        refused(&hall, session["refresh_token"].as_str().unwrap()).await;
        for token in [session["access_token"].clone(), json!(secret)] {
            hall.guest().post("/sessions/refresh", json!({ "refresh_token": token })).await.problem(401, "session_ended");
            let code = json!({ "handle": token, "code": "000000" });
            hall.guest().post("/sessions/second-factor", code).await.problem(401, "sign_in_over");
        }
        hall.close().await;
    }
}

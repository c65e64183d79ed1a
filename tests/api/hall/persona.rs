//! Who sends requests in a test, and what came back.

use reqwest::Method;
use serde_json::Value;

use super::documented::{must_be_documented, must_be_guarded};

/// Somebody who sends requests: signed in, or a guest.
#[derive(Clone)]
pub struct Persona {
    pub(super) base: String,
    pub(super) client: reqwest::Client,
    pub token: Option<String>,
    pub(super) language: &'static str,
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
        let text = if is_stream(&headers) && status == 200 && method_name != "head" {
            super::watcher::first_event(response).await
        } else {
            response.text().await.unwrap()
        };
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        if let Some(path) = url.strip_prefix(&self.base) {
            must_be_documented(&method_name, path, status);
            must_be_guarded(path, self.token.is_none(), &headers);
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

fn is_stream(headers: &reqwest::header::HeaderMap) -> bool {
    headers
        .get("content-type")
        .is_some_and(|kind| kind == "text/event-stream")
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

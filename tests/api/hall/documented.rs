//! What holds for every answer that a test gets: it stands in the API document, and nobody else may keep it.

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
pub fn must_be_documented(method: &str, path: &str, status: u16) {
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

/// Whatever is answered, no cache on the way keeps it for others, save what a guest is shown of what is public, and browsers
/// hear what they may do with it.
pub fn must_be_guarded(path: &str, guest: bool, headers: &reqwest::header::HeaderMap) {
    let header = |name: &str| headers.get(name).map_or("", |v| v.to_str().unwrap());
    let cache = header("cache-control");
    if path.starts_with("/api/") {
        let private = cache.contains("private") && cache.contains("no-cache");
        let steps: Vec<_> = path.split('/').skip(3).collect();
        let shown = matches!(
            steps.as_slice(),
            ["competitions", _]
                | ["competitions", _, "finalists"]
                | ["competitions", _, "rounds", _, "results"]
        );
        let public =
            guest && shown && cache == "public, no-cache" && header("vary").contains("Authorization");
        assert!(
            private || public || cache == "no-store",
            "{path} may be cached: {cache:?}"
        );
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

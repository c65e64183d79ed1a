//! Finds the codes that a source uses.

use super::tokens::{self, Token, closing};

/// What a code is the code of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A wrong place of an input.
    Field,
    /// A wrong moment.
    Conflict,
    /// Something that there is not.
    Thing,
    /// A kind of problem.
    Problem,
    /// A field's or a conflict's: it is chosen in one place and used in another.
    Either,
    /// A field's or a conflict's, if it is a code at all: it is handed to a function.
    Perhaps,
}

/// A code that a source uses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    pub kind: Kind,
    pub code: String,
}

impl Use {
    fn new(kind: Kind, code: &str) -> Self {
        Self {
            kind,
            code: code.to_owned(),
        }
    }

    /// The keys of which one must have a sentence.
    pub fn keys(&self) -> Vec<String> {
        let key = |prefix: &str| format!("{prefix}-{}", self.code.replace(' ', "_"));
        match self.kind {
            Kind::Field => vec![key("field")],
            Kind::Conflict => vec![key("conflict")],
            Kind::Thing => vec![key("thing")],
            Kind::Problem => vec![key("problem")],
            Kind::Either | Kind::Perhaps => vec![key("field"), key("conflict")],
        }
    }
}

/// The calls that take a code, and as which argument.
const CALLS: &[(&[&str], usize, Kind)] = &[
    (&["FieldError", "new"], 1, Kind::Field),
    (&["Error", "invalid"], 1, Kind::Field),
    (&["Conflict", "new"], 0, Kind::Conflict),
    (&["Error", "conflict"], 0, Kind::Conflict),
    (&["Error", "NotFound"], 0, Kind::Thing),
    (&["error"], 0, Kind::Field),
    (&["words", "problem"], 0, Kind::Problem),
    (&["require"], 2, Kind::Thing),
    (&["enforce"], 2, Kind::Thing),
];

/// Every code of a source.
///
/// Where a call is given something else than a literal, the literal stands elsewhere: in a function that gives codes,
/// behind `=>` or in `Some(…)` of the same file, or in a macro's call.
pub fn uses(source: &str) -> Vec<Use> {
    let tokens = tokens::of(source);
    let mut found = codes_of_functions(&tokens);
    let mut indirect = false;
    for i in 0..tokens.len() {
        for (path, position, kind) in CALLS {
            let Some(open) = call(&tokens, i, path) else {
                continue;
            };
            match argument(&tokens, open, *position) {
                [Token::Text(code)] => found.push(Use::new(*kind, code)),
                // Things and problems that are named elsewhere are found there.
                _ => indirect |= path.len() > 1 && matches!(kind, Kind::Field | Kind::Conflict),
            }
        }
    }
    if indirect {
        found.extend(codes_chosen(&tokens));
        found.extend(texts(&tokens, Kind::Perhaps));
    }
    found
}

/// Where the arguments open, when a call of `path` starts at `i`.
fn call(tokens: &[Token], i: usize, path: &[&str]) -> Option<usize> {
    // `#[error("…")]` is no call.
    if i > 0 && tokens[i - 1].sign('[') {
        return None;
    }
    let mut at = i;
    for (n, name) in path.iter().enumerate() {
        if n > 0 {
            let colons = tokens.get(at)?.sign(':') && tokens.get(at + 1)?.sign(':');
            at += if colons { 2 } else { return None };
        }
        if !tokens.get(at)?.is(name) {
            return None;
        }
        at += 1;
    }
    tokens.get(at)?.sign('(').then_some(at)
}

/// One argument of the call whose arguments open at `open`.
fn argument(tokens: &[Token], open: usize, position: usize) -> &[Token] {
    let end = closing(tokens, open);
    let (mut start, mut seen, mut i) = (open + 1, 0, open + 1);
    while i < end {
        if matches!(tokens[i], Token::Sign('(' | '[' | '{')) {
            i = closing(tokens, i);
        } else if tokens[i].sign(',') {
            if seen == position {
                return &tokens[start..i];
            }
            seen += 1;
            start = i + 1;
        }
        i += 1;
    }
    if seen == position {
        &tokens[start..end]
    } else {
        &[]
    }
}

/// The literals of functions called `code`: of an error they name a kind of problem, else a refusal.
fn codes_of_functions(tokens: &[Token]) -> Vec<Use> {
    let mut found = Vec::new();
    for i in 0..tokens.len() {
        if !tokens[i].is("fn") || !tokens.get(i + 1).is_some_and(|t| t.is("code")) {
            continue;
        }
        let Some(open) = (i..tokens.len()).find(|i| tokens[*i].sign('{')) else {
            continue;
        };
        let of_error = tokens[i..open].iter().any(|t| t.is("Error"));
        let kind = if of_error { Kind::Problem } else { Kind::Either };
        found.extend(texts(&tokens[open..closing(tokens, open)], kind));
    }
    found
}

/// The literals that a file chooses a code from.
fn codes_chosen(tokens: &[Token]) -> Vec<Use> {
    let mut found = Vec::new();
    for i in 2..tokens.len() {
        let before = |back: usize, sign| i >= back && tokens[i - back].sign(sign);
        let arm = before(1, '>') && before(2, '=');
        let some = before(1, '(') && tokens[i - 2].is("Some");
        if arm || some {
            found.extend(texts(&tokens[i..=i], Kind::Either));
        }
        let called = tokens[i].sign('(') && before(1, '!') && matches!(&tokens[i - 2], Token::Word(_));
        // Macros of our own stand at the start of a line; those inside functions print or format.
        let item = i < 3 || matches!(tokens[i - 3], Token::Sign('}' | ';'));
        if called && item {
            found.extend(texts(&tokens[i..closing(tokens, i)], Kind::Either));
        }
    }
    found
}

/// The literals that look like codes; those of kinds of problems may be one word.
fn texts(tokens: &[Token], kind: Kind) -> Vec<Use> {
    let looks = |text: &str| {
        (text.contains('_') || kind == Kind::Problem)
            && text
                .chars()
                .all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit())
    };
    tokens
        .iter()
        .filter_map(|token| match token {
            Token::Text(text) if looks(text) => Some(Use::new(kind, text)),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<(Kind, String)> {
        let sure = |used: &Use| used.kind != Kind::Perhaps;
        let uses = uses(source).into_iter().filter(sure);
        uses.map(|used| (used.kind, used.code)).collect()
    }

    #[test]
    fn literals_are_found_wherever_they_stand() {
        assert_eq!(
            found("FieldError::new(format!(\"/a/{i}\", f(1, 2)), \"text_blank\").with(\"maximum\", 1)"),
            [(Kind::Field, "text_blank".into())]
        );
        assert_eq!(
            found("Err(Error::invalid(\n  \"/email\",\n  \"email_taken\",\n))"),
            [(Kind::Field, "email_taken".into())]
        );
        assert_eq!(
            found("crate::error::Conflict::new(\"one\"); Error::conflict(\"two\")"),
            [(Kind::Conflict, "one".into()), (Kind::Conflict, "two".into())]
        );
        assert_eq!(
            found("ok_or(Error::NotFound(\"entry\"))?"),
            [(Kind::Thing, "entry".into())]
        );
        assert_eq!(
            found("scene.require(Action::A, &scene.in_region(x), \"group\")?"),
            [(Kind::Thing, "group".into())]
        );
        assert_eq!(
            found("fn code(error: &Error) -> &'static str { match error { Error::A => \"stale\" } }"),
            [(Kind::Problem, "stale".into())]
        );
        assert!(found("#[error(\"broken\")] enum E {}").is_empty());
        assert!(found("// FieldError::new(\"\", \"no\")\nfn new() {}").is_empty());
    }

    #[test]
    fn codes_that_are_chosen_elsewhere_are_found() {
        let either = |code: &str| (Kind::Either, code.to_owned());
        assert_eq!(
            found(
                "let c = match x { A => \"is_recused\", _ => return Some(\"is_absent\") }; Conflict::new(c)"
            ),
            [either("is_recused"), either("is_absent")]
        );
        assert_eq!(
            found(
                "impl R { pub const fn code(self) -> &'static str { match self { Self::A => \"not_open\" } } }"
            ),
            [either("not_open")]
        );
        assert_eq!(
            found("macro_rules! d { ($u:literal) => { Conflict::new($u) } }\nd!(tracks, \"track_in_use\");"),
            [either("track_in_use")]
        );
        let handed = uses("fn f(c: &str) { Conflict::new(c) } fn g() { f(\"sheets_invalid\") }");
        assert_eq!(handed, [Use::new(Kind::Perhaps, "sheets_invalid")]);
        assert!(found("match x { A => \"no_code_here\" }").is_empty());
    }

    #[test]
    fn a_key_has_no_spaces() {
        assert_eq!(
            Use::new(Kind::Thing, "recorded values").keys(),
            ["thing-recorded_values"]
        );
    }
}

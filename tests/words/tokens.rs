//! Rust sources as tokens: enough of the language to read calls and string literals, no more.

/// A piece of a source. Comments, attributes of tests and the tests themselves are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A name, a keyword or a number.
    Word(String),
    /// What stands between quotes.
    Text(String),
    /// Anything else, one by one.
    Sign(char),
}

impl Token {
    pub fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(w) if w == word)
    }

    pub fn sign(&self, sign: char) -> bool {
        *self == Self::Sign(sign)
    }
}

/// The tokens of a source, without its `#[cfg(test)]` modules.
pub fn of(source: &str) -> Vec<Token> {
    without_tests(&all(source))
}

fn all(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let c = at(i);
        if c == '/' && at(i + 1) == '/' {
            while i < chars.len() && at(i) != '\n' {
                i += 1;
            }
        } else if c == '/' && at(i + 1) == '*' {
            while i < chars.len() && !(at(i) == '*' && at(i + 1) == '/') {
                i += 1;
            }
            i += 2;
        } else if let Some((hashes, start)) = raw_text(&chars, i) {
            let end: String = std::iter::once('"').chain("#".repeat(hashes).chars()).collect();
            let rest: String = chars[start..].iter().collect();
            let text = rest.split(&end).next().unwrap_or_default().to_owned();
            i = start + text.chars().count() + end.chars().count();
            tokens.push(Token::Text(text));
        } else if c == '"' {
            let mut text = String::new();
            i += 1;
            while i < chars.len() && at(i) != '"' {
                if at(i) == '\\' {
                    i += 1;
                }
                text.push(at(i));
                i += 1;
            }
            i += 1;
            tokens.push(Token::Text(text));
        } else if c == '\'' && (at(i + 1) == '\\' || at(i + 2) == '\'') {
            // A character, not a lifetime.
            i += if at(i + 1) == '\\' { 3 } else { 2 };
            while i < chars.len() && at(i) != '\'' {
                i += 1;
            }
            i += 1;
        } else if c.is_alphanumeric() || c == '_' {
            let start = i;
            while at(i).is_alphanumeric() || at(i) == '_' {
                i += 1;
            }
            tokens.push(Token::Word(chars[start..i].iter().collect()));
        } else {
            if !c.is_whitespace() {
                tokens.push(Token::Sign(c));
            }
            i += 1;
        }
    }
    tokens
}

/// The number of hashes and where the text starts, of `r"…"` or `r#"…"#` at `i`.
fn raw_text(chars: &[char], i: usize) -> Option<(usize, usize)> {
    let part_of_a_word = i > 0 && (chars[i - 1].is_alphanumeric() || chars[i - 1] == '_');
    if chars[i] != 'r' || part_of_a_word {
        return None;
    }
    let hashes = chars[i + 1..].iter().take_while(|c| **c == '#').count();
    (chars.get(i + 1 + hashes) == Some(&'"')).then_some((hashes, i + hashes + 2))
}

fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let start = [
        Token::Sign('#'),
        Token::Sign('['),
        Token::Word("cfg".into()),
        Token::Sign('('),
        Token::Word("test".into()),
        Token::Sign(')'),
        Token::Sign(']'),
    ];
    let mut kept = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        if tokens[i..].starts_with(&start) {
            i += start.len();
            while i < tokens.len() && !tokens[i].sign('{') && !tokens[i].sign(';') {
                i += 1;
            }
            if tokens.get(i).is_some_and(|t| t.sign('{')) {
                i = closing(tokens, i);
            }
            i += 1;
        } else {
            kept.push(tokens[i].clone());
            i += 1;
        }
    }
    kept
}

/// Where the bracket that opens at `open` closes; the end when it never does.
pub fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_i32;
    for (i, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Sign('(' | '[' | '{') => depth += 1,
            Token::Sign(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return i;
        }
    }
    tokens.len()
}

#[test]
fn comments_characters_and_tests_are_no_tokens() {
    let source = "a(\"x\\\"y\", 'c', '\\'', r#\"z\"#) // \"no\"\n/* \"no\" */ fn f<'a>() {} \
                  #[cfg(test)] mod tests { fn g() { \"no\" } } b";
    let texts: Vec<_> = of(source)
        .into_iter()
        .filter(|t| matches!(t, Token::Text(_)))
        .collect();
    assert_eq!(texts, [Token::Text("x\"y".into()), Token::Text("z".into())]);
    assert!(of(source).last().unwrap().is("b"));
}

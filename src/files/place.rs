//! Where in the text of a JSON document a pointer points.

/// Line and column, both from 1, of what a JSON pointer names in a text that is JSON; of the nearest thing around it,
/// where nothing is there.
pub(super) fn of(text: &str, pointer: &str) -> (usize, usize) {
    let mut scan = Scan { text, at: 0 };
    scan.space();
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        let here = scan.at;
        if !scan.enter(&step) {
            scan.at = here;
            break;
        }
    }
    let before = text.get(..scan.at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Steps over `sign`, if it is the next thing.
    fn take(&mut self, sign: u8) -> bool {
        self.space();
        let found = self.peek() == Some(sign);
        self.at += usize::from(found);
        found
    }

    /// Goes to the value of a key or to an item of a list; false when there is none.
    fn enter(&mut self, step: &str) -> bool {
        if self.take(b'{') {
            while self.peek().is_some() {
                self.space();
                let start = self.at;
                self.skip();
                let key = self.text.get(start..self.at).unwrap_or_default();
                if !self.take(b':') {
                    return false;
                }
                self.space();
                if serde_json::from_str::<String>(key).is_ok_and(|key| key == step) {
                    return true;
                }
                self.skip();
                if !self.take(b',') {
                    return false;
                }
            }
        } else if self.take(b'[') {
            let Ok(item) = step.parse::<usize>() else {
                return false;
            };
            for _ in 0..item {
                self.skip();
                if !self.take(b',') {
                    return false;
                }
            }
            self.space();
            return self.peek().is_some_and(|b| b != b']');
        }
        false
    }

    /// Steps over a value.
    fn skip(&mut self) {
        self.space();
        let (mut depth, mut quoted) = (0_usize, false);
        while let Some(byte) = self.peek() {
            match byte {
                b'\\' if quoted => self.at += 1,
                b'"' => quoted = !quoted,
                _ if quoted => {}
                b'{' | b'[' => depth += 1,
                b'}' | b']' | b',' | b':' if depth == 0 => return,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 && !quoted && matches!(byte, b'"' | b'}' | b']') {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_found_in_the_text() {
        let text = "{\n  \"a\": [ 1, { \"b/c\": \"x, ]\\\" y\" ,\n    \"次\": \"级\", \"d\": [] } ]\n}";
        for (pointer, place) in [
            ("", (1, 1)),
            ("/a", (2, 8)),
            ("/a/0", (2, 10)),
            ("/a/1", (2, 13)),
            ("/a/1/b~1c", (2, 22)),
            ("/a/1/次", (3, 10)),
            ("/a/1/d", (3, 20)),
            ("/a/1/d/0", (3, 20)),
            ("/a/2", (2, 8)),
            ("/a/1/missing", (2, 13)),
            ("/missing", (1, 1)),
        ] {
            assert_eq!(of(text, pointer), place, "{pointer}");
        }
    }
}

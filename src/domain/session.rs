//! Sessions: how long they last, what a refresh token that comes twice means, what a device is called.

use super::time::Stamp;
use crate::code_enum;

code_enum! {
    /// How a session was begun.
    pub enum SessionKind {
        /// With a password, and a second factor where there is one.
        Password = "password",
        /// With a code that was sent, and a second factor where there is one.
        Code = "code",
        /// With a judge's link, for judging in one competition.
        JudgeLink = "judge_link",
        /// At a provider of single sign-on, and with a second factor where there is one that the provider doesn't vouch for.
        Provider = "provider",
    }
}

/// How long sessions last, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// After so long without a refresh.
    pub idle: i64,
    /// After so long in any case.
    pub whole: i64,
}

impl Default for Limits {
    /// 14 days without use: a judge who comes back after the lunch of the next day signs in no second time, a phone left
    /// in a drawer does. 90 days in any case.
    fn default() -> Self {
        Self {
            idle: 14 * DAY,
            whole: 90 * DAY,
        }
    }
}

/// A day, in seconds.
pub const DAY: i64 = 24 * 3600;

/// For how long after a sign-in, in seconds, a session may change what opens the account: 15 minutes.
pub const RECENT: i64 = 15 * 60;

/// How long a refresh token may come again, in seconds, when the answer to it was lost.
pub const GRACE: i64 = 20;

/// How often a refresh token may come again.
const REPETITIONS: i64 = 3;

/// A refresh token as it is found when it comes in.
#[derive(Debug, Clone, Copy)]
pub struct Presented {
    /// When it was used.
    pub used_at: Option<Stamp>,
    /// Whether another answer to the same token was used instead of it.
    pub superseded: bool,
    /// How many tokens were given for it.
    pub successors: i64,
    /// Whether one of those was used.
    pub succeeded: bool,
}

/// What the coming of a refresh token means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coming {
    /// It is new.
    First,
    /// The answer was lost: the same client asks again.
    Again,
    /// Two hold it, and one of them is a thief (RFC 9700, 4.14.2).
    Stolen,
}

impl Presented {
    /// What its coming means. A token comes again in peace only for a moment and only while nobody went on with what was
    /// given for it: of two who hold it, whoever goes on second gives the theft away.
    #[must_use]
    pub fn coming(self, now: Stamp) -> Coming {
        match self.used_at {
            _ if self.superseded => Coming::Stolen,
            None => Coming::First,
            Some(used) => {
                let fresh = now < used.plus_seconds(GRACE) && now >= used.plus_seconds(-GRACE);
                if fresh && !self.succeeded && self.successors <= REPETITIONS {
                    Coming::Again
                } else {
                    Coming::Stolen
                }
            }
        }
    }
}

/// The longest name of a device, in characters.
const DEVICE_MAX: usize = 40;

/// Programs by the word that gives them away, the telling ones first: most browsers claim to be several.
const PROGRAMS: &[(&str, &str)] = &[
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("Lark", "Feishu"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("MiuiBrowser", "Mi Browser"),
    ("SamsungBrowser", "Samsung Internet"),
    ("QQBrowser", "QQ Browser"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
];

/// Systems by the word that gives them away, the telling ones first.
const SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
];

/// What a device is called in the list of sessions, `Chrome, Windows`: enough for its owner to know it again, too little to
/// know anybody by it. A program that is no browser is called by its first word, `curl/8.5.0`.
#[must_use]
pub fn device(user_agent: &str) -> Option<String> {
    let known = |words: &[(&str, &'static str)]| {
        let found = words.iter().find(|(word, _)| user_agent.contains(word));
        found.map(|(_, name)| *name)
    };
    let name = match (known(PROGRAMS), known(SYSTEMS)) {
        (Some(program), Some(system)) => format!("{program}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => user_agent
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || "-._/".contains(*c))
            .take(DEVICE_MAX)
            .collect(),
    };
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_answer_is_given_again_and_a_copy_is_found() {
        let at = |seconds: i64| Stamp::from_naive(chrono::NaiveDateTime::default()).plus_seconds(seconds);
        let new = Presented {
            used_at: None,
            superseded: false,
            successors: 0,
            succeeded: false,
        };
        let used = Presented {
            used_at: Some(at(100)),
            successors: 1,
            ..new
        };
        let tried = |token: Presented, now| token.coming(at(now));
        assert_eq!(tried(new, 0), Coming::First);
        assert_eq!(tried(used, 100), Coming::Again);
        assert_eq!(tried(used, 119), Coming::Again);
        assert_eq!(tried(used, 120), Coming::Stolen);
        assert_eq!(
            tried(used, 70),
            Coming::Stolen,
            "a clock that went back opens nothing"
        );
        let gone_on = Presented {
            succeeded: true,
            ..used
        };
        assert_eq!(tried(gone_on, 101), Coming::Stolen);
        let often = Presented {
            successors: 4,
            ..used
        };
        assert_eq!(tried(often, 101), Coming::Stolen);
        let other = Presented {
            superseded: true,
            ..new
        };
        assert_eq!(tried(other, 101), Coming::Stolen);
    }

    #[test]
    fn a_device_is_named_in_few_words() {
        for (given, name) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
                "Chrome, Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49",
                "WeChat, iPhone",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
                "Safari, Mac",
            ),
            ("curl/8.5.0", "curl/8.5.0"),
            (
                "python-requests/2.31 <script>alert(1)</script>",
                "python-requests/2.31",
            ),
            ("<b>\u{202e}", "b"),
        ] {
            assert_eq!(device(given).as_deref(), Some(name));
        }
        assert_eq!(device(""), None);
        assert_eq!(device("\u{202e}半"), None);
        assert_eq!(device(&"x".repeat(9000)).unwrap().len(), DEVICE_MAX);
    }
}

//! How far an entry is, as people say it: `in semi-final`, `advanced to final`, `reserve 2`.

use std::collections::BTreeMap;

use super::message;
use crate::domain::status::{EntryState, StatusCode};
use crate::domain::text::{Code, Lang, Text};

/// A status in words.
#[must_use]
pub fn sentence(state: &EntryState, lang: Lang) -> String {
    let mut params = BTreeMap::new();
    if let Some((code, title)) = &state.round {
        params.insert("round", called(code, title, lang));
    }
    let stream = state
        .stream
        .as_ref()
        .map_or("none", |stream| stream.in_lang(lang));
    params.insert("stream", stream.to_owned());
    if let Some(reserve) = state.reserve {
        params.insert("reserve", reserve.to_string());
    }
    if let Some(award) = &state.award {
        params.insert("award", award.in_lang(lang).to_owned());
    }
    let key = match (state.code, &state.round) {
        (StatusCode::Advanced, None) => "status-advanced_on",
        (StatusCode::Draft, _) => "status-draft",
        (StatusCode::Submitted, _) => "status-submitted",
        (StatusCode::Accepted, _) => "status-accepted",
        (StatusCode::Rejected, _) => "status-rejected",
        (StatusCode::Withdrawn, _) => "status-withdrawn",
        (StatusCode::InRound, _) => "status-in_round",
        (StatusCode::Advanced, Some(_)) => "status-advanced",
        (StatusCode::Invited, _) => "status-invited",
        (StatusCode::Declined, _) => "status-declined",
        (StatusCode::NotAdvanced, _) => "status-not_advanced",
        (StatusCode::Reserve, _) => "status-reserve",
        (StatusCode::Awarded, _) => "status-awarded",
        (StatusCode::Disqualified, _) => "status-disqualified",
        (StatusCode::TookPart, _) => "status-took_part",
    };
    message(key, &params, lang)
}

/// What a round is called inside a sentence: a title that only says its code is written like a word, `semi-final`; any
/// other keeps its capitals.
fn called(code: &Code, title: &Text, lang: Lang) -> String {
    let title = title.in_lang(lang);
    let lower = title.to_lowercase();
    let bare = |text: &str| text.replace(['-', '_', ' '], "");
    if bare(&lower) == bare(code.as_str()) {
        lower
    } else {
        title.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_said_in_both_languages() {
        let round = |code: &str, en: &str, zh: &str| {
            let title = Text {
                en: Some(en.into()),
                zh: Some(zh.into()),
            };
            Some((code.parse::<Code>().unwrap(), title))
        };
        let state = |code, round| EntryState {
            code,
            round,
            stream: (code == StatusCode::Invited).then(|| Text {
                en: Some("the roadshow".into()),
                zh: Some("路演对接会".into()),
            }),
            reserve: Some(2),
            award: Some(Text::english("First prize")),
        };
        let said = |state: EntryState| (sentence(&state, Lang::En), sentence(&state, Lang::Zh));
        let semi = round("semi-final", "Semi-final", "半决赛");
        assert_eq!(
            said(state(StatusCode::InRound, semi)),
            ("in semi-final".into(), "半决赛进行中".into())
        );
        let stage = round("final", "Grand Final in Suzhou", "苏州总决赛");
        assert_eq!(
            said(state(StatusCode::Advanced, stage)),
            (
                "advanced to Grand Final in Suzhou".into(),
                "晋级苏州总决赛".into()
            )
        );
        assert_eq!(said(state(StatusCode::Advanced, None)).0, "advanced");
        assert_eq!(
            said(state(StatusCode::Invited, None)),
            ("invited to the roadshow".into(), "受邀参加路演对接会".into())
        );
        assert_eq!(said(state(StatusCode::Reserve, None)).0, "reserve 2");
        let mut waits = state(StatusCode::Reserve, None);
        waits.stream = Some(Text::english("the roadshow"));
        assert_eq!(
            said(waits),
            (
                "reserve 2 for the roadshow".into(),
                "the roadshow第 2 候补".into()
            )
        );
        assert_eq!(said(state(StatusCode::Awarded, None)).0, "awarded: First prize");
    }
}

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
    let awards: Vec<&str> = state.awards.iter().map(|award| award.in_lang(lang)).collect();
    let between = match lang {
        Lang::En => ", ",
        Lang::Zh => "、",
    };
    params.insert("awards", awards.join(between));
    let whereto = match (&state.stream, &state.round) {
        (Some(stream), _) => stream.in_lang(lang).to_owned(),
        (None, Some((code, title))) => called(code, title, lang),
        (None, None) => "none".to_owned(),
    };
    params.insert("where", whereto);
    if let Some(offer) = &state.offer {
        let number = |n: Option<u32>| n.map_or_else(|| "none".to_owned(), |n| n.to_string());
        params.insert("place", number(offer.place));
        params.insert("reserve", number(offer.reserve));
        params.insert("until", offer.deadline.in_zone(&offer.time_zone));
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
        (StatusCode::Offered, _) => "status-offered",
        (StatusCode::Confirmed, _) => "status-confirmed",
        (StatusCode::Declined, _) => "status-declined",
        (StatusCode::Expired, _) => "status-expired",
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
    use crate::domain::status::Terms;
    use crate::domain::time::Stamp;

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
            awards: vec![Text::english("First prize"), Text::english("Best design")],
            offer: None,
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
        assert_eq!(
            said(state(StatusCode::Awarded, None)),
            (
                "awarded: First prize, Best design".into(),
                "获奖：First prize、Best design".into()
            )
        );
    }

    #[test]
    fn an_offer_is_said_with_its_place_and_until_when_to_answer() {
        let next = Text {
            en: Some("Final".into()),
            zh: Some("决赛".into()),
        };
        let deadline = "2026-07-08T01:00:00Z".parse().unwrap();
        let state = |code, (place, reserve): (Option<u32>, Option<u32>), to_final: bool| EntryState {
            code,
            round: to_final.then(|| ("final".parse().unwrap(), next.clone())),
            stream: (!to_final).then(|| Text::english("the roadshow")),
            reserve: None,
            awards: Vec::new(),
            offer: Some(Terms {
                deadline: Stamp::new(deadline),
                time_zone: "Asia/Shanghai".into(),
                place,
                reserve,
            }),
        };
        let said = |state: EntryState| (sentence(&state, Lang::En), sentence(&state, Lang::Zh));
        for (state, en, zh) in [
            (
                state(StatusCode::Offered, (Some(12), None), true),
                "offered place 12 in final; answer before 2026-07-08 09:00 (Asia/Shanghai)",
                "获得决赛第 12 个名额，请在 2026-07-08 09:00 (Asia/Shanghai) 之前答复",
            ),
            (
                state(StatusCode::Offered, (Some(4), Some(1)), true),
                "offered place 4 in final, as reserve 1; answer before 2026-07-08 09:00 (Asia/Shanghai)",
                "作为第 1 候补递补获得决赛第 4 个名额，请在 2026-07-08 09:00 (Asia/Shanghai) 之前答复",
            ),
            (
                state(StatusCode::Offered, (None, None), false),
                "offered a place in the roadshow; answer before 2026-07-08 09:00 (Asia/Shanghai)",
                "获得the roadshow名额，请在 2026-07-08 09:00 (Asia/Shanghai) 之前答复",
            ),
            (
                state(StatusCode::Confirmed, (Some(12), None), true),
                "confirmed its place in final",
                "已确认决赛名额",
            ),
            (
                state(StatusCode::Declined, (Some(12), None), true),
                "gave up its place",
                "已放弃名额",
            ),
            (
                state(StatusCode::Expired, (Some(12), None), true),
                "did not answer the offer of a place in final in time",
                "未在期限内答复决赛名额",
            ),
        ] {
            assert_eq!(said(state), (en.to_owned(), zh.to_owned()));
        }
    }
}

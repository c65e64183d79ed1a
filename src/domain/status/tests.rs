//! How far an entry is, tried on plain facts.

use super::*;
use crate::domain::publication::Placing;

fn at(second: i64) -> Stamp {
    Stamp::new(chrono::DateTime::UNIX_EPOCH).plus_seconds(second)
}

fn part(round: &str, phase: Phase, published: Option<(Status, Option<PublicOutcome>)>) -> Part {
    let result = |(status, outcome): (Status, Option<PublicOutcome>)| PrivateResult {
        status,
        result: Placing {
            outcome,
            reserve: (outcome == Some(PublicOutcome::Reserve)).then_some(2),
            ..Placing::default()
        },
        stream: (outcome == Some(PublicOutcome::Invited)).then(|| Text::english("the roadshow")),
        awards: Vec::new(),
        criteria: Vec::new(),
        comments: Vec::new(),
    };
    Part {
        round: round.parse().unwrap(),
        title: Text::english(round),
        phase,
        taken_from: None,
        published: published.map(result),
        published_at: Some(at(10)),
        offers: Vec::new(),
        next: Some(("final".parse().unwrap(), Text::english("Final"))),
    }
}

fn code(status: EntryStatus, parts: &[Part]) -> (StatusCode, Option<String>) {
    let state = of(status, parts);
    (state.code, state.round.map(|(code, _)| code.to_string()))
}

#[test]
fn before_any_round_an_entry_is_as_far_as_its_own_life() {
    let words = [
        (EntryStatus::Draft, StatusCode::Draft),
        (EntryStatus::Submitted, StatusCode::Submitted),
        (EntryStatus::Accepted, StatusCode::Accepted),
        (EntryStatus::Rejected, StatusCode::Rejected),
        (EntryStatus::Withdrawn, StatusCode::Withdrawn),
    ];
    let drafted = [part("semi-final", Phase::Draft, None)];
    for (status, expected) in words {
        assert_eq!(code(status, &drafted), (expected, None), "{status}");
    }
}

#[test]
fn until_a_result_can_be_seen_an_entry_is_in_the_round_however_far_the_group_is() {
    for phase in [Phase::Open, Phase::Closed, Phase::Decided, Phase::Published] {
        let parts = [part("semi-final", phase, None)];
        assert_eq!(
            code(EntryStatus::Accepted, &parts),
            (StatusCode::InRound, Some("semi-final".into()))
        );
    }
}

#[test]
fn what_is_published_decides_and_the_last_round_that_was_opened_counts() {
    let seen = |status, outcome| {
        let parts = [part("semi-final", Phase::Published, Some((status, outcome)))];
        code(EntryStatus::Accepted, &parts)
    };
    let here = Some("semi-final".to_owned());
    let ranked = |outcome| seen(Status::Ranked, Some(outcome));
    assert_eq!(
        ranked(PublicOutcome::Advances),
        (StatusCode::Advanced, Some("final".into()))
    );
    assert_eq!(
        ranked(PublicOutcome::NotAdvanced),
        (StatusCode::NotAdvanced, here.clone())
    );
    assert_eq!(
        ranked(PublicOutcome::Excluded),
        (StatusCode::NotAdvanced, here.clone())
    );
    assert_eq!(
        ranked(PublicOutcome::Invited),
        (StatusCode::Invited, here.clone())
    );
    assert_eq!(
        ranked(PublicOutcome::Reserve),
        (StatusCode::Reserve, here.clone())
    );
    assert_eq!(seen(Status::Ranked, None), (StatusCode::TookPart, here.clone()));
    assert_eq!(
        seen(Status::Disqualified, Some(PublicOutcome::NotAdvanced)),
        (StatusCode::Disqualified, here)
    );
    let advanced = part(
        "semi-final",
        Phase::Published,
        Some((Status::Ranked, Some(PublicOutcome::Advances))),
    );
    let waiting = [advanced.clone(), part("final", Phase::Draft, None)];
    assert_eq!(code(EntryStatus::Accepted, &waiting).0, StatusCode::Advanced);
    let open = [advanced, part("final", Phase::Open, None)];
    assert_eq!(
        code(EntryStatus::Accepted, &open),
        (StatusCode::InRound, Some("final".into()))
    );
}

#[test]
fn a_later_round_is_told_once_the_result_that_led_there_can_be_seen() {
    let last = Part {
        taken_from: Some("semi-final".parse().unwrap()),
        ..part("final", Phase::Open, None)
    };
    let seen = |outcome: Option<PublicOutcome>| {
        let result = outcome.map(|outcome| (Status::Ranked, Some(outcome)));
        let parts = [part("semi-final", Phase::Published, result), last.clone()];
        code(EntryStatus::Accepted, &parts)
    };
    let (semi, end) = (Some("semi-final".to_owned()), Some("final".to_owned()));
    assert_eq!(seen(None), (StatusCode::InRound, semi.clone()));
    // A correction that lets it go on is made and can't be seen yet.
    assert_eq!(
        seen(Some(PublicOutcome::Reserve)),
        (StatusCode::Reserve, semi.clone())
    );
    assert_eq!(
        seen(Some(PublicOutcome::Advances)),
        (StatusCode::InRound, end.clone())
    );
    // Both rounds take every accepted entry: nothing is told by being in the second.
    let both = [
        part("semi-final", Phase::Closed, None),
        part("final", Phase::Open, None),
    ];
    assert_eq!(
        code(EntryStatus::Accepted, &both),
        (StatusCode::InRound, end.clone())
    );
    let result = Some((Status::Ranked, None));
    let over = Part {
        taken_from: last.taken_from,
        ..part("final", Phase::Published, result)
    };
    let parts = [part("semi-final", Phase::Decided, None), over];
    assert_eq!(code(EntryStatus::Accepted, &parts), (StatusCode::TookPart, end));
}

#[test]
fn an_award_is_said_and_who_goes_on_hears_of_both() {
    let mut won = part("final", Phase::Published, Some((Status::Ranked, None)));
    let both = vec![Text::english("First prize"), Text::english("Best design")];
    won.published.as_mut().unwrap().awards = both.clone();
    let state = of(EntryStatus::Accepted, &[won.clone()]);
    assert_eq!((state.code, &state.awards), (StatusCode::Awarded, &both));
    won.published.as_mut().unwrap().result.outcome = Some(PublicOutcome::Advances);
    let state = of(EntryStatus::Accepted, &[won]);
    assert_eq!((state.code, state.awards), (StatusCode::Advanced, both));
}

#[test]
fn an_offer_says_more_than_what_is_published_until_that_says_otherwise() {
    use OfferState as Is;
    let offered = |state, settled: Option<i64>| Offered {
        state,
        settled_at: settled.map(at),
        stream: None,
        terms: Terms {
            deadline: at(100),
            time_zone: "Asia/Shanghai".into(),
            place: Some(2),
            reserve: None,
        },
    };
    let invited = |state| Offered {
        stream: Some("roadshow".into()),
        ..offered(state, None)
    };
    let (advances, reserve) = (PublicOutcome::Advances, PublicOutcome::Reserve);
    for (outcome, offers, expected) in [
        (advances, vec![offered(Is::Offered, None)], StatusCode::Offered),
        (reserve, vec![offered(Is::Offered, None)], StatusCode::Offered),
        (
            advances,
            vec![offered(Is::Confirmed, None)],
            StatusCode::Confirmed,
        ),
        (advances, vec![offered(Is::Expired, None)], StatusCode::Expired),
        (advances, vec![offered(Is::Withdrawn, None)], StatusCode::Advanced),
        // It was decided without the entry, before and after what is published.
        (
            advances,
            vec![offered(Is::Declined, Some(20))],
            StatusCode::Declined,
        ),
        (
            advances,
            vec![offered(Is::Declined, Some(5))],
            StatusCode::Advanced,
        ),
        (
            PublicOutcome::Declined,
            vec![offered(Is::Expired, Some(5))],
            StatusCode::Expired,
        ),
        (
            reserve,
            vec![offered(Is::Confirmed, Some(20))],
            StatusCode::Reserve,
        ),
        // It confirmed the roadshow, came up to the final, and perhaps went back.
        (advances, vec![invited(Is::Confirmed)], StatusCode::Advanced),
        (
            PublicOutcome::Invited,
            vec![invited(Is::Confirmed), offered(Is::Offered, None)],
            StatusCode::Offered,
        ),
        (
            PublicOutcome::Invited,
            vec![invited(Is::Confirmed), offered(Is::Declined, None)],
            StatusCode::Confirmed,
        ),
    ] {
        let mut semi = part(
            "semi-final",
            Phase::Published,
            Some((Status::Ranked, Some(outcome))),
        );
        semi.offers = offers.clone();
        let told = code(EntryStatus::Accepted, &[semi]).0;
        assert_eq!(told, expected, "{outcome} {offers:?}");
    }
    // A reserve who confirmed is in the final once that is open, though nothing new is published.
    let mut semi = part(
        "semi-final",
        Phase::Published,
        Some((Status::Ranked, Some(reserve))),
    );
    semi.offers = vec![offered(Is::Confirmed, None)];
    let last = Part {
        taken_from: Some("semi-final".parse().unwrap()),
        ..part("final", Phase::Open, None)
    };
    let told = code(EntryStatus::Accepted, &[semi, last]);
    assert_eq!(told, (StatusCode::InRound, Some("final".into())));
}

use std::sync::atomic::AtomicUsize;

use super::*;

const CUP: CompetitionId = CompetitionId(1);

fn stamp(second: i64) -> Stamp {
    let start: Stamp = serde_json::from_str("\"2026-07-01T01:00:00Z\"").unwrap();
    start.plus_seconds(second)
}

fn footing() -> Footing {
    Footing {
        competition: CUP,
        rounds: vec![RoundId(7)],
        from: stamp(0),
        until: Some(stamp(60)),
    }
}

fn showcase(room: usize) -> Arc<Showcase> {
    Arc::new(Showcase::new(room, Arc::new(Meters::new())))
}

/// Shows a text at an address; counts in `built` when it has to be built.
async fn show(showcase: &Showcase, path: &str, text: &str, built: &AtomicUsize) -> Arc<Exhibit> {
    let build = || async {
        built.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok((text.as_bytes().to_vec(), footing()))
    };
    showcase
        .show((path, Lang::En), "/x", stamp(1), build)
        .await
        .unwrap()
}

#[tokio::test]
async fn many_readers_build_once_and_a_change_has_it_built_anew() {
    let (case, built) = (showcase(1 << 20), AtomicUsize::new(0));
    let readers = (0..50).map(|_| show(&case, "/a", "first", &built));
    futures_util::future::join_all(readers).await;
    assert_eq!(built.load(Ordering::SeqCst), 1);
    for (effect, touches) in [
        (Effect::GroupChanged(crate::domain::ids::GroupId(7)), false),
        (Effect::MessageWaiting, false),
        (Effect::Published(CompetitionId(2)), false),
        (Effect::RoundChanged(RoundId(8)), false),
        (Effect::RoundChanged(RoundId(7)), true),
        (Effect::Published(CUP), true),
        (Effect::CompetitionChanged(CUP), true),
        (Effect::Missed, true),
    ] {
        case.hear(effect);
        assert_eq!(
            case.find("/a", Lang::En, stamp(1)).is_none(),
            touches,
            "{effect:?}"
        );
        let shown = show(&case, "/a", &format!("{effect:?}"), &built).await;
        assert_eq!(
            *shown.form.plain().bytes == *format!("{effect:?}").as_bytes(),
            touches
        );
    }
    assert!(
        case.find("/a", Lang::Zh, stamp(1)).is_none(),
        "the other language is another thing"
    );
}

#[tokio::test]
async fn a_thing_is_good_from_its_moment_until_something_else_can_be_seen() {
    let (case, built) = (showcase(1 << 20), AtomicUsize::new(0));
    show(&case, "/a", "text", &built).await;
    for (second, good) in [(-1, false), (0, true), (59, true), (60, false)] {
        assert_eq!(
            case.find("/a", Lang::En, stamp(second)).is_some(),
            good,
            "{second}"
        );
    }
}

#[tokio::test]
async fn what_changes_while_it_is_built_is_not_kept_and_nobody_joins_in() {
    let (case, built) = (showcase(1 << 20), AtomicUsize::new(0));
    let first = show(&case, "/a", "old", &built);
    let later = async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        case.hear(Effect::Published(CUP));
        show(&case, "/a", "new", &built).await
    };
    let (old, new) = tokio::join!(first, later);
    assert_eq!(
        (&*old.form.plain().bytes, &*new.form.plain().bytes),
        (&b"old"[..], &b"new"[..])
    );
    assert_eq!(built.load(Ordering::SeqCst), 2);
    let kept = case.find("/a", Lang::En, stamp(1)).unwrap();
    assert_eq!(&*kept.form.plain().bytes, b"new");
}

#[tokio::test]
async fn what_was_begun_first_and_ends_last_is_not_kept() {
    let case = showcase(1 << 20);
    let slow = |text: &'static str, milliseconds| {
        let build = move || async move {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            Ok((text.as_bytes().to_vec(), footing()))
        };
        case.show(("/a", Lang::En), "/x", stamp(1), build)
    };
    let first = slow("old", 60);
    let later = async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        // It touches something else, and has the next reader begin anew all the same.
        case.hear(Effect::Published(CompetitionId(2)));
        let new = slow("new", 20);
        let change = async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            case.hear(Effect::Published(CUP));
        };
        tokio::join!(new, change).0
    };
    let (old, new) = tokio::join!(first, later);
    assert_eq!(&*old.unwrap().form.plain().bytes, b"old");
    assert_eq!(&*new.unwrap().form.plain().bytes, b"new");
    assert!(
        case.find("/a", Lang::En, stamp(1)).is_none(),
        "neither of them heard that nothing changed"
    );
    assert!(case.sites().is_empty());
}

#[tokio::test]
async fn whoever_gives_up_leaves_the_work_to_the_next_and_a_failure_is_not_kept() {
    let (case, built) = (showcase(1 << 20), AtomicUsize::new(0));
    let impatient = tokio::time::timeout(Duration::from_millis(5), show(&case, "/a", "text", &built));
    let patient = async {
        tokio::time::sleep(Duration::from_millis(2)).await;
        show(&case, "/a", "text", &built).await
    };
    let (gone, shown) = tokio::join!(impatient, patient);
    assert!(gone.is_err());
    assert_eq!(&*shown.form.plain().bytes, b"text");
    let fail = || async { Err(Error::NotFound("competition")) };
    let tries = (0..3).map(|_| case.show(("/b", Lang::En), "/x", stamp(1), fail));
    for tried in futures_util::future::join_all(tries).await {
        assert!(matches!(tried, Err(Error::NotFound(_))));
    }
    assert!(case.sites().is_empty());
}

#[tokio::test]
async fn what_nobody_asks_for_makes_room() {
    let (case, built) = (showcase(5 * (OVERHEAD + 100)), AtomicUsize::new(0));
    for nth in 0..20 {
        show(&case, &format!("/{nth}"), &format!("{nth:>80}"), &built).await;
        assert!(
            case.find("/0", Lang::En, stamp(1)).is_some(),
            "it is asked for all the time"
        );
        assert!(case.shelf.read().unwrap().bytes <= case.room);
    }
    assert!((3..=5).contains(&case.shelf.read().unwrap().english.len()));
    let large: String = (0..4000)
        .map(|n| char::from(b'a' + u8::try_from(n * n % 23).unwrap()))
        .collect();
    show(&case, "/large", &large, &built).await;
    assert!(
        case.find("/large", Lang::En, stamp(1)).is_none(),
        "it would push out everything else"
    );
}

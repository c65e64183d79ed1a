use super::*;

fn morning() -> Stamp {
    serde_json::from_str("\"2026-07-01T01:00:00Z\"").unwrap()
}

fn brake() -> Arc<Brake> {
    Arc::new(Brake::new(Limits::default(), &[7; 32]))
}

fn at(address: &str) -> Origin {
    Origin {
        network: network(address.parse().unwrap()),
        device: None,
    }
}

/// Fails once, or gives the seconds to wait.
fn fail(brake: &Arc<Brake>, subject: &str, from: &Origin, now: Stamp) -> Option<u32> {
    match brake.attempt("sign_in", subject, from, now) {
        Ok(attempt) => {
            drop(attempt);
            None
        }
        Err(Error::TooMany { retry_after }) => Some(retry_after),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_stranger_waits_longer_with_each_failure_and_never_longer_than_the_longest_time() {
    let (brake, from, mut now) = (brake(), at("203.0.113.7"), morning());
    for _ in 0..5 {
        assert_eq!(fail(&brake, "wang", &from, now), None);
    }
    for waits in [1, 2, 4, 8, 16, 32, 60, 60] {
        assert_eq!(fail(&brake, "wang", &from, now), Some(waits));
        now = now.plus_seconds(i64::from(waits) - 1);
        assert_eq!(
            fail(&brake, "wang", &from, now),
            Some(1),
            "asking again lengthens nothing"
        );
        now = now.plus_seconds(1);
        assert_eq!(fail(&brake, "wang", &from, now), None);
    }
    // Another account from the same address, and the same account from another one, are not concerned yet.
    assert_eq!(fail(&brake, "li", &from, now), None);
    assert_eq!(fail(&brake, "wang", &at("203.0.113.8"), now), None);
}

#[test]
fn whoever_comes_while_others_try_gets_in_after_a_wait_that_nobody_else_can_lengthen() {
    let (brake, mut now) = (brake(), morning());
    let attack = |brake: &Arc<Brake>, now| {
        for host in 0..100 {
            fail(brake, "wang", &at(&format!("203.0.113.{host}")), now);
        }
    };
    for _ in 0..3 {
        attack(&brake, now);
        now = now.plus_seconds(1);
    }
    let home = at("198.51.100.1");
    assert_eq!(fail(&brake, "wang", &home, now), Some(60));
    for left in (1..60).rev() {
        now = now.plus_seconds(1);
        attack(&brake, now);
        assert_eq!(fail(&brake, "wang", &home, now), Some(left));
    }
    now = now.plus_seconds(1);
    attack(&brake, now);
    let attempt = brake.attempt("sign_in", "wang", &home, now).unwrap();
    attempt.succeeded();
}

#[test]
fn a_device_that_signed_in_before_is_slowed_by_its_own_failures_only() {
    let (brake, now) = (brake(), morning());
    let known = Origin {
        device: Some(brake.mark("wang")),
        ..at("203.0.113.7")
    };
    for host in 0..100 {
        fail(&brake, "wang", &at(&format!("203.0.113.{host}")), now);
    }
    for _ in 0..20 {
        fail(&brake, "wang", &at("203.0.113.7"), now);
    }
    for _ in 0..5 {
        assert_eq!(fail(&brake, "wang", &known, now), None);
    }
    assert_eq!(fail(&brake, "wang", &known, now), Some(1));
    // A mark is of one account and of one instance.
    let strange = |device: String| Origin {
        device: Some(device),
        ..at("203.0.113.9")
    };
    let other = Brake::new(Limits::default(), &[8; 32]).mark("wang");
    for mark in [brake.mark("li"), other, "x".into(), ".".into(), "a.b".into()] {
        assert!(fail(&brake, "wang", &strange(mark), now).is_some());
    }
}

#[test]
fn a_thousand_tries_at_once_are_not_all_the_first() {
    let (brake, from, now) = (brake(), at("203.0.113.7"), morning());
    let tries: Vec<_> = (0..1000)
        .filter_map(|_| brake.attempt("sign_in", "wang", &from, now).ok())
        .collect();
    assert_eq!(tries.len(), 5);
    // Those that our own trouble ended don't count.
    tries.into_iter().for_each(Attempt::withdraw);
    assert_eq!(fail(&brake, "wang", &from, now), None);
}

#[test]
fn a_hall_signs_in_behind_one_address_with_its_typing_errors() {
    let (brake, hall, mut now) = (brake(), at("192.0.2.1"), morning());
    for person in 0..330 {
        let name = format!("person {person}");
        brake.registration(&hall, now).unwrap();
        if person % 3 == 0 {
            assert_eq!(fail(&brake, &name, &hall, now), None);
        }
        brake.attempt("sign_in", &name, &hall, now).unwrap().succeeded();
        now = now.plus_seconds(i64::from(person % 5 == 0));
    }
    // One that fails at everybody's account is noticed.
    for n in 0..200 {
        fail(&brake, &format!("guess {n}"), &hall, now);
    }
    assert!(fail(&brake, "one more", &hall, now).is_some());
    now = now.plus_seconds(3600);
    assert_eq!(fail(&brake, "one more", &hall, now), None, "an hour forgives");
}

#[test]
fn one_address_never_fills_the_line_of_password_hashes() {
    let (brake, now) = (brake(), morning());
    let from = at("203.0.113.7");
    let name = |n: u32| format!("account {n}");
    let inside: Vec<_> = (0..1000)
        .filter_map(|n| brake.attempt("sign_in", &name(n), &from, now).ok())
        .collect();
    assert_eq!(inside.len(), 384);
    assert_eq!(fail(&brake, "wang", &at("203.0.113.8"), now), None);
    inside.into_iter().for_each(Attempt::succeeded);
    assert_eq!(fail(&brake, "wang", &from, now), None);
}

#[test]
fn new_accounts_of_an_address_have_an_hourly_measure() {
    let (brake, now) = (brake(), morning());
    let from = at("203.0.113.7");
    for _ in 0..1000 {
        brake.registration(&from, now).unwrap();
    }
    assert!(brake.registration(&from, now).is_err());
    brake.registration(&at("203.0.113.8"), now).unwrap();
    for _ in 0..500 {
        brake.registration(&from, now.plus_seconds(3600)).unwrap();
    }
}

#[test]
fn an_address_is_what_somebody_cannot_change_at_will() {
    for (address, counted) in [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
    ] {
        assert_eq!(network(address.parse().unwrap()).to_string(), counted);
    }
}

#[test]
fn memory_has_an_end() {
    let (brake, now) = (brake(), morning());
    for n in 0..150_000u32 {
        let from = Origin {
            network: IpAddr::from(n.to_be_bytes()),
            device: None,
        };
        fail(&brake, &n.to_string(), &from, now);
    }
    assert!(brake.memory().cells.len() <= REMEMBERED + 3);
    fail(&brake, "wang", &at("203.0.113.7"), now.plus_seconds(86_400));
    for _ in 0..TIDY_EVERY {
        fail(&brake, "wang", &at("203.0.113.7"), now.plus_seconds(86_400));
    }
    assert!(
        brake.memory().cells.len() < 10,
        "what time forgave is thrown away"
    );
}

#[test]
fn a_clock_that_is_set_back_makes_nobody_wait_for_long() {
    let (brake, from, now) = (brake(), at("203.0.113.7"), morning());
    for _ in 0..20 {
        fail(&brake, "wang", &from, now.plus_seconds(86_400));
    }
    assert!(fail(&brake, "wang", &from, now).is_some_and(|waits| waits <= 60));
    assert_eq!(fail(&brake, "wang", &from, now.plus_seconds(60)), None);
}

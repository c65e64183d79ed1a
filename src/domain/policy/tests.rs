//! The permission rules, tried on plain facts.

use super::*;
use crate::domain::api_token::Scope;

mod interest;

fn member(role: Role, region: Option<i64>) -> Subject {
    Subject {
        signed_in: true,
        grants: vec![Grant {
            role,
            region: region.map(RegionId),
            excepted: false,
        }],
        ..Subject::default()
    }
}

const PUBLISHED: Relation = Relation {
    published: true,
    region: None,
    whole: false,
    owner: false,
    assigned: false,
    chair: false,
    closed: false,
    blinded: false,
};

#[test]
fn every_action_answers_for_everybody() {
    let subjects = [
        Subject::default(),
        member(Role::Organizer, None),
        member(Role::Judge, Some(1)),
    ];
    for action in Action::ALL {
        for subject in &subjects {
            for relation in [Relation::default(), PUBLISHED] {
                let verdict = may(subject, *action, &relation);
                assert!(subject.signed_in || verdict != Verdict::Forbid, "{action}");
            }
        }
    }
}

#[test]
fn a_guest_reads_what_is_published_and_nothing_else() {
    let guest = Subject::default();
    assert_eq!(may(&guest, Action::ReadCompetition, &PUBLISHED), Verdict::Allow);
    assert_eq!(
        may(&guest, Action::ReadCompetition, &Relation::default()),
        Verdict::Hide
    );
    for action in Action::ALL.iter().filter(|a| !is_public(**a)) {
        assert_eq!(may(&guest, *action, &PUBLISHED), Verdict::SignIn, "{action}");
    }
}

#[test]
fn a_scope_ends_at_its_region() {
    let shanghai = member(Role::Organizer, Some(1));
    let at = |region| Relation {
        region: Some(RegionId(region)),
        ..PUBLISHED
    };
    assert_eq!(may(&shanghai, Action::RunGroup, &at(1)), Verdict::Allow);
    assert_eq!(may(&shanghai, Action::RunGroup, &at(2)), Verdict::Forbid);
    assert_eq!(may(&shanghai, Action::ReadEntry, &at(2)), Verdict::Hide);
    let whole = Relation { whole: true, ..at(1) };
    assert_eq!(may(&shanghai, Action::EditCompetition, &whole), Verdict::Forbid);
}

#[test]
fn interest_takes_the_organizers_clerks_and_observers_rights_away_reading_too() {
    for role in [Role::Organizer, Role::Clerk, Role::Observer] {
        let subject = Subject {
            interested: true,
            ..member(role, None)
        };
        let nobody = Subject {
            signed_in: true,
            ..Subject::default()
        };
        for action in Action::ALL {
            let verdict = may(&subject, *action, &PUBLISHED);
            assert_eq!(verdict, may(&nobody, *action, &PUBLISHED), "{action}");
        }
    }
}

#[test]
fn an_exception_holds_for_the_membership_that_it_was_granted_for() {
    let mut both = member(Role::Organizer, None);
    both.interested = true;
    both.grants.extend(member(Role::Observer, None).grants);
    assert_eq!(may(&both, Action::ReadStandings, &PUBLISHED), Verdict::Forbid);
    both.grants[1].excepted = true;
    assert_eq!(may(&both, Action::ReadStandings, &PUBLISHED), Verdict::Allow);
    assert_eq!(may(&both, Action::Publish, &PUBLISHED), Verdict::Forbid);
}

#[test]
fn an_observer_writes_nothing_and_an_admin_judges_nothing() {
    use Action::*;
    let writes = [
        EditCompetition,
        ManageMembers,
        GrantException,
        ManageEntries,
        EditEntry,
        WithdrawEntry,
        ManageJudging,
        RunGroup,
        Judge,
        Recuse,
        TypePaper,
        Adjust,
        Decide,
        Advance,
        Publish,
        CreateCompetition,
    ];
    for action in writes {
        assert_ne!(
            may(&member(Role::Observer, None), action, &PUBLISHED),
            Verdict::Allow,
            "{action}"
        );
    }
    let admin = Subject {
        signed_in: true,
        admin: true,
        ..Subject::default()
    };
    for action in [
        RunGroup,
        Judge,
        ReadStandings,
        Adjust,
        Decide,
        Advance,
        Publish,
        ReadBallots,
        ReadRecorded,
        TypePaper,
    ] {
        assert_ne!(may(&admin, action, &PUBLISHED), Verdict::Allow, "{action}");
    }
}

#[test]
fn an_assignment_judges_only_with_the_role_and_inside_its_region() {
    let assigned = Relation {
        assigned: true,
        chair: true,
        closed: true,
        region: Some(RegionId(1)),
        ..PUBLISHED
    };
    use Action::*;
    let judges = [Judge, Recuse, ReadEntry, ReadBallots, ReadStandings, Decide];
    for action in judges {
        for judge in [member(Role::Judge, None), member(Role::Judge, Some(1))] {
            assert_eq!(may(&judge, action, &assigned), Verdict::Allow, "{action}");
        }
        let removed = Subject {
            signed_in: true,
            ..Subject::default()
        };
        for other in [
            removed,
            member(Role::Judge, Some(2)),
            member(Role::Clerk, Some(2)),
        ] {
            assert_ne!(may(&other, action, &assigned), Verdict::Allow, "{action}");
        }
    }
    for action in [Judge, Recuse] {
        let elsewhere = member(Role::Judge, Some(2));
        assert_eq!(may(&elsewhere, action, &assigned), Verdict::Hide, "{action}");
    }
}

#[test]
fn nobody_learns_by_asking_for_a_ballot_whether_their_entry_is_in_a_round() {
    let contestant = Subject {
        signed_in: true,
        ..Subject::default()
    };
    let own = Relation {
        owner: true,
        ..PUBLISHED
    };
    for action in [Action::Judge, Action::Recuse] {
        assert_eq!(may(&contestant, action, &own), Verdict::Hide, "{action}");
    }
}

#[test]
fn who_judges_blindly_learns_through_no_other_role_who_is_behind_an_entry() {
    let blinded = Relation {
        blinded: true,
        ..PUBLISHED
    };
    let own = Relation {
        owner: true,
        ..blinded
    };
    for role in [Role::Organizer, Role::Observer, Role::Clerk] {
        let subject = member(role, None);
        for action in [Action::ReadAuthors, Action::ReadContacts] {
            assert_ne!(may(&subject, action, &blinded), Verdict::Allow, "{role} {action}");
            assert_eq!(may(&subject, action, &own), Verdict::Allow, "{role} {action}");
        }
        assert_eq!(may(&subject, Action::ReadEntry, &blinded), Verdict::Allow);
    }
}

#[test]
fn who_judges_sees_nobody_elses_ballots_before_the_group_is_closed() {
    let judging = Relation {
        assigned: true,
        ..PUBLISHED
    };
    for (role, action) in [
        (Role::Organizer, Action::ReadBallots),
        (Role::Observer, Action::ReadBallots),
        (Role::Organizer, Action::TypePaper),
        (Role::Clerk, Action::TypePaper),
        (Role::Organizer, Action::ReadStandings),
        (Role::Observer, Action::ReadStandings),
        (Role::Clerk, Action::ReadRecorded),
    ] {
        let subject = member(role, None);
        assert_eq!(may(&subject, action, &PUBLISHED), Verdict::Allow);
        assert_eq!(may(&subject, action, &judging), Verdict::Forbid);
        let closed = Relation {
            closed: true,
            ..judging
        };
        assert_eq!(may(&subject, action, &closed), Verdict::Allow);
    }
}

#[test]
fn a_clerk_sees_no_standings_and_a_chair_none_before_the_group_is_closed() {
    assert_eq!(
        may(&member(Role::Clerk, None), Action::ReadStandings, &PUBLISHED),
        Verdict::Forbid
    );
    let chair = Relation {
        chair: true,
        ..PUBLISHED
    };
    let judge = member(Role::Judge, None);
    assert_eq!(may(&judge, Action::ReadStandings, &chair), Verdict::Forbid);
    assert_eq!(
        may(
            &judge,
            Action::ReadStandings,
            &Relation {
                closed: true,
                ..chair
            }
        ),
        Verdict::Allow
    );
}

#[test]
fn the_document_names_the_roles_that_the_rules_allow() {
    assert_eq!(roles_of(Action::ReadResults), ["guest"]);
    assert_eq!(roles_of(Action::CreateEntry), ["signed_in"]);
    assert_eq!(roles_of(Action::CreateCompetition), ["admin"]);
    assert_eq!(roles_of(Action::Judge), ["assigned_judge"]);
    assert_eq!(roles_of(Action::TypePaper), ["organizer", "clerk"]);
}

/// Every relation that matters to a verdict, for rules that must hold whatever the thing is.
fn relations() -> Vec<Relation> {
    let mut all = Vec::new();
    for bits in 0..64_u32 {
        let is = |n: u32| bits & (1 << n) != 0;
        all.push(Relation {
            published: is(0),
            owner: is(1),
            assigned: is(2),
            chair: is(3),
            closed: is(4),
            blinded: is(5),
            ..Relation::default()
        });
    }
    all
}

/// Everybody whom the rules tell apart.
fn subjects() -> Vec<Subject> {
    let mut all = vec![Subject {
        signed_in: true,
        ..Subject::default()
    }];
    all.extend(Role::ALL.iter().map(|role| member(*role, None)));
    all.extend(Role::ALL.iter().map(|role| member(*role, Some(1))));
    let admin = Subject {
        admin: true,
        ..all[0].clone()
    };
    all.push(admin);
    all
}

#[test]
fn how_somebody_proved_who_they_are_only_takes_away() {
    let mut bounds = vec![
        Bound::Older,
        Bound::Enrolling { fresh: true },
        Bound::Enrolling { fresh: false },
    ];
    for elsewhere in [false, true] {
        bounds.push(Bound::Judging { elsewhere });
        for scopes in [&[][..], Scope::ALL] {
            let scopes = Scopes::new(scopes);
            bounds.push(Bound::Token { scopes, elsewhere });
        }
        for scope in Scope::ALL {
            let scopes = Scopes::new(&[*scope]);
            bounds.push(Bound::Token { scopes, elsewhere });
        }
    }
    for subject in subjects() {
        for relation in relations() {
            for action in Action::ALL {
                let right = may(&subject, *action, &relation);
                for bound in &bounds {
                    let bound_one = Subject {
                        bound: bound.clone(),
                        ..subject.clone()
                    };
                    let verdict = may(&bound_one, *action, &relation);
                    assert!(
                        verdict != Verdict::Allow || right == Verdict::Allow,
                        "{action} as {bound_one:?} to {relation:?}"
                    );
                    assert_ne!(verdict, Verdict::SignIn, "{action} as {bound_one:?}");
                    if right == Verdict::Hide && verdict != Verdict::Hide {
                        // Who is to enrol, or is elsewhere, is told so before anything is looked at.
                        assert!(
                            matches!(verdict, Verdict::Enrol | Verdict::OutOfScope),
                            "{action}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_token_does_what_its_scope_says_and_never_opens_the_account() {
    let organizer = |scopes: &[Scope], elsewhere| Subject {
        bound: Bound::Token {
            scopes: Scopes::new(scopes),
            elsewhere,
        },
        ..member(Role::Organizer, None)
    };
    let draft = Relation::default();
    for (scopes, action, verdict) in [
        (&[Scope::Read][..], Action::ReadStandings, Verdict::Allow),
        (&[Scope::Read], Action::Publish, Verdict::OutOfScope),
        (&[Scope::Publish], Action::Publish, Verdict::Allow),
        (&[Scope::Publish], Action::ReadStandings, Verdict::OutOfScope),
        (&[Scope::Publish], Action::ReadCompetition, Verdict::Allow),
        (&[Scope::Manage], Action::ManageMembers, Verdict::OutOfScope),
        (&[Scope::Judge], Action::Judge, Verdict::Forbid),
    ] {
        assert_eq!(
            may(&organizer(scopes, false), action, &draft),
            verdict,
            "{scopes:?} {action}"
        );
    }
    let elsewhere = organizer(Scope::ALL, true);
    assert_eq!(may(&elsewhere, Action::ReadCompetition, &draft), Verdict::Hide);
    assert_eq!(
        may(&elsewhere, Action::ReadCompetition, &PUBLISHED),
        Verdict::Allow
    );
    assert_eq!(may(&elsewhere, Action::Publish, &PUBLISHED), Verdict::OutOfScope);
    let all = organizer(Scope::ALL, false);
    for action in Action::ALL.iter().filter(|a| programs(**a) == Programs::None) {
        assert_ne!(may(&all, *action, &draft), Verdict::Allow, "{action}");
    }
    for scope in Scope::ALL {
        let used = Action::ALL.iter().any(|a| programs(*a) == Programs::With(*scope));
        assert!(used, "{scope} is good for nothing");
    }
}

#[test]
fn what_opens_the_account_takes_a_sign_in_of_the_last_minutes() {
    let older = Subject {
        admin: true,
        bound: Bound::Older,
        ..member(Role::Organizer, None)
    };
    for action in Action::ALL {
        let opens = matches!(
            action,
            Action::ManageSecondFactor
                | Action::IssueToken
                | Action::ManageAccounts
                | Action::ChangeCredentials
                | Action::OpenAccounts
        );
        let verdict = may(&older, *action, &PUBLISHED);
        assert_eq!(verdict == Verdict::Prove, opens, "{action}");
    }
}

#[test]
fn who_must_enrol_first_may_only_enrol() {
    let enrolling = Subject {
        admin: true,
        bound: Bound::Enrolling { fresh: true },
        ..member(Role::Organizer, None)
    };
    let guest = Subject::default();
    for action in Action::ALL {
        for relation in relations() {
            let verdict = may(&enrolling, *action, &relation);
            match action {
                Action::ReadProfile
                | Action::SignOut
                | Action::ManageSessions
                | Action::ManageSecondFactor => {
                    assert_eq!(verdict, Verdict::Allow, "{action}");
                }
                _ if is_public(*action) => {
                    let stranger = Relation {
                        owner: false,
                        ..relation
                    };
                    assert_eq!(verdict, may(&guest, *action, &stranger), "{action}");
                }
                _ => assert_eq!(verdict, Verdict::Enrol, "{action}"),
            }
        }
    }
}

#[test]
fn an_offer_is_between_the_owner_and_the_organizers_and_observers_read_it() {
    let (organizer, observer) = (member(Role::Organizer, None), member(Role::Observer, None));
    let nobody = Subject {
        signed_in: true,
        ..Subject::default()
    };
    let owned = Relation {
        owner: true,
        ..PUBLISHED
    };
    let assigned = Relation {
        assigned: true,
        ..PUBLISHED
    };
    let judge = member(Role::Judge, None);
    let clerk = member(Role::Clerk, None);
    let (allow, forbid, hide) = (Verdict::Allow, Verdict::Forbid, Verdict::Hide);
    for (subject, relation, read, answer, list, offer) in [
        (&organizer, PUBLISHED, allow, allow, allow, allow),
        (&observer, PUBLISHED, allow, forbid, allow, forbid),
        (&nobody, owned, allow, allow, forbid, forbid),
        (&nobody, PUBLISHED, hide, hide, forbid, forbid),
        (&clerk, PUBLISHED, forbid, forbid, forbid, forbid),
        (&judge, assigned, forbid, forbid, forbid, forbid),
    ] {
        let verdicts = [
            Action::ReadOffer,
            Action::AnswerOffer,
            Action::ReadOffers,
            Action::Offer,
        ]
        .map(|action| may(subject, action, &relation));
        assert_eq!(verdicts, [read, answer, list, offer], "{subject:?}");
    }
}

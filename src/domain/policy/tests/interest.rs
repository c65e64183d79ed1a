//! Interest, in every combination: of memberships, exceptions, relations, actions and ways of proof.

use super::super::*;
use super::relations;

/// Every set of memberships in the competition at hand, each with and without an exception, and one of a region.
fn every_membership() -> Vec<Vec<Grant>> {
    let roles = Role::ALL.len();
    let of = |mut n: usize, region| {
        let mut grants = Vec::new();
        for role in Role::ALL {
            match n % 3 {
                0 => {}
                kind => grants.push(Grant {
                    role: *role,
                    region,
                    excepted: kind == 2,
                }),
            }
            n /= 3;
        }
        grants
    };
    let all = 3_usize.pow(u32::try_from(roles).unwrap());
    [None, Some(RegionId(1))]
        .into_iter()
        .flat_map(|region| (0..all).map(move |n| of(n, region)))
        .collect()
}

#[test]
fn interest_leaves_exactly_what_the_other_memberships_give() {
    let mut tried = 0;
    for grants in every_membership() {
        let left = |g: &&Grant| g.excepted || !loses_by_interest(g.role);
        let without: Vec<_> = grants.iter().filter(left).copied().collect();
        for admin in [false, true] {
            let interested = Subject {
                signed_in: true,
                admin,
                grants: grants.clone(),
                interested: true,
                ..Subject::default()
            };
            let others = Subject {
                grants: without.clone(),
                interested: false,
                ..interested.clone()
            };
            for relation in relations() {
                for action in Action::ALL {
                    // That there is a competition is no secret to whoever is a member of it.
                    let knows = matches!(
                        action,
                        Action::ReadCompetition | Action::ReadResults | Action::ListEntries
                    );
                    let (with, without) = (
                        may(&interested, *action, &relation),
                        may(&others, *action, &relation),
                    );
                    tried += 1;
                    assert!(
                        (with == Verdict::Allow) == (without == Verdict::Allow)
                            || (knows && !grants.is_empty()),
                        "{action} with {grants:?}, admin {admin}, {relation:?}: {with:?}, and {without:?} without those memberships"
                    );
                }
            }
        }
    }
    assert!(tried > 100_000, "{tried}");
}

#[test]
fn interest_never_gives_anything() {
    for grants in every_membership() {
        let disinterested = Subject {
            signed_in: true,
            grants,
            ..Subject::default()
        };
        let interested = Subject {
            interested: true,
            ..disinterested.clone()
        };
        for relation in relations() {
            for action in Action::ALL {
                if may(&interested, *action, &relation) == Verdict::Allow {
                    assert_eq!(
                        may(&disinterested, *action, &relation),
                        Verdict::Allow,
                        "{action}"
                    );
                }
            }
        }
    }
}

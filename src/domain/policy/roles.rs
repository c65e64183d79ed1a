//! Which roles may do what at all, for the API document.

use super::{Action, Grant, Relation, Subject, Verdict, is_public, may};
use crate::domain::user::Role;

/// The roles for which an action can be allowed at all, for the API document: `admin`, `owner`, `organizer` …
#[must_use]
pub fn roles_of(action: Action) -> Vec<&'static str> {
    if is_public(action) {
        return vec!["guest"];
    }
    let everywhere = Relation {
        published: true,
        closed: true,
        ..Relation::default()
    };
    let with = |role| Subject {
        signed_in: true,
        grants: vec![Grant {
            role,
            region: None,
            excepted: false,
        }],
        ..Subject::default()
    };
    let nobody = Subject {
        signed_in: true,
        ..Subject::default()
    };
    let tried = [
        ("signed_in", nobody.clone(), everywhere),
        (
            "admin",
            Subject {
                admin: true,
                ..nobody.clone()
            },
            everywhere,
        ),
        ("organizer", with(Role::Organizer), everywhere),
        ("clerk", with(Role::Clerk), everywhere),
        ("observer", with(Role::Observer), everywhere),
        (
            "owner",
            nobody.clone(),
            Relation {
                owner: true,
                ..everywhere
            },
        ),
        (
            "assigned_judge",
            with(Role::Judge),
            Relation {
                assigned: true,
                ..everywhere
            },
        ),
        (
            "chair",
            with(Role::Judge),
            Relation {
                chair: true,
                ..everywhere
            },
        ),
    ];
    let allowed =
        |(_, subject, relation): &(&str, Subject, Relation)| may(subject, action, relation) == Verdict::Allow;
    let roles: Vec<_> = tried
        .iter()
        .filter(|t| allowed(t))
        .map(|(name, ..)| *name)
        .collect();
    if roles.contains(&"signed_in") {
        vec!["signed_in"]
    } else {
        roles
    }
}

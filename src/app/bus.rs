//! What this node tells itself after a commit: plain hints for caches and live pages.
//!
//! Losing one costs latency, never truth; what must happen is a row of the outbox. The showcase hears of each before the
//! commit is answered, so that whoever changed something sees the change.

use std::fmt;
use std::sync::Arc;

use tokio::sync::broadcast;

use super::appearances::Awaited;
use crate::app::showcase::Showcase;
use crate::domain::ids::{CompetitionId, GroupId, RoundId};

/// Something changed, and the change is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// A competition's own data: its name, tracks, members, entries.
    CompetitionChanged(CompetitionId),
    /// A round's own data: rules, panels, assignments.
    RoundChanged(RoundId),
    /// A group's phase, ballots or standings.
    GroupChanged(GroupId),
    /// What the public sees of a competition.
    Published(CompetitionId),
    /// A message waits in the outbox.
    MessageWaiting,
    /// News of other nodes may have been lost: anything may have changed.
    Missed,
}

impl Effect {
    /// The effect that a topic of the `versions` table stands for, the reverse of `Display`.
    #[must_use]
    pub fn of_topic(topic: &str) -> Option<Self> {
        if topic == "outbox" {
            return Some(Self::MessageWaiting);
        }
        let (kind, id) = topic.split_once(':')?;
        let id = id.parse().ok()?;
        Some(match kind {
            "competition" => Self::CompetitionChanged(CompetitionId(id)),
            "round" => Self::RoundChanged(RoundId(id)),
            "group" => Self::GroupChanged(GroupId(id)),
            "published" => Self::Published(CompetitionId(id)),
            _ => return None,
        })
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CompetitionChanged(id) => write!(f, "competition:{}", id.0),
            Self::RoundChanged(id) => write!(f, "round:{}", id.0),
            Self::GroupChanged(id) => write!(f, "group:{}", id.0),
            Self::Published(id) => write!(f, "published:{}", id.0),
            Self::MessageWaiting => f.write_str("outbox"),
            Self::Missed => f.write_str("missed"),
        }
    }
}

/// How many effects a slow listener may be behind before it misses some.
const CAPACITY: usize = 1024;

/// Hands effects to everyone who listens on this node.
#[derive(Debug, Clone)]
pub(super) struct Bus {
    listeners: broadcast::Sender<Effect>,
    showcase: Arc<Showcase>,
    awaited: Arc<Awaited>,
}

impl Bus {
    pub(super) fn new(showcase: Arc<Showcase>) -> Self {
        Self {
            listeners: broadcast::Sender::new(CAPACITY),
            showcase,
            awaited: Arc::default(),
        }
    }

    pub(super) fn publish(&self, effects: impl IntoIterator<Item = Effect>) {
        for effect in effects {
            self.showcase.hear(effect);
            if matches!(effect, Effect::Published(_) | Effect::Missed) {
                self.awaited.forget();
            }
            // That nobody listens is no failure.
            let _ = self.listeners.send(effect);
        }
    }

    pub(super) fn listen(&self) -> broadcast::Receiver<Effect> {
        self.listeners.subscribe()
    }

    /// When something is to appear.
    pub(super) fn awaited(&self) -> &Awaited {
        &self.awaited
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_names_its_effect() {
        for effect in [
            Effect::CompetitionChanged(CompetitionId(1)),
            Effect::RoundChanged(RoundId(2)),
            Effect::GroupChanged(GroupId(3)),
            Effect::Published(CompetitionId(4)),
            Effect::MessageWaiting,
        ] {
            assert_eq!(Effect::of_topic(&effect.to_string()), Some(effect));
        }
        assert_eq!(Effect::of_topic("weather:1"), None);
        assert_eq!(Effect::of_topic("round:one"), None);
    }
}

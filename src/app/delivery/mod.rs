//! Delivers what waits in the outbox, at least once: by mail, or over a gateway where no mail server is configured.
//!
//! Every node does. Who claims a message has two minutes for it; a node that dies in between leaves it to the others.

mod gateway;
mod mail;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use futures_util::stream;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;

use super::letters::{self, Addressed, Pages, Written};
use super::post::Post;
use super::{App, Effect};
use crate::config::{Messages, Mistake};
use crate::domain::phone::Recipient;
use crate::error::Result;
use crate::store::outbox::{self, Message};
use crate::store::{brakes, sign_in_codes};
use crate::words;

/// How often a node looks for messages of others, and for those whose pause is over.
const POLL: Duration = Duration::from_secs(1);
/// How often a node clears what has come to its end.
const SWEEP: Duration = Duration::from_secs(600);
/// How many messages are claimed together, and how many of them are on their way at once: even if each takes as long as
/// it may, all are through before others may claim them.
const BATCH: i64 = 16;
const AT_ONCE: usize = 8;
/// The longest that one delivery may take.
const PATIENCE: Duration = Duration::from_secs(40);
/// How long messages that are on their way at the end may take.
const FAREWELL: Duration = Duration::from_secs(8);
/// How long a request for a code is kept after its end, and a brake after it was free, in seconds.
const KEPT: i64 = 2 * 24 * 3600;

/// The ways out of the house.
#[derive(Debug, Default)]
pub struct Channels {
    mail: Option<mail::Mail>,
    gateway: Option<gateway::Gateway>,
    phones: bool,
}

impl Channels {
    /// What is configured.
    ///
    /// # Errors
    /// [`crate::config::Mistake`] for what can't be used.
    pub fn open(settings: &Messages) -> Result<Self> {
        let gateway = gateway::Gateway::open(settings)?;
        if settings.phone_codes && gateway.is_none() {
            return Err(Mistake::because(
                "PALMARES_PHONE_CODES needs a gateway that reaches phones: PALMARES_MESSAGE_URL",
            ));
        }
        Ok(Self {
            mail: mail::Mail::open(settings)?,
            gateway,
            phones: settings.phone_codes,
        })
    }

    /// Whether phones are reached.
    #[must_use]
    pub const fn phones(&self) -> bool {
        self.phones
    }

    /// Whether there is any.
    #[must_use]
    pub const fn any(&self) -> bool {
        self.mail.is_some() || self.gateway.is_some()
    }

    /// Whether the mail server takes mails from here, and why not; none where no mail server is configured. It sends none.
    pub async fn greet(&self) -> Option<std::result::Result<(), String>> {
        match &self.mail {
            Some(mail) => Some(mail.greet().await),
            None => None,
        }
    }

    async fn send(&self, sealed: &Sealed) -> Result<(), Failure> {
        match (&self.mail, &self.gateway) {
            (Some(mail), _) if !sealed.phone => mail.send(sealed).await,
            (_, Some(gateway)) => gateway.send(sealed).await,
            (_, None) => Err(Failure::later("no channel", "no channel is configured")),
        }
    }
}

/// A letter as it goes out.
#[derive(Debug)]
struct Sealed {
    /// The message's name, the same at each attempt: whoever gets it twice can tell.
    id: String,
    kind: String,
    to: String,
    /// Whether it goes to a phone.
    phone: bool,
    subject: String,
    text: String,
    at: DateTime<Utc>,
}

/// Why a letter did not go out: in short for the log, in full for those who look after the instance.
#[derive(Debug)]
enum Failure {
    /// It may go out later.
    Later { short: String, told: String },
    /// It never will.
    Never { short: String, told: String },
}

impl Failure {
    fn later(short: &str, told: &str) -> Self {
        let (short, told) = (short.to_owned(), line(told));
        Self::Later { short, told }
    }

    fn never(short: &str, told: &str) -> Self {
        let (short, told) = (short.to_owned(), line(told));
        Self::Never { short, told }
    }
}

/// A text of others as one line of a bearable length.
fn line(told: &str) -> String {
    let line = told.chars().map(|c| if c.is_control() { ' ' } else { c });
    line.take(300).collect()
}

/// All that a node needs to deliver.
#[derive(Debug, Clone)]
pub struct Office(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    app: App,
    post: Arc<Post>,
    channels: Channels,
    public_url: Arc<str>,
}

impl Office {
    /// The office of a node; links begin with `public_url`.
    #[must_use]
    pub fn new(app: App, post: Arc<Post>, channels: Channels, public_url: Arc<str>) -> Self {
        Self(Arc::new(Inner {
            app,
            post,
            channels,
            public_url,
        }))
    }

    /// Begins to deliver, until it is stopped.
    #[must_use]
    pub fn open(self) -> Delivery {
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(self.run(stopped));
        Delivery { stop, task }
    }

    async fn run(self, mut stopped: watch::Receiver<bool>) {
        if !self.0.channels.any() {
            return;
        }
        let mut effects = self.0.app.effects();
        let mut swept: Option<Instant> = None;
        while !*stopped.borrow() {
            if swept.is_none_or(|at| at.elapsed() >= SWEEP) {
                swept = Some(Instant::now());
                if let Err(error) = self.sweep().await {
                    tracing::warn!("the outbox was not cleared: {error}");
                }
            }
            match self.round().await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::warn!("the outbox was not read: {error}"),
            }
            tokio::select! {
                () = tokio::time::sleep(POLL) => {}
                () = news(&mut effects) => {}
                _ = stopped.changed() => {}
            }
        }
    }

    /// Delivers some of what is due; gives how many messages were tried.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn round(&self) -> Result<usize> {
        let app = &self.0.app;
        if !app.read(|tx| Ok(outbox::any_due(tx.conn, tx.now)?)).await? {
            return Ok(0);
        }
        let claimed = app
            .write(|tx| Ok(outbox::claim_due(tx.conn, tx.now, BATCH)?))
            .await?;
        let tried = claimed.len();
        stream::iter(claimed)
            .for_each_concurrent(AT_ONCE, |message| async move {
                if let Err(error) = self.deliver(&message).await {
                    // It is due again when its time is over.
                    tracing::warn!(message = %message.public_id, "a message was left: {error}");
                }
            })
            .await;
        Ok(tried)
    }

    async fn deliver(&self, message: &Message) -> Result<()> {
        let (office, asked) = (Arc::clone(&self.0), message.clone());
        let written = self.0.app.write(move |tx| {
            let pages = Pages {
                public_url: &office.public_url,
            };
            let written = letters::write(tx, &office.post, pages, &asked)?;
            if matches!(written, Written::Pointless) {
                outbox::mark_delivered(tx.conn, asked.id)?;
            }
            Ok(written)
        });
        let sent = match written.await? {
            Written::Pointless => {
                tracing::info!(message = %message.public_id, kind = message.kind, "nobody waits for a message");
                return Ok(());
            }
            Written::Unreadable => Err(Failure::never("unreadable", "the message can't be read")),
            Written::Letter(letter) => self.send(message, &letter).await,
        };
        self.0.app.meters().message(match &sent {
            Ok(()) => "sent",
            Err(Failure::Later { .. }) => "delayed",
            Err(Failure::Never { .. }) => "failed",
        });
        match &sent {
            Ok(()) => tracing::info!(message = %message.public_id, kind = message.kind, "delivered"),
            Err(Failure::Later { short, .. } | Failure::Never { short, .. }) => tracing::warn!(
                message = %message.public_id, kind = message.kind, attempt = message.attempt, reason = short,
                "not delivered"
            ),
        }
        let (done, sent) = (message.clone(), Arc::new(sent));
        let note = move |tx: &mut super::Tx<'_>| {
            match &*sent {
                Ok(()) => outbox::mark_delivered(tx.conn, done.id)?,
                Err(Failure::Later { told, .. }) => outbox::mark_failed(tx.conn, &done, told, tx.now)?,
                Err(Failure::Never { told, .. }) => outbox::mark_dead(tx.conn, &done, told, tx.now)?,
            }
            Ok(())
        };
        self.0.app.write(note).await
    }

    async fn send(&self, message: &Message, addressed: &Addressed) -> Result<(), Failure> {
        let phone = matches!(addressed.to, Recipient::Phone(_));
        let letter = if phone {
            words::letters::write_for_phone(&addressed.letter)
        } else {
            words::letters::write(&addressed.letter)
        };
        let sealed = Sealed {
            id: message.public_id.to_string(),
            kind: message.kind.clone(),
            to: addressed.to.to_string(),
            phone,
            subject: line(&letter.subject),
            text: letter.text,
            at: self.0.app.now().utc(),
        };
        let sending = tokio::time::timeout(PATIENCE, self.0.channels.send(&sealed));
        sending
            .await
            .unwrap_or_else(|_| Err(Failure::later("timeout", "it took too long")))
    }

    /// Clears what has come to its end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self) -> Result<()> {
        let clear = |tx: &mut super::Tx<'_>| {
            outbox::sweep(tx.conn, tx.now)?;
            sign_in_codes::forget(tx.conn, tx.now.plus_seconds(-KEPT))?;
            brakes::forget(tx.conn, tx.now.plus_seconds(-KEPT))
        };
        self.0.app.write(clear).await
    }
}

/// Waits until a message was put into the outbox.
async fn news(effects: &mut broadcast::Receiver<Effect>) {
    loop {
        match effects.recv().await {
            Ok(Effect::MessageWaiting) | Err(broadcast::error::RecvError::Lagged(_)) => return,
            Ok(_) => {}
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// A delivery that runs.
#[derive(Debug)]
pub struct Delivery {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Delivery {
    /// Claims nothing more, and gives what is on its way some seconds.
    pub async fn stop(self) {
        let Self { stop, mut task } = self;
        // It fails when there was nothing to deliver by.
        let _ = stop.send(true);
        if tokio::time::timeout(FAREWELL, &mut task).await.is_err() {
            task.abort();
            tracing::warn!("a message was still on its way; it will be sent again");
        }
    }
}

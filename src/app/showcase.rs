//! What everyone reads, kept in memory as it goes out: plain and packed, built once for each state of the data.
//!
//! Only what a guest is shown stands here. A thing goes out of date with the effects of commits (see [`Effect`]): on this
//! node before the commit is answered, on another one as soon as it hears of it. What is to be seen from a later moment on
//! ends what stands here at that moment. Several readers of something that does not stand here wait for one who builds it.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use prometheus_client::metrics::histogram::Histogram;
use tokio::sync::watch;

use crate::app::bus::Effect;
use crate::app::meters::{Meters, RequestLabels};
use crate::domain::ids::{CompetitionId, RoundId};
use crate::domain::text::Lang;
use crate::domain::time::Stamp;
use crate::error::{Error, Result};

mod packing;

pub use packing::{Coding, Form, Variant};

/// How much may stand here, in bytes of memory.
pub const ROOM: usize = 32 << 20;
/// After so long a thing is looked at anew, whatever was heard: a net below news that got lost.
const LONGEST: Duration = Duration::from_secs(30);
/// Effects that one who builds remembers; after more of them everything counts as changed.
const REMEMBERED: usize = 64;
/// What a thing takes beside its bytes: its place in the map, tags, counters.
const OVERHEAD: usize = 1024;

/// Where something stands: its address and the language it is told in.
type Place = (String, Lang);

/// What something was made of, and when it is true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footing {
    /// Whose it is.
    pub competition: CompetitionId,
    /// The rounds of which it tells.
    pub rounds: Vec<RoundId>,
    /// The moment for which it was made.
    pub from: Stamp,
    /// When something else can be seen, as far as is known.
    pub until: Option<Stamp>,
}

impl Footing {
    /// Whether a change touches it.
    fn is_touched_by(&self, effect: Effect) -> bool {
        match effect {
            Effect::CompetitionChanged(id) | Effect::Published(id) => id == self.competition,
            Effect::RoundChanged(id) => self.rounds.contains(&id),
            Effect::Missed => true,
            // Nothing of a group can be seen before its publication, which is an effect of its own.
            Effect::GroupChanged(_) | Effect::MessageWaiting => false,
        }
    }
}

/// Something that everyone may read.
#[derive(Debug)]
pub struct Exhibit {
    /// The pattern of its address, for those who count.
    pub route: &'static str,
    /// Its bytes, in every coding in which they are shorter than plain.
    pub form: Arc<Form>,
    footing: Footing,
    made: Instant,
    /// Whether a change has touched it.
    outdated: AtomicBool,
    /// When it was last asked for, in turns of the showcase.
    used: AtomicU64,
    /// Who counts whole answers, and who counts those who hold it already.
    counts: [OnceLock<Histogram>; 2],
}

impl Exhibit {
    /// Counts an answer from memory, which takes no time that a meter could show.
    pub fn count(&self, meters: &Meters, status: u16) {
        meters.showcase_hits.inc();
        let [whole, held] = &self.counts;
        let labels = || RequestLabels {
            method: "GET",
            route: self.route.into(),
            status,
        };
        if let 200 | 304 = status {
            let count = if status == 200 { whole } else { held };
            let count = count.get_or_init(|| meters.requests.get_or_create(&labels()).clone());
            count.observe(0.0);
        }
    }

    fn is_good(&self, now: Stamp) -> bool {
        !self.outdated.load(Ordering::Acquire)
            // A clock that was set back may hide again what was to be seen by then.
            && self.footing.from <= now
            && self.footing.until.is_none_or(|until| now < until)
            && self.made.elapsed() < LONGEST
    }
}

/// What stands on this node for everyone to read.
#[derive(Debug)]
pub struct Showcase {
    shelf: RwLock<Shelf>,
    building: Mutex<HashMap<Place, Arc<Site>>>,
    turn: AtomicU64,
    room: usize,
    meters: Arc<Meters>,
}

#[derive(Debug, Default)]
struct Shelf {
    english: HashMap<String, Arc<Exhibit>>,
    chinese: HashMap<String, Arc<Exhibit>>,
    bytes: usize,
}

impl Shelf {
    const fn side(&self, lang: Lang) -> &HashMap<String, Arc<Exhibit>> {
        match lang {
            Lang::En => &self.english,
            Lang::Zh => &self.chinese,
        }
    }

    const fn side_mut(&mut self, lang: Lang) -> &mut HashMap<String, Arc<Exhibit>> {
        match lang {
            Lang::En => &mut self.english,
            Lang::Zh => &mut self.chinese,
        }
    }

    fn all(&self) -> impl Iterator<Item = (Lang, &String, &Arc<Exhibit>)> {
        let english = self.english.iter().map(|(path, it)| (Lang::En, path, it));
        english.chain(self.chinese.iter().map(|(path, it)| (Lang::Zh, path, it)))
    }

    fn remove(&mut self, path: &str, lang: Lang) {
        if let Some(old) = self.side_mut(lang).remove(path) {
            self.bytes = self.bytes.saturating_sub(weight(path, &old.form));
        }
    }
}

/// What something takes of the room.
fn weight(path: &str, form: &Form) -> usize {
    form.bytes() + path.len() + OVERHEAD
}

/// Something that is being built, and those who wait for it.
#[derive(Debug)]
struct Site {
    /// What changed since it was begun.
    heard: Mutex<Vec<Effect>>,
    done: watch::Sender<Option<Arc<Exhibit>>>,
}

/// Whose turn it is to build.
enum Turn<'a> {
    /// The caller's.
    Own(Builder<'a>),
    /// Somebody builds what the caller wants.
    Other(watch::Receiver<Option<Arc<Exhibit>>>),
}

/// Clears the site when the work is done or given up.
struct Builder<'a> {
    showcase: &'a Showcase,
    place: Place,
    site: Arc<Site>,
}

impl Builder<'_> {
    /// Whether changes are still told to this site: nobody began the same thing anew meanwhile.
    fn is_among(&self, building: &HashMap<Place, Arc<Site>>) -> bool {
        building
            .get(&self.place)
            .is_some_and(|site| Arc::ptr_eq(site, &self.site))
    }
}

impl Drop for Builder<'_> {
    fn drop(&mut self) {
        let mut building = self.showcase.sites();
        if self.is_among(&building) {
            building.remove(&self.place);
        }
    }
}

impl Showcase {
    pub(super) fn new(room: usize, meters: Arc<Meters>) -> Self {
        Self {
            shelf: RwLock::default(),
            building: Mutex::default(),
            turn: AtomicU64::new(0),
            room,
            meters,
        }
    }

    /// What stands at an address, if it is good still.
    #[must_use]
    pub fn find(&self, path: &str, lang: Lang, now: Stamp) -> Option<Arc<Exhibit>> {
        let shelf = self.shelf.read().unwrap_or_else(PoisonError::into_inner);
        let found = shelf.side(lang).get(path).filter(|it| it.is_good(now))?;
        found
            .used
            .store(self.turn.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        Some(Arc::clone(found))
    }

    /// What stands at an address, built by `build` where nothing good does.
    ///
    /// # Errors
    /// As `build` does.
    pub async fn show<B, F>(
        &self,
        place: (&str, Lang),
        route: &'static str,
        now: Stamp,
        build: B,
    ) -> Result<Arc<Exhibit>>
    where
        B: Fn() -> F,
        F: Future<Output = Result<(Vec<u8>, Footing)>>,
    {
        let (path, lang) = place;
        // Nobody waits twice: what fails for one after the other fails for each by themselves.
        for _ in 0..2 {
            if let Some(found) = self.find(path, lang, now) {
                self.meters.showcase_hits.inc();
                return Ok(found);
            }
            match self.turn_of((path.to_owned(), lang)) {
                Turn::Own(builder) => {
                    // Somebody may have been done with it just before.
                    let built = match self.find(path, lang, now) {
                        Some(found) => found,
                        None => {
                            let built = self.build(path, lang, route, &build).await?;
                            self.keep(&builder, &built);
                            built
                        }
                    };
                    builder.site.done.send_replace(Some(Arc::clone(&built)));
                    return Ok(built);
                }
                Turn::Other(mut done) => {
                    // It ends without anything when whoever built failed or went away.
                    let built = done.wait_for(Option::is_some).await.ok();
                    if let Some(built) = built.and_then(|built| built.clone()) {
                        self.meters.showcase_hits.inc();
                        return Ok(built);
                    }
                }
            }
        }
        self.build(path, lang, route, &build).await
    }

    async fn build<B, F>(
        &self,
        path: &str,
        lang: Lang,
        route: &'static str,
        build: &B,
    ) -> Result<Arc<Exhibit>>
    where
        B: Fn() -> F,
        F: Future<Output = Result<(Vec<u8>, Footing)>>,
    {
        let begun = Instant::now();
        let (bytes, footing) = build().await?;
        let known = {
            let shelf = self.shelf.read().unwrap_or_else(PoisonError::into_inner);
            shelf.side(lang).get(path).map(|it| Arc::clone(&it.form))
        };
        let form = match known.filter(|known| known.is_of(&bytes)) {
            Some(same) => same,
            None => {
                let packed =
                    tokio::task::spawn_blocking(move || Arc::new(Form::pack(Bytes::from(bytes)))).await;
                packed.map_err(Error::internal)?
            }
        };
        self.meters.showcase_builds.observe(begun.elapsed().as_secs_f64());
        Ok(Arc::new(Exhibit {
            route,
            form,
            footing,
            made: Instant::now(),
            outdated: AtomicBool::new(false),
            used: AtomicU64::new(self.turn.fetch_add(1, Ordering::Relaxed)),
            counts: Default::default(),
        }))
    }

    /// Joins whoever builds, unless something changed since they began: then what they build may be old already.
    fn turn_of(&self, place: Place) -> Turn<'_> {
        let mut building = self.sites();
        if let Some(site) = building.get(&place)
            && site.heard().is_empty()
        {
            return Turn::Other(site.done.subscribe());
        }
        let site = Arc::new(Site {
            heard: Mutex::default(),
            done: watch::Sender::new(None),
        });
        building.insert(place.clone(), Arc::clone(&site));
        Turn::Own(Builder {
            showcase: self,
            place,
            site,
        })
    }

    /// Puts something on its shelf, unless a change touched it while it was built; what nobody asked for longest makes room.
    fn keep(&self, builder: &Builder<'_>, built: &Arc<Exhibit>) {
        let (path, lang) = &builder.place;
        let weight = weight(path, &built.form);
        let mut shelf = self.shelf.write().unwrap_or_else(PoisonError::into_inner);
        // Whoever built it before somebody else began anew no longer hears what changes.
        if !builder.is_among(&self.sites()) {
            return;
        }
        shelf.remove(path, *lang);
        let heard = builder.site.heard();
        let touched = heard.iter().any(|effect| built.footing.is_touched_by(*effect));
        if !touched && heard.len() < REMEMBERED && weight <= self.room / 2 {
            while shelf.bytes + weight > self.room {
                let oldest = shelf
                    .all()
                    .min_by_key(|(_, _, it)| it.used.load(Ordering::Relaxed));
                let Some((lang, path)) = oldest.map(|(lang, path, _)| (lang, path.clone())) else {
                    break;
                };
                shelf.remove(&path, lang);
            }
            shelf.bytes += weight;
            shelf.side_mut(*lang).insert(path.clone(), Arc::clone(built));
        }
        self.meters
            .showcase_bytes
            .set(i64::try_from(shelf.bytes).unwrap_or(i64::MAX));
    }

    /// What changed is no longer shown. It is kept until it is built anew: often the bytes are the same.
    pub(super) fn hear(&self, effect: Effect) {
        if matches!(effect, Effect::GroupChanged(_) | Effect::MessageWaiting) {
            return;
        }
        // First those who build: whoever puts something on the shelf after this sees the effect there.
        for site in self.sites().values() {
            let mut heard = site.heard();
            if heard.len() < REMEMBERED {
                heard.push(effect);
            }
        }
        let shelf = self.shelf.read().unwrap_or_else(PoisonError::into_inner);
        for (_, _, it) in shelf.all().filter(|(_, _, it)| it.footing.is_touched_by(effect)) {
            it.outdated.store(true, Ordering::Release);
        }
    }

    fn sites(&self) -> MutexGuard<'_, HashMap<Place, Arc<Site>>> {
        self.building.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Site {
    fn heard(&self) -> MutexGuard<'_, Vec<Effect>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;

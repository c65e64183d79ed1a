//! What somebody should look at before a result is used.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::equalised::ConnectedSet;
use super::input::DecidedBy;
use crate::domain::exact::Exact;

/// What somebody should look at before the result is used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the fields are the parameters of the sentences in words/*/scoring.ftl"
)]
pub enum Warning {
    /// An entry is unranked: fewer sheets count than the rules ask for.
    TooFewSheets {
        entry: i64,
        present: usize,
        minimum: u32,
    },
    /// An entry is unranked: fewer sheets of a class of judges count than the rules ask for.
    ClassTooFew {
        entry: i64,
        class: String,
        present: usize,
        minimum: u32,
    },
    /// A class of judges is left out of an entry's value: it has fewer sheets than the rules ask for.
    ClassLeftOut { entry: i64, class: String },
    /// A judge who gave sheets belongs to none of the classes of the rules, so that the sheets don't count.
    JudgeWithoutClass { judge: String },
    /// An entry is unranked: no mark is left of a criterion.
    NothingLeft { entry: i64 },
    /// An entry is unranked: fewer attempts have a value than the rules count.
    TooFewAttempts { entry: i64, present: usize, needed: u32 },
    /// An attempt was begun and has no value, so that the others count.
    AttemptLeftOut { entry: i64, attempt: u32 },
    /// A judge's totals must all differ, and these entries have the same.
    TotalsEqual {
        group: String,
        judge: String,
        entries: Vec<i64>,
    },
    /// A penalty names no rule, or lacks the quantity that its rule counts; the points that were entered count.
    PenaltyUncounted { entry: i64, rule: String },
    /// The entries of a group can't be ranked: these have fewer judges than others, whose ranks are added up.
    JudgesUnequal { group: String, entries: Vec<i64> },
    /// Judges of a group ranked different entries, so that their ranks are of different fields.
    RankedApart { group: String },
    /// Nobody who could have failed an entry said whether it passes.
    VetoUnsaid { entry: i64, criterion: String },
    /// An entry is unranked: a recorded criterion has no value.
    RecordedMissing { entry: i64, criterion: String },
    /// An entry is unranked: it has no result in a round that is carried over.
    EarlierMissing { entry: i64, round: String },
    /// A sheet does not count: it lacks marks.
    SheetIncomplete { entry: i64, judge: String },
    /// A judge of the entry's panel who is not excused gave no sheet.
    SheetMissing { entry: i64, judge: String },
    /// A judge is left out of a group, since they did not mark every entry of their panel there.
    JudgeSetAside {
        group: String,
        judge: String,
        missing: Vec<i64>,
    },
    /// Panels can't be made comparable: the group was marked by one panel.
    OnePanel { group: String },
    /// No factor can be computed: the mean of a panel is 0.
    PanelMeanZero { group: String, panel: String },
    /// Entries far from the rest of their panel drive its factor; `without` is what the factor would be without them.
    PanelOutlier {
        group: String,
        panel: String,
        entries: Vec<i64>,
        factor: Exact,
        without: Exact,
    },
    /// The factor of a panel was fixed when the results were closed; what counts now would give another one (`now`; none
    /// where nothing of the panel counts any more).
    FactorFixed {
        group: String,
        panel: String,
        factor: Exact,
        now: Option<Exact>,
    },
    /// The scales of the judges were fixed when the results were closed; what counts now would give others.
    ScaleFixed { group: String },
    /// An entry is unranked: the factors were fixed when the results were closed, and its panel had no value then.
    PanelWithoutFactor { entry: i64, panel: String },
    /// Judges and entries fall into sets that share nothing, so their marks can't be compared; nobody is ranked before
    /// `shared` more entries connect the sets.
    Unconnected {
        group: String,
        sets: Vec<ConnectedSet>,
        shared: usize,
    },
    /// Judges and entries fall into sets that share nothing; they were compared since the rules assume them to be equal.
    AssumedEqual { group: String, sets: Vec<ConnectedSet> },
    /// A judge gave the same to every entry (in a criterion, where one is named) and has no scale of their own: their
    /// marks count as they are (`kept`) or not at all.
    JudgeWithoutSpread {
        group: String,
        judge: String,
        criterion: Option<String>,
        sheets: usize,
        kept: bool,
    },
    /// A judge gave fewer sheets than the rules ask for to know their scale: their marks count as they are (`kept`) or
    /// not at all.
    JudgeTooFewSheets {
        group: String,
        judge: String,
        criterion: Option<String>,
        sheets: usize,
        minimum: u32,
        kept: bool,
    },
    /// The judges' standardised marks cancel out (in a criterion, where one is named): every entry gets the middle of the
    /// range.
    StandardisedAlike {
        group: String,
        criterion: Option<String>,
    },
    /// A criterion decided nothing: every ranked entry of the group has the same value there.
    CriterionDecidedNothing {
        group: String,
        criterion: String,
        value: String,
    },
    /// There are more judges than their severity is computed for.
    TooManyJudges {
        group: String,
        judges: usize,
        maximum: usize,
    },
    /// Tied entries share a place until a decision is recorded.
    DecisionAwaited { by: DecidedBy, entries: Vec<i64> },
    /// A link of the chain could not be asked: some of the tied entries have no value for it.
    TieValueMissing { by: String, entries: Vec<i64> },
    /// A place at a cut is tied.
    TieAtCut {
        group: Option<String>,
        entries: Vec<i64>,
        policy: String,
    },
    /// Reserves have equal places; they are numbered in order of their entry numbers until a decision is recorded.
    ReservesTied { entries: Vec<i64> },
    /// Tied entries of one institution, not all of which may go on; those with the lower numbers did.
    InstitutionTied { entries: Vec<i64> },
    /// Tied entries of one group, not all of which may go on beside the others of their group; those with the lower numbers
    /// did.
    GroupTied { entries: Vec<i64> },
    /// Entries that their group's places don't go to, since entries of the same institution go on from groups that come
    /// first by name.
    InstitutionElsewhere { group: String, entries: Vec<i64> },
    /// Entries of groups that had different judges were compared.
    GroupsCompared { groups: Vec<String> },
    /// The rules give a group no places.
    GroupWithoutPlaces { group: String },
    /// Fewer entries than places.
    PlacesLeft {
        group: Option<String>,
        places: u32,
        left: u32,
    },
    /// Who was to go on or is invited left since; when it is decided again, these come in.
    PlacesGivenUp { entries: Vec<i64>, instead: Vec<i64> },
    /// What entries carried over from a group of an earlier round was corrected since this group was closed, at the revision
    /// `used`; the group is at `now`. It counts once this group is reopened and closed again.
    CarriedMoved {
        round: String,
        group: String,
        used: i64,
        now: i64,
        entries: Vec<i64>,
    },
    /// More places are promised than there are.
    PlacesExceeded { places: u32, taken: u32 },
    /// An award goes to more or fewer entries than it has places, since places are tied.
    AwardTied { award: String, entries: Vec<i64> },
    /// Nobody gets an award that has places.
    AwardEmpty { award: String, group: Option<String> },
    /// Who may not have an award lost it, and others came up in their place.
    AwardMoved {
        award: String,
        lost: Vec<i64>,
        gained: Vec<i64>,
    },
    /// A judge's sheets are sealed, and the rules never open them.
    SealedNeverOpened { judge: String },
    /// Something about the places of another stream than those who go on.
    InStream {
        stream: String,
        #[schema(no_recursion)]
        warning: Box<Warning>,
    },
    /// Places can't be shared out before the number of entrants of every group is known.
    SizesMissing { groups: Vec<String> },
    /// Equally large groups with equal claims: a lot must say which gets the place.
    ShareLotAwaited { groups: Vec<String>, places: u32 },
}

impl Warning {
    /// What it says, whichever stream it is about.
    #[must_use]
    pub fn itself(&self) -> &Self {
        match self {
            Self::InStream { warning, .. } => warning.itself(),
            other => other,
        }
    }
}

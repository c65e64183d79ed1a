//! Bytes that nobody meant: whatever stands in the files, they are read or refused with their places.

use std::sync::LazyLock;

use palmares::domain::text::Lang;
use palmares::files::{
    self, ADJUSTMENTS, DECISIONS, ENTRIES, EXCUSED, Folder, GROUPS, MARKS, NAMES, PANELS, PREVIOUS,
};
use proptest::prelude::*;

use crate::templates;

/// The contest of a template.
static FOLDER: LazyLock<Folder> = LazyLock::new(|| {
    let template = palmares::domain::rules::templates::template("city-semi-final").unwrap();
    templates::folder(template.name, template.document)
});

/// Headings that are understood.
const HEADINGS: &[(&str, &str)] = &[
    (ENTRIES, "entry,stage,title,group,panel,institution,status,reason"),
    (MARKS, "entry,judge,criterion,mark"),
    (PANELS, "judge,panel"),
    (EXCUSED, "entry,judge"),
    (ADJUSTMENTS, "entry,points,reason"),
    (PREVIOUS, "entry,round,total,rank,exact"),
    (DECISIONS, "decision,entries,reason"),
    (GROUPS, "group,entrants,lot"),
];

/// Fields, most of which mean something somewhere.
fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "1", "2", "3", "01", "J1", "J2", "score", "88.5", "-1.5", "growth", "start-up", "withdrawn", "preliminary", "chair",
            "excluded", "1 2", "", "99999999999999999999", "1/0", "\"1,5\"", "2.5",
        ]).prop_map(str::to_owned),
        1 => "[\"a-z0-9 .\n\u{feff}评/-]{0,12}",
    ]
}

proptest! {
    // 300 folders a run for each of the two; 20,000 were run once. More with PROPTEST_CASES.
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(300),
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_bytes_make_a_reader_panic(
        name in prop::sample::select(NAMES),
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "[\"a-d0-9,\r\n \u{feff}.-]{0,200}".prop_map(String::into_bytes),
        ],
        (heading, rows) in prop::sample::select(HEADINGS).prop_flat_map(|heading| {
            let columns = heading.1.split(',').count();
            (Just(heading), prop::collection::vec(prop::collection::vec(field(), columns), 0..6))
        }),
    ) {
        let mut folder = FOLDER.clone();
        folder.insert(name.to_owned(), bytes);
        let _ = files::read(&folder);
        let mut folder = FOLDER.clone();
        let (name, heading) = heading;
        let rows: Vec<String> = rows.iter().map(|fields| fields.join(",")).collect();
        folder.insert(name.to_owned(), format!("{heading}\n{}", rows.join("\r\n")).into_bytes());
        match files::read(&folder) {
            Ok(contest) => prop_assert!(contest.tabulate().json(Lang::Zh).len() > 2),
            Err(problems) => prop_assert!(!problems.sentences(Lang::Zh).is_empty()),
        }
    }

    #[test]
    fn a_file_with_bytes_changed_is_read_or_refused_with_its_place(
        name in prop::sample::select(vec![ENTRIES, MARKS]),
        at in 0..200_usize,
        byte in prop::sample::select(b",\"\n\r0x -".to_vec()),
    ) {
        let mut folder = FOLDER.clone();
        let text = folder.get_mut(name).unwrap();
        let at = at % text.len();
        text[at] = byte;
        match files::read(&folder) {
            Ok(contest) => prop_assert!(!contest.tabulate().csv().is_empty()),
            Err(problems) => {
                prop_assert!(!problems.0.is_empty());
                prop_assert!(problems.0.iter().all(|p| p.line.is_some()));
            }
        }
    }
}

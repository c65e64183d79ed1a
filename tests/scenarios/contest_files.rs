//! The European Championships as a folder of files, through the functions that `palmares tabulate` uses.

use palmares::domain::text::Lang;
use palmares::files::{self, ADJUSTMENTS, ENTRIES, Folder, MARKS, PREVIOUS, RULES, Tabulated};

use crate::cases::{self, CRITERIA, JUDGES, Programme, number, two_decimals};

/// The files of a round, numbers written as the source writes them.
fn folder(programme: &Programme) -> Folder {
    let mut entries = "entry,start_order\n".to_owned();
    let mut marks = "entry,judge,criterion,mark\n".to_owned();
    let mut adjustments = "entry,points,reason\n".to_owned();
    for row in &programme.results {
        let entry = &row["number"];
        entries += &format!("{entry},{}\n", row["start_order"]);
        marks += &format!("{entry},,elements,{}\n", row["element_score"]);
        adjustments += &format!("{entry},-{},deductions\n", row["deductions"]);
        for judge in 1..=JUDGES {
            for (label, code) in CRITERIA {
                let mark = programme.mark(number(row), label, judge).unwrap_or_default();
                marks += &format!("{entry},J{judge},{code},{mark}\n");
            }
        }
    }
    let files = [
        (RULES, programme.rules.to_owned()),
        (ENTRIES, entries),
        (MARKS, marks),
        (ADJUSTMENTS, adjustments),
    ];
    files
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.into_bytes()))
        .collect()
}

/// `entry,group,rank,total,status,outcome`, a line each.
fn lines(result: &Tabulated<'_>) -> Vec<Vec<String>> {
    let text = String::from_utf8(result.csv()).unwrap();
    let lines = text.lines().skip(1);
    lines
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}

#[test]
fn the_european_championships_from_files() {
    let Some(case) = cases::skating() else { return };

    let short = files::read(&folder(&case.short)).unwrap();
    let short = short.tabulate();
    let lines_of_short = lines(&short);
    assert_eq!(lines_of_short.len(), case.short.results.len());
    for (line, row) in lines_of_short.iter().zip(&case.short.results) {
        let expected = [
            number(row).to_string(),
            "all".into(),
            row["rank"].clone(),
            two_decimals(&row["total"]),
        ];
        assert_eq!(line[..4], expected);
    }
    let mut advancing: Vec<&String> = lines_of_short
        .iter()
        .filter(|line| line[5] == "advances")
        .map(|line| &line[0])
        .collect();
    advancing.sort_unstable();
    let mut official: Vec<String> = case
        .free
        .results
        .iter()
        .map(|row| number(row).to_string())
        .collect();
    official.sort_unstable();
    assert_eq!(advancing, official.iter().collect::<Vec<_>>());

    let mut files = folder(&case.free);
    let mut previous = "entry,round,total,rank\n".to_owned();
    for line in &lines_of_short {
        if official.contains(&line[0]) {
            previous += &format!("{},short,{},{}\n", line[0], line[3], line[2]);
        }
    }
    files.insert(PREVIOUS.to_owned(), previous.into_bytes());
    let free = files::read(&files).unwrap();
    let result = free.tabulate();
    let computed: Vec<(String, String)> = lines(&result)
        .into_iter()
        .map(|line| (line[0].clone(), line[3].clone()))
        .collect();
    let official: Vec<(String, String)> = case
        .finals
        .iter()
        .map(|row| (number(row).to_string(), two_decimals(&row["total"])))
        .collect();
    assert_eq!(computed, official);
    let winner = result.sentence(14, Lang::En).unwrap();
    assert!(
        winner.ends_with("1 × 150.79 + 1 × 78.92 from short = 229.71. First."),
        "{winner}"
    );
    assert_eq!(files::read(&files::write(&free)).unwrap(), free);
}

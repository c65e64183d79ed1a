//! Each template is the rules of a contest in files, and its result is one that was computed by other means.

use std::path::{Path, PathBuf};

use palmares::domain::rules::templates::TEMPLATES;
use palmares::domain::text::Lang;
use palmares::files::{self, Folder, NAMES, RULES};
use palmares::words;
use sha2::{Digest, Sha256};

/// The folder of a template's contest.
fn folder_of(template: &str) -> PathBuf {
    Path::new(file!())
        .parent()
        .unwrap()
        .join("templates")
        .join(template)
}

/// The files of a contest, under a template's rules.
pub fn folder(template: &str, document: &str) -> Folder {
    let mut folder: Folder = [(RULES.to_owned(), document.as_bytes().to_vec())].into();
    for name in NAMES.iter().filter(|name| **name != RULES) {
        if let Ok(bytes) = std::fs::read(folder_of(template).join(name)) {
            folder.insert((*name).to_owned(), bytes);
        }
    }
    folder
}

#[test]
fn each_template_gives_the_result_that_is_expected() {
    for template in TEMPLATES {
        let name = template.name;
        let contest = files::read(&folder(name, template.document))
            .unwrap_or_else(|p| panic!("{name}:\n{}", p.sentences(Lang::En).join("\n")));
        let result = contest.tabulate();
        let expected = std::fs::read_to_string(folder_of(name).join("expected.csv")).unwrap();
        assert_eq!(String::from_utf8(result.csv()).unwrap(), expected, "{name}");
        let written = files::write(&contest);
        let again = files::read(&written).unwrap();
        assert_eq!((&again, files::write(&again)), (&contest, written), "{name}");
        for lang in [Lang::En, Lang::Zh] {
            let read = words::reading::as_text(&contest.rules, lang);
            let text = result.table(lang) + &read;
            assert!(!text.contains("reading-") && !text.contains("files-"), "{text}");
            for entry in &contest.input.entries {
                let sentence = result.sentence(entry.number, lang).unwrap();
                assert!(
                    !sentence.contains("derivation-") && !sentence.contains("place-"),
                    "{sentence}"
                );
            }
        }
    }
}

/// The totals that the Hainan committee got stand in the template's contest too.
#[test]
fn a_place_is_told_with_its_numbers() {
    let template = TEMPLATES.iter().find(|t| t.name == "start-up-contest").unwrap();
    let contest = files::read(&folder(template.name, template.document)).unwrap();
    assert_eq!(
        contest.tabulate().sentence(1, Lang::En).unwrap(),
        "88.50 + 90.00 + 91.20 = 269.70, ÷ 3 = 89.90; dropped 93.00 (highest) and 85.00 (lowest). \
         Third, behind entry 4 by Innovation 25.00 : 26.00. Awarded: Second prize."
    );
    assert_eq!(
        contest.tabulate().sentence(1, Lang::Zh).unwrap(),
        "88.50 + 90.00 + 91.20 = 269.70，÷ 3 = 89.90；去掉 93.00（最高）和85.00（最低）。\
         第 3 名，以创新性 25.00 : 26.00 落后项目 4。获奖：二等奖。"
    );
}

/// Every number of every derivation and every sentence, in both languages, as they were when they were last looked at: no
/// byte of them changes unnoticed. Whoever changes one on purpose puts the printed lines into `templates/golden.txt`.
#[test]
fn no_byte_of_a_derivation_changes_unnoticed() {
    let hash = |text: &str| -> String {
        let digest = Sha256::digest(text.as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let mut lines = String::new();
    for template in TEMPLATES {
        let contest = files::read(&folder(template.name, template.document)).unwrap();
        let result = contest.tabulate();
        let sentences = |lang| {
            let sentence = |number| result.sentence(number, lang).unwrap() + "\n";
            let entries = contest.input.entries.iter();
            entries.map(|entry| sentence(entry.number)).collect::<String>()
        };
        let document = result.json(Lang::En) + &result.json(Lang::Zh);
        let told = sentences(Lang::En) + &sentences(Lang::Zh);
        lines += &format!("{} {} {}\n", template.name, hash(&document), hash(&told));
    }
    let golden = std::fs::read_to_string(folder_of("golden.txt")).unwrap_or_default();
    assert!(
        golden == lines,
        "the numbers or the sentences are others now:\n{lines}"
    );
}

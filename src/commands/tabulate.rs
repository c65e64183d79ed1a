//! A contest computed from its files, without server or database.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::domain::scoring::Explain;
use crate::domain::text::Lang;
use crate::error::{Error, Result};
use crate::files::{self, Folder, NAMES, Problems};
use crate::words::{self, Params};

/// What to compute and how to show it.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder with rules.json, entries.csv, marks.csv and what may stand beside them.
    dir: PathBuf,
    /// How to print the result.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Print how this entry came to its total and place, instead of the whole result.
    #[arg(long, value_name = "ENTRY")]
    explain: Option<i64>,
    /// In which language.
    #[arg(long, value_enum, default_value_t = Language::En)]
    lang: Language,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// entry,group,rank,total,status,outcome
    Csv,
    /// Every number that led to each place.
    Json,
}

/// A language to print in.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum Language {
    /// English.
    En,
    /// Simplified Chinese.
    Zh,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::En,
            Language::Zh => Self::Zh,
        }
    }
}

/// How a command that reads files ends when they are wrong.
const WRONG_INPUT: u8 = 2;

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let lang = Lang::from(arguments.lang);
    let folder = match folder(&arguments.dir, lang) {
        Ok(folder) => folder,
        Err(why) => return refuse(&[why]),
    };
    let contest = match files::read(&folder) {
        Ok(contest) => contest,
        Err(problems) => return refuse_files(&problems, lang),
    };
    let result = contest.explained(match (arguments.explain, arguments.format) {
        (Some(entry), _) => Explain::Entry(entry),
        (None, Format::Json) => Explain::All,
        (None, Format::Table | Format::Csv) => Explain::Decide,
    });
    let text = match (arguments.explain, arguments.format) {
        (None, Format::Table) => Some(result.table(lang).into_bytes()),
        (None, Format::Csv) => Some(result.csv()),
        (None, Format::Json) => Some(line(result.json(lang))),
        (Some(entry), Format::Json) => result.json_of(entry, lang).map(line),
        (Some(entry), Format::Table | Format::Csv) => result.sentence(entry, lang).map(line),
    };
    match text {
        Some(text) => print(&text),
        None => {
            let entry = arguments.explain.unwrap_or_default().to_string();
            let params = Params::from([("entry", entry)]);
            refuse(&[words::message("files-no-entry", &params, lang)])
        }
    }
}

fn line(mut text: String) -> Vec<u8> {
    text.push('\n');
    text.into_bytes()
}

/// The files of a folder that are any of ours; those that are not there are not there.
fn folder(dir: &Path, lang: Lang) -> Result<Folder, String> {
    if let Err(why) = std::fs::read_dir(dir) {
        return Err(unreadable(dir, &why, lang));
    }
    let mut folder = Folder::new();
    for name in NAMES {
        let path = dir.join(name);
        match std::fs::read(&path) {
            Ok(bytes) => drop(folder.insert((*name).to_owned(), bytes)),
            Err(why) if why.kind() == ErrorKind::NotFound => {}
            Err(why) => return Err(unreadable(&path, &why, lang)),
        }
    }
    Ok(folder)
}

/// Why a file or folder can't be read.
pub(super) fn unreadable(path: &Path, why: &std::io::Error, lang: Lang) -> String {
    let params = Params::from([("file", path.display().to_string()), ("why", why.to_string())]);
    words::message("files-unreadable", &params, lang)
}

/// Says what is wrong with the files, a line for each place.
pub(super) fn refuse_files(problems: &Problems, lang: Lang) -> Result<ExitCode> {
    refuse(&problems.sentences(lang))
}

/// Says what is wrong, a line each.
pub(super) fn refuse(sentences: &[String]) -> Result<ExitCode> {
    let mut err = std::io::stderr().lock();
    for sentence in sentences {
        writeln!(err, "{sentence}").map_err(Error::internal)?;
    }
    Ok(ExitCode::from(WRONG_INPUT))
}

/// Prints to standard output. Whoever stops reading, as `head` does, has read enough.
pub(super) fn print(text: &[u8]) -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(why) if why.kind() != ErrorKind::BrokenPipe => Err(Error::internal(why)),
        _ => Ok(ExitCode::SUCCESS),
    }
}

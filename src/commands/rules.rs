//! Rules documents: checked, read out, started from a template.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::tabulate::{Language, print, refuse, refuse_files, unreadable};
use crate::domain::rules::{Rules, schema, templates};
use crate::domain::text::Lang;
use crate::error::{Error, Result};
use crate::files;
use crate::words::{self, Params};

/// What can be done with a rules document.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Names every place where a document can't be read or contradicts itself.
    Check(Document),
    /// Reads a document out in plain sentences.
    Read(Document),
    /// Prints a template to start from; without a name, the templates.
    Template {
        /// Which.
        name: Option<String>,
        /// In which language titles and errors are.
        #[arg(long, value_enum, default_value_t = Language::En)]
        lang: Language,
    },
    /// Prints the JSON Schema of rules documents.
    Schema,
}

/// A document.
#[derive(Debug, clap::Args)]
pub(super) struct Document {
    /// The file.
    file: PathBuf,
    /// In which language.
    #[arg(long, value_enum, default_value_t = Language::En)]
    lang: Language,
}

pub(super) fn run(command: &Command) -> Result<ExitCode> {
    match command {
        Command::Check(document) => document.with_rules(|_, lang| {
            let params = Params::from([("file", document.file.display().to_string())]);
            words::message("files-rules-fine", &params, lang) + "\n"
        }),
        Command::Read(document) => document.with_rules(words::reading::as_text),
        Command::Template { name: None, lang } => print(list(Lang::from(*lang)).as_bytes()),
        Command::Template {
            name: Some(name),
            lang,
        } => match templates::template(name) {
            Some(template) => print(template.document.as_bytes()),
            None => {
                let known: Vec<&str> = templates::TEMPLATES.iter().map(|t| t.name).collect();
                let params = Params::from([("name", name.clone()), ("known", known.join(", "))]);
                refuse(&[words::message(
                    "files-template-unknown",
                    &params,
                    Lang::from(*lang),
                )])
            }
        },
        Command::Schema => {
            let text = serde_json::to_string_pretty(&schema()).map_err(Error::internal)?;
            print(format!("{text}\n").as_bytes())
        }
    }
}

/// The templates' names, each with its title.
fn list(lang: Lang) -> String {
    let title = |document| Rules::parse(document).ok().and_then(|rules| rules.title);
    let line = |t: &templates::Template| {
        let title = title(t.document)
            .map(|text| text.in_lang(lang).to_owned())
            .unwrap_or_default();
        format!("{:<18} {title}\n", t.name)
    };
    templates::TEMPLATES.iter().map(line).collect()
}

impl Document {
    /// Prints what is made of the rules; where they can't be read, what is wrong with them.
    fn with_rules(&self, made: impl Fn(&Rules, Lang) -> String) -> Result<ExitCode> {
        let lang = Lang::from(self.lang);
        let bytes = match std::fs::read(&self.file) {
            Ok(bytes) => bytes,
            Err(why) => return refuse(&[unreadable(&self.file, &why, lang)]),
        };
        match files::check_rules(&self.file.display().to_string(), &bytes) {
            Ok(rules) => print(made(&rules, lang).as_bytes()),
            Err(problems) => refuse_files(&problems, lang),
        }
    }
}

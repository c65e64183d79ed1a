//! Which group of a round an entry belongs to: entries are ranked together that agree in the fields that the rules
//! name.

use std::collections::{BTreeMap, BTreeSet};

use super::text::{Code, Text};

/// The group of a round whose rules name no field.
const EVERYONE: &str = "all";

/// A field that entries are grouped by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// `region`, `track` or the code of a choice field.
    pub code: Code,
    /// Its values in the order in which groups are listed.
    pub values: Vec<Value>,
}

/// A value that entries can share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Its short name.
    pub code: Code,
    /// Its name for people.
    pub name: Text,
}

/// What entries of a group have in common: for each field the place of the value among the field's values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(Vec<usize>);

/// The key of an entry with these values (by the field's code).
///
/// # Errors
/// The fields in which the entry has no value, or none of the known ones.
pub fn key_of(fields: &[Field], values: &BTreeMap<&str, &str>) -> Result<Key, Vec<Code>> {
    let place = |field: &Field| {
        let value = values.get(field.code.as_str())?;
        field.values.iter().position(|v| v.code.as_str() == *value)
    };
    let (mut places, mut lacks) = (Vec::new(), Vec::new());
    for field in fields {
        match place(field) {
            Some(i) => places.push(i),
            None => lacks.push(field.code.clone()),
        }
    }
    if lacks.is_empty() {
        Ok(Key(places))
    } else {
        Err(lacks)
    }
}

impl Key {
    /// The values, in the order of the fields.
    pub fn values<'f>(&self, fields: &'f [Field]) -> impl Iterator<Item = (&'f Field, &'f Value)> {
        let places = self.0.iter().copied();
        fields
            .iter()
            .zip(places)
            .filter_map(|(field, i)| Some((field, field.values.get(i)?)))
    }

    /// The codes of the values, in the order of the fields: what a database keeps.
    #[must_use]
    pub fn codes(&self, fields: &[Field]) -> Vec<Code> {
        self.values(fields).map(|(_, value)| value.code.clone()).collect()
    }

    /// The group's name for people: the values' names.
    #[must_use]
    pub fn title(&self, fields: &[Field]) -> Text {
        let parts: Vec<&Text> = self.values(fields).map(|(_, value)| &value.name).collect();
        if parts.is_empty() {
            return Text {
                en: Some("All entries".into()),
                zh: Some("全部项目".into()),
            };
        }
        let joined = |part: fn(&Text) -> Option<&String>| {
            let some = parts.iter().any(|t| part(t).is_some());
            let text =
                |t: &&Text| part(t).map_or_else(|| t.in_lang(Default::default()).to_owned(), Clone::clone);
            some.then(|| parts.iter().map(text).collect::<Vec<_>>().join(" · "))
        };
        Text {
            en: joined(|t| t.en.as_ref()),
            zh: joined(|t| t.zh.as_ref()),
        }
    }

    /// The group's short name: the values' codes, and a number behind them where that is taken.
    #[must_use]
    pub fn code(&self, fields: &[Field], taken: &BTreeSet<Code>) -> Option<Code> {
        let codes = self.codes(fields);
        let whole = match codes.as_slice() {
            [] => EVERYONE.to_owned(),
            _ => codes.iter().map(Code::as_str).collect::<Vec<_>>().join("-"),
        };
        let cut: String = whole.chars().take(54).collect();
        let cut = cut.trim_end_matches(['-', '_']);
        let numbered = (2..=taken.len() + 2).map(|n| format!("{cut}-{n}"));
        std::iter::once(whole.clone())
            .chain(numbered)
            .filter_map(|code| code.parse().ok())
            .find(|code| !taken.contains(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(code: &str, values: &[(&str, &str)]) -> Field {
        let value = |(code, name): &(&str, &str)| Value {
            code: code.parse().unwrap(),
            name: Text::english(*name),
        };
        Field {
            code: code.parse().unwrap(),
            values: values.iter().map(value).collect(),
        }
    }

    fn fields() -> Vec<Field> {
        vec![
            field("region", &[("shanghai", "Shanghai"), ("chengdu", "Chengdu")]),
            field("stage", &[("growth", "Growth"), ("start-up", "Start-up")]),
        ]
    }

    #[test]
    fn entries_that_agree_have_the_same_key() {
        let fields = fields();
        let key = key_of(&fields, &[("region", "chengdu"), ("stage", "growth")].into()).unwrap();
        assert_eq!(
            key.code(&fields, &BTreeSet::new()).unwrap().as_str(),
            "chengdu-growth"
        );
        assert_eq!(key.title(&fields), Text::english("Chengdu · Growth"));
        let first = key_of(&fields, &[("region", "shanghai"), ("stage", "start-up")].into()).unwrap();
        assert!(first < key, "groups are listed in the order of the values");
    }

    #[test]
    fn an_entry_without_a_value_names_what_it_lacks() {
        let lacks = key_of(&fields(), &[("stage", "seed")].into()).unwrap_err();
        let lacks: Vec<_> = lacks.iter().map(Code::as_str).collect();
        assert_eq!(lacks, ["region", "stage"]);
    }

    #[test]
    fn without_fields_all_are_one_group() {
        let key = key_of(&[], &BTreeMap::new()).unwrap();
        assert_eq!(key.code(&[], &BTreeSet::new()).unwrap().as_str(), "all");
        assert_eq!(key.title(&[]).in_lang(crate::domain::text::Lang::Zh), "全部项目");
    }

    #[test]
    fn a_code_that_is_taken_or_too_long_gets_a_number() {
        let fields = fields();
        let key = key_of(&fields, &[("region", "shanghai"), ("stage", "growth")].into()).unwrap();
        let taken = BTreeSet::from([
            "shanghai-growth".parse().unwrap(),
            "shanghai-growth-2".parse().unwrap(),
        ]);
        assert_eq!(key.code(&fields, &taken).unwrap().as_str(), "shanghai-growth-3");
        let long = [
            field("region", &[(&"a".repeat(60), "A")]),
            field("track", &[("b", "B")]),
        ];
        let values = [("region", "a".repeat(60)), ("track", "b".to_owned())];
        let values = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let code = key_of(&long, &values)
            .unwrap()
            .code(&long, &BTreeSet::new())
            .unwrap();
        assert_eq!(code.as_str(), format!("{}-2", "a".repeat(54)));
    }

    #[test]
    fn a_name_in_one_language_stands_in_for_the_other() {
        let mut fields = fields();
        fields[0].values[0].name = Text {
            en: None,
            zh: Some("上海".into()),
        };
        let key = key_of(&fields, &[("region", "shanghai"), ("stage", "growth")].into()).unwrap();
        let title = key.title(&fields);
        assert_eq!(title.zh.as_deref(), Some("上海 · Growth"));
        assert_eq!(title.en.as_deref(), Some("上海 · Growth"));
    }
}

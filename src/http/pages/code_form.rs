//! The form that the code of a link goes into, which stands behind the `#` of the link.

use actix_web::HttpResponse;
use serde::Deserialize;

use super::{Field, Page, refusal, told};
use crate::domain::text::Lang;
use crate::error::Error;
use crate::http::problem::Problem;
use crate::words::{self, Params};

/// Takes the code out of the address, also out of the browser's history, and sends the form with it.
const SCRIPT: &str = "\
function carry(){var c=location.hash.slice(1);if(!c)return;\
history.replaceState(null,'',location.pathname);\
var f=document.getElementById('code');f.elements.code.value=c;f.submit()}\
addEventListener('hashchange',carry);carry()";

/// A form with a code.
#[derive(Deserialize)]
pub(super) struct CodeForm {
    pub(super) code: String,
}

/// What such a form says, by the keys of its sentences, and where it leads.
pub(super) struct Asks {
    pub(super) title: &'static str,
    pub(super) what: &'static str,
    pub(super) label: &'static str,
    pub(super) action: &'static str,
}

impl Asks {
    /// The form, into which the script puts the code.
    pub(super) fn page(&self, lang: Lang, wrong: &[String]) -> Page {
        let say = |key: &str| words::message(key, &Params::new(), lang);
        let mut page = Page::new(lang, &say(self.title));
        page.script = Some(SCRIPT);
        page.wrong(wrong);
        page.tag("p", &say(self.what));
        page.html(&format!(
            "<form id=\"code\" method=\"post\" action=\"{}\">",
            self.action
        ));
        code_field(&mut page, &say(self.label), &say("page-judge-code-hint"));
        page.button(&say("page-judge-continue"));
        page.html("</form>");
        page
    }

    /// The form with what was wrong, to be filled in by hand.
    pub(super) fn again(&self, error: Error, lang: Lang) -> Result<HttpResponse, Problem> {
        let Some(wrong) = told(&error, lang) else {
            return Err(error.into());
        };
        let mut page = self.page(lang, &wrong);
        page.script = None;
        Ok(page.answer(refusal(&error)))
    }
}

/// The field of a code.
pub(super) fn code_field(page: &mut Page, label: &str, hint: &str) {
    page.field(&Field {
        name: "code",
        kind: "text",
        complete: "off",
        label,
        hint: Some(hint),
        value: "",
    });
}

//! What pages are put together from: fields, buttons, notices.

use std::sync::LazyLock;

use domain::language::Text;
use maud::{Markup, html};

use super::layout::{fingerprint, versioned};
use super::squeeze::squeezed;
use super::words;

/// The script that estimates a password while it is typed, served at an address that changes with it; only pages where one is
/// chosen fetch it.
pub const STRENGTH_SCRIPT: &str = squeezed!(include_str!("strength.js"));

static STRENGTH_HREF: LazyLock<String> =
    LazyLock::new(|| versioned("/assets/strength.js", const { fingerprint(STRENGTH_SCRIPT) }));

/// The address of that script.
pub fn strength_script_href() -> &'static str {
    &STRENGTH_HREF
}

/// The id of a page's message.
const MESSAGE: &str = "message";

/// What is typed into a field; decides the keyboard, what the browser fills in and what it corrects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    #[default]
    Text,
    /// A username, or an e-mail address in its place.
    Username,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// The six digits of an authenticator.
    Code,
    /// A PIN that somebody was given, in groups of letters and digits.
    Pin,
    /// The password that a person has.
    Password,
    /// A password that a person chooses.
    NewPassword,
}

impl Kind {
    const fn input_type(self) -> &'static str {
        match self {
            Self::Text | Self::Username | Self::Pin | Self::Code => "text",
            Self::Phone => "tel",
            Self::Email => "email",
            Self::Password | Self::NewPassword => "password",
        }
    }

    const fn autocomplete(self) -> Option<&'static str> {
        match self {
            Self::Text => None,
            Self::Username => Some("username"),
            Self::Email => Some("email"),
            Self::Phone => Some("tel"),
            Self::Pin => Some("off"),
            Self::Code => Some("one-time-code"),
            Self::Password => Some("current-password"),
            Self::NewPassword => Some("new-password"),
        }
    }

    const fn is_secret(self) -> bool {
        matches!(self, Self::Password | Self::NewPassword)
    }
}

/// One labelled field of a form; a password is never given a value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Field<'a> {
    /// What is typed into it.
    pub kind: Kind,
    /// Its name in the form, and its id in the page.
    pub name: &'a str,
    /// What a person is asked for.
    pub label: &'a str,
    /// What it holds at first.
    pub value: &'a str,
    /// A sentence that helps to fill it in.
    pub hint: Option<&'a str>,
    /// What is wrong with what was typed.
    pub error: Option<&'a str>,
    /// What the browser may fill in, where `kind` doesn't say it.
    pub autocomplete: Option<&'a str>,
    /// Whether it may stay empty.
    pub optional: bool,
    /// Whether typing starts here.
    pub focus: bool,
    /// Whether the page's message is about it.
    pub about_message: bool,
}

impl<'a> Field<'a> {
    /// A field that must be filled in, empty at first.
    pub fn new(kind: Kind, name: &'a str, label: &'a str) -> Self {
        Self { kind, name, label, ..Self::default() }
    }

    /// The same field, where typing goes on if the page's message says that something went wrong.
    #[must_use]
    pub fn after(self, message: Option<&Notice>) -> Self {
        let failed = message.is_some_and(Notice::is_error);
        Self { focus: self.focus || failed, about_message: failed, ..self }
    }

    fn described_by(&self) -> Option<String> {
        let own = [("hint", self.hint), ("error", self.error)]
            .into_iter()
            .filter_map(|(what, text)| text.map(|_| format!("{}-{what}", self.name)));
        let ids: Vec<String> = self.about_message.then(|| MESSAGE.to_owned()).into_iter().chain(own).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn input(&self) -> Markup {
        let plain = self.kind == Kind::Text;
        html! {
            input id=(self.name) name=(self.name) type=(self.kind.input_type())
                value=[(!self.kind.is_secret() && !self.value.is_empty()).then_some(self.value)]
                autocomplete=[self.autocomplete.or(self.kind.autocomplete())]
                inputmode=[(self.kind == Kind::Code).then_some("numeric")]
                autocapitalize=[(!plain).then_some("none")] spellcheck=[(!plain).then_some("false")]
                aria-describedby=[self.described_by()] aria-invalid=[self.error.map(|_| "true")]
                required[!self.optional] autofocus[self.focus];
        }
    }
}

/// A field with its label, hint and error; a password gets a button to show it where the script runs.
pub fn field(field: &Field) -> Markup {
    html! {
        div.field {
            div.row {
                label for=(field.name) { (field.label) @if field.optional { " " span.quiet { (words::OPTIONAL.say()) } } }
                @if field.kind.is_secret() { span.caps role="status" data-caps=(words::CAPS_LOCK.say()) {} }
            }
            @if let Some(hint) = field.hint { p.hint id={ (field.name) "-hint" } { (hint) } }
            @if let Some(error) = field.error {
                p.wrong id={ (field.name) "-error" } { span.away { (words::ERROR_PREFIX.say()) } (error) }
            }
            @if field.kind.is_secret() {
                div.secret data-show=(words::SHOW.say()) data-hide=(words::HIDE.say()) { (field.input()) }
            } @else { (field.input()) }
            @if field.kind == Kind::NewPassword && !field.name.ends_with("_again") {
                p.strength role="status" data-script=(strength_script_href()) data-words=(words::STRENGTHS.say()) {}
            }
        }
    }
}

/// Several fields, after a summary of what is wrong with them.
pub fn fields(all: &[Field]) -> Markup {
    html! { (error_summary(all)) @for one in all { (field(one)) } }
}

/// Whether anything is wrong with any of the fields.
pub fn any_wrong(fields: &[Field]) -> bool {
    fields.iter().any(|field| field.error.is_some())
}

/// What is wrong with the fields, each with a link to its field; nothing if all is well.
pub fn error_summary(fields: &[Field]) -> Markup {
    let wrong: Vec<_> = fields.iter().filter_map(|field| Some((field.name, field.error?))).collect();
    html! {
        @if !wrong.is_empty() {
            div.notice.error role="alert" tabindex="-1" autofocus {
                h2 { (words::SUMMARY.say()) }
                ul { @for (name, error) in wrong { li { a href={ "#" (name) } { (error) } } } }
            }
        }
    }
}

/// How a notice sounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Something to know.
    #[default]
    Info,
    /// Something that went well.
    Success,
    /// Something that went wrong.
    Error,
}

/// A sentence set apart from the rest of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// How it sounds.
    pub tone: Tone,
    /// What it says, as plain text; line breaks are kept.
    pub text: String,
}

impl Notice {
    /// A notice of something to know.
    pub fn info(text: impl Into<String>) -> Self {
        Self { tone: Tone::Info, text: text.into() }
    }

    /// A notice of something that went well.
    pub fn success(text: impl Into<String>) -> Self {
        Self { tone: Tone::Success, text: text.into() }
    }

    /// A notice of something that went wrong.
    pub fn error(text: impl Into<String>) -> Self {
        Self { tone: Tone::Error, text: text.into() }
    }

    /// Whether something went wrong.
    pub fn is_error(&self) -> bool {
        self.tone == Tone::Error
    }
}

/// The message of a page; there is one at most.
pub fn notice(notice: &Notice) -> Markup {
    said(notice, Some(MESSAGE))
}

/// A notice, which a field may be about if it has an id.
pub fn said(notice: &Notice, id: Option<&str>) -> Markup {
    let text = &notice.text;
    match notice.tone {
        Tone::Info => html! { p.notice id=[id] role="status" { (text) } },
        Tone::Success => html! { p.notice.success id=[id] role="status" { (text) } },
        Tone::Error => html! { p.notice.error id=[id] role="alert" { (text) } },
    }
}

/// A form that posts to `action`.
pub fn form(action: &str, content: &Markup) -> Markup {
    html! { form method="post" action=(action) { (content) } }
}

/// A value that goes with a form unseen.
pub fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// A box to tick, which sends `true`.
pub fn checkbox(name: &str, label: &str, ticked: bool) -> Markup {
    html! { label.tick { input type="checkbox" name=(name) value="true" checked[ticked]; span { (label) } } }
}

/// The button that sends a form.
pub fn button(label: &str) -> Markup {
    html! { button.button type="submit" { (label) } }
}

/// A link that looks like the button of a form, for a page whose next step is elsewhere.
pub fn link_button(href: &str, label: &str) -> Markup {
    html! { a.button href=(href) { (label) } }
}

/// A link on a line of its own.
pub fn link_line(href: &str, label: &str) -> Markup {
    html! { p.line { a href=(href) { (label) } } }
}

/// Where a person is on a short way: `now` counts from 1.
pub fn steps(names: &[Text], now: usize) -> Markup {
    html! {
        ol.steps {
            @for (number, name) in (1..).zip(names) {
                li.done[number < now] aria-current=[(number == now).then_some("step")] {
                    span { (words::step(number, names.len(), name.say())) }
                }
            }
        }
    }
}

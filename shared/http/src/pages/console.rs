//! What the pages of staff are put together from: the frame with its ways, tables, facts, forms. Each works without a script.

use std::collections::BTreeMap;

use domain::language::Language::{English, Spanish};
use domain::language::{Text, spoken};
use domain::logo::Told;
use maud::{DOCTYPE, Markup, html};

use super::elsewhere::languages;
use super::layout::{Frame, fingerprint, head_of, lantern, picture, versioned};
use super::parts::{Notice, notice};
use super::squeeze::squeezed;
use super::words;

/// The style sheet of the console, served at [`console_style_href`].
pub const CONSOLE_STYLE: &str = squeezed!(concat!(include_str!("palette.css"), include_str!("console.css")));

/// The script of the console, served at [`console_script_href`]; every page works without it.
pub const CONSOLE_SCRIPT: &str = squeezed!(include_str!("console.js"));

/// The address of the console's style sheet; it changes with the content, so it can be kept for ever.
pub fn console_style_href() -> String {
    versioned("/assets/console.css", const { fingerprint(CONSOLE_STYLE) })
}

/// The address of the console's script; it changes with the content, so it can be kept for ever.
pub fn console_script_href() -> String {
    versioned("/assets/console.js", const { fingerprint(CONSOLE_SCRIPT) })
}

/// What stands around every page of the console.
#[derive(Clone, Debug, Default)]
pub struct Console<'a> {
    /// The house.
    pub frame: Frame<'a>,
    /// The username of whoever looks at it.
    pub who: &'a str,
    /// Where they may go: address and name.
    pub ways: Vec<(&'static str, Text)>,
    /// Which of these it is.
    pub current: &'a str,
    /// In how many days their password expires, if that is soon (PW-5).
    pub expires: Option<u32>,
    /// What happened, such as a change that was saved.
    pub message: Option<Notice>,
}

/// What a heading says: a sentence in every language, or one that was put together in the language that is spoken. A `&str` is
/// neither, so that a translation that is missing does not compile.
pub trait Said {
    /// In the language that is spoken.
    fn said(&self) -> &str;
}

impl Said for Text {
    fn said(&self) -> &str {
        self.say()
    }
}

impl Said for String {
    fn said(&self) -> &str {
        self
    }
}

impl<T: Said> Said for &T {
    fn said(&self) -> &str {
        (**self).said()
    }
}

/// No words, such as over a column of buttons.
pub const NOTHING: Text = Text("", "");

/// The button that sends a form which changes what is stored.
pub const SAVE: Text = Text("Save", "Guardar");

/// A page of the console; it names itself.
pub fn console(around: &Console, title: &str, content: &Markup) -> Markup {
    let Console { frame, who, ways, current, expires, message } = around;
    let failed = message.as_ref().is_some_and(Notice::is_error);
    let in_tab = if failed { format!("{}{title}", words::ERROR_PREFIX) } else { title.to_owned() };
    html! {
        (DOCTYPE)
        html lang=(spoken().tag()) {
            (head_of(&Frame { title: &in_tab, ..*frame }, &console_style_href(), &console_script_href()))
            body {
                a.skip href="#content" { (Text("Skip to the page", "Saltar al contenido")) }
                header.bar {
                    a.brand href="/admin" { (sign(frame)) span { (frame.organisation) } }
                    div.who {
                        (languages())
                        a href="/account" { (who) }
                        form method="post" action="/sign-out" { button.quiet-button type="submit" { (words::SIGN_OUT) } }
                    }
                    @if let Some(days) = expires {
                        p.soon { (words::password_ends(*days)) " " a href="/change-password" { (words::CHANGE_NOW) } }
                    }
                }
                nav.ways aria-label=(Text("Console", "Consola")) {
                    details {
                        summary { (Text("Menu", "Menú")) }
                        ul {
                            @for (href, name) in ways {
                                li { a href=(href) aria-current=[(*href == *current).then_some("page")] { (name) } }
                            }
                        }
                    }
                }
                main #content tabindex="-1" {
                    h1 { (title) }
                    @if let Some(message) = message { (notice(message)) }
                    (content)
                }
            }
        }
    }
}

/// The lantern, or the organisation's logo beside its name.
fn sign(frame: &Frame) -> Markup {
    frame.logo.map_or_else(lantern, |logo| picture(logo, (160, 36), ""))
}

/// A logo as pages show it, on the ground that it has in the dark.
pub fn logo(logo: Told<'_>, says: &str) -> Markup {
    html! { p.shown-logo { (picture(logo, (256, 80), says)) } }
}

/// A part of a page under a heading.
pub fn section(title: impl Said, content: &Markup) -> Markup {
    html! { section.part { h2 { (title.said()) } (content) } }
}

/// A table; on a narrow screen each row is a card.
pub fn table(caption: Text, head: &[Text], rows: &[Vec<Markup>]) -> Markup {
    html! {
        table.rows role="table" {
            caption.away { (caption) }
            thead role="rowgroup" {
                tr role="row" {
                    @for name in head {
                        @if *name == NOTHING { td role="cell" {} } @else { th scope="col" role="columnheader" { (name) } }
                    }
                }
            }
            tbody role="rowgroup" {
                @for row in rows {
                    tr role="row" {
                        @for (name, cell) in head.iter().zip(row) { td role="cell" data-label=(name) { div { (cell) } } }
                    }
                }
            }
        }
    }
}

/// Facts, each under its name; what is empty is left out.
pub fn facts(all: &[(Text, String)]) -> Markup {
    html! {
        dl.facts {
            @for (name, fact) in all {
                @if !fact.is_empty() { div { dt { (name) } dd { (fact) } } }
            }
        }
    }
}

/// A moment, for people: day and time in UTC.
pub fn moment(at: jiff::Timestamp) -> String {
    let how = match spoken() {
        English => "%-d %b %Y, %H:%M UTC",
        Spanish => "%-d/%-m/%Y, %H:%M UTC",
    };
    at.strftime(how).to_string()
}

/// What was typed into a form that could not be taken, and why.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// The values by field.
    pub values: BTreeMap<String, String>,
    /// The reasons by field.
    pub errors: BTreeMap<String, Vec<String>>,
}

impl Typed {
    /// What a field holds: what was typed, else what is stored.
    pub fn value<'a>(&'a self, name: &str, stored: &'a str) -> &'a str {
        self.values.get(name).map_or(stored, String::as_str)
    }

    /// What one of several forms on a page shows of it: all, where something is wrong with one of its fields, else nothing.
    #[must_use]
    pub fn within(&self, fields: &[&str]) -> Self {
        if self.is_about(fields) { self.clone() } else { Self::default() }
    }

    /// What the form beside these fields shows of it.
    #[must_use]
    pub fn beside(&self, fields: &[&str]) -> Self {
        if self.is_about(fields) { Self::default() } else { self.clone() }
    }

    fn is_about(&self, fields: &[&str]) -> bool {
        self.errors.keys().any(|name| fields.contains(&name.as_str()))
    }

    fn error(&self, name: &str) -> Option<String> {
        self.errors.get(name).map(|reasons| reasons.join(" "))
    }
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way<'a> {
    /// One line.
    Line,
    /// A secret line.
    Secret,
    /// A whole number.
    Number,
    /// A day.
    Day,
    /// Several lines, shown so many at first.
    Lines(u32),
    /// One of these: value and name.
    Choice(&'a [(&'a str, Text)]),
    /// One of these, which have names of their own: value and name. Something else may stand before them.
    Named(Option<(&'a str, Text)>, &'a [(&'a str, &'a str)]),
    /// A box to tick.
    Tick,
    /// A file, of these kinds.
    File(&'a str),
}

/// A field of the console's forms.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Its name in the form, and its id in the page.
    pub name: &'a str,
    /// What a person is asked for.
    pub label: Text,
    /// How it is filled in.
    pub way: Way<'a>,
    /// What is stored; `true` for a box that is ticked.
    pub stored: &'a str,
    /// A sentence that helps; may be empty.
    pub hint: &'a str,
}

impl<'a> Input<'a> {
    /// One line of text.
    pub fn line(name: &'a str, label: Text, stored: &'a str) -> Self {
        Self { name, label, way: Way::Line, stored, hint: "" }
    }

    /// The same, filled in another way.
    #[must_use]
    pub fn way(self, way: Way<'a>) -> Self {
        Self { way, ..self }
    }

    /// The same, with a sentence that helps.
    #[must_use]
    pub fn hint(self, hint: Text) -> Self {
        self.told(hint.say())
    }

    /// The same, with a sentence that helps, put together in the language that is spoken.
    #[must_use]
    pub fn told(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }
}

/// A field with its label, hint and error.
pub fn input(of: &Input, typed: &Typed) -> Markup {
    let Input { name, label, way, stored, hint } = *of;
    let (value, error) = (typed.value(name, stored), typed.error(name));
    let ids = [(!hint.is_empty(), "hint"), (error.is_some(), "error")];
    let ids: Vec<String> = ids.into_iter().filter(|(is, _)| *is).map(|(_, what)| format!("{name}-{what}")).collect();
    let described = (!ids.is_empty()).then(|| ids.join(" "));
    let invalid = error.is_some().then_some("true");
    let notes = html! {
        @if !hint.is_empty() { p.hint id={ (name) "-hint" } { (hint) } }
        @if let Some(error) = &error { p.wrong id={ (name) "-error" } { span.away { (words::ERROR_PREFIX) } (error) } }
    };
    if way == Way::Tick {
        return html! {
            div.field {
                label.tick {
                    input type="checkbox" id=(name) name=(name) value="true" checked[value == "true"] aria-describedby=[described];
                    span { (label) }
                }
                (notes)
            }
        };
    }
    let control = match way {
        Way::Lines(rows) => html! {
            textarea id=(name) name=(name) rows=(rows) aria-describedby=[described] aria-invalid=[invalid] { "\n" (value) }
        },
        Way::Choice(options) => html! {
            select id=(name) name=(name) aria-describedby=[described] aria-invalid=[invalid] {
                @for (option, shown) in options { option value=(option) selected[*option == value] { (shown) } }
            }
        },
        Way::Named(first, others) => html! {
            select id=(name) name=(name) aria-describedby=[described] aria-invalid=[invalid] {
                @if let Some((option, shown)) = first { option value=(option) selected[option == value] { (shown) } }
                @for (option, shown) in others { option value=(option) selected[*option == value] { (shown) } }
            }
        },
        Way::File(kinds) => html! {
            input type="file" id=(name) name=(name) accept=(kinds) aria-describedby=[described] aria-invalid=[invalid];
        },
        _ => {
            let kind = match way {
                Way::Number => "number",
                Way::Day => "date",
                Way::Secret => "password",
                _ => "text",
            };
            let value = (way != Way::Secret).then_some(value);
            let fill = if way == Way::Secret { "new-password" } else { "off" };
            html! {
                input type=(kind) id=(name) name=(name) value=[value] autocomplete=(fill)
                    aria-describedby=[described] aria-invalid=[invalid];
            }
        }
    };
    html! { div.field { label for=(name) { (label) } (notes) (control) } }
}

/// Several fields, after a summary of what is wrong.
pub fn inputs(all: &[Input], typed: &Typed) -> Markup {
    html! { (summary(typed)) @for one in all { (input(one, typed)) } }
}

/// What is wrong, each with a link to its field; nothing if all is well.
pub fn summary(typed: &Typed) -> Markup {
    html! {
        @if !typed.errors.is_empty() {
            div.notice.error role="alert" tabindex="-1" autofocus {
                h2 { (words::SUMMARY) }
                ul { @for (name, reasons) in &typed.errors { li { a href={ "#" (name) } { (reasons.join(" ")) } } } }
            }
        }
    }
}

/// A form of the console.
pub fn post(action: &str, content: &Markup) -> Markup {
    html! { form.sheet method="post" action=(action) { (content) } }
}

/// A form with a file.
pub fn upload(action: &str, content: &Markup) -> Markup {
    html! { form.sheet method="post" action=(action) enctype="multipart/form-data" { (content) } }
}

/// A form that is one button.
pub fn press(action: &str, label: Text, tone: &str) -> Markup {
    html! { form.press method="post" action=(action) { button class={ "button " (tone) } type="submit" { (label) } } }
}

/// The button that sends a form.
pub fn send(label: Text) -> Markup {
    html! { button.button type="submit" { (label) } }
}

/// The button beside it.
pub const SEARCH: Text = Text("Search", "Buscar");

/// The field in which lists are searched.
pub fn search(action: &str, label: Text, q: &str, more: &Markup) -> Markup {
    html! {
        form.search method="get" action=(action) role="search" {
            div.field { label for="q" { (label) } input type="search" id="q" name="q" value=(q) autocomplete="off"; }
            (more)
            button.button type="submit" { (SEARCH) }
        }
    }
}

/// The way to the next page of a list; nothing on the last.
pub fn next_page(href: Option<&str>) -> Markup {
    html! { @if let Some(href) = href { p.next-page { a.button.plain href=(href) rel="next" { (Text("Next page", "Página siguiente")) } } } }
}

/// How much of something is done.
pub fn progress(done: u32, total: u32) -> Markup {
    html! { progress max=(total) value=(done) aria-label=(Text("Progress", "Progreso")) {} }
}

/// Pages that belong together: address, name, and whether it is this one.
pub fn tabs(all: impl IntoIterator<Item = (String, Text, bool)>) -> Markup {
    html! {
        ul.tabs {
            @for (href, name, current) in all {
                li { a href=(href) aria-current=[current.then_some("page")] { (name) } }
            }
        }
    }
}

/// What an empty list says, and what to do about it.
pub fn empty(text: Text) -> Markup {
    html! { p.empty { (text) } }
}

/// A word that stands out, such as a state.
pub fn mark(tone: &str, text: Text) -> Markup {
    html! { span class={ "mark " (tone) } { (text) } }
}

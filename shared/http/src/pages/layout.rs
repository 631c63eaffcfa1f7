//! The whole document around a page: the lantern, the organisation's name over the door, and where to find help.

use std::sync::LazyLock;

use domain::language::spoken;
use domain::logo::Told;
use maud::{DOCTYPE, Markup, html};

use super::elsewhere::languages;
use super::squeeze::squeezed;
use super::{theme, words};

/// The style sheet of every page, served at [`style_href`]: a lit doorway in a dark hall, first its colours, of which a theme sets
/// others, then the arch, words, fields, notices and the way. Everybody fetches it, so it says nothing of itself.
pub const STYLE: &str = squeezed!(concat!(include_str!("palette.css"), include_str!("style.css")));

/// The script of every page, served at [`script_href`]; every page works without it.
pub const SCRIPT: &str = squeezed!(include_str!("script.js"));

const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E\
%3Cpath d='M3 32V15a13 13 0 0 1 26 0v17z' fill='%231b4f46'/%3E%3Cpath d='M10 32V16a6 6 0 0 1 12 0v16z' fill='%23f2bd6b'/%3E%3C/svg%3E";

static STYLE_HREF: LazyLock<String> = LazyLock::new(|| versioned("/assets/style.css", const { fingerprint(STYLE) }));
static SCRIPT_HREF: LazyLock<String> = LazyLock::new(|| versioned("/assets/script.js", const { fingerprint(SCRIPT) }));

/// What a page needs to know about the house it stands in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Frame<'a> {
    /// What the page is called instead of its own name, such as an instance's title; empty for its own name.
    pub title: &'a str,
    /// What the page is for, as search engines show it; one that says nothing is left out by them.
    pub about: &'a str,
    /// The organisation's name, written over the door; may be empty.
    pub organisation: &'a str,
    /// The organisation's e-mail address for people who need help.
    pub contact: Option<&'a str>,
    /// The organisation's logo, which stands in the place of its name.
    pub logo: Option<Told<'a>>,
    /// The version of the organisation's own theme, if there is one.
    pub theme: Option<u64>,
}

impl Frame<'_> {
    /// A frame for pictures and tests.
    pub const fn sample() -> Frame<'static> {
        Frame {
            title: "",
            about: "",
            organisation: "Harbour Association",
            contact: Some("office@harbour.example"),
            logo: None,
            theme: None,
        }
    }
}

/// The address of the style sheet; it changes with the content, so it can be kept for ever.
pub fn style_href() -> &'static str {
    &STYLE_HREF
}

/// The address of the script; it changes with the content, so it can be kept for ever.
pub fn script_href() -> &'static str {
    &SCRIPT_HREF
}

/// The whole document, with `body` as its main part; the body brings the one `h1`.
pub fn layout(frame: &Frame, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(spoken().tag()) {
            (head(frame))
            body {
                div.door {
                    header { (over_the_door(frame)) }
                    main { (body) }
                }
                footer {
                    @if let Some(address) = frame.contact { p { (words::NEED_HELP.say()) " " (mail_to(address)) } }
                    (languages())
                }
            }
        }
    }
}

/// The most that a logo takes of a door, in pixels.
const LOGO: (u32, u32) = (256, 80);

/// The lantern and the organisation's name, or its logo.
fn over_the_door(frame: &Frame) -> Markup {
    html! {
        @match frame.logo {
            Some(logo) => (picture(logo, LOGO, frame.organisation)),
            None => { (lantern()) @if !frame.organisation.is_empty() { p.inscription { (frame.organisation) } } }
        }
    }
}

/// A logo, which takes its room before it has come.
pub(super) fn picture(logo: Told<'_>, most: (u32, u32), says: &str) -> Markup {
    let (width, height) = logo.within(most.0, most.1);
    html! { img.logo src={ "/assets/logo/" (logo.name) } width=(width) height=(height) alt=(says); }
}

/// The document of a page that names itself `own` unless the frame names it; `failed` says so in the browser's tab too.
pub(super) fn page(frame: &Frame, own: &str, failed: bool, content: &Markup) -> Markup {
    let heading = if frame.title.is_empty() { own } else { frame.title };
    let title = if failed { format!("{}{heading}", words::ERROR_PREFIX.say()) } else { heading.to_owned() };
    layout(&Frame { title: &title, ..*frame }, &html! { h1 { (heading) } (content) })
}

/// A link that opens a new mail to an address.
fn mail_to(address: &str) -> Markup {
    html! { a href={ "mailto:" (address) } { (address) } }
}

fn head(frame: &Frame) -> Markup {
    head_of(frame, style_href(), script_href())
}

/// The head of a document with this style sheet and script.
pub(super) fn head_of(frame: &Frame, style: &str, script: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            title { (frame.title) @if !frame.organisation.is_empty() { " - " (frame.organisation) } }
            meta name="viewport" content="width=device-width, initial-scale=1";
            @if frame.about.is_empty() { meta name="robots" content="noindex"; }
            @else { meta name="description" content=(frame.about); }
            meta name="color-scheme" content="light dark";
            meta name="theme-color" content="#16423b" media="(prefers-color-scheme: light)";
            meta name="theme-color" content="#0a1412" media="(prefers-color-scheme: dark)";
            link rel="icon" href=(ICON);
            link rel="stylesheet" href=(style);
            @if let Some(version) = frame.theme { link rel="stylesheet" href=(theme::href(version)); }
            script src=(script) defer {}
        }
    }
}

/// The lamp that hangs in the arch.
pub(super) fn lantern() -> Markup {
    html! {
        svg.lantern viewBox="0 0 40 72" aria-hidden="true" focusable="false" {
            path.cord d="M20 0v26" {}
            path.iron d="M20 22a4 4 0 0 1 4 5l7 6H9l7-6a4 4 0 0 1 4-5zM12 58h16l-3 6H15z" {}
            path.light d="M10 35h20l-2 21H12z" {}
            path.cord d="M17 35l1 21M23 35l-1 21" {}
        }
    }
}

pub(super) fn versioned(path: &str, fingerprint: u64) -> String {
    format!("{path}?v={:012x}", fingerprint >> 16)
}

/// FNV-1a, 64 bits: enough to tell two versions of a file apart.
pub(super) const fn fingerprint(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

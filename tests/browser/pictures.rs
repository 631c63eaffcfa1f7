//! Pictures of pages as a phone and a desktop show them, by day and by night; and what must hold in all of them.

use std::path::PathBuf;
use std::sync::LazyLock;

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::person::Person;
use crate::tools;

/// A screen in front of somebody.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    /// What it is called.
    pub(crate) name: &'static str,
    /// How wide it is, in CSS pixels.
    width: u32,
    /// How high it is.
    height: u32,
    /// Pixels of the screen for one of CSS: two where somebody has zoomed in.
    scale: u32,
    /// Whether it is dark.
    dark: bool,
    /// Whether it has its reader's own few colours.
    forced: bool,
}

const fn screen(name: &'static str, (width, height): (u32, u32), dark: bool) -> Screen {
    Screen { name, width, height, scale: 1, dark, forced: false }
}

/// The screens that every page is looked at on.
const SCREENS: [Screen; 4] = [
    screen("phone-light", (390, 844), false),
    screen("phone-dark", (390, 844), true),
    screen("desktop-light", (1280, 800), false),
    screen("desktop-dark", (1280, 800), true),
];

/// The same with two more: a desktop at 200%, and one with forced colours.
pub(crate) const GALLERY: [Screen; 6] = [
    SCREENS[0],
    SCREENS[1],
    SCREENS[2],
    SCREENS[3],
    Screen { scale: 2, ..screen("zoomed", (640, 400), false) },
    Screen { forced: true, ..screen("forced-colours", (1280, 800), true) },
];

/// The narrowest screen that a page must fit (WCAG 1.4.10).
const NARROWEST: Screen = screen("narrowest", (320, 568), false);

/// The longest page that is pictured whole, in CSS pixels.
const LONGEST: u64 = 4_000;

/// What reaches over an edge of the screen; what is only for screen readers is elsewhere by intention.
const OUTSIDE: &str = "return [...document.querySelectorAll('body *')].filter(e => !e.closest('svg, .away, .steps') && e.getClientRects().length)
    .filter(e => { const r = e.getBoundingClientRect(); return r.left < -1 || r.right > innerWidth + 1 || (e.matches('pre') && e.scrollWidth > e.clientWidth + 1); }).map(e => e.outerHTML.slice(0, 100))";

/// What is too small to be hit (WCAG 2.5.8); links within a sentence may be as high as it.
const SMALL: &str = "return [...document.querySelectorAll('button, input:not([type=hidden]):not([hidden]), .button, .line a, .ways a')]
    .filter(e => { const r = e.getBoundingClientRect(); return !e.hidden && (r.width < 24 || r.height < 24); }).map(e => e.outerHTML.slice(0, 100))";

impl Person {
    /// OP-6: looks at the page on every screen and keeps the pictures in `$VESTIBULE_SHOTS`, or else `shots` in the
    /// target folder.
    pub(crate) async fn looks_at_every_screen(&self, page: &str) {
        for screen in SCREENS {
            self.sits_at(screen).await;
            self.fits(page, screen.name).await;
            self.is_for_everybody(page, screen.name).await;
            let picture = self.chromium.picture().await;
            std::fs::write(folder().join(format!("{page}.{}.png", screen.name)), picture).expect("it can be kept");
        }
        self.sits_at(NARROWEST).await;
        self.fits(page, NARROWEST.name).await;
        self.stands_up().await;
    }

    /// Keeps pictures of the whole page on each screen of the gallery; answers what they are called.
    pub(crate) async fn is_pictured(&self, page: &str, language: &str) -> String {
        let name = format!("{page}.{language}");
        for screen in GALLERY {
            self.sits_at(screen).await;
            let high = self.chromium.look("return document.documentElement.scrollHeight").await;
            let high = high.as_u64().unwrap_or_default().clamp(screen.height.into(), LONGEST);
            let clip = json!({"x": 0, "y": 0, "width": screen.width, "height": high, "scale": 1});
            let wish = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
            let picture = self.chromium.ask("Page.captureScreenshot", wish).await;
            let picture = BASE64.decode(picture["data"].as_str().expect("a picture").as_bytes()).expect("Base64");
            std::fs::write(folder().join(format!("{name}.{}.png", screen.name)), picture).expect("it can be kept");
        }
        self.stands_up().await;
        name
    }

    async fn stands_up(&self) {
        self.chromium.ask("Emulation.clearDeviceMetricsOverride", json!({})).await;
        self.chromium.ask("Emulation.setEmulatedMedia", json!({"features": []})).await;
    }

    async fn sits_at(&self, screen: Screen) {
        let Screen { width, height, scale, dark, forced, .. } = screen;
        let scheme = if dark { "dark" } else { "light" };
        let forced = if forced { "active" } else { "none" };
        let features =
            [("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce"), ("forced-colors", forced)];
        let media = json!({"features": features.map(|(name, value)| json!({"name": name, "value": value}))});
        self.chromium.ask("Emulation.setEmulatedMedia", media).await;
        let screen = json!({"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 600});
        self.chromium.ask("Emulation.setDeviceMetricsOverride", screen).await;
    }

    /// What axe-core finds against WCAG 2.2 AA and good practice: nothing.
    async fn is_for_everybody(&self, page: &str, screen: &str) {
        if !self.scripts {
            return; // the same pages are looked at with scripts
        }
        let found = self.chromium.look(&format!("{}\n{AXE}", axe())).await;
        assert_eq!(found, Value::Array(Vec::new()), "axe-core: {page} on {screen}");
    }

    async fn fits(&self, page: &str, screen: &str) {
        for (what, script) in [("outside of the screen", OUTSIDE), ("too small to be hit", SMALL)] {
            let found = self.chromium.look(script).await;
            assert_eq!(found, Value::Array(Vec::new()), "{what}: {page} on {screen}");
        }
    }
}

/// The rules of axe-core, run over the page: what breaks them and where. A mail, which is no page, is held against WCAG alone.
const AXE: &str = "const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    return axe.run(document, {runOnly: location.protocol == 'file:' ? wcag : [...wcag, 'best-practice']}) \
    .then(told => told.violations.map(broken => `${broken.id}: ${broken.nodes.map(node => node.html).join(' ')}`))";

/// The script of axe-core.
fn axe() -> &'static str {
    static SCRIPT: LazyLock<String> = LazyLock::new(|| {
        std::fs::read_to_string(tools::folder().join("axe/axe.min.js"))
            .expect("axe-core: infra/tools/fetch browser brings it")
    });
    &SCRIPT
}

pub(crate) fn folder() -> PathBuf {
    let beside = || PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("shots");
    let folder = std::env::var_os("VESTIBULE_SHOTS").map_or_else(beside, PathBuf::from);
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    folder
}

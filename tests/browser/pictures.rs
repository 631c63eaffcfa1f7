//! Pictures of pages as a phone and a desktop show them, by day and by night; and what must hold in all of them.

use std::path::PathBuf;
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::person::Person;
use crate::tools;

/// A screen: what it is called, how wide and high it is in CSS pixels, and whether it is dark.
const SCREENS: [(&str, u32, u32, bool); 4] = [
    ("phone-light", 390, 844, false),
    ("phone-dark", 390, 844, true),
    ("desktop-light", 1280, 800, false),
    ("desktop-dark", 1280, 800, true),
];

/// The narrowest screen that a page must fit (WCAG 1.4.10).
const NARROWEST: u32 = 320;

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
        for (screen, width, height, dark) in SCREENS {
            self.sits_at(width, height, dark).await;
            self.fits(page, screen).await;
            self.is_for_everybody(page, screen).await;
            let picture = self.chromium.picture().await;
            std::fs::write(folder().join(format!("{page}.{screen}.png")), picture).expect("it can be kept");
        }
        self.sits_at(NARROWEST, 568, false).await;
        self.fits(page, "narrowest").await;
        self.chromium.ask("Emulation.clearDeviceMetricsOverride", json!({})).await;
        self.chromium.ask("Emulation.setEmulatedMedia", json!({"features": []})).await;
    }

    async fn sits_at(&self, width: u32, height: u32, dark: bool) {
        let scheme = if dark { "dark" } else { "light" };
        let features = [("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")];
        let media = json!({"features": features.map(|(name, value)| json!({"name": name, "value": value}))});
        self.chromium.ask("Emulation.setEmulatedMedia", media).await;
        let screen = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
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

fn folder() -> PathBuf {
    let beside = || PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("shots");
    let folder = std::env::var_os("VESTIBULE_SHOTS").map_or_else(beside, PathBuf::from);
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    folder
}

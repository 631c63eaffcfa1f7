//! People are brought in from a file, and everything is taken out (IO), in a browser.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;
use vestibule::PASSWORD;

use crate::person::{ENTER, Person};

const PASSPHRASE: &str = "copper wicket barnacle teapot ladder";

/// A file of people; the last has no address, and the one before an address that is none.
const PEOPLE: &str = "kind,username,first_name,last_name,email\n\
    contact,,Ann,Archer,ann@people.example\n\
    contact,bea,Bea,Bird,bea@people.example\n\
    contact,carl,Carl,Crow,not an address\n";

/// A folder of a test's own, gone when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("vestibule-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let file = self.0.join(name);
        std::fs::write(&file, text).expect("a file");
        file
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

impl Person {
    /// Chooses a file for the one field that takes one.
    pub(crate) async fn chooses(&self, file: &Path) {
        let page = self.chromium.ask("DOM.getDocument", json!({})).await;
        let wish = json!({"nodeId": page["root"]["nodeId"], "selector": "input[type=file]"});
        let field = self.chromium.ask("DOM.querySelector", wish).await;
        self.chromium.ask("DOM.setFileInputFiles", json!({"files": [file], "nodeId": field["nodeId"]})).await;
    }

    /// Signs in as an administrator and opens a page of the console.
    async fn works_at(&self, path: &str, heading: &str) {
        self.signs_in("admin", PASSWORD).await;
        self.arrives("/account", "Your account").await;
        self.opens(path).await;
        self.arrives(path, heading).await;
    }

    /// IO-1: a file is chosen, rehearsed, looked at and run.
    async fn brings_people_in(&self, called: &str) {
        let folder = Folder::new(called);
        self.works_at("/admin/imports", "Imports").await;
        self.looks_at_every_screen(called).await;
        self.chooses(&folder.file("empty.csv", "shoe,size\nred,9\n")).await;
        self.skips_to("button Rehearse").await;
        self.presses(ENTER).await;
        self.is_told("The file was not taken").await;
        self.looks_at_every_screen(&format!("{called}-refused")).await;
        self.chooses(&folder.file("people.csv", PEOPLE)).await;
        self.tabs_to("button Rehearse").await;
        self.presses(ENTER).await;
        self.arrives_anywhere("Import").await;
        for told in ["Rehearsed", "ann@people.example", "Refused"] {
            self.is_told(told).await;
        }
        self.looks_at_every_screen(&format!("{called}-rehearsed")).await;
        self.skips_to("button Run").await;
        self.presses(ENTER).await;
    }

    /// IO-3: an export of everything is begun on its page, and its parts are taken into a folder.
    async fn takes_everything_out(&self, called: &str) {
        let folder = Folder::new(called);
        self.works_at("/admin/exports", "Export of everything").await;
        self.looks_at_every_screen(called).await;
        self.tabs_to("link Skip to the page").await;
        self.presses(ENTER).await;
        self.fills_in("short", "wrong").await;
        self.is_told("At least 16").await;
        self.looks_at_every_screen(&format!("{called}-refused")).await;
        self.fills_in(PASSPHRASE, PASSWORD).await;
        self.is_told("It comes in parts").await;
        self.looks_at_every_screen(&format!("{called}-begun")).await;
        let wish = json!({"behavior": "allow", "downloadPath": folder.0});
        self.chromium.ask("Browser.setDownloadBehavior", wish).await;
        self.skips_to("link Take the next part").await;
        self.presses(ENTER).await;
        let began = Instant::now();
        let part = loop {
            let files = std::fs::read_dir(&folder.0).expect("a folder").filter_map(Result::ok);
            if let Some(part) =
                files.map(|file| file.path()).find(|file| file.extension().is_some_and(|e| e == "ndjson"))
            {
                break part;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "no part has come");
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert!(part.to_string_lossy().ends_with("-part-001-last.ndjson"), "{}", part.display());
        let text = std::fs::read_to_string(&part).expect("text");
        assert!(text.starts_with("{\"vestibule_export\":") && !text.contains(PASSPHRASE));
    }

    async fn fills_in(&self, passphrase: &str, password: &str) {
        self.tabs_to("textbox Passphrase of the file").await;
        self.types(passphrase).await;
        self.tabs_to("textbox The passphrase again").await;
        self.types(passphrase).await;
        self.tabs_to("textbox Your password").await;
        self.types(password).await;
        self.presses(ENTER).await;
    }
}

/// IO-1, OP-6: with scripts the page of a run says by itself how far it is.
#[tokio::test(flavor = "multi_thread")]
async fn people_are_brought_in_from_a_file() {
    let ada = Person::new().await;
    ada.brings_people_in("console-import").await;
    ada.is_told("3 of 3 are stored or reported.").await;
    ada.is_told("Done").await;
    ada.looks_at_every_screen("console-import-done").await;
    ada.opens("/admin/imports").await;
    ada.arrives("/admin/imports", "Imports").await;
    ada.looks_at_every_screen("console-imports").await;
}

/// IO-1, OP-6: without scripts one looks again.
#[tokio::test(flavor = "multi_thread")]
async fn people_are_brought_in_without_scripts() {
    let ada = Person::without_scripts().await;
    ada.brings_people_in("console-import-bare").await;
    ada.is_told("of 3 are stored or reported.").await;
    ada.local.settle().await;
    ada.opens("/admin/imports").await;
    ada.arrives("/admin/imports", "Imports").await;
    ada.is_told("Done").await;
}

/// IO-3, OP-6
#[tokio::test(flavor = "multi_thread")]
async fn everything_is_taken_out() {
    Person::new().await.takes_everything_out("console-export").await;
}

/// IO-3, OP-6
#[tokio::test(flavor = "multi_thread")]
async fn everything_is_taken_out_without_scripts() {
    Person::without_scripts().await.takes_everything_out("console-export-bare").await;
}

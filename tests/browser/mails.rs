//! Mails as mail programs show them, on a phone and a desktop, by day and by night.

use domain::layout::Occasion;
use service::mail::{Letter, default_layout, sample_values};

use crate::person::Person;

/// ML-1: each default layout fits every screen.
#[tokio::test(flavor = "multi_thread")]
async fn each_mail_fits_every_screen() {
    let person = Person::new().await;
    let origin = "https://accounts.harbour.example";
    let settings = person.local.app().settings().await.unwrap();
    for occasion in Occasion::ALL {
        let letter =
            Letter::write(&default_layout(occasion, true), &settings, origin, sample_values(occasion, origin)).unwrap();
        let file = std::env::temp_dir().join(format!("vestibule-{}-{}.html", std::process::id(), occasion.name()));
        std::fs::write(&file, &letter.html).unwrap();
        person.opens(&format!("file://{}", file.display())).await;
        person.looks_at_every_screen(&format!("mail-{}", occasion.name())).await;
        std::fs::remove_file(&file).unwrap();
    }
}

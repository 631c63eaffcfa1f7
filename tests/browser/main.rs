//! The pages as people meet them: in Chromium, by keyboard, as a screen reader hears them, on a phone, in the dark, and
//! without scripts. `infra/tools/fetch browser` brings Chromium, and
//! `cargo test --workspace --features tests/browser --test browser` runs this.

#[cfg(test)]
mod account;
#[cfg(test)]
mod applications;
#[cfg(test)]
mod boxes;
#[cfg(test)]
mod chromium;
#[cfg(test)]
mod console;
#[cfg(test)]
mod gallery;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod languages;
#[cfg(test)]
mod lighthouse;
#[cfg(test)]
mod mails;
#[cfg(test)]
mod newcomers;
#[cfg(test)]
mod passkeys;
#[cfg(test)]
mod person;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod screen_reader;
#[cfg(test)]
mod security_code;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod style;
#[cfg(test)]
#[path = "../tools.rs"]
mod tools;

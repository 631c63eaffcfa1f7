//! Writes every sample page into a folder, with the style and script beside it, to look at:
//! `cargo run -p web --example pages -- /tmp/pages`.

use std::{env, fs, io, path::PathBuf};

use web::pages::{SCRIPT, STYLE, samples, script_href, style_href};

fn main() -> io::Result<()> {
    let folder = PathBuf::from(env::args().nth(1).unwrap_or_else(|| "/tmp/pages".to_owned()));
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("style.css"), STYLE)?;
    fs::write(folder.join("script.js"), SCRIPT)?;
    for (name, page) in samples() {
        let page = page.into_string().replace(style_href(), "style.css").replace(script_href(), "script.js");
        fs::write(folder.join(format!("{name}.html")), page)?;
    }
    Ok(())
}

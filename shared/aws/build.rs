//! Picks the roots that Amazon's services chain to out of Mozilla's list, so that no process has to load the system's.

use std::{env, error::Error, fs, path::Path};

use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

/// Names in the certificates of Amazon Trust Services; the Starfield root cross-signs the oldest of them.
const NAMES: [&[u8]; 2] = [b"Amazon Root CA", b"Starfield Services Root Certificate Authority - G2"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let amazon = TLS_SERVER_ROOT_CERTS.iter().filter(|der| NAMES.iter().any(|name| has(der, name)));
    let roots: Vec<_> = amazon.collect();
    if roots.len() != 5 {
        return Err(format!("Amazon has four roots, and Starfield's; the list now has {}", roots.len()).into());
    }
    let folder = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    for (n, root) in roots.iter().enumerate() {
        fs::write(Path::new(&folder).join(format!("root-{n}.der")), root)?;
    }
    Ok(())
}

fn has(der: &[u8], name: &[u8]) -> bool {
    der.windows(name.len()).any(|window| window == name)
}

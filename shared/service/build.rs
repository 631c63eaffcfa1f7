//! Picks the roots that Amazon's services chain to out of Mozilla's list, so that no process has to load the system's.

use std::{env, error::Error, fs, path::Path};

use data_encoding::BASE64_MIME;
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

/// Names in the certificates of Amazon Trust Services; the Starfield root cross-signs the oldest of them.
const NAMES: [&[u8]; 2] = [b"Amazon Root CA", b"Starfield Services Root Certificate Authority - G2"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let amazon = TLS_SERVER_ROOT_CERTS.iter().filter(|der| NAMES.iter().any(|name| has(der, name)));
    let pem: Vec<String> = amazon.map(|der| pem(der)).collect();
    if pem.len() != 5 {
        return Err(format!("Amazon has four roots, and Starfield's; the list now has {}", pem.len()).into());
    }
    let folder = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    Ok(fs::write(Path::new(&folder).join("amazon_roots.pem"), pem.concat())?)
}

fn has(der: &[u8], name: &[u8]) -> bool {
    der.windows(name.len()).any(|window| window == name)
}

fn pem(der: &[u8]) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{}-----END CERTIFICATE-----\n", BASE64_MIME.encode(der).replace('\r', ""))
}

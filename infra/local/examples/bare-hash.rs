//! Prints the CPU milliseconds of one Argon2id as ours are, into memory that is used again: so many times, the mean. What a
//! sign-in is held against (`infra/bench/run`).

use std::hint::black_box;
use std::io::Write;

use argon2::{Algorithm, Argon2, Block, Params, Version};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let times: u32 = std::env::args().nth(1).ok_or("how many times?")?.parse()?;
    let params = Params::new(19_456, 2, 1, None).map_err(|error| error.to_string())?;
    let mut memory = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hash = || {
        let mut out = [0; 32];
        let password = black_box(b"harbour-lantern-42");
        argon2.hash_password_into_with_memory(password, b"sixteen bytes of", &mut out, &mut memory).map(|()| out)
    };
    // The first one meets memory that the system has yet to give.
    black_box(hash()).map_err(|error| error.to_string())?;
    let before = cpu()?;
    for _ in 0..times {
        black_box(hash()).map_err(|error| error.to_string())?;
    }
    Ok(writeln!(std::io::stdout(), "{}", (cpu()? - before) / f64::from(times))?)
}

/// CPU milliseconds of this process, by the kernel's own count.
fn cpu() -> Result<f64, Box<dyn std::error::Error>> {
    let told = std::fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds: f64 = told.split(' ').next().ok_or("no time")?.parse()?;
    Ok(nanoseconds / 1e6)
}

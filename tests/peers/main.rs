//! OpenID Connect as others speak it: a certified provider that people come from, and a certified application that they go to.
//! `infra/tools/fetch peers` brings both, and `cargo test --workspace --features tests/peers --test peers` runs this.

#[cfg(test)]
mod applications;
#[cfg(test)]
mod peer;
#[cfg(test)]
mod providers;
#[cfg(test)]
#[path = "../tools.rs"]
mod tools;
#[cfg(test)]
#[path = "../world.rs"]
#[expect(dead_code, reason = "the other tests do more with it")]
mod world;

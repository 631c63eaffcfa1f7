//! Nothing here: the tests are one binary, `main.rs`.

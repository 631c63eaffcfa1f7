//! Where `infra/tools/fetch` puts what the long suites need.

use std::path::PathBuf;

/// The tools folder: `$VESTIBULE_TOOLS`, or else `vestibule/tools` in the user's cache folder.
pub(crate) fn folder() -> PathBuf {
    let cache = || {
        let home = || PathBuf::from(std::env::var_os("HOME").expect("a home")).join(".cache");
        std::env::var_os("XDG_CACHE_HOME").map_or_else(home, PathBuf::from).join("vestibule/tools")
    };
    std::env::var_os("VESTIBULE_TOOLS").map_or_else(cache, PathBuf::from)
}

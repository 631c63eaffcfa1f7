//! What Lighthouse says of the page that everybody sees: how fast it is there, whether it is for everybody, whether it is well made,
//! whether it can be found.

use std::fmt::Write as _;

use serde_json::Value;
use vestibule::{Local, Options};

use crate::tools;

/// Of a hundred, in every category.
const LEAST: f64 = 98.0;

/// Looks, of which the best counts: other work on the machine takes from it and gives nothing. Chromium loses the trace of a look now and
/// then, which Lighthouse says and asks for another.
const LOOKS: usize = 3;

/// OP-6: on a slow phone as on a desktop.
#[tokio::test(flavor = "multi_thread")]
async fn lighthouse_finds_nothing_to_mend_on_the_sign_in_page() {
    let local = Local::start(Options::default()).await.expect("it starts");
    let page = format!("{}/sign-in", local.origin());
    for screen in ["--form-factor=mobile", "--preset=desktop"] {
        assert_eq!(best(&page, screen).await, "", "{screen}");
    }
}

/// What the best of some looks found lacking.
async fn best(page: &str, screen: &'static str) -> String {
    for _ in 1..LOOKS {
        if looked(page, screen).await.is_ok_and(|report| lacking(&report).is_empty()) {
            return String::new();
        }
    }
    looked(page, screen).await.map_or_else(|failed| failed, |report| lacking(&report))
}

/// What Lighthouse reports of a page, or why it can't.
async fn looked(page: &str, screen: &'static str) -> Result<Value, String> {
    let tool = tools::folder().join("lighthouse/node_modules/lighthouse/cli/index.js");
    assert!(tool.exists(), "there is no {}: infra/tools/fetch lighthouse brings it", tool.display());
    let mut command = tokio::process::Command::new(tools::folder().join("node/node"));
    command.arg(tool).args([page, screen, "--quiet", "--output=json", "--no-enable-error-reporting"]);
    command.arg("--chrome-flags=--headless --no-sandbox --disable-gpu --disable-dev-shm-usage");
    let said = command.env("CHROME_PATH", "/usr/bin/chromium").kill_on_drop(true).output().await.expect("it runs");
    if !said.status.success() {
        return Err(String::from_utf8_lossy(&said.stderr).into_owned());
    }
    Ok(serde_json::from_slice(&said.stdout).expect("a report"))
}

/// The categories that have less than they should, and what of each is not as it should be.
fn lacking(report: &Value) -> String {
    let mut told = String::new();
    let categories = report["categories"].as_object().expect("categories");
    assert_eq!(categories.len(), 4, "{:?}", categories.keys());
    for (name, category) in categories {
        let score = category["score"].as_f64().unwrap_or_default() * 100.0;
        if score < LEAST {
            let audits = category["auditRefs"].as_array().into_iter().flatten();
            let poor = audits.filter(|of| of["weight"] != 0).filter_map(|of| {
                let id = of["id"].as_str()?;
                let audit = &report["audits"][id];
                (audit["score"].as_f64()? < 0.9).then(|| format!("{id} {}", audit["displayValue"]))
            });
            let poor: Vec<String> = poor.collect();
            writeln!(told, "{name} has {score:.0} of 100: {}", poor.join(", ")).expect("a line");
        }
    }
    told
}

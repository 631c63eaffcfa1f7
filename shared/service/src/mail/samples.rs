//! What a letter may look like: for previews, test mails and pictures.

use domain::layout::{Occasion, Values};

/// Made-up values for every item of an occasion.
pub fn sample_values(occasion: Occasion, origin: &str) -> Values<'static> {
    occasion.own_items().iter().map(|item| (*item, sample(item, occasion, origin).into())).collect()
}

fn sample(item: &str, occasion: Occasion, origin: &str) -> String {
    let (event, explanation) = domain::message::notice(domain::work::Event::PasswordChanged);
    match item {
        "NAME" => "Maria Member".to_owned(),
        "USERNAME" => "maria".to_owned(),
        "PASSWORD" => "wkrd-9hfm-tcxp-n47c".to_owned(),
        "PINCODE" => "x7hk-mw4d-93tc-fjp6".to_owned(),
        "MINUTES" => "60".to_owned(),
        "DAYS" => "7".to_owned(),
        "PERIOD" => domain::message::days(7),
        "ENDS" => domain::message::pin_ends(None),
        "USES" => domain::message::pin_uses(Some(20)),
        "EVENT" => event.into(),
        "EXPLANATION" => explanation.into(),
        "LINK" if occasion == Occasion::Pin => format!("{origin}/pin-sign-up"),
        _ => format!("{origin}/reset?token=this-is-a-sample"),
    }
}

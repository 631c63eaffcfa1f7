//! What a screen reader is told of a page: Chromium's accessibility tree.

use serde_json::{Value, json};

use crate::chromium::Chromium;

/// One thing on a page.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    /// What it is, such as `heading`, `textbox`, `button`, `link`, `alert`.
    pub(crate) role: String,
    /// What it is called.
    pub(crate) name: String,
    /// What was typed into it.
    pub(crate) value: String,
    /// What is said about it besides.
    pub(crate) description: String,
    /// Whether the keyboard is here.
    pub(crate) focused: bool,
    /// The text in it.
    pub(crate) text: String,
}

/// Everything on the page, in its order.
pub(crate) async fn listen(chromium: &Chromium) -> Vec<Thing> {
    let tree = chromium.ask("Accessibility.getFullAXTree", json!({})).await;
    let nodes = tree["nodes"].as_array().cloned().unwrap_or_default();
    let heard = nodes.iter().filter(|node| node["ignored"] == false);
    heard.map(|node| thing(node, &nodes)).filter(|thing| thing.role != "InlineTextBox").collect()
}

fn thing(node: &Value, nodes: &[Value]) -> Thing {
    let said = |what: &str| node[what]["value"].as_str().unwrap_or_default().to_owned();
    let properties = node["properties"].as_array().into_iter().flatten();
    let focused =
        properties.filter(|property| property["name"] == "focused").any(|property| property["value"]["value"] == true);
    Thing {
        role: said("role"),
        name: said("name"),
        value: said("value"),
        description: said("description"),
        focused,
        text: text(node, nodes),
    }
}

/// The words below a node.
fn text(node: &Value, nodes: &[Value]) -> String {
    if node["role"]["value"] == "StaticText" {
        return node["name"]["value"].as_str().unwrap_or_default().to_owned();
    }
    let ids = node["childIds"].as_array().into_iter().flatten();
    let children = ids.filter_map(|id| nodes.iter().find(|node| node["nodeId"] == *id));
    children.map(|child| text(child, nodes)).collect()
}

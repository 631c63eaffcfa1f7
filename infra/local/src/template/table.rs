//! Tables, as the template describes them.

use serde_json::{Value, json};

use super::place::{Place, TemplateError};

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its key.
    pub key: Key,
    /// Its indexes.
    pub indexes: Vec<Index>,
    /// The attribute that says when an item may go, in seconds since 1970.
    pub ttl: Option<String>,
    /// What its stream shows of an item, such as `NEW_IMAGE`; without a stream, nothing.
    pub stream: Option<String>,
}

/// A primary key, or an index's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The partition's attribute.
    pub hash: Attribute,
    /// The attribute by which a partition is sorted.
    pub range: Option<Attribute>,
}

/// An attribute that is part of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// `S`, `N` or `B`.
    pub kind: String,
}

/// A global secondary index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its key.
    pub key: Key,
    /// What it shows of an item, as the database takes it.
    pub projection: Value,
}

impl Table {
    pub(super) fn read(name: &str, place: &Place<'_>) -> Result<Self, TemplateError> {
        let properties = place.at("Properties");
        let definitions = properties.at("AttributeDefinitions").list()?;
        let attributes = definitions.iter().map(attribute).collect::<Result<Vec<_>, _>>()?;
        let key = key(&properties.at("KeySchema"), &attributes)?;
        let indexes = properties.at("GlobalSecondaryIndexes");
        let indexes = indexes.optional(Place::list)?.unwrap_or_default();
        let indexes = indexes.iter().map(|place| index(place, &attributes)).collect::<Result<_, _>>()?;
        let local = properties.at("LocalSecondaryIndexes");
        if local.exists() {
            return Err(local.error("local indexes are not understood"));
        }
        let ttl = properties.at("TimeToLiveSpecification");
        let ttl = match ttl.at("Enabled").optional(Place::yes)? {
            Some(true) => Some(ttl.at("AttributeName").text()?),
            _ => None,
        };
        let stream = properties.below(["StreamSpecification", "StreamViewType"]).optional(Place::text)?;
        Ok(Self { name: name.to_owned(), key, indexes, ttl, stream })
    }

    /// The body of the `CreateTable` that makes it.
    pub fn creation(&self) -> Value {
        let mut attributes: Vec<&Attribute> = Vec::new();
        let keys = std::iter::once(&self.key).chain(self.indexes.iter().map(|index| &index.key));
        for attribute in keys.flat_map(|key| std::iter::once(&key.hash).chain(&key.range)) {
            if !attributes.contains(&attribute) {
                attributes.push(attribute);
            }
        }
        let defined = |a: &&Attribute| json!({"AttributeName": a.name, "AttributeType": a.kind});
        let mut body = json!({
            "TableName": self.name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": attributes.iter().map(defined).collect::<Vec<_>>(),
            "KeySchema": self.key.schema(),
        });
        if !self.indexes.is_empty() {
            body["GlobalSecondaryIndexes"] = self.indexes.iter().map(Index::creation).collect();
        }
        if let Some(view) = &self.stream {
            body["StreamSpecification"] = json!({"StreamEnabled": true, "StreamViewType": view});
        }
        body
    }
}

impl Key {
    fn schema(&self) -> Value {
        let hash = json!({"AttributeName": self.hash.name, "KeyType": "HASH"});
        let range = self.range.as_ref().map(|range| json!({"AttributeName": range.name, "KeyType": "RANGE"}));
        std::iter::once(hash).chain(range).collect()
    }
}

impl Index {
    fn creation(&self) -> Value {
        json!({
            "IndexName": self.name,
            "KeySchema": self.key.schema(),
            "Projection": self.projection,
        })
    }
}

fn attribute(place: &Place<'_>) -> Result<Attribute, TemplateError> {
    let kind = place.at("AttributeType").text()?;
    if !["S", "N", "B"].contains(&kind.as_str()) {
        return Err(place.error(format!("{kind:?} is not a type of key")));
    }
    Ok(Attribute { name: place.at("AttributeName").text()?, kind })
}

fn key(place: &Place<'_>, attributes: &[Attribute]) -> Result<Key, TemplateError> {
    let (mut hash, mut range) = (None, None);
    for part in place.list()? {
        let name = part.at("AttributeName").text()?;
        let defined = attributes.iter().find(|attribute| attribute.name == name).cloned();
        let defined = defined.ok_or_else(|| part.error(format!("{name:?} is not among the AttributeDefinitions")))?;
        match part.at("KeyType").text()?.as_str() {
            "HASH" => hash = Some(defined),
            "RANGE" => range = Some(defined),
            other => return Err(part.error(format!("{other:?} is neither HASH nor RANGE"))),
        }
    }
    let hash = hash.ok_or_else(|| place.error("a HASH key is expected"))?;
    Ok(Key { hash, range })
}

fn index(place: &Place<'_>, attributes: &[Attribute]) -> Result<Index, TemplateError> {
    let kind = place.below(["Projection", "ProjectionType"]);
    let projection = match kind.text()?.as_str() {
        "INCLUDE" => {
            let all = place.below(["Projection", "NonKeyAttributes"]).list()?;
            let names = all.iter().map(Place::text).collect::<Result<Vec<_>, _>>()?;
            json!({"ProjectionType": "INCLUDE", "NonKeyAttributes": names})
        }
        whole @ ("ALL" | "KEYS_ONLY") => json!({"ProjectionType": whole}),
        other => return Err(kind.error(format!("{other:?} is not understood"))),
    };
    Ok(Index { name: place.at("IndexName").text()?, key: key(&place.at("KeySchema"), attributes)?, projection })
}

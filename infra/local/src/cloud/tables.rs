//! Makes the template's tables in the embedded database, and adds to those of an older data file what they lack.

use dynoxide::Database as Embedded;
use serde_json::{Value, json};

use super::database::{DatabaseError, to_error};
use crate::template::Table;

/// Makes a table unless it is there.
pub(super) fn make(embedded: &Embedded, name: &str, creation: Value) -> Result<bool, DatabaseError> {
    if embedded.get_table_metadata(name).map_err(to_error)?.is_some() {
        return Ok(false);
    }
    let request = serde_json::from_value(creation).map_err(to_error)?;
    embedded.create_table(request).map_err(to_error)?;
    Ok(true)
}

/// Makes one of the template's tables, or looks whether the one that is there is the same.
pub(super) fn ensure(embedded: &Embedded, table: &Table) -> Result<(), DatabaseError> {
    if !make(embedded, &table.name, table.creation())? {
        compare(embedded, table)?;
    }
    let Some(attribute) = &table.ttl else { return Ok(()) };
    let known = embedded.get_table_metadata(&table.name).map_err(to_error)?;
    if known.is_some_and(|known| known.ttl_enabled) {
        return Ok(());
    }
    let body = json!({
        "TableName": table.name,
        "TimeToLiveSpecification": {"AttributeName": attribute, "Enabled": true},
    });
    let request = serde_json::from_value(body).map_err(to_error)?;
    embedded.update_time_to_live(request).map(drop).map_err(to_error)
}

/// A table that is there must have the template's key; indexes that came later are added.
fn compare(embedded: &Embedded, table: &Table) -> Result<(), DatabaseError> {
    let request = serde_json::from_value(json!({"TableName": table.name})).map_err(to_error)?;
    let described = embedded.describe_table(request).map_err(to_error)?;
    let described = serde_json::to_value(described.table).map_err(to_error)?;
    let creation = table.creation();
    if described["KeySchema"] != creation["KeySchema"] {
        return Err(DatabaseError(format!("{} in the data file has another key than in template.yaml", table.name)));
    }
    let empty = Vec::new();
    let there = described["GlobalSecondaryIndexes"].as_array().unwrap_or(&empty);
    let wanted = creation["GlobalSecondaryIndexes"].as_array().unwrap_or(&empty);
    for index in wanted.iter().filter(|index| !there.iter().any(|one| one["IndexName"] == index["IndexName"])) {
        let request = serde_json::from_value(json!({
            "TableName": table.name,
            "AttributeDefinitions": creation["AttributeDefinitions"],
            "GlobalSecondaryIndexUpdates": [{"Create": index}],
        }));
        embedded.update_table(request.map_err(to_error)?).map_err(to_error)?;
    }
    Ok(())
}

//! What goes over the wire, as the database's own documentation has it (API version 2012-08-10).

use std::collections::HashMap;

use serde_dynamo::AttributeValue;
use serde_json::{Value, json};

use super::*;
use crate::error::Error;
use crate::fake::{Fake, access};

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn item(pairs: &[(&str, AttributeValue)]) -> Item {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

#[expect(clippy::disallowed_methods, reason = "what is made is what is tested")]
fn client(fake: &Fake) -> (DynamoDb, Meter) {
    let meter = Meter::default();
    (DynamoDb::new(&access(), fake.shared(), meter.clone()), meter)
}

#[tokio::test]
async fn an_update_says_what_it_means_and_tells_what_it_changed() {
    let fake = Fake::answering([(
        200,
        json!({"Attributes": {"tries": {"N": "3"}}, "ConsumedCapacity": {"TableName": "T", "CapacityUnits": 1.0}}),
    )]);
    let (database, meter) = client(&fake);
    let answer = update("T", item(&[("pk", text("a"))]))
        .update_expression("ADD tries :one")
        .condition_expression("tries < :limit")
        .expression_attribute_names("#ttl", "ttl")
        .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
        .expression_attribute_values(":limit", AttributeValue::N("5".to_owned()))
        .returning_changes()
        .returning_unfit()
        .send(&database)
        .await
        .unwrap();
    assert_eq!(answer.attributes.unwrap()["tries"].as_n().unwrap(), "3");
    assert_eq!(meter.taken(), (0.0, 1.0));
    let [(target, asked)] = fake.asked().try_into().unwrap();
    assert_eq!(target, "DynamoDB_20120810.UpdateItem");
    let expected = json!({
        "TableName": "T",
        "Key": {"pk": {"S": "a"}},
        "UpdateExpression": "ADD tries :one",
        "ConditionExpression": "tries < :limit",
        "ExpressionAttributeNames": {"#ttl": "ttl"},
        "ExpressionAttributeValues": {":one": {"N": "1"}, ":limit": {"N": "5"}},
        "ReturnValues": "UPDATED_NEW",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        "ReturnConsumedCapacity": "TOTAL",
    });
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn a_query_is_asked_again_as_long_as_there_is_more() {
    let page = |name: &str, more: bool| {
        let mut page = json!({"Items": [{"pk": {"S": name}}], "Count": 1, "ConsumedCapacity": {"CapacityUnits": 0.5}});
        if more {
            page["LastEvaluatedKey"] = json!({"pk": {"S": name}});
        }
        (200, page)
    };
    let fake = Fake::answering([page("a", true), page("b", false)]);
    let (database, meter) = client(&fake);
    let all = query("T").index_name("by").key_condition_expression("pk = :pk").limit(1).scan_index_forward(false);
    let all = all.consistent_read(false).send_all(&database).await.unwrap();
    assert_eq!(all, [item(&[("pk", text("a"))]), item(&[("pk", text("b"))])]);
    assert_eq!(meter.taken(), (1.0, 0.0));
    assert_eq!(meter.news(), (1.0, 0.0));
    assert_eq!(meter.news(), (0.0, 0.0));
    let asked = fake.asked();
    let mut first = json!({
        "TableName": "T",
        "IndexName": "by",
        "KeyConditionExpression": "pk = :pk",
        "Limit": 1,
        "ScanIndexForward": false,
        "ConsistentRead": false,
        "ReturnConsumedCapacity": "TOTAL",
    });
    assert_eq!(asked[0], ("DynamoDB_20120810.Query".to_owned(), first.clone()));
    first["ExclusiveStartKey"] = json!({"pk": {"S": "a"}});
    assert_eq!(asked[1].1, first);
}

#[tokio::test]
async fn a_batch_is_read_by_table_and_says_what_is_left() {
    let fake = Fake::answering([(
        200,
        json!({
            "Responses": {"T": [{"pk": {"S": "a"}}]},
            "UnprocessedKeys": {"U": {"Keys": [{"pk": {"S": "b"}}], "ConsistentRead": true}},
            "ConsumedCapacity": [{"TableName": "T", "CapacityUnits": 1.0}, {"TableName": "U", "CapacityUnits": 0.5}],
        }),
    )]);
    let (database, meter) = client(&fake);
    let wanted = |name: &str| Wanted { keys: vec![item(&[("pk", text(name))])], consistent_read: true };
    let found = database.batch_get(&HashMap::from([("U".to_owned(), wanted("b"))])).await.unwrap();
    assert_eq!(found.responses["T"], [item(&[("pk", text("a"))])]);
    assert!(found.unprocessed_keys["U"].consistent_read);
    assert_eq!(meter.taken(), (1.5, 0.0));
    let expected = json!({
        "RequestItems": {"U": {"Keys": [{"pk": {"S": "b"}}], "ConsistentRead": true}},
        "ReturnConsumedCapacity": "TOTAL",
    });
    assert_eq!(fake.asked(), [("DynamoDB_20120810.BatchGetItem".to_owned(), expected)]);
}

#[tokio::test]
async fn writes_of_a_batch_come_back_as_they_went() {
    let writes = json!({"T": [
        {"PutRequest": {"Item": {"pk": {"S": "a"}, "on": {"BOOL": true}}}},
        {"DeleteRequest": {"Key": {"pk": {"S": "b"}}}},
    ]});
    let nothing = json!({"UnprocessedItems": null, "ConsumedCapacity": null});
    let fake = Fake::answering([(200, json!({"UnprocessedItems": writes})), (200, nothing)]);
    let (database, _) = client(&fake);
    let put = Write::Put { item: item(&[("pk", text("a")), ("on", AttributeValue::Bool(true))]) };
    let all = HashMap::from([("T".to_owned(), vec![put, Write::Delete { key: item(&[("pk", text("b"))]) }])]);
    let left = database.batch_write(&all).await.unwrap();
    assert!(database.batch_write(&left).await.unwrap().is_empty());
    for (target, asked) in fake.asked() {
        assert_eq!(target, "DynamoDB_20120810.BatchWriteItem");
        assert_eq!(asked["RequestItems"], writes);
    }
}

#[tokio::test]
async fn a_transaction_names_what_each_part_does_and_why_one_was_refused() {
    let refusal = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled",
        "CancellationReasons": [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Message": "no"}, {}, null],
    });
    let fake = Fake::answering([(400, refusal)]);
    let (database, _) = client(&fake);
    let parts = [
        put("T", item(&[("pk", text("a"))])),
        check("T", item(&[("pk", text("b"))])).condition_expression("attribute_exists(pk)"),
        delete("T", item(&[("pk", text("c"))])),
    ];
    let error = database.transact_write(&parts, "token").await.unwrap_err();
    let Error::Refused(refusal) = error else { panic!("{error}") };
    assert_eq!(refusal.reasons(), ["None", "ConditionalCheckFailed", "", ""]);
    let expected = json!({
        "TransactItems": [
            {"Put": {"TableName": "T", "Item": {"pk": {"S": "a"}}}},
            {"ConditionCheck": {
                "TableName": "T", "Key": {"pk": {"S": "b"}}, "ConditionExpression": "attribute_exists(pk)",
            }},
            {"Delete": {"TableName": "T", "Key": {"pk": {"S": "c"}}}},
        ],
        "ClientRequestToken": "token",
        "ReturnConsumedCapacity": "TOTAL",
    });
    assert_eq!(fake.asked(), [("DynamoDB_20120810.TransactWriteItems".to_owned(), expected)]);
}

#[tokio::test]
async fn a_condition_that_does_not_hold_may_show_what_it_met() {
    let refused = |item: Value| {
        let mut body = json!({"__type": "ConditionalCheckFailedException", "message": "no"});
        body["Item"] = item;
        (400, body)
    };
    let fake = Fake::answering([refused(json!({"tries": {"N": "5"}})), refused(Value::Null)]);
    let (database, _) = client(&fake);
    let met = async || put("T", Item::new()).send(&database).await.unwrap_err().refusal().unwrap().item();
    assert_eq!(met().await, Some(item(&[("tries", AttributeValue::N("5".to_owned()))])));
    assert_eq!(met().await, None);
}

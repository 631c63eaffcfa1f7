//! The OpenAPI document (3.1), made of the operations, the schemas and the settings.

use domain::settings::Settings;
use domain::settings::about::{ABOUT, Given};
use serde_json::{Map, Value, json};

use super::{Answer, Field, Kind, Operation, Who, operations, schemas, staff_schemas};

/// The whole document for an origin.
pub fn document(origin: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations() {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method.to_lowercase()] = described(operation);
    }
    let every = schemas::SCHEMAS.iter().chain(staff_schemas::SCHEMAS);
    let mut schemas: Map<String, Value> = every.map(|(name, fields)| ((*name).to_owned(), object(fields))).collect();
    schemas.insert("Settings".to_owned(), settings());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Vestibule",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Requests that change something carry Origin, equal to this origin. Errors are RFC 9457.",
        },
        "servers": [{"url": origin}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-session"},
                "ticket": {"type": "apiKey", "in": "cookie", "name": "__Host-ticket"},
                "credentials": {"type": "http", "scheme": "basic"},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    })
}

fn described(operation: &Operation) -> Value {
    let Operation { method, path, does, who, query, body, answers } = operation;
    let in_path = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let in_path =
        in_path.map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}));
    let in_query = query.iter().map(|field| {
        json!({"name": field.name, "in": "query", "required": field.required, "description": field.about, "schema": schema(field.kind)})
    });
    let parameters: Vec<Value> = in_path.chain(in_query).collect();
    let mut all: Map<String, Value> = answers.iter().map(|one| (one.status.to_string(), answer(one))).collect();
    all.insert(
        "default".to_owned(),
        json!({
            "description": "A problem (RFC 9457).",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }),
    );
    let mut described = json!({
        "summary": does,
        "operationId": format!("{}{}", method.to_lowercase(), path.replace(['/', '-', '.'], "_").replace(['{', '}'], "")),
        "parameters": parameters,
        "responses": all,
        "security": security(*who),
    });
    let written = if *path == "/admin/settings" && *method == "PUT" {
        Some(json!({"$ref": "#/components/schemas/Settings"}))
    } else {
        (!body.is_empty()).then(|| given(body))
    };
    if let Some(schema) = written {
        let form = json!({"schema": in_a_form(&schema, body)});
        described["requestBody"] = json!({
            "required": body.iter().any(|field| field.required),
            "content": if operation.is_openid() {
                json!({"application/x-www-form-urlencoded": form})
            } else {
                json!({"application/json": {"schema": schema}, "application/x-www-form-urlencoded": form})
            },
        });
    }
    described
}

fn security(who: Who) -> Value {
    match who {
        Who::Anybody => json!([]),
        Who::SignedIn => json!([{"session": []}]),
        Who::Ticket => json!([{"ticket": []}]),
        Who::Credentials => json!([{"credentials": []}]),
        Who::Staff => json!([{"session": []}, {"token": []}]),
    }
}

fn answer(answer: &Answer) -> Value {
    let mut described = json!({"description": answer.about});
    if let Some(kind) = answer.holds {
        described["content"] = json!({"application/json": {"schema": schema(kind)}});
    }
    described
}

/// What a body may hold, and nothing else.
fn given(fields: &[Field]) -> Value {
    let mut object = object(fields);
    for field in fields {
        object["properties"][field.name] = property(field, field.nullable || field.or_null);
    }
    object["additionalProperties"] = false.into();
    object
}

/// The same in a form, which has no `null`: there a field that is left empty says so.
fn in_a_form(schema: &Value, fields: &[Field]) -> Value {
    let mut object = schema.clone();
    for field in fields.iter().filter(|field| field.nullable) {
        object["properties"][field.name]["anyOf"][1] = json!({"const": ""});
    }
    object
}

fn object(fields: &[Field]) -> Value {
    let properties: Map<String, Value> =
        fields.iter().map(|field| (field.name.to_owned(), property(field, field.nullable))).collect();
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

fn property(field: &Field, nullable: bool) -> Value {
    let mut of = schema(field.kind);
    if nullable {
        of = json!({"anyOf": [of, {"type": "null"}]});
    }
    if !field.about.is_empty() {
        of["description"] = field.about.into();
    }
    of
}

fn schema(kind: Kind) -> Value {
    let named = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    match kind {
        Kind::Text => json!({"type": "string"}),
        Kind::Email => json!({"type": "string", "format": "email"}),
        Kind::Secret => json!({"type": "string", "format": "password"}),
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Number => json!({"type": "integer"}),
        Kind::Decimal => json!({"type": "number"}),
        Kind::Moment => json!({"type": "string", "format": "date-time"}),
        Kind::Day => json!({"type": "string", "format": "date"}),
        Kind::Texts => json!({"type": "array", "items": {"type": "string"}}),
        Kind::Lines => {
            json!({"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]})
        }
        Kind::Word(words) => json!({"type": "string", "enum": words}),
        Kind::One(name) => named(name),
        Kind::Many(name) => json!({"type": "array", "items": named(name)}),
        Kind::Page(name) => json!({
            "type": "object",
            "properties": {
                "items": {"type": "array", "items": named(name)},
                "next_cursor": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            },
            "required": ["items", "next_cursor"],
        }),
        Kind::Object => json!({"type": "object"}),
        Kind::Objects => json!({"type": "array", "items": {"type": "object"}}),
    }
}

/// The settings, from what people are told of each.
fn settings() -> Value {
    let usual = Settings::default();
    let defaults = serde_json::to_value(&usual).unwrap_or_default();
    let mut properties = Map::new();
    for about in ABOUT {
        let mut of = match about.given {
            Given::Text | Given::Paragraph => json!({"type": "string"}),
            Given::Optional | Given::OptionalParagraph => json!({"type": ["string", "null"]}),
            Given::List => json!({"type": "array", "items": {"type": "string"}}),
            Given::Switch => json!({"type": "boolean"}),
            Given::Number => json!({"type": "integer"}),
            Given::OneOf(words) => {
                json!({"type": "string", "enum": words.iter().map(|(word, _)| *word).collect::<Vec<_>>()})
            }
            Given::OneNumberOf(words) => {
                let numbers = words.iter().filter_map(|(word, _)| word.parse::<u32>().ok());
                json!({"type": "integer", "enum": numbers.collect::<Vec<_>>()})
            }
            Given::Picture => json!({"type": ["string", "null"], "examples": ["data:image/png;base64,iVBORw0KGgo..."]}),
            Given::ByItself => json!({"type": ["string", "null"], "format": "date-time", "readOnly": true}),
        };
        if let Some((_, _, least, most)) = usual.ranges().into_iter().find(|(key, ..)| *key == about.key) {
            of["minimum"] = least.into();
            of["maximum"] = most.into();
        }
        of["title"] = about.label.0.into();
        of["description"] = format!("{} {}", about.help.0, about.advice.0).trim().into();
        of["default"] = defaults[about.key].clone();
        properties.insert(about.key.to_owned(), of);
    }
    let confirmed = json!({"type": "array", "items": {"type": "string"}, "writeOnly": true,
        "description": "Usernames of people without an e-mail address whom a second factor comes to cover all the same."});
    properties.insert("mfa.confirmed_without_email".to_owned(), confirmed);
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

//! A file that is handed in: as itself, in a form with a file (RFC 7578), or as a field of JSON or of a form.

use axum::extract::{FromRequest, Request};
use domain::language::Text;
use http::header::CONTENT_TYPE;
use multer::{Constraints, Multipart, SizeLimit, parse_boundary};
use serde::Deserialize;
use service::App;

use crate::given::{MOST_OF_A_LIST, Sent, essence, own_page, sent, within};
use crate::problem::Problem;

/// Most bytes of a form with a file: Lambda takes six MiB, and gets what may be anything a third longer than it is.
const MOST_OF_A_FORM: u64 = 4 * 1_024 * 1_024;

/// Most bytes of any other field of such a form.
const MOST_OF_A_WORD: u64 = 64;

/// A file as it was handed in, and what was said of it.
#[derive(Clone, Debug, Default)]
pub struct HandedIn {
    /// The word for its format: `csv` or `jsonl`; empty where nothing says it.
    pub format: String,
    /// The word for the system that it comes from; empty where nothing says it.
    pub source: String,
    /// What stands in it.
    pub text: Vec<u8>,
}

impl FromRequest<App> for HandedIn {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        own_page(&request, &app.origin)?;
        let format = match essence(request.headers()).as_str() {
            "text/csv" => "csv",
            "application/x-ndjson" | "application/jsonl" => "jsonl",
            "multipart/form-data" => return of_form(request).await,
            _ => {
                let Sent { fields, .. } = sent(request, app, MOST_OF_A_LIST).await?;
                let InFields { format, source, text } = fields.typed()?;
                return Ok(Self { format, source, text: text.into_bytes() });
            }
        };
        let text = within(request.into_body(), MOST_OF_A_LIST).await?;
        Ok(Self { format: format.to_owned(), source: String::new(), text })
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct InFields {
    format: String,
    source: String,
    text: String,
}

/// A form with a file in it, and beside it what was typed in: the file counts, if one was chosen.
async fn of_form(request: Request) -> Result<HandedIn, Problem> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let boundary = parse_boundary(kind).map_err(|_| broken())?;
    let limits = SizeLimit::new().whole_stream(MOST_OF_A_FORM);
    let limits = limits.for_field("format", MOST_OF_A_WORD).for_field("source", MOST_OF_A_WORD);
    let limits = Constraints::new().allowed_fields(vec!["format", "source", "file", "text"]).size_limit(limits);
    let mut form = Multipart::with_constraints(request.into_body().into_data_stream(), boundary, limits);
    let (mut handed_in, mut typed, mut seen) = (HandedIn::default(), Vec::new(), Vec::new());
    while let Some(field) = form.next_field().await.map_err(|error| refused(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|error| refused(&error))?.to_vec();
        let word = || String::from_utf8(bytes.clone()).map_err(|_| broken());
        match name.as_str() {
            _ if seen.contains(&name) => return Err(broken()),
            "format" => handed_in.format = word()?,
            "source" => handed_in.source = word()?,
            "file" => handed_in.text = bytes,
            _ => typed = bytes,
        }
        seen.push(name);
    }
    if handed_in.text.is_empty() {
        handed_in.text = typed;
    }
    Ok(handed_in)
}

fn broken() -> Problem {
    Problem::malformed(Text(
        "The body is not a form with the fields of this route, each once.",
        "El cuerpo no es un formulario con los campos de esta ruta, cada uno una vez.",
    ))
}

fn refused(error: &multer::Error) -> Problem {
    match error {
        multer::Error::FieldSizeExceeded { .. } | multer::Error::StreamSizeExceeded { .. } => Problem::too_large(Text(
            "A form with a file may have at most 4 MiB.",
            "Un formulario con un archivo puede tener como máximo 4 MiB.",
        )),
        _ => broken(),
    }
}

//! Puts the machine together, in the order in which its parts need each other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::source::Source;
use secrecy::SecretString;
use serde_json::{Map, Value};
use service::flow::export::RestoreError;
use service::flow::import::Report;
use service::{App, Config, Outside};

use crate::clock::MovableClock;
use crate::cloud::{Behind, Cloud, CloudError, DataFile, Database, DatabaseError, Mailbox};
use crate::faults::{Between, Calls, Faults, Listeners};
use crate::functions::{Failed, Functions, Mismatch};
use crate::gateway::Gateway;
use crate::machine::{Controls, Machine};
use crate::schedules::Schedules;
use crate::serve::{self, Task};
use crate::streams::{self, DeadLetter, Streams};
use crate::template::{REGION, TEXT, Template, TemplateError};
use crate::{export, import, sample};

/// What a machine is started with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The port on localhost; 0 is any free one.
    pub port: u16,
    /// The file that keeps the data; without it, it is in memory.
    pub data: Option<PathBuf>,
    /// Without the sample people.
    pub empty: bool,
    /// People to bring in.
    pub import: Option<PathBuf>,
    /// The system that their file comes from.
    pub source: Source,
    /// An export to bring in, before anything else.
    pub restore: Option<Closed>,
    /// Settings to begin with, by their keys.
    pub settings: Map<String, Value>,
}

/// A file that is closed with a passphrase.
#[derive(Clone, Debug)]
pub struct Closed {
    /// Which.
    pub file: PathBuf,
    /// What closes it.
    pub passphrase: SecretString,
}

/// The machine can't be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Something else answers on the port.
    #[error("port {0} is in use: choose another one with --port")]
    PortInUse(u16),
    /// No address can be listened on.
    #[error("no connection can be taken: {0}")]
    Network(#[from] std::io::Error),
    /// The file of `--data`.
    #[error("the data file {path} can't be used: {source}")]
    Data {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The template says something that is not understood.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// Template and code know different functions.
    #[error(transparent)]
    Functions(#[from] Mismatch),
    /// The template does not set what the product reads.
    #[error("template.yaml: {0}")]
    Config(#[from] service::ConfigError),
    /// The embedded database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The secrets.
    #[error(transparent)]
    Secrets(#[from] CloudError),
    /// The settings it was to begin with.
    #[error("the settings: {0}")]
    Settings(String),
    /// A service of its own did not answer.
    #[error("the data can't be read: {0}")]
    Store(#[from] service::StoreError),
    /// The sample people.
    #[error("the sample people: {0}")]
    Sample(#[from] sample::SampleError),
    /// The people to bring in.
    #[error("the import: {0}")]
    Import(#[from] import::FileError),
    /// The export to bring in.
    #[error("the export is not brought in: {0}")]
    Restore(#[from] RestoreError),
    /// The export to write.
    #[error("the export is not written: {0}")]
    Export(#[from] export::ExportError),
}

/// The machine, running. It stops when this is dropped; `stop` also waits until a data file is closed.
#[derive(Debug)]
pub struct Local {
    origin: String,
    app: App,
    clock: MovableClock,
    faults: Faults,
    behind: Behind,
    calls: Calls,
    functions: Functions,
    schedules: Arc<Schedules>,
    streams: Streams,
    gateways: Vec<Task>,
    cloud: Cloud,
    database: Database,
    imported: Option<Report>,
    _data: Option<DataFile>,
}

impl Local {
    /// Starts a machine. Any number of them can run in one process.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let listeners = serve::loopback(options.port).await.map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => StartError::PortInUse(options.port),
            _ => StartError::Network(error),
        })?;
        let port = listeners
            .first()
            .map_or(Ok(options.port), |listener| listener.local_addr().map(|address| address.port()))?;
        let origin = format!("http://localhost:{port}");
        let template = Template::read(TEXT, &parameters(&origin))?;
        let data = options.data.as_deref().map(take).transpose()?;
        let file = data.as_ref().map(DataFile::path);
        let clock = MovableClock::default();
        let (database, cloud) = tokio::join!(
            Database::start(&template.tables, file, &clock),
            Cloud::start(&template.secrets, file, &clock)
        );
        let (database, cloud) = (database?, cloud?);
        let (faults, calls) = (Faults::new(clock.clone()), Calls::default());
        let behind = Behind::new(&template.tables, database.client(), &clock);
        let wakers = streams::wakers(&template);
        let between = Between {
            faults: faults.clone(),
            calls: calls.clone(),
            listeners: Listeners::new(wakers.clone()),
            behind: behind.clone(),
        };
        let environment = environment(&template, &database, &cloud)?;
        let config = Config::from_vars(|name| environment.get(name).cloned())?;
        let http = between.client(service::http_client()?);
        let app = App::new(config, Outside { http, clock: clock.for_product() });
        let functions = Functions::new(&app, &template)?;
        let imported = fill(&app, &options).await?;
        let schedules = Arc::new(Schedules::start(&template, &functions, &clock));
        let streams = Streams::start(&template, &functions, database.client(), &wakers).await?;
        let mailbox = cloud.mailbox.clone();
        let controls = Controls {
            mailbox,
            clock: clock.clone(),
            faults: faults.clone(),
            behind: behind.clone(),
            schedules: Arc::clone(&schedules),
        };
        let gateway = Gateway::new(&template, &functions, Machine::new(controls), &clock, port);
        let open = |listener| {
            let gateway = gateway.clone();
            serve::serve(listener, move |request, peer| gateway.clone().answer(request, peer))
        };
        let gateways = listeners.into_iter().map(open).collect();
        calls.reset();
        Ok(Self {
            origin,
            app,
            clock,
            faults,
            behind,
            calls,
            functions,
            schedules,
            streams,
            gateways,
            cloud,
            database,
            imported,
            _data: data,
        })
    }

    /// Where it answers, such as `http://localhost:8400`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What became of the file of people it was started with.
    pub fn imported(&self) -> Option<&Report> {
        self.imported.as_ref()
    }

    /// The items of a table, as DynamoDB writes them; `table` is the end of its name.
    pub async fn items(&self, table: &str) -> Result<Vec<Value>, DatabaseError> {
        self.database.client().items(table).await
    }

    /// Puts items into a table as DynamoDB writes them.
    pub async fn put_items(&self, table: &str, items: Vec<Value>) -> Result<(), DatabaseError> {
        self.database.client().put_items(table, items).await
    }

    pub(crate) fn functions(&self) -> &Functions {
        &self.functions
    }

    /// Gives a function an event, by the name of its binary, as Lambda does.
    pub async fn invoke(&self, binary: &str, event: Value) -> Result<Value, Failed> {
        self.functions.invoke(binary, event).await
    }

    /// The memory that the template gives a function, in GiB, by the name of its binary.
    pub fn gigabytes(&self, binary: &str) -> f64 {
        self.functions.gigabytes(binary)
    }

    /// The app that all its functions share.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The mail it caught.
    pub fn mail(&self) -> &Mailbox {
        &self.cloud.mailbox
    }

    /// Its clock.
    pub fn clock(&self) -> &MovableClock {
        &self.clock
    }

    /// What goes wrong on it.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// From now on reads that need not be consistent answer with each item as it was before it was last changed, until the clock
    /// is moved or all has settled.
    pub async fn fall_behind(&self) -> Result<(), DatabaseError> {
        self.behind.begin().await
    }

    /// What its functions called.
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Records of streams that were set aside after all tries.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.streams.dead_letters()
    }

    /// Runs a schedule now. `None` if there is none of that name.
    pub async fn run_schedule(&self, name: &str) -> Option<Result<Value, Failed>> {
        self.schedules.run(name).await
    }

    /// Waits until what is due has run and all that was written has been delivered.
    pub async fn settle(&self) {
        self.behind.catch_up().await;
        self.schedules.run_due().await;
        self.streams.settle().await;
        self.behind.catch_up().await;
    }

    /// Stops it.
    pub async fn stop(self) {
        let Self { schedules, streams, gateways, cloud, database, .. } = self;
        drop((gateways, schedules, streams, cloud));
        database.stop().await;
    }
}

/// What the template leaves open.
fn parameters(origin: &str) -> BTreeMap<&'static str, String> {
    let all = [
        ("PublicOrigin", origin),
        ("SenderDomain", "localhost"),
        ("MailsPerSecond", "10000"),
        ("LoopbackProviders", "true"),
    ];
    all.map(|(name, value)| (name, value.to_owned())).into()
}

fn take(path: &Path) -> Result<DataFile, StartError> {
    DataFile::take(path).map_err(|source| StartError::Data { path: path.to_owned(), source })
}

/// What Lambda gives a function: what the template says, and how to reach AWS, which is here.
fn environment(
    template: &Template,
    database: &Database,
    cloud: &Cloud,
) -> Result<BTreeMap<String, String>, TemplateError> {
    let mut environment = template.environment()?;
    let cloud = format!("http://{}", cloud.address);
    let aws = [
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", "local".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ("AWS_ENDPOINT_URL", cloud.clone()),
        ("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{}", database.address)),
        ("AWS_ENDPOINT_URL_SESV2", cloud.clone()),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", cloud),
    ];
    environment.extend(aws.map(|(name, value)| (name.to_owned(), value)));
    Ok(environment)
}

/// Puts in settings and people to begin with: here, or wherever the app's clients lead.
pub async fn fill(app: &App, options: &Options) -> Result<Option<Report>, StartError> {
    if let Some(closed) = &options.restore {
        export::bring_in(app, closed).await?;
    }
    if !options.empty {
        sample::seed(app).await?;
    }
    if !options.settings.is_empty() {
        let before = app.settings().await?;
        let settings =
            before.with(&options.settings, app.clock.now()).map_err(|error| StartError::Settings(error.to_string()))?;
        app.save_settings(&settings).await?;
    }
    match &options.import {
        Some(file) => Ok(Some(import::run(app, file, options.source).await?)),
        None => Ok(None),
    }
}

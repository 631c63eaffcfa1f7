//! Everything a flow needs, made once per process.

use std::ops::Deref;
use std::sync::Arc;

use aws::dynamodb::{DynamoDb, Meter};
use aws::{SecretsManager, Ses, SharedHttp};
use domain::instance::{DEFAULT, Instance, is_id};
use domain::language::{Language, speaking};
use domain::layout::{Layout, Occasion};
use domain::settings::Settings;

use crate::cache::Cache;
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::flow::settings::differences;
use crate::hasher::Hasher;
use crate::keys::Keys;
use crate::mail::{Mailer, default_layout};
use crate::random::Random;
use crate::settings::SettingsCache;
use crate::store::{Kept, LayoutVersion, Named, SettingsVersion, Store, StoreError};
use crate::throttle::AddressThrottle;

/// What every flow is given. A clone is one count more: routers make one for every route, and for every request.
#[derive(Clone, Debug)]
pub struct App(Arc<Parts>);

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What an app is made of.
#[derive(Debug)]
pub struct Parts {
    /// The database, by verbs.
    pub store: Store,
    /// The mail service.
    pub mail: Mailer,
    /// The keys.
    pub keys: Keys,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// Password hashing.
    pub hasher: Hasher,
    /// Network addresses that have to wait.
    pub throttle: AddressThrottle,
    /// What calls to the database take.
    pub meter: Meter,
    /// Where people reach the product; every link begins with it.
    pub origin: Arc<str>,
    /// Mails that the mail service takes from this account in a second.
    pub mails_per_second: u32,
    /// Whether providers may be on this machine: never where others can reach it.
    pub loopback_providers: bool,
    settings: SettingsCache,
    layouts: Cache<(String, Occasion, Language), Layout>,
    instances: Cache<String, Named>,
    logos: Cache<String, Option<Vec<u8>>>,
    providers: Cache<(), Vec<Kept>>,
}

/// What a process shares with the world outside.
#[derive(Clone, Debug)]
pub struct Outside {
    /// The HTTP client of all AWS clients.
    pub http: SharedHttp,
    /// The time.
    pub clock: Clock,
}

/// The HTTP client by which a process reaches AWS.
pub fn http_client() -> Result<SharedHttp, ConfigError> {
    aws::http_client().map_err(|error| ConfigError::Tls(error.into()))
}

impl App {
    /// An app from Lambda's environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        let config = Config::from_vars(|name| std::env::var(name).ok())?;
        Ok(Self::new(config, Outside { http: http_client()?, clock: Clock::system() }))
    }

    /// An app with these parts.
    #[expect(clippy::disallowed_methods, reason = "this is the one file")]
    pub fn new(config: Config, outside: Outside) -> Self {
        let Outside { http, clock } = outside;
        let meter = Meter::default();
        let store = Store::new(DynamoDb::new(&config.aws, http.clone(), meter.clone()), config.tables, Random);
        let ses = Ses::new(&config.aws, http.clone());
        let secrets = SecretsManager::new(&config.aws, http);
        Self(Arc::new(Parts {
            settings: SettingsCache::new(store.clone(), clock.clone()),
            layouts: Cache::default(),
            instances: Cache::default(),
            logos: Cache::default(),
            providers: Cache::default(),
            store,
            mail: Mailer::new(config.configuration_set, ses),
            keys: Keys::new(config.keys_secret, clock.clone(), secrets),
            clock,
            random: Random,
            hasher: Hasher::default(),
            throttle: AddressThrottle::default(),
            meter,
            origin: config.public_origin.into(),
            mails_per_second: config.mails_per_second,
            loopback_providers: config.loopback_providers,
        }))
    }

    /// The settings in force, a few seconds old at most wherever they are asked for often.
    pub async fn settings(&self) -> Result<Arc<Settings>, StoreError> {
        self.settings.get().await
    }

    /// Puts settings in force as the operator does, who comes before everybody else.
    pub async fn save_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        loop {
            let before = self.store.settings().await?;
            let changes = differences(&before.settings, settings);
            let (version, at) = (before.version + 1, self.clock.now());
            let version = SettingsVersion { version, at, by: "operator".to_owned(), changes };
            if self.put_settings(settings, &version).await? {
                return Ok(());
            }
        }
    }

    /// Puts settings in force, here at once and elsewhere within seconds. `false` when somebody was faster.
    pub async fn put_settings(&self, settings: &Settings, version: &SettingsVersion) -> Result<bool, StoreError> {
        let done = self.store.put_settings(settings, version).await?;
        self.settings.forget();
        Ok(done)
    }

    /// The layout of an occasion in a language, at most a few seconds old: the one that is written for the language, such as
    /// `welcome-es`, else the one that is written for all, else the one that everything begins with (ML-1, ML-8).
    pub async fn layout(
        &self,
        occasion: Occasion,
        settings: &Settings,
        language: Language,
    ) -> Result<Arc<Layout>, StoreError> {
        let name = settings.layout(occasion).to_owned();
        let read = async {
            let fits = |written: &LayoutVersion| written.occasion == occasion;
            // What is written without a language is in the organisation's.
            let own = if language == settings.organisation_language {
                None
            } else {
                self.store.layout(&format!("{name}-{}", language.tag())).await?.filter(fits)
            };
            let written = match own {
                Some(own) => Some(own),
                None => self.store.layout(&name).await?.filter(fits),
            };
            Ok(written.map_or_else(|| speaking(language, || default_layout(occasion, false)), |one| one.layout))
        };
        self.layouts.get((name.clone(), occasion, language), self.clock.now(), read).await
    }

    /// The sign-in instance of this name, at most a few seconds old; the default one where there is none of that name (IN-8).
    pub async fn instance(&self, id: Option<&str>) -> Result<Arc<Named>, StoreError> {
        let id = id.filter(|id| is_id(id)).unwrap_or(DEFAULT);
        let read = async {
            let found = self.store.instance(id).await?;
            let found = if found.is_none() && id != DEFAULT { self.store.instance(DEFAULT).await? } else { found };
            Ok(found.unwrap_or_else(|| Named { id: DEFAULT.to_owned(), instance: Instance::default() }))
        };
        self.instances.get(id.to_owned(), self.clock.now(), read).await
    }

    /// Writes an instance, here at once and elsewhere within seconds. `false` when a new one's name is taken.
    pub async fn put_instance(&self, named: &Named, new: bool) -> Result<bool, StoreError> {
        let done = self.store.put_instance(named, new).await?;
        self.instances.forget();
        Ok(done)
    }

    /// Removes an instance. One that is gone stays gone.
    pub async fn remove_instance(&self, id: &str) -> Result<(), StoreError> {
        self.store.remove_instance(id).await?;
        self.instances.forget();
        Ok(())
    }

    /// The picture of a logo, at most a few seconds old.
    pub async fn logo(&self, name: &str) -> Result<Arc<Option<Vec<u8>>>, StoreError> {
        self.logos.get(name.to_owned(), self.clock.now(), self.store.logo(name)).await
    }

    /// The providers by which people may come in, at most a few seconds old.
    pub async fn providers(&self) -> Result<Arc<Vec<Kept>>, StoreError> {
        let read = async {
            let mut all = self.store.providers().await?;
            all.retain(|one| !one.provider.disabled);
            Ok(all)
        };
        self.providers.get((), self.clock.now(), read).await
    }

    /// Writes a provider, here at once and elsewhere within seconds. `false` when another version of it is in force.
    pub async fn put_provider(&self, kept: &Kept) -> Result<bool, StoreError> {
        let done = self.store.put_provider(kept).await?;
        self.providers.forget();
        Ok(done)
    }

    /// Removes a provider. `false` when this version of it is not in force.
    pub async fn remove_provider(&self, id: &str, version: u64) -> Result<bool, StoreError> {
        let done = self.store.remove_provider(id, version).await?;
        self.providers.forget();
        Ok(done)
    }

    /// Puts a layout in force, here at once and elsewhere within seconds. `false` when somebody was faster.
    pub async fn put_layout(&self, layout: &LayoutVersion) -> Result<bool, StoreError> {
        let done = self.store.put_layout(layout).await?;
        self.layouts.forget();
        Ok(done)
    }
}

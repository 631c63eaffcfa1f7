//! Words and sentences that several routes and pages say, and those with a number in them, in every language.

use domain::intake::Taken;
use domain::language::Language::{English, Spanish};
use domain::language::{Text, spoken};
use domain::layout::Occasion;
use domain::run::{Became, Reason, RunState};
use domain::work::Fate;

/// Why a place in a list is none.
pub(crate) const CURSOR: Text = Text(
    "Take next_cursor of the page before, as it was given.",
    "Use el next_cursor de la página anterior, tal como se dio.",
);

/// Why something new gets no name.
pub(crate) const NAME: Text = Text(
    "Use 1 to 64 small letters, digits, dashes and underscores.",
    "Use de 1 a 64 minúsculas, números, guiones y guiones bajos.",
);

/// What stands over how something is at the moment.
pub(crate) const STATE: Text = Text("State", "Estado");

/// The title of a name that something else has.
pub(crate) const NAME_TAKEN: Text = Text("This name is taken", "Este nombre está ocupado");

/// The title of a mail that leads nowhere.
pub(crate) const NO_ADDRESS: Text = Text("There is no address to write to", "No hay dirección a la que escribir");

/// Why somebody gets no address.
pub(crate) const ADDRESS_IS_A_NAME: Text =
    Text("This address is somebody else's username.", "Esta dirección es el nombre de usuario de otra persona.");

/// Why somebody gets no address from staff who don't look after whoever has it.
pub(crate) const ADDRESS_IS_OTHERS: Text = Text(
    "This address belongs to an account that you don't look after. Ask an administrator.",
    "Esta dirección es de una cuenta que usted no atiende. Pídalo a un administrador.",
);

/// Over what people look for most.
pub(crate) const WHY: Text = Text("Why can't they get in?", "¿Por qué no puede entrar?");

/// The button that has somebody let in by mail.
pub(crate) const RESEND: Text = Text("Resend credentials", "Reenviar los datos de acceso");

/// The way to a list as a file.
pub(crate) const CSV: Text = Text("Download as CSV", "Descargar como CSV");

/// What a number may be.
pub(crate) fn between(least: impl std::fmt::Display, most: impl std::fmt::Display) -> String {
    match spoken() {
        English => format!("Must be {least} to {most}."),
        Spanish => format!("Debe ser de {least} a {most}."),
    }
}

/// What a word may be.
pub(crate) fn one_of(words: &str) -> String {
    match spoken() {
        English => format!("One of {words}."),
        Spanish => format!("Uno de {words}."),
    }
}

/// What a list of names may be.
pub(crate) fn at_most(names: usize) -> String {
    match spoken() {
        English => format!("At most {names} names of 1 to 200 bytes, each one line."),
        Spanish => format!("Como máximo {names} nombres de 1 a 200 bytes, cada uno de una línea."),
    }
}

/// What a text on one line may be.
pub(crate) const ONE_LINE: Text = Text("One line of 1 to 200 bytes.", "Una línea de 1 a 200 bytes.");

/// Which version of something it is.
pub(crate) fn version(number: u64) -> String {
    match spoken() {
        English => format!("Version {number}"),
        Spanish => format!("Versión {number}"),
    }
}

/// How long something takes.
pub(crate) fn lasts(seconds: u64) -> String {
    let (minutes, hours) = (seconds.div_ceil(60), seconds.div_ceil(3_600));
    match (spoken(), seconds) {
        (English, ..90) => format!("{seconds} seconds"),
        (English, 90..5_400) => format!("{minutes} minutes"),
        (English, _) => format!("{hours} hours"),
        (Spanish, ..90) => format!("{seconds} segundos"),
        (Spanish, 90..5_400) => format!("{minutes} minutos"),
        (Spanish, _) => format!("{hours} horas"),
    }
}

/// Where a bulk run stands.
pub(crate) fn run(state: RunState) -> Text {
    match state {
        RunState::Planned => Text("Planned", "Planificado"),
        RunState::Running => Text("Running", "En curso"),
        RunState::Paused => Text("Paused", "En pausa"),
        RunState::Cancelled => Text("Cancelled", "Cancelado"),
        RunState::Done => Text("Done", "Hecho"),
    }
}

/// What became of a row of an import.
pub(crate) fn taken(taken: Taken) -> Text {
    match taken {
        Taken::Waiting => Text("Waiting", "En espera"),
        Taken::Made => Text("Made", "Creada"),
        Taken::Refused => Text("Refused", "Rechazada"),
    }
}

/// What became of somebody in a bulk run.
pub(crate) fn became(became: Became) -> Text {
    match became {
        Became::Waiting => Text("waiting", "en espera"),
        Became::Held => Text("held", "retenido"),
        Became::Sent => Text("sent", "enviado"),
        Became::Failed => Text("failed", "fallido"),
        Became::Skipped => Text("skipped", "omitido"),
        Became::Cancelled => Text("cancelled", "cancelado"),
    }
}

/// Why a row of a bulk run is not served.
pub(crate) fn reason(reason: Reason) -> Text {
    match reason {
        Reason::NotFound => Text("not found", "no se encuentra"),
        Reason::SharedAddress => Text("shared address", "dirección compartida"),
        Reason::NoEmail => Text("no email", "sin correo electrónico"),
        Reason::Bounced => Text("bounced", "el correo ha vuelto"),
        Reason::Disabled => Text("disabled", "cuenta desactivada"),
        Reason::Program => Text("program", "es un programa"),
        Reason::Duplicate => Text("duplicate", "repetido"),
        Reason::PasswordChosen => Text("password chosen since", "ya ha elegido una contraseña"),
        Reason::Overtaken => Text("overtaken", "superado por algo más reciente"),
    }
}

/// What became of a mail.
pub(crate) fn fate(fate: Fate) -> Text {
    match fate {
        Fate::Sent => Text("sent", "enviado"),
        Fate::Nothing => Text("nothing", "nada que enviar"),
        Fate::Rejected => Text("rejected", "rechazado"),
        Fate::Capped => Text("capped", "límite alcanzado"),
        Fate::GivenUp => Text("given up", "abandonado"),
        Fate::Delivered => Text("delivered", "entregado"),
        Fate::Bounced => Text("bounced", "devuelto"),
        Fate::Complained => Text("complained", "marcado como no deseado"),
        Fate::Suppressed => Text("suppressed", "suprimido"),
        Fate::Cancelled => Text("cancelled", "cancelado"),
    }
}

/// What a mail is for.
pub(crate) fn occasion(occasion: Occasion) -> Text {
    match occasion {
        Occasion::UsernameReminder => Text("username reminder", "recordatorio del nombre de usuario"),
        Occasion::UnknownAddress => Text("unknown address", "dirección desconocida"),
        Occasion::ContactStaff => Text("contact staff", "contactar con el personal"),
        Occasion::SharedAddress => Text("shared address", "dirección compartida"),
        Occasion::ChooseAccount => Text("choose account", "elegir la cuenta"),
        Occasion::PasswordLink => Text("password link", "enlace de contraseña"),
        Occasion::PasswordTemporary => Text("password temporary", "contraseña temporal"),
        Occasion::AccountReset => Text("account reset", "restablecer la cuenta"),
        Occasion::NewAccount => Text("new account", "cuenta nueva"),
        Occasion::Pin => Text("pin", "PIN"),
        Occasion::MfaSetup => Text("mfa setup", "configurar el segundo factor"),
        Occasion::ResendCredentials => Text("resend credentials", "reenviar los datos de acceso"),
        Occasion::SecurityNotice => Text("security notice", "aviso de seguridad"),
    }
}

/// Why a filter is none of this list.
pub(crate) fn fields(known: &str) -> String {
    match spoken() {
        English => format!("Use {known}, such as field:value."),
        Spanish => format!("Use {known}, por ejemplo campo:valor."),
    }
}

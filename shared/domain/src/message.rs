//! Every sentence that a person can read in an answer or a notice, in every language. They say what to do next.

mod notices;

use jiff::Timestamp;

use crate::email::EmailError;
use crate::language::Language::{English, Spanish};
use crate::language::{Text, spoken};
use crate::layout::{Flaw, Occasion, Part};
use crate::name::NameError;
use crate::password::Reason;
use crate::settings::{NOT_FOUND, SIGN_IN_FAILS};
use crate::username::UsernameError;
use crate::work::Event;

/// What a notice calls an event, and what it says of it.
pub fn notice(event: Event) -> (Text, Text) {
    match event {
        Event::PasswordChanged => notices::PASSWORD_CHANGED,
        Event::UsernameChanged => notices::USERNAME_CHANGED,
        Event::EmailChanged => notices::EMAIL_CHANGED,
        Event::TokenReused => notices::TOKEN_REUSED,
        Event::PasswordSetByStaff => notices::PASSWORD_SET_BY_STAFF,
        Event::FactorSet => notices::FACTOR_SET,
        Event::FactorReset => notices::FACTOR_RESET,
        Event::RecoveryCodesMade => notices::RECOVERY_CODES_MADE,
        Event::RecoveryCodeUsed => notices::RECOVERY_CODE_USED,
        Event::CodeLocked => notices::CODE_LOCKED,
        Event::PinSentElsewhere => notices::PIN_SENT_ELSEWHERE,
        Event::Locked => notices::LOCKED,
        Event::PasskeyAdded => notices::PASSKEY_ADDED,
        Event::PasskeyRemoved => notices::PASSKEY_REMOVED,
        Event::PasskeyCopied => notices::PASSKEY_COPIED,
        Event::FactorsReset => notices::FACTORS_RESET,
        Event::ProviderLinked => notices::PROVIDER_LINKED,
        Event::ProviderUnlinked => notices::PROVIDER_UNLINKED,
        Event::Exported => notices::EXPORTED,
    }
}

/// What a password breaks.
pub fn password(reason: Reason) -> String {
    let least = |count: u16, one: Text, many: Text| match (spoken(), count) {
        (English, 1) => format!("Use at least one {}.", one.say()),
        (English, _) => format!("Use at least {count} {}.", many.say()),
        (Spanish, 1) => format!("Use al menos {}.", one.say()),
        (Spanish, _) => format!("Use al menos {count} {}.", many.say()),
    };
    match reason {
        Reason::TooShort { length } => match spoken() {
            English => format!("Use at least {length} characters."),
            Spanish => format!("Use al menos {length} caracteres."),
        },
        Reason::TooLong => Text("Use at most 256 characters.", "Use como máximo 256 caracteres.").into(),
        Reason::NeedsUpper { count } => {
            least(count, Text("upper-case letter", "una mayúscula"), Text("upper-case letters", "mayúsculas"))
        }
        Reason::NeedsDigits { count } => least(count, Text("digit", "un número"), Text("digits", "números")),
        Reason::NeedsSymbols { count } => least(count, Text("symbol", "un símbolo"), Text("symbols", "símbolos")),
        Reason::NeedsLetters { count } => least(count, Text("letter", "una letra"), Text("letters", "letras")),
        Reason::Common => Text(
            "Too many people use this password. Choose another one.",
            "Demasiada gente usa esta contraseña. Elija otra.",
        )
        .into(),
        Reason::ContainsContext => Text(
            "It is made of your name, username, e-mail or organisation. Add words that have nothing to do with you.",
            "Está hecha con su nombre, usuario, correo u organización. Añada palabras que no tengan que ver con usted.",
        )
        .into(),
        Reason::TooEasy => Text(
            "It is too easy to guess. Three or four words that don't belong together do well.",
            "Es demasiado fácil de adivinar. Tres o cuatro palabras sin relación entre sí funcionan bien.",
        )
        .into(),
    }
}

/// The answer to a refused sign-in, which the organisation may have put into its own words (SI-4).
pub fn sign_in_fails(own: &str) -> String {
    if own == SIGN_IN_FAILS {
        Text(
            SIGN_IN_FAILS,
            "No hemos podido iniciar su sesión con estos datos. Revíselos e inténtelo de nuevo, o use los enlaces de abajo \
             para volver a entrar.",
        )
        .into()
    } else {
        own.to_owned()
    }
}

/// The answer to who is not found, which the organisation may have put into its own words (SU-6).
pub fn not_found(own: &str) -> String {
    if own == NOT_FOUND {
        Text(
            NOT_FOUND,
            "No hemos podido crear una cuenta con estos datos. Revíselos e inténtelo de nuevo, o póngase en contacto con \
             nosotros: puede que le conozcamos por otro nombre o dirección, o que ya tenga una cuenta.",
        )
        .into()
    } else {
        own.to_owned()
    }
}

/// A new password that is the old one.
pub const PASSWORD_UNCHANGED: Text = Text(
    "You have this password already, or had it not long ago. Choose a new one.",
    "Ya tiene esta contraseña, o la tuvo hace poco. Elija una nueva.",
);

/// A password that is not the one of the account.
pub const WRONG_PASSWORD: Text =
    Text("This is not your password. Type it again.", "Esta no es su contraseña. Escríbala de nuevo.");

/// A new username that is the old one.
pub const USERNAME_UNCHANGED: Text =
    Text("This is your username already. Choose another one.", "Este ya es su nombre de usuario. Elija otro.");

/// A username where only the password can be set.
pub const PASSWORD_ONLY: Text = Text(
    "This link sets the password only. To change the username, ask for an account reset.",
    "Este enlace solo cambia la contraseña. Para cambiar el nombre de usuario, pida restablecer la cuenta.",
);

/// Two entries of a password that differ.
pub const PASSWORDS_DIFFER: Text = Text(
    "The two entries differ. Type the same password twice.",
    "Las dos no coinciden. Escriba la misma contraseña dos veces.",
);

/// A required field left empty.
pub const REQUIRED: Text = Text("Fill this in.", "Rellene este campo.");

/// What is wrong with a person's name.
pub fn name(error: NameError) -> String {
    match (error, spoken()) {
        (NameError::Empty, _) => REQUIRED.into(),
        (NameError::TooLong, _) => Text("Use at most 80 characters.", "Use como máximo 80 caracteres.").into(),
        (NameError::Invisible, _) => Text(
            "There is a character in it that can't be seen. Type the name anew.",
            "Contiene un carácter invisible. Escriba el nombre de nuevo.",
        )
        .into(),
        (NameError::Odd(odd), English) => format!("Names don't have {odd:?} in them. Leave it out."),
        (NameError::Odd(odd), Spanish) => format!("Los nombres no llevan {odd:?}. Quítelo."),
        (NameError::Address, _) => Text(
            "This looks like a web address. Leave a space after a dot.",
            "Parece una dirección web. Deje un espacio después del punto.",
        )
        .into(),
    }
}

/// A phone number that none can be.
pub const PHONE: Text = Text(
    "This is not a phone number. It looks like +44 20 7946 0101; leave it empty if you have none.",
    "Esto no es un número de teléfono. Es como +34 910 123 456; déjelo vacío si no tiene.",
);

/// Several contacts are like whoever asks for an account (SU-6).
pub const SEVERAL_CONTACTS: Text = Text(
    "Several people we know are like this, so we can't tell which one you are. Please contact staff; they will help you in.",
    "Conocemos a varias personas así y no podemos saber cuál es usted. Póngase en contacto con el personal; le ayudarán.",
);

/// An address that somebody with an account has, told to whoever holds a PIN (PN-7).
pub const EMAIL_TAKEN: Text = Text(
    "Somebody with an account has this address already. They can sign in, or use another address.",
    "Alguien con cuenta ya tiene esta dirección. Puede iniciar sesión, o use otra dirección.",
);

/// What is wrong with an e-mail address.
pub fn email(_: &EmailError) -> String {
    Text(
        "This is not an e-mail address we can write to. It looks like name@example.org.",
        "No podemos escribir a este correo electrónico. Es como nombre@example.org.",
    )
    .into()
}

/// What is wrong with a username.
pub fn username(_: &UsernameError) -> String {
    Text(
        "Use 2 to 64 letters and digits of one script; dots, dashes and underscores may stand between them.",
        "Use de 2 a 64 letras y números de un mismo alfabeto; entre ellos puede haber puntos, guiones y guiones bajos.",
    )
    .into()
}

/// What keeps a layout from being saved, and the part it is about.
pub fn flaw(flaw: &Flaw, occasion: Occasion) -> (Part, String) {
    match flaw {
        Flaw::Missing(part, item) => (
            *part,
            match spoken() {
                English => format!("This mail is of no use without !{item}!. Put it where its reader looks for it."),
                Spanish => format!("Este correo no sirve sin !{item}!. Póngalo donde lo busque quien lo lee."),
            },
        ),
        Flaw::Unknown { part, name, line, column } => {
            let items: Vec<String> = occasion.own_items().iter().map(|item| format!("!{item}!")).collect();
            let common: Vec<String> = crate::layout::COMMON_ITEMS.iter().map(|item| format!("!{item}!")).collect();
            let all = [items, common].concat().join(", ");
            let told = match spoken() {
                English => format!("Line {line}, column {column}: there is no !{name}! in this mail. It knows {all}."),
                Spanish => format!("Línea {line}, columna {column}: este correo no tiene !{name}!. Conoce {all}."),
            };
            (*part, told)
        }
        Flaw::Empty(part) => (*part, REQUIRED.into()),
        Flaw::TooLong(part) => {
            (*part, Text("This is longer than can be sent.", "Es más largo de lo que se puede enviar.").into())
        }
        Flaw::NotOneLine => (
            Part::Subject,
            Text(
                "A subject is one line, without tabs and control characters.",
                "Un asunto es una sola línea, sin tabuladores ni caracteres de control.",
            )
            .into(),
        ),
    }
}

/// Until when a PIN can be used.
pub fn pin_ends(ends_at: Option<Timestamp>) -> String {
    match (ends_at, spoken()) {
        (None, _) => Text("It holds until it is withdrawn.", "Es válido hasta que se retire.").into(),
        (Some(end), English) => format!("It holds until {}.", end.strftime("%-d %B %Y, %H:%M UTC")),
        (Some(end), Spanish) => format!("Es válido hasta el {}.", end.strftime("%-d/%-m/%Y, %H:%M UTC")),
    }
}

/// A number of days.
pub fn days(number: u16) -> String {
    match (number, spoken()) {
        (1, _) => Text("1 day", "1 día").into(),
        (_, English) => format!("{number} days"),
        (_, Spanish) => format!("{number} días"),
    }
}

/// How often a PIN can be used.
pub fn pin_uses(uses: Option<u32>) -> String {
    match (uses, spoken()) {
        (None, _) => Text("It can be used any number of times.", "Puede usarse tantas veces como se quiera.").into(),
        (Some(1), _) => Text("It can be used once.", "Puede usarse una vez.").into(),
        (Some(uses), English) => format!("It can be used {uses} times."),
        (Some(uses), Spanish) => format!("Puede usarse {uses} veces."),
    }
}

/// What is wrong with a security code, or a recovery code in its place.
pub fn wrong_code(offset_seconds: Option<i64>, recovery: bool) -> String {
    let Some(seconds) = offset_seconds.filter(|_| !recovery) else {
        let recovery_code = Text(
            "This recovery code is not right, or was used already. Try another one.",
            "Este código de recuperación no es correcto o ya se ha usado. Pruebe con otro.",
        );
        let code = Text(
            "This code is not right. Wait until the app shows the next one, and type that.",
            "Este código no es correcto. Espere a que la aplicación muestre el siguiente y escríbalo.",
        );
        return if recovery { recovery_code } else { code }.into();
    };
    let (minutes, ahead) = ((seconds.abs() + 30) / 60, seconds > 0);
    match spoken() {
        English => {
            let how = if ahead { "ahead" } else { "behind" };
            let unit = if minutes == 1 { "minute" } else { "minutes" };
            format!(
                "This code is right for another time: the clock of your phone is about {minutes} {unit} {how}. \
                 Let the phone set its clock by itself, and type the next code."
            )
        }
        Spanish => {
            let how = if ahead { "adelantado" } else { "atrasado" };
            let unit = if minutes == 1 { "minuto" } else { "minutos" };
            format!(
                "Este código es de otro momento: el reloj de su teléfono va unos {minutes} {unit} {how}. Deje que el teléfono \
                 ponga la hora automáticamente y escriba el código siguiente."
            )
        }
    }
}

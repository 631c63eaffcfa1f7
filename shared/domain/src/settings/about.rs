//! What people are told of each setting: where it belongs, what it does, and what the standards advise where they differ.

use crate::language::Text;

/// How a setting is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// A line of text.
    Text,
    /// A line of text, or nothing.
    Optional,
    /// Some lines of text.
    Paragraph,
    /// Some lines of text, or nothing.
    OptionalParagraph,
    /// One entry a line.
    List,
    /// Yes or no.
    Switch,
    /// A whole number.
    Number,
    /// One of these words.
    OneOf(&'static [(&'static str, Text)]),
    /// One of these numbers.
    OneNumberOf(&'static [(&'static str, Text)]),
    /// A picture, handed in as a file or as a `data:` address.
    Picture,
    /// Nobody gives it.
    ByItself,
}

/// What people are told of a setting.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Its key.
    pub key: &'static str,
    /// The area it belongs to, one of [`AREAS`].
    pub area: &'static str,
    /// What it is called.
    pub label: Text,
    /// What it does.
    pub help: Text,
    /// What the standards advise, where that is something else or worth knowing; may be empty.
    pub advice: Text,
    /// How it is given.
    pub given: Given,
}

/// The areas: key and name, in the order in which they are shown.
pub const AREAS: [(&str, Text); 8] = [
    ("organisation", Text("Organisation", "Organización")),
    ("sign_in", Text("Sign-in and sessions", "Inicio de sesión y sesiones")),
    ("lock", Text("Locks and throttles", "Bloqueos y límites")),
    ("recovery", Text("Recovery", "Recuperación")),
    ("sign_up", Text("New accounts", "Cuentas nuevas")),
    ("pin", Text("PIN sign-up", "Alta con PIN")),
    ("mfa", Text("Second factor", "Segundo factor")),
    ("password", Text("Passwords", "Contraseñas")),
];

const fn about((area, key): (&'static str, &'static str), label: Text, help: Text, given: Given) -> About {
    About { key, area, label, help, advice: Text("", ""), given }
}

impl About {
    const fn advised(self, advice: Text) -> Self {
        Self { advice, ..self }
    }
}

const LINK_OR_TEMPORARY: Given = Given::OneOf(&[
    ("link", Text("A link", "Un enlace")),
    ("temporary", Text("A temporary password", "Una contraseña temporal")),
]);

/// Every setting once.
pub const ABOUT: [About; 50] = [
    about(("organisation", "organisation.name"), Text("Name", "Nombre"), Text("What the organisation is called on pages and in mail.", "Cómo se llama la organización en las páginas y en el correo."), Given::Text),
    about(
        ("organisation", "organisation.email"),
        Text("E-mail address", "Correo electrónico"),
        Text("The sender of mail, and whom people are told to contact. Nothing is mailed without it.", "El remitente del correo y con quién se pide contactar. Sin él no se envía nada."),
        Given::Optional,
    ),
    about(
        ("organisation", "organisation.environment_name"),
        Text("Environment", "Entorno"),
        Text("What this installation is called, so that mail from a test site is told apart. The default layouts can be imported once it is set.", "Cómo se llama esta instalación, para distinguir el correo de un sitio de pruebas. Los diseños predeterminados se pueden importar cuando tiene nombre."),
        Given::Optional,
    ),
    about(
        ("organisation", "organisation.language"),
        Text("Language", "Idioma"),
        Text("The language of pages and mails for whoever has none of their own and whose browser asks for none that we speak.", "El idioma de las páginas y los correos para quien no tiene uno propio y cuyo navegador no pide ninguno de los nuestros."),
        Given::OneOf(&[("en", Text("English", "Inglés")), ("es", Text("Spanish", "Español"))]),
    ),
    about(
        ("organisation", "organisation.colour"),
        Text("Colour of pages", "Color de las páginas"),
        Text("Such as #17594c: walls, links and buttons. It must be dark enough for white letters; a lighter one for dark pages is made of it.", "Por ejemplo #17594c: paredes, enlaces y botones. Debe ser bastante oscuro para letras blancas; de él se hace uno más claro para las páginas oscuras."),
        Given::Optional,
    ),
    about(
        ("organisation", "organisation.logo"),
        Text("Logo", "Logotipo"),
        Text("Stands over the door instead of the name, which screen readers say all the same. PNG, JPEG or WebP of up to 64 KiB; on dark pages it has a light ground.", "Está sobre la puerta en lugar del nombre, que los lectores de pantalla dicen igualmente. PNG, JPEG o WebP de hasta 64 KiB; en las páginas oscuras tiene un fondo claro."),
        Given::Picture,
    ),
    about(
        ("organisation", "organisation.corners"),
        Text("Corners", "Esquinas"),
        Text("Of fields and buttons.", "De los campos y los botones."),
        Given::OneOf(&[("square", Text("Square", "Rectas")), ("soft", Text("Soft", "Suaves")), ("round", Text("Round", "Redondas"))]),
    ),
    about(
        ("organisation", "organisation.letters"),
        Text("Letters", "Letras"),
        Text("Of pages. None are fetched: both are on the reader's machine.", "De las páginas. No se descarga ninguna: ambas están en el equipo de quien lee."),
        Given::OneOf(&[("system", Text("The system's", "Las del sistema")), ("serif", Text("With serifs", "Con serifas"))]),
    ),
    about(
        ("organisation", "organisation.country"),
        Text("Country", "País"),
        Text("Two capital letters, such as GB. Phone numbers without a country code are read as numbers of this country.", "Dos letras mayúsculas, por ejemplo ES. Los teléfonos sin prefijo internacional se leen como números de este país."),
        Given::Optional,
    ),
    about(
        ("sign_in", "sign_in.message"),
        Text("Message when a sign-in fails", "Mensaje cuando falla un inicio de sesión"),
        Text("The one answer to every refused sign-in, whatever the reason. An instance may override it.", "La única respuesta a todo inicio de sesión rechazado, sea cual sea el motivo. Una instancia puede sustituirla."),
        Given::Paragraph,
    ),
    about(
        ("sign_in", "sign_in.return_origins"),
        Text("Sites to go back to", "Sitios a los que volver"),
        Text("Origins such as https://www.example.org, one a line, that people may be sent on to after signing in.", "Orígenes como https://www.example.org, uno por línea, a los que se puede enviar a las personas después de entrar."),
        Given::List,
    ),
    about(
        ("sign_in", "sign_in.refusal_milliseconds"),
        Text("Milliseconds of a refused sign-in", "Milisegundos de un inicio de sesión rechazado"),
        Text(
            "A refusal takes at least so long. Bringing in password hashes that take longer than ours raises it, so that nobody \
             learns from the time whose is one of them; set it to 0 once they have all signed in.",
            "Un rechazo tarda al menos esto. Importar hashes de contraseñas que tardan más que los nuestros lo aumenta, para que \
             nadie sepa por el tiempo de quién es uno de ellos; póngalo a 0 cuando todos hayan entrado.",
        ),
        Given::Number,
    ),
    about(
        ("sign_in", "session.remember_days"),
        Text("Days of Keep me logged in", "Días de «Mantener la sesión iniciada»"),
        Text("How long a remembered session lasts at the most.", "Cuánto dura como máximo una sesión recordada."),
        Given::Number,
    )
    .advised(Text("NIST SP 800-63B asks for a new sign-in after 30 days at most at its first level, and sooner above it.", "NIST SP 800-63B pide entrar de nuevo a los 30 días como máximo en su primer nivel, y antes en los superiores.")),
    about(
        ("sign_in", "session.remembered_idle_days"),
        Text("Idle days of a remembered session", "Días sin uso de una sesión recordada"),
        Text("Days without use that end it.", "Días sin uso que la cierran."),
        Given::Number,
    ),
    about(
        ("sign_in", "session.idle_minutes"),
        Text("Idle minutes of a session", "Minutos sin uso de una sesión"),
        Text("Minutes without use that end a session which is not remembered.", "Minutos sin uso que cierran una sesión que no se recuerda."),
        Given::Number,
    ),
    about(
        ("sign_in", "session.absolute_hours"),
        Text("Hours of a session", "Horas de una sesión"),
        Text("How long a session that is not remembered lasts at the most.", "Cuánto dura como máximo una sesión que no se recuerda."),
        Given::Number,
    )
    .advised(Text("NIST SP 800-63B: 24 hours at most for its second level.", "NIST SP 800-63B: 24 horas como máximo en su segundo nivel.")),
    about(
        ("lock", "lock.attempts"),
        Text("Wrong sign-ins that lock", "Intentos fallidos que bloquean"),
        Text("So many failures in a row lock a username, whether or not anybody has it.", "Tantos fallos seguidos bloquean un nombre de usuario, lo tenga alguien o no."),
        Given::Number,
    )
    .advised(Text("NIST SP 800-63B: no more than 100 failures in a row.", "NIST SP 800-63B: no más de 100 fallos seguidos.")),
    about(
        ("lock", "lock.mode"),
        Text("How a lock ends", "Cómo termina un bloqueo"),
        Text("By a new password, or by waiting, longer each time.", "Con una contraseña nueva, o esperando, cada vez más."),
        Given::OneOf(&[("until_reset", Text("By a new password", "Con una contraseña nueva")), ("backoff", Text("By waiting", "Esperando"))]),
    )
    .advised(Text("OWASP advises waiting: a lock that only a reset opens lets strangers lock people out. Browsers that a user signed in from keep their own count here.", "OWASP aconseja esperar: un bloqueo que solo abre un restablecimiento permite que extraños dejen fuera a las personas. Aquí, los navegadores desde los que un usuario ya entró llevan su propia cuenta.")),
    about(
        ("lock", "throttle.address_failures"),
        Text("Failures of one network", "Fallos de una red"),
        Text("Failures from one network address in ten minutes after which it has to wait.", "Fallos desde una dirección de red en diez minutos tras los cuales debe esperar."),
        Given::Number,
    ),
    about(
        ("recovery", "recovery.by_mail"),
        Text("People get back in by mail", "Se recupera el acceso por correo"),
        Text("Off, whoever forgot something is told to contact staff.", "Desactivado, a quien olvidó algo se le pide que contacte con el personal."),
        Given::Switch,
    ),
    about(
        ("recovery", "recovery.password_mode"),
        Text("Forgot password mails", "«Olvidé la contraseña» envía"),
        Text("A link to set a new password, or a temporary password.", "Un enlace para crear una contraseña nueva, o una contraseña temporal."),
        LINK_OR_TEMPORARY,
    )
    .advised(Text("A link is safer: it works once and within the hour.", "Un enlace es más seguro: sirve una vez y durante una hora.")),
    about(
        ("recovery", "recovery.create_credentials"),
        Text("Forgot username makes accounts", "«Olvidé el nombre de usuario» crea cuentas"),
        Text("A known contact without an account who asks for their username gets one.", "Un contacto conocido sin cuenta que pide su nombre de usuario recibe una."),
        Given::Switch,
    ),
    about(("recovery", "recovery.link_minutes"), Text("Minutes of a link", "Minutos de un enlace"), Text("How long a mailed link holds.", "Cuánto vale un enlace enviado por correo."), Given::Number)
        .advised(Text("OWASP: as short as people can bear; an hour is usual.", "OWASP: lo más corto que las personas puedan soportar; lo habitual es una hora.")),
    about(
        ("recovery", "recovery.shared_address"),
        Text("A shared address is spoken of", "Una dirección compartida se menciona"),
        Text("Where somebody learns that several accounts use their address.", "Dónde se entera alguien de que varias cuentas usan su dirección."),
        Given::OneOf(&[("on_screen", Text("On the page", "En la página")), ("mail", Text("In the mail", "En el correo"))]),
    )
    .advised(Text("In the mail tells strangers nothing, and lets the reader of the mailbox choose an account.", "En el correo no dice nada a extraños y permite a quien lee el buzón elegir una cuenta.")),
    about(
        ("recovery", "recovery.mails_per_address"),
        Text("Recovery mails an hour", "Correos de recuperación por hora"),
        Text("To one address, at the most.", "A una dirección, como máximo."),
        Given::Number,
    ),
    about(
        ("recovery", "recovery.unknown_mails_per_address"),
        Text("Mails a day to an unknown address", "Correos al día a una dirección desconocida"),
        Text("To one address that nobody has, at the most.", "A una dirección que nadie tiene, como máximo."),
        Given::Number,
    ),
    about(
        ("recovery", "recovery.unknown_mails_in_all"),
        Text("Mails an hour to unknown addresses", "Correos por hora a direcciones desconocidas"),
        Text("To all addresses that nobody has, at the most; 0 sends none.", "A todas las direcciones que nadie tiene, como máximo; 0 no envía ninguno."),
        Given::Number,
    ),
    about(
        ("recovery", "resend.mode"),
        Text("Resend mails", "«Reenviar» envía"),
        Text("What staff send to let somebody in.", "Lo que envía el personal para dejar entrar a alguien."),
        LINK_OR_TEMPORARY,
    ),
    about(
        ("recovery", "temporary.days"),
        Text("Days of a temporary password", "Días de una contraseña temporal"),
        Text("How long a temporary password holds, and a link that staff send.", "Cuánto vale una contraseña temporal, y un enlace que envía el personal."),
        Given::Number,
    ),
    about(
        ("recovery", "PASSWORD_EMAIL_CHANGE"),
        Text("Layout of the password link", "Diseño del enlace de contraseña"),
        Text("The name of the layout of the mail with the link to a new password.", "El nombre del diseño del correo con el enlace a una contraseña nueva."),
        Given::Text,
    ),
    about(
        ("sign_up", "sign_up.create_contact"),
        Text("Strangers become contacts", "Los desconocidos pasan a ser contactos"),
        Text("Whoever asks for an account and is not known becomes a contact with an account.", "Quien pide una cuenta y no es conocido pasa a ser un contacto con cuenta."),
        Given::Switch,
    ),
    about(
        ("sign_up", "sign_up.not_found_message"),
        Text("Message when nobody is found", "Mensaje cuando no se encuentra a nadie"),
        Text("What somebody is told who can't be given an account by the form.", "Lo que se dice a quien no puede recibir una cuenta con el formulario."),
        Given::Paragraph,
    ),
    about(
        ("sign_up", "sign_up.phone"),
        Text("Phone number", "Número de teléfono"),
        Text("Whether the form for a new account asks for one.", "Si el formulario de una cuenta nueva lo pide."),
        Given::OneOf(&[("no", Text("Not asked for", "No se pide")), ("optional", Text("May be given", "Puede darse")), ("required", Text("Must be given", "Debe darse"))]),
    ),
    about(
        ("sign_up", "PASSWORD_EMAIL_NEW"),
        Text("Layout of the first mail", "Diseño del primer correo"),
        Text("The name of the layout of a new user's first mail.", "El nombre del diseño del primer correo de un usuario nuevo."),
        Given::Text,
    ),
    about(
        ("pin", "pin.channel"),
        Text("Where PINs work", "Dónde funcionan los PIN"),
        Text("Nowhere, on the pages only, or on pages and for programs.", "En ningún sitio, solo en las páginas, o en las páginas y para programas."),
        Given::OneOf(&[("off", Text("Nowhere", "En ningún sitio")), ("hosted", Text("On the pages", "En las páginas")), ("all", Text("Pages and programs", "Páginas y programas"))]),
    ),
    about(
        ("pin", "pin.inherit_administration"),
        Text("PINs pass on administration", "Los PIN transmiten la administración"),
        Text("Whether a new user gets the sponsor's rights of administration and sponsoring as well.", "Si un usuario nuevo recibe también los derechos del patrocinador de administrar y patrocinar."),
        Given::Switch,
    )
    .advised(Text("Leave it off: a PIN that is passed on would make administrators.", "Déjelo desactivado: un PIN que pasa de mano en mano crearía administradores.")),
    about(
        ("pin", "pin.wrong_per_address"),
        Text("Wrong PINs of one network", "PIN incorrectos de una red"),
        Text("In ten minutes, after which it has to wait.", "En diez minutos, tras los cuales debe esperar."),
        Given::Number,
    ),
    about(("pin", "pin.wrong_in_all"), Text("Wrong PINs in all", "PIN incorrectos en total"), Text("In an hour, after which everybody has to wait.", "En una hora, tras los cuales todos deben esperar."), Given::Number),
    about(
        ("pin", "PINCODE_EMAIL_BODY"),
        Text("Layout of the PIN mail", "Diseño del correo del PIN"),
        Text("The name of the layout of the mail that carries a PIN.", "El nombre del diseño del correo que lleva un PIN."),
        Given::Text,
    ),
    about(
        ("mfa", "mfa.scope"),
        Text("Who shows a security code", "Quién muestra un código de seguridad"),
        Text("At every sign-in, on every site. Whoever comes to be covered is signed out and sets one up.", "En cada inicio de sesión, en todos los sitios. A quien pasa a estar incluido se le cierra la sesión y configura uno."),
        Given::OneOf(&[
            ("off", Text("Nobody", "Nadie")),
            ("administrators", Text("Administrators", "Administradores")),
            ("staff", Text("Staff and administrators", "Personal y administradores")),
            ("everyone", Text("Everybody", "Todos")),
        ]),
    )
    .advised(Text("OWASP ASVS asks for a second factor of administrators in any case.", "OWASP ASVS pide en todo caso un segundo factor a los administradores.")),
    about(("password", "password.length"), Text("Length", "Longitud"), Text("Characters a password has at least.", "Caracteres que una contraseña tiene como mínimo."), Given::Number)
        .advised(Text("NIST SP 800-63B: 15 where the password is all there is, 8 beside a second factor.", "NIST SP 800-63B: 15 donde solo hay contraseña, 8 junto a un segundo factor.")),
    about(("password", "password.upper"), Text("Upper-case letters", "Mayúsculas"), Text("So many at least.", "Tantos como mínimo."), Given::Number)
        .advised(Text("The standards advise against rules of composition: leave it 0, and ask for length.", "Las normas desaconsejan las reglas de composición: déjelo en 0 y pida longitud.")),
    about(("password", "password.digits"), Text("Digits", "Números"), Text("So many at least.", "Tantos como mínimo."), Given::Number)
        .advised(Text("The standards advise against rules of composition.", "Las normas desaconsejan las reglas de composición.")),
    about(("password", "password.symbols"), Text("Symbols", "Símbolos"), Text("So many at least.", "Tantos como mínimo."), Given::Number)
        .advised(Text("The standards advise against rules of composition.", "Las normas desaconsejan las reglas de composición.")),
    about(("password", "password.letters"), Text("Letters", "Letras"), Text("So many at least.", "Tantos como mínimo."), Given::Number)
        .advised(Text("The standards advise against rules of composition.", "Las normas desaconsejan las reglas de composición.")),
    about(
        ("password", "password.requirements_text"),
        Text("What people are told", "Lo que se dice a las personas"),
        Text("Instead of our own words; {0} is the length, {1} the number of symbols.", "En lugar de nuestras palabras; {0} es la longitud, {1} el número de símbolos."),
        Given::OptionalParagraph,
    ),
    about(
        ("password", "password.history"),
        Text("Earlier passwords", "Contraseñas anteriores"),
        Text("So many before the present one can't be used again.", "Tantas anteriores a la actual no se pueden volver a usar."),
        Given::Number,
    ),
    about(
        ("password", "password.expiry_days"),
        Text("Days until a password expires", "Días hasta que caduca una contraseña"),
        Text("Turning it on, or making it shorter, spreads the first round, so that not everybody's expires on one day.", "Al activarlo o acortarlo se reparte la primera ronda, para que no caduquen todas el mismo día."),
        Given::OneNumberOf(&[
            ("0", Text("Never", "Nunca")),
            ("30", Text("30", "30")),
            ("60", Text("60", "60")),
            ("90", Text("90", "90")),
            ("180", Text("180", "180")),
            ("365", Text("365", "365")),
        ]),
    )
    .advised(Text("NIST SP 800-63B and OWASP advise against it: have a password changed when it may be known to others.", "NIST SP 800-63B y OWASP lo desaconsejan: haga cambiar una contraseña cuando otros puedan conocerla.")),
    about(
        ("password", "password.warn_days"),
        Text("Days of warning", "Días de aviso"),
        Text("From when people are told that their password expires; at most half the period.", "Desde cuándo se avisa de que la contraseña caduca; como máximo la mitad del periodo."),
        Given::Number,
    ),
    about(
        ("password", "password.expiry_since"),
        Text("Passwords expire since", "Las contraseñas caducan desde"),
        Text("Set by itself when they begin to.", "Se fija solo cuando empiezan a caducar."),
        Given::ByItself,
    ),
];

/// What people are told of a setting.
pub fn about_key(key: &str) -> Option<&'static About> {
    ABOUT.iter().find(|about| about.key == key)
}

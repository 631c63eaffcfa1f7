//! Every sentence that a page says, in one place, so that they can be read together; each in every language.

mod factor;

use domain::language::Language::{English, Spanish};
use domain::language::{Text, spoken};

pub(super) use factor::*;

pub(super) const BACK_TO_SIGN_IN: Text = Text("Back to sign-in", "Volver al inicio de sesión");
pub(super) const CAPS_LOCK: Text = Text("Caps Lock is on", "Bloq Mayús está activado");
pub(super) const ERROR_PREFIX: Text = Text("Error: ", "Error: ");
pub(super) const HIDE: Text = Text("Hide", "Ocultar");
pub(super) const NEED_HELP: Text = Text("Need help? Write to", "¿Necesita ayuda? Escriba a");
pub(super) const OPTIONAL: Text = Text("(optional)", "(opcional)");
pub(super) const SHOW: Text = Text("Show", "Mostrar");
/// From the weakest to the strongest, with a stroke between them.
pub(super) const STRENGTHS: Text = Text("Very weak|Weak|Fair|Good|Strong", "Muy débil|Débil|Aceptable|Buena|Fuerte");
pub(super) const TRY_AGAIN: Text =
    Text("That did not get through. Please try again.", "No ha llegado. Inténtelo de nuevo.");
pub(super) const SUMMARY: Text = Text("Please look at this again", "Revise esto, por favor");

pub(super) const EMAIL: Text = Text("E-mail address", "Correo electrónico");
pub(super) const NEW_PASSWORD: Text = Text("New password", "Contraseña nueva");
pub(super) const NEW_PASSWORD_AGAIN: Text = Text("New password again", "Repita la contraseña nueva");
pub(super) const NEW_USERNAME: Text = Text("Username", "Nombre de usuario");
pub(super) const NEW_USERNAME_HINT: Text =
    Text("Leave it empty to keep the one you have.", "Déjelo vacío para conservar el que tiene.");
pub(super) const OLD_PASSWORD: Text = Text("Old password", "Contraseña actual");
pub(super) const PASSWORD: Text = Text("Password", "Contraseña");
pub(super) const USERNAME_OR_EMAIL: Text = Text("Username or e-mail", "Nombre de usuario o correo");

pub(super) const SIGN_IN: Text = Text("Sign in", "Iniciar sesión");
pub(super) const KEEP: Text = Text("Keep me logged in", "Mantener la sesión iniciada");
pub(super) const FORGOT_PASSWORD: Text = Text("Forgot password?", "¿Olvidó la contraseña?");
pub(super) const FORGOT_USERNAME: Text = Text("Forgot username?", "¿Olvidó el nombre de usuario?");

pub(super) const USERNAME_TITLE: Text = Text("Forgot your username?", "¿Olvidó su nombre de usuario?");
pub(super) const USERNAME_LEAD: Text = Text(
    "Type your e-mail address, and we'll mail you the username that goes with it.",
    "Escriba su correo electrónico y le enviaremos el nombre de usuario que le corresponde.",
);
pub(super) const USERNAME_SEND: Text = Text("Mail me my username", "Enviarme mi nombre de usuario");
pub(super) const PASSWORD_TITLE: Text = Text("Forgot your password?", "¿Olvidó su contraseña?");
pub(super) const PASSWORD_LEAD: Text = Text(
    "Tell us who you are, and we'll mail you a way to set a new one.",
    "Díganos quién es y le enviaremos por correo la manera de crear una nueva.",
);
pub(super) const PASSWORD_SEND: Text = Text("Send me a mail", "Enviarme un correo");
pub(super) const ACCOUNT_TITLE: Text = Text("Reset your account", "Restablezca su cuenta");
pub(super) const ACCOUNT_LEAD: Text = Text(
    "Type your e-mail address, and we'll mail you a link to choose a new username, a new password, or both.",
    "Escriba su correo electrónico y le enviaremos un enlace para elegir un nombre de usuario nuevo, una contraseña nueva o ambos.",
);
pub(super) const ACCOUNT_SEND: Text = Text("Mail me the link", "Enviarme el enlace");
pub(super) const FORGOT_BOTH: Text = Text("Forgot both? Reset your account", "¿Olvidó los dos? Restablezca su cuenta");
pub(super) const ADDRESS_LOST: Text = Text(
    "If you no longer have that address, please contact staff. They can send your details to a new one.",
    "Si ya no usa esa dirección, póngase en contacto con el personal. Pueden enviar sus datos a una nueva.",
);

pub(super) const STEP_ASK: Text = Text("Say who you are", "Diga quién es");
pub(super) const STEP_MAIL: Text = Text("Check your mail", "Mire su correo");
pub(super) const STEP_SET: Text = Text("Set a new password", "Cree una contraseña nueva");

pub(super) const SENT_TITLE: Text = Text("Check your mail", "Mire su correo");
pub(super) const SENT_SLOW: Text = Text("It can take a few minutes to arrive.", "Puede tardar unos minutos en llegar.");
pub(super) const SENT_SPAM: Text =
    Text("Not there? Look in your spam or junk folder.", "¿No está? Mire en la carpeta de correo no deseado.");
pub(super) const SENT_AGAIN: Text = Text(
    "Still nothing? Check the spelling and ask again",
    "¿Sigue sin llegar? Revise cómo lo ha escrito y pídalo de nuevo",
);
pub(super) const SENT_CONTACT: Text =
    Text("If that doesn't help, please contact staff.", "Si eso no ayuda, póngase en contacto con el personal.");

pub(super) const CHOOSE_TITLE: Text = Text("Which account is yours?", "¿Cuál es su cuenta?");
pub(super) const CHOOSE_LEAD: Text = Text(
    "Several accounts use this e-mail address. Press the button to see them.",
    "Varias cuentas usan este correo electrónico. Pulse el botón para verlas.",
);
pub(super) const CHOOSE_SHOW: Text = Text("Show the accounts", "Mostrar las cuentas");
pub(super) const CHOOSE_LEGEND: Text =
    Text("The accounts, with most letters hidden", "Las cuentas, con casi todas las letras ocultas");
pub(super) const CHOOSE_NEXT: Text = Text(
    "Choose yours, and we'll mail you the way into it.",
    "Elija la suya y le enviaremos por correo la manera de entrar.",
);
pub(super) const CHOOSE_BUTTON: Text = Text("Mail me the way in", "Enviarme la manera de entrar");

pub(super) const TEMPORARY_ENDED: Text = Text(
    "Did you use a temporary password, and its days are over?",
    "¿Ha usado una contraseña temporal que ya ha caducado?",
);
pub(super) const TEMPORARY_FRESH: Text = Text("Mail me a fresh one", "Enviarme una nueva");

pub(super) const SHARED_TITLE: Text = Text("One address, several people", "Una dirección, varias personas");
pub(super) const SHARED_TEXT: Text = Text(
    "Several accounts use this address. Please contact staff.",
    "Varias cuentas usan esta dirección. Póngase en contacto con el personal.",
);
pub(super) const YOU_TYPED: Text = Text("You typed", "Ha escrito");
pub(super) const SHARED_NEXT: Text =
    Text("They can tell you which username is yours.", "Pueden decirle qué nombre de usuario es el suyo.");

pub(super) const OFF_TITLE: Text = Text("Staff can help you back in", "El personal puede ayudarle a entrar");
pub(super) const OFF_TEXT: Text = Text(
    "Usernames and passwords can't be reset on this page. Please contact staff, who can send you what you need.",
    "En esta página no se pueden restablecer nombres de usuario ni contraseñas. Póngase en contacto con el personal, que puede enviarle lo que necesita.",
);

pub(super) const RESET_TITLE: Text = Text("Set a new password", "Cree una contraseña nueva");
pub(super) const RESET_BUTTON: Text = Text("Set new password", "Guardar la contraseña nueva");
pub(super) const RESET_ACCOUNT_TITLE: Text = Text("Set your account anew", "Ponga al día su cuenta");
pub(super) const RESET_ACCOUNT_LEAD: Text = Text(
    "Choose a new username, a new password, or both. What you leave empty stays as it is.",
    "Elija otro nombre de usuario, otra contraseña o ambas cosas. Lo que deje vacío queda como está.",
);
pub(super) const RESET_ACCOUNT_BUTTON: Text = Text("Save", "Guardar");
pub(super) const RENAMED_TITLE: Text = Text("Your username is set", "Su nombre de usuario está guardado");
pub(super) const RENAMED_TEXT: Text = Text(
    "Sign in with it, and with the password that you have.",
    "Inicie sesión con él y con la contraseña que ya tiene.",
);
pub(super) const RESET_DONE_TITLE: Text = Text("Your password is set", "Su contraseña está guardada");
pub(super) const RESET_DONE_TEXT: Text = Text("You can sign in with it now.", "Ya puede iniciar sesión con ella.");
pub(super) const RESET_DONE_SESSIONS: Text = Text(
    "To be safe, we signed you out on every device.",
    "Por seguridad, hemos cerrado su sesión en todos los dispositivos.",
);

pub(super) const DEAD_TITLE: Text = Text("This link can't be used any more", "Este enlace ya no sirve");
pub(super) const DEAD_WHY: Text = Text(
    "It may have been used already, it may be too old, or you may have asked for a newer one since.",
    "Puede que ya se haya usado, que sea demasiado antiguo o que haya pedido otro después.",
);
pub(super) const DEAD_NEXT: Text = Text(
    "Ask for a new link, and use the latest mail you get.",
    "Pida un enlace nuevo y use el último correo que reciba.",
);
pub(super) const DEAD_BUTTON: Text = Text("Ask for a new link", "Pedir un enlace nuevo");

pub(super) const CHANGE_TITLE: Text = Text("Choose a new password", "Elija una contraseña nueva");
pub(super) const CHANGE_BUTTON: Text = Text("Change password", "Cambiar la contraseña");
pub(super) const CHANGE_TEMPORARY: Text = Text(
    "You signed in with a temporary password. Choose one of your own, and use it from now on.",
    "Ha entrado con una contraseña temporal. Elija una propia y úsela a partir de ahora.",
);
pub(super) const CHANGE_EXPIRED: Text = Text(
    "Your password has come to the end of its time. Choose a new one to go on.",
    "Su contraseña ha caducado. Elija una nueva para continuar.",
);
pub(super) const CHANGE_REQUIRED: Text = Text(
    "Your password was set for you. Choose one that only you know, and then you can go on.",
    "Otra persona puso su contraseña. Elija una que solo usted conozca y podrá continuar.",
);

pub(super) const MY_ACCOUNT: Text = Text("Your account", "Su cuenta");
pub(super) const SIGNED_IN_AS: Text = Text("Signed in as", "Ha entrado como");
pub(super) const BACK_TO_ACCOUNT: Text = Text("Back to your account", "Volver a su cuenta");
pub(super) const CONSOLE_LINK: Text = Text("Go to the console", "Ir a la consola");
pub(super) const CHANGE_LINK: Text = Text("Change your password", "Cambiar su contraseña");
pub(super) const CHANGE_NOW: Text = Text("Change your password now", "Cambiar su contraseña ahora");
pub(super) const SIGN_OUT: Text = Text("Sign out", "Cerrar sesión");
pub(super) const CHANGE_USERNAME: Text = Text("Change your username", "Cambiar su nombre de usuario");
pub(super) const USERNAME_CHANGE_LEAD: Text = Text(
    "You sign in with the new one from then on. Other browsers are signed out.",
    "A partir de entonces entrará con el nuevo. En los demás navegadores se cerrará la sesión.",
);
pub(super) const FRESH_PROOF: Text =
    Text("Your present password, so that we know it's you.", "Su contraseña actual, para saber que es usted.");
pub(super) const SESSIONS_LINK: Text = Text("Where you are signed in", "Dónde tiene la sesión iniciada");
pub(super) const SESSIONS_TITLE: Text = Text("Where you are signed in", "Dónde tiene la sesión iniciada");
pub(super) const SESSIONS_LEAD: Text = Text(
    "If you don't know one of these, sign it out and change your password.",
    "Si no reconoce alguna, ciérrela y cambie su contraseña.",
);
pub(super) const THIS_BROWSER: Text = Text("(this browser)", "(este navegador)");
pub(super) const SIGN_OUT_EVERYWHERE: Text = Text("Sign out everywhere", "Cerrar todas las sesiones");

pub(super) const CREATE_ACCOUNT: Text = Text("Create account", "Crear una cuenta");
pub(super) const HAVE_PIN: Text = Text("I have a PIN", "Tengo un PIN");
pub(super) const FIRST_NAME: Text = Text("First name", "Nombre");
pub(super) const LAST_NAME: Text = Text("Last name", "Apellidos");
pub(super) const PHONE: Text = Text("Phone", "Teléfono");
pub(super) const SIGN_UP_TITLE: Text = Text("Create account", "Crear una cuenta");
pub(super) const SIGN_UP_LEAD: Text = Text(
    "Tell us who you are, as you are known to us. We'll mail you a username and a temporary password.",
    "Díganos quién es, tal como le conocemos. Le enviaremos por correo un nombre de usuario y una contraseña temporal.",
);
pub(super) const SIGN_UP_SEND: Text = Text("Create account", "Crear la cuenta");
pub(super) const HAVE_ACCOUNT: Text =
    Text("Have an account? Find your username", "¿Ya tiene una cuenta? Busque su nombre de usuario");
pub(super) const PIN: Text = Text("PIN", "PIN");
pub(super) const PIN_HINT: Text = Text(
    "As it was given to you. Capitals, blanks and dashes make no difference.",
    "Tal como se lo dieron. Las mayúsculas, los espacios y los guiones no importan.",
);
pub(super) const PIN_TITLE: Text = Text("Create account with a PIN", "Crear una cuenta con un PIN");
pub(super) const PIN_LEAD: Text = Text(
    "Type the PIN that you were given, your e-mail address, and the username that you want. We'll mail you a temporary password.",
    "Escriba el PIN que le dieron, su correo electrónico y el nombre de usuario que desea. Le enviaremos una contraseña temporal.",
);
pub(super) const USERNAME_HINT: Text =
    Text("You sign in with it. You can change it later.", "Con él iniciará sesión. Podrá cambiarlo más adelante.");
pub(super) const SIGNED_UP_TEXT: Text = Text(
    "Your account is there. A mail with your username and a temporary password is on its way; sign in with them and choose your own password.",
    "Su cuenta está lista. Le hemos enviado un correo con su nombre de usuario y una contraseña temporal; entre con ellos y elija su propia contraseña.",
);
pub(super) const PIN_OFF_TITLE: Text = Text("No PINs here", "Aquí no se usan PIN");
pub(super) const PIN_OFF_TEXT: Text = Text(
    "Accounts are not made with a PIN here. Please contact staff if you were given one.",
    "Aquí no se crean cuentas con un PIN. Si le dieron uno, póngase en contacto con el personal.",
);

/// Says how many recovery codes are left.
pub(super) fn codes_left(left: usize) -> String {
    match (spoken(), left) {
        (English, 1) => "An authenticator app is set up, and 1 recovery code is left.".to_owned(),
        (English, _) => format!("An authenticator app is set up, and {left} recovery codes are left."),
        (Spanish, 1) => "Hay una aplicación de autenticación configurada y queda 1 código de recuperación.".to_owned(),
        (Spanish, _) => {
            format!("Hay una aplicación de autenticación configurada y quedan {left} códigos de recuperación.")
        }
    }
}

pub(super) const GO_TO_SIGN_IN: Text = Text("Go to sign-in", "Ir al inicio de sesión");
pub(super) const REQUEST_ID: Text = Text(
    "If you write to staff about this, please mention the number",
    "Si escribe al personal sobre esto, mencione el número",
);

/// Invites people to write to the organisation.
pub(super) fn write_to(address: &str) -> String {
    match spoken() {
        English => format!("Write to {address}"),
        Spanish => format!("Escriba a {address}"),
    }
}

/// Says whose password is being set.
pub(super) fn for_username(username: &str) -> String {
    match spoken() {
        English => format!("For the username {username}."),
        Spanish => format!("Para el nombre de usuario {username}."),
    }
}

/// Says what the sign-in page is for; `organisation` may be empty.
pub(super) fn sign_in_about(organisation: &str) -> String {
    let whose = named(organisation, Text("your organisation", "su organización"));
    match spoken() {
        English => format!("Sign in to {whose}."),
        Spanish => format!("Entre en {whose}."),
    }
}

/// Says where a person is on a short way: `number` of `of`, from 1.
pub(super) fn step(number: usize, of: usize, name: &str) -> String {
    match spoken() {
        English => format!("Step {number} of {of}: {name}"),
        Spanish => format!("Paso {number} de {of}: {name}"),
    }
}

/// Promises the username by mail, if the address is known; `given` is what was typed, or empty.
pub(super) fn sent_username(given: &str) -> String {
    let whose = named(given, Text("that address", "esa dirección"));
    match spoken() {
        English => format!("If an account belongs to {whose}, a mail with your username is on its way."),
        Spanish => format!("Si una cuenta pertenece a {whose}, le llegará un correo con su nombre de usuario."),
    }
}

/// Promises the way to a new password, if the name is known; `given` is what was typed, or empty.
pub(super) fn sent_password(given: &str) -> String {
    let whose = named(given, Text("that name", "ese nombre"));
    match spoken() {
        English => {
            format!("If an account belongs to {whose}, a mail is on its way. It says how to set a new password.")
        }
        Spanish => {
            format!(
                "Si una cuenta pertenece a {whose}, le llegará un correo que explica cómo crear una contraseña nueva."
            )
        }
    }
}

/// Promises the reset link, if the address is known; `given` is what was typed, or empty.
pub(super) fn sent_account(given: &str) -> String {
    let whose = named(given, Text("that address", "esa dirección"));
    match spoken() {
        English => format!("If an account belongs to {whose}, a mail is on its way. Open the link in it to go on."),
        Spanish => format!("Si una cuenta pertenece a {whose}, le llegará un correo. Abra su enlace para continuar."),
    }
}

/// Says how long the mailed link can be used.
pub(super) fn sent_minutes(minutes: u32) -> String {
    match spoken() {
        English => format!("The link in it works once, within {minutes} minutes."),
        Spanish => format!("Su enlace sirve una vez, durante {minutes} minutos."),
    }
}

/// Says when a session was last used.
pub(super) fn last_used(minutes: i64) -> String {
    let (hours, days) = (minutes / 60, minutes / 1_440);
    match (spoken(), minutes) {
        (English, ..5) => "Used just now.".to_owned(),
        (English, 5..120) => format!("Last used {minutes} minutes ago."),
        (English, 120..2_880) => format!("Last used {hours} hours ago."),
        (English, _) => format!("Last used {days} days ago."),
        (Spanish, ..5) => "Usada ahora mismo.".to_owned(),
        (Spanish, 5..120) => format!("Usada por última vez hace {minutes} minutos."),
        (Spanish, 120..2_880) => format!("Usada por última vez hace {hours} horas."),
        (Spanish, _) => format!("Usada por última vez hace {days} días."),
    }
}

/// Says from which network a session was begun.
pub(super) fn from_network(place: &str) -> String {
    match spoken() {
        English => format!("Begun from the network {place}."),
        Spanish => format!("Iniciada desde la red {place}."),
    }
}

/// What the button that ends a session says to those who hear it.
pub(super) fn end_session(device: &str) -> String {
    match spoken() {
        English => format!("Sign out {device}"),
        Spanish => format!("Cerrar la sesión de {device}"),
    }
}

/// Says how many days ago a passkey was made and used.
pub(super) fn passkey_dates(made: i64, used: Option<i64>) -> String {
    let ago = |days| match (spoken(), days) {
        (English, ..1) => "today".to_owned(),
        (English, 1) => "yesterday".to_owned(),
        (English, _) => format!("{days} days ago"),
        (Spanish, ..1) => "hoy".to_owned(),
        (Spanish, 1) => "ayer".to_owned(),
        (Spanish, _) => format!("hace {days} días"),
    };
    match (spoken(), used) {
        (English, Some(used)) => format!("Made {}, last used {}.", ago(made), ago(used)),
        (English, None) => format!("Made {}, not used yet.", ago(made)),
        (Spanish, Some(used)) => format!("Creada {}, usada por última vez {}.", ago(made), ago(used)),
        (Spanish, None) => format!("Creada {}, sin usar todavía.", ago(made)),
    }
}

/// What the button that removes a passkey says to those who hear it.
pub(super) fn remove_passkey(name: &str) -> String {
    match spoken() {
        English => format!("Remove the passkey {name}"),
        Spanish => format!("Eliminar la clave de acceso {name}"),
    }
}

/// Warns that the password ends in `days`.
pub(super) fn password_ends(days: u32) -> String {
    match (spoken(), days) {
        (English, 0) => "Your password expires today.".to_owned(),
        (English, 1) => "Your password expires tomorrow.".to_owned(),
        (English, _) => format!("Your password expires in {days} days."),
        (Spanish, 0) => "Su contraseña caduca hoy.".to_owned(),
        (Spanish, 1) => "Su contraseña caduca mañana.".to_owned(),
        (Spanish, _) => format!("Su contraseña caduca dentro de {days} días."),
    }
}

fn named(given: &str, otherwise: Text) -> &str {
    if given.trim().is_empty() { otherwise.say() } else { given.trim() }
}

pub(super) const LINK_TITLE: Text = Text("Is this your account?", "¿Es su cuenta?");
pub(super) const LINK_YES: Text = Text("Yes, that is me", "Sí, soy yo");
pub(super) const LINK_NO: Text = Text("No, leave it as it is", "No, dejarlo como está");
pub(super) const LINK_ONCE: Text = Text(
    "You do this once. After that one press is enough.",
    "Esto se hace una sola vez. Después bastará con pulsar el botón.",
);
pub(super) const LINKS_TITLE: Text = Text("Other ways to sign in", "Otras formas de entrar");
pub(super) const LINK_REMOVE: Text = Text("Take away", "Quitar");

/// Who came from where, and is nobody here yet.
pub(super) fn link_lead(provider: &str, label: &str) -> String {
    match spoken() {
        English => format!(
            "You come as {label} ({provider}). We don't know yet whose account here that opens: sign in as you always do."
        ),
        Spanish => {
            format!("Viene como {label} ({provider}). Todavía no sabemos qué cuenta de aquí abre: entre como siempre.")
        }
    }
}

/// Whether the two belong together.
pub(super) fn link_question(provider: &str, label: &str, username: &str) -> String {
    match spoken() {
        English => {
            format!("From now on, {label} ({provider}) opens the account {username}. Only say yes if both are yours.")
        }
        Spanish => {
            format!("Desde ahora, {label} ({provider}) abrirá la cuenta {username}. Acepte solo si las dos son suyas.")
        }
    }
}

pub(super) const ONWARD: Text = Text("Go on", "Continuar");
pub(super) const ONWARD_LEAD: Text = Text(
    "You are signed in. If nothing happens, press the button.",
    "Ha iniciado sesión. Si no ocurre nada, pulse el botón.",
);
pub(super) const AGAIN: Text = Text("Sign in again", "Iniciar sesión de nuevo");
pub(super) const AGAIN_NO: Text = Text("Stay signed in and go to my account", "Seguir con la sesión e ir a mi cuenta");
pub(super) const AGAIN_TITLE: Text = Text("Please sign in again", "Inicie sesión de nuevo");

pub(super) fn onward_title(application: &str) -> String {
    match spoken() {
        English => format!("On to {application}"),
        Spanish => format!("Hacia {application}"),
    }
}

pub(super) fn again_lead(application: &str) -> String {
    match spoken() {
        English => {
            format!("“{application}” wants to be sure that it is you. Your session here ends, and a new one begins.")
        }
        Spanish => format!("«{application}» quiere asegurarse de que es usted. Su sesión aquí termina y empieza otra."),
    }
}

/// What the button beside one of them does.
pub(super) fn remove_link(label: &str) -> String {
    match spoken() {
        English => format!("Take away: {label}"),
        Spanish => format!("Quitar: {label}"),
    }
}

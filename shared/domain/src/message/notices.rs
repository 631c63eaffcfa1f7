//! What owners are told of: what a notice calls it, and what it says of it.

use crate::language::Text;

pub(super) const PASSWORD_CHANGED: (Text, Text) = (
    Text("Your password was changed", "Su contraseña ha cambiado"),
    Text(
        "The password of your account was changed, and every browser that was signed in has been signed out.",
        "La contraseña de su cuenta ha cambiado y se ha cerrado la sesión en todos los navegadores.",
    ),
);

pub(super) const USERNAME_CHANGED: (Text, Text) = (
    Text("Your username was changed", "Su nombre de usuario ha cambiado"),
    Text("The username of your account was changed.", "El nombre de usuario de su cuenta ha cambiado."),
);

pub(super) const EMAIL_CHANGED: (Text, Text) = (
    Text("Your e-mail address was changed", "Su correo electrónico ha cambiado"),
    Text(
        "Our staff have changed an e-mail address of your account. If you did not ask for that, contact us at once.",
        "Nuestro personal ha cambiado un correo electrónico de su cuenta. Si no lo pidió, avísenos de inmediato.",
    ),
);

pub(super) const TOKEN_REUSED: (Text, Text) = (
    Text("An old sign-in of yours was used again", "Se ha vuelto a usar un inicio de sesión antiguo"),
    Text(
        "A browser came with the key of a remembered sign-in that had been replaced by a newer one. That happens when \
                 the key was copied. We have ended that sign-in everywhere; others go on.",
        "Un navegador ha presentado la clave de una sesión recordada que ya se había sustituido por otra. Eso ocurre \
                 cuando alguien ha copiado la clave. Hemos cerrado esa sesión en todas partes; las demás siguen.",
    ),
);

pub(super) const PASSWORD_SET_BY_STAFF: (Text, Text) = (
    Text("A new password was set for you", "Le hemos puesto una contraseña nueva"),
    Text(
        "Our staff have set a new password for your account, and every browser that was signed in has been signed \
                 out. When you sign in with it, you choose one that only you know.",
        "Nuestro personal ha puesto una contraseña nueva en su cuenta y se ha cerrado la sesión en todos los \
                 navegadores. Cuando entre con ella, elegirá una que solo usted conozca.",
    ),
);

pub(super) const FACTOR_SET: (Text, Text) = (
    Text("A security code was set up", "Se ha configurado un código de seguridad"),
    Text(
        "An authenticator app was set up for your account. From now on its code is asked for after the password.",
        "Se ha configurado una aplicación de autenticación para su cuenta. Desde ahora se pedirá su código después de \
                 la contraseña.",
    ),
);

pub(super) const FACTOR_RESET: (Text, Text) = (
    Text("Your security code was reset", "Se ha restablecido su código de seguridad"),
    Text(
        "The authenticator app of your account was taken away, and every browser that was signed in has been signed \
                 out. At the next sign-in you set up a new one.",
        "Se ha quitado la aplicación de autenticación de su cuenta y se ha cerrado la sesión en todos los navegadores. \
                 La próxima vez que entre configurará una nueva.",
    ),
);

pub(super) const RECOVERY_CODES_MADE: (Text, Text) = (
    Text("New recovery codes were made", "Se han creado códigos de recuperación nuevos"),
    Text(
        "Ten new recovery codes were made for your account. The ones before them can't be used any more.",
        "Se han creado diez códigos de recuperación nuevos para su cuenta. Los anteriores ya no sirven.",
    ),
);

pub(super) const RECOVERY_CODE_USED: (Text, Text) = (
    Text("A recovery code was used", "Se ha usado un código de recuperación"),
    Text(
        "Somebody signed in to your account with a recovery code instead of the security code. It can't be used again.",
        "Alguien ha entrado en su cuenta con un código de recuperación en lugar del código de seguridad. Ya no puede \
                 volver a usarse.",
    ),
);

pub(super) const CODE_LOCKED: (Text, Text) = (
    Text("Your account is locked", "Su cuenta está bloqueada"),
    Text(
        "Somebody failed too often to show your second factor, a security code or a passkey, so we have locked your \
                 account. Setting a new password opens it again; when that has happened three times, contact staff.",
        "Alguien ha fallado demasiadas veces con su segundo factor, un código de seguridad o una clave de acceso, así que \
                 hemos bloqueado su cuenta. Se abre de nuevo al crear una contraseña nueva; si ya ha ocurrido tres veces, \
                 póngase en contacto con el personal.",
    ),
);

pub(super) const PIN_SENT_ELSEWHERE: (Text, Text) = (
    Text("Your PIN was mailed to another address", "Su PIN se ha enviado a otra dirección"),
    Text(
        "An administrator has sent the PIN with which people make accounts in your name to an address that is not \
                 yours.",
        "Un administrador ha enviado el PIN con el que se crean cuentas en su nombre a una dirección que no es la suya.",
    ),
);

pub(super) const LOCKED: (Text, Text) = (
    Text("Your account is locked", "Su cuenta está bloqueada"),
    Text(
        "Somebody tried to sign in to your account too often with a wrong password, so we have locked it. \
                 Setting a new password opens it at once.",
        "Alguien ha intentado entrar en su cuenta demasiadas veces con una contraseña incorrecta, así que la hemos \
                 bloqueado. Se abre enseguida al crear una contraseña nueva.",
    ),
);

pub(super) const PASSKEY_ADDED: (Text, Text) = (
    Text("A passkey was added", "Se ha añadido una clave de acceso"),
    Text(
        "A passkey was added to your account. With it one signs in without a password, so if it is not yours, remove it on \
                 your account page and contact us at once. Every other browser that was signed in has been signed out.",
        "Se ha añadido una clave de acceso a su cuenta. Con ella se entra sin contraseña; si no es suya, elimínela en la \
                 página de su cuenta y avísenos de inmediato. Se ha cerrado la sesión en los demás navegadores.",
    ),
);

pub(super) const PASSKEY_REMOVED: (Text, Text) = (
    Text("A passkey was removed", "Se ha eliminado una clave de acceso"),
    Text(
        "A passkey of your account was removed and can't be used any more. Every other browser that was signed in has been \
                 signed out.",
        "Se ha eliminado una clave de acceso de su cuenta y ya no sirve. Se ha cerrado la sesión en los demás navegadores.",
    ),
);

pub(super) const PASSKEY_COPIED: (Text, Text) = (
    Text("A passkey of yours may have been copied", "Puede que alguien haya copiado una clave de acceso suya"),
    Text(
        "Somebody tried to sign in to your account with a passkey whose counter goes back. That happens when there is a copy \
                 of it, so we have refused it. Remove that passkey on your account page and make a new one.",
        "Alguien ha intentado entrar en su cuenta con una clave de acceso cuyo contador retrocede. Eso ocurre cuando existe \
                 una copia, así que la hemos rechazado. Elimínela en la página de su cuenta y cree otra.",
    ),
);

pub(super) const FACTORS_RESET: (Text, Text) = (
    Text("Your second factor was reset", "Se ha restablecido su segundo factor"),
    Text(
        "The passkeys of your account, and its authenticator app if there was one, were taken away, and every browser that \
                 was signed in has been signed out.",
        "Se han quitado las claves de acceso de su cuenta, y la aplicación de autenticación si la había, y se ha cerrado la \
                 sesión en todos los navegadores.",
    ),
);

pub(super) const PROVIDER_LINKED: (Text, Text) = (
    Text("Another sign-in opens your account", "Otro inicio de sesión abre su cuenta"),
    Text(
        "Your account can now be opened with an account that you have elsewhere. Your account page shows which one, and \
                 takes it away again.",
        "Ahora su cuenta también se abre con una cuenta que tiene en otro sitio. La página de su cuenta muestra cuál es y \
                 permite quitarla.",
    ),
);

pub(super) const PROVIDER_UNLINKED: (Text, Text) = (
    Text("A sign-in was taken away", "Se ha quitado un inicio de sesión"),
    Text(
        "An account that you have elsewhere no longer opens your account here. Browsers that were signed in with it have \
                 been signed out.",
        "Una cuenta que tiene en otro sitio ya no abre su cuenta aquí. Se ha cerrado la sesión en los navegadores que \
                 habían entrado con ella.",
    ),
);

pub(super) const EXPORTED: (Text, Text) = (
    Text("Everything was exported", "Se ha exportado todo"),
    Text(
        "An administrator has taken an export of everything: people, their rights, settings and what happened. Passwords and \
                 secrets in it are locked with a passphrase. The audit says who did it. If nobody of you meant to, sign that \
                 account out everywhere and change its password.",
        "Un administrador ha exportado todo: las personas, sus permisos, los ajustes y lo ocurrido. Las contraseñas y los \
                 secretos van cerrados con una frase de paso. La auditoría dice quién lo hizo. Si ninguno de ustedes quería \
                 hacerlo, cierre todas las sesiones de esa cuenta y cambie su contraseña.",
    ),
);

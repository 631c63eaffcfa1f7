//! Of the second factor and passkeys.

use domain::language::Text;

pub(in crate::pages) const SECURITY_CODE: Text = Text("Security code", "Código de seguridad");
pub(in crate::pages) const CODE_LEAD: Text = Text(
    "Open the authenticator app on your phone and type the six digits that it shows.",
    "Abra la aplicación de autenticación de su teléfono y escriba los seis dígitos que muestra.",
);
pub(in crate::pages) const CODE_HINT: Text =
    Text("Six digits. They change every half minute.", "Seis dígitos. Cambian cada medio minuto.");
pub(in crate::pages) const NO_CODE: Text = Text("I don't have a security code", "No tengo un código de seguridad");
pub(in crate::pages) const USE_RECOVERY: Text = Text("Use a recovery code", "Usar un código de recuperación");
pub(in crate::pages) const USE_CODE: Text = Text("Use the security code instead", "Usar el código de seguridad");
pub(in crate::pages) const RECOVERY_CODE: Text = Text("Recovery code", "Código de recuperación");
pub(in crate::pages) const RECOVERY_LEAD: Text = Text(
    "Type one of the ten recovery codes that you were shown when you set up the app. Each works once.",
    "Escriba uno de los diez códigos de recuperación que vio al configurar la aplicación. Cada uno sirve una vez.",
);
pub(in crate::pages) const SETUP_ASK_TITLE: Text =
    Text("Set up a security code?", "¿Configurar un código de seguridad?");
pub(in crate::pages) const SETUP_WHY: Text = Text(
    "A security code is a second proof that it's you: six digits from an app on your phone. We can mail you a link to set it up.",
    "Un código de seguridad es una segunda prueba de que es usted: seis dígitos de una aplicación de su teléfono. Podemos enviarle por correo un enlace para configurarlo.",
);
pub(in crate::pages) const SETUP_SEND: Text = Text("Yes, send setup email", "Sí, enviar el correo de configuración");
pub(in crate::pages) const SETUP_BACK: Text = Text("No, I have a code", "No, ya tengo un código");
pub(in crate::pages) const SETUP_SENT: Text = Text(
    "A mail with a link is on its way to the address that we have of you. Open the link, and follow its steps.",
    "Le hemos enviado un correo con un enlace a la dirección que tenemos de usted. Abra el enlace y siga los pasos.",
);
pub(in crate::pages) const SETUP_TEN_MINUTES: Text = Text(
    "The link works once, within ten minutes. If it is too old, sign in again and ask for another.",
    "El enlace sirve una vez, durante diez minutos. Si ha caducado, inicie sesión otra vez y pida otro.",
);
pub(in crate::pages) const SETUP_HAVE: Text = Text("I have a code now", "Ya tengo un código");
pub(in crate::pages) const SETUP_TITLE: Text = Text("Set up your security code", "Configure su código de seguridad");
pub(in crate::pages) const SETUP_LEAD: Text = Text(
    "Have an authenticator app ready on your phone, then press the button.",
    "Tenga a mano una aplicación de autenticación en su teléfono y pulse el botón.",
);
pub(in crate::pages) const SETUP_APPS: Text = Text(
    "Google Authenticator, Microsoft Authenticator, Zoho OneAuth and 1Password are some. They are free in your phone's store.",
    "Algunas son Google Authenticator, Microsoft Authenticator, Zoho OneAuth y 1Password. Son gratuitas en la tienda de su teléfono.",
);
pub(in crate::pages) const SETUP_SHOW: Text = Text("Show me the square to scan", "Mostrar el cuadro para escanear");
pub(in crate::pages) const SETUP_SCAN: Text = Text(
    "In the app, choose to add an account, and scan this square with the camera.",
    "En la aplicación, elija añadir una cuenta y escanee este cuadro con la cámara.",
);
pub(in crate::pages) const SETUP_BACK_AGAIN: Text = Text(
    "Go back to sign-in and type the six digits that the app shows. With that you are done.",
    "Vuelva al inicio de sesión y escriba los seis dígitos que muestra la aplicación. Con eso habrá terminado.",
);
pub(in crate::pages) const SETUP_SQUARE: Text = Text(
    "A square code for the camera of an authenticator app. The same in letters is below.",
    "Un código cuadrado para la cámara de una aplicación de autenticación. Lo mismo en letras está debajo.",
);
pub(in crate::pages) const SETUP_OPEN: Text = Text(
    "You read this on the phone with the app? Open it there",
    "¿Lee esto en el teléfono que tiene la aplicación? Ábralo en ella",
);
pub(in crate::pages) const SETUP_TYPE: Text = Text(
    "If you can't scan, type this key into the app:",
    "Si no puede escanear, escriba esta clave en la aplicación:",
);
pub(in crate::pages) const SETUP_ONCE: Text =
    Text("We show this once. Show it to nobody else.", "Solo lo mostramos una vez. No se lo enseñe a nadie.");
pub(in crate::pages) const RECOVERY_CODES_TITLE: Text = Text("Your recovery codes", "Sus códigos de recuperación");
pub(in crate::pages) const RECOVERY_CODES_LEAD: Text = Text(
    "Each of these ten codes works once in place of the security code, should you lose your phone.",
    "Cada uno de estos diez códigos sirve una vez en lugar del código de seguridad, por si pierde el teléfono.",
);
pub(in crate::pages) const RECOVERY_CODES_KEEP: Text = Text(
    "We show them only now. Print them or write them down, and keep them where you keep important papers.",
    "Solo los mostramos ahora. Imprímalos o anótelos y guárdelos donde guarda los papeles importantes.",
);
pub(in crate::pages) const RECOVERY_CODES_KEPT: Text = Text("I have kept them", "Los he guardado");
pub(in crate::pages) const RECOVERY_CODES_NEW: Text =
    Text("Make new recovery codes", "Crear códigos de recuperación nuevos");
pub(in crate::pages) const CODE_OR_RECOVERY: Text =
    Text("From the app, or one of your recovery codes.", "De la aplicación, o uno de sus códigos de recuperación.");
pub(in crate::pages) const FACTOR_TITLE: Text = Text("Your security code", "Su código de seguridad");
pub(in crate::pages) const FACTOR_LINK: Text =
    Text("Security code and recovery codes", "Código de seguridad y códigos de recuperación");
pub(in crate::pages) const FACTOR_NONE: Text = Text(
    "No security code is set up. Should one be asked for, sign-in will lead you through it.",
    "No hay ningún código de seguridad configurado. Si se pide uno, el inicio de sesión le guiará.",
);
pub(in crate::pages) const PASSKEY: Text = Text("Passkey", "Clave de acceso");
pub(in crate::pages) const PASSKEYS_TITLE: Text = Text("Your passkeys", "Sus claves de acceso");
pub(in crate::pages) const PASSKEYS_LINK: Text = Text("Passkeys", "Claves de acceso");
pub(in crate::pages) const PASSKEYS_LEAD: Text = Text(
    "With a passkey you sign in by your finger, your face or the PIN of your device, without a password or a code.",
    "Con una clave de acceso se entra con la huella, la cara o el PIN de su dispositivo, sin contraseña ni código.",
);
pub(in crate::pages) const PASSKEYS_YOURS: Text = Text("The passkeys you have", "Las claves de acceso que tiene");
pub(in crate::pages) const PASSKEY_NAME: Text = Text("Name of the new passkey", "Nombre de la nueva clave de acceso");
pub(in crate::pages) const PASSKEY_NAME_HINT: Text =
    Text("So that you know it again, such as: my phone.", "Para reconocerla, por ejemplo: mi teléfono.");
pub(in crate::pages) const PASSKEY_ADD: Text = Text("Add a passkey", "Añadir una clave de acceso");
pub(in crate::pages) const PASSKEY_REMOVE: Text = Text("Remove", "Eliminar");
pub(in crate::pages) const PASSKEY_SIGN_IN: Text = Text("Sign in with a passkey", "Entrar con una clave de acceso");
pub(in crate::pages) const PASSKEY_USE: Text = Text("Use a passkey", "Usar una clave de acceso");
pub(in crate::pages) const PASSKEY_FAILED: Text = Text(
    "No passkey was used. Try again, or go on without one.",
    "No se ha usado ninguna clave de acceso. Inténtelo de nuevo o siga sin ella.",
);
pub(in crate::pages) const PASSKEY_SCRIPT: Text = Text(
    "Adding a passkey needs JavaScript, which is off in this browser. Everything else works without it.",
    "Añadir una clave de acceso requiere JavaScript, que está desactivado en este navegador. Lo demás funciona sin él.",
);
pub(in crate::pages) const FACTOR_REPLACE: Text = Text("Set up another phone", "Configurar otro teléfono");

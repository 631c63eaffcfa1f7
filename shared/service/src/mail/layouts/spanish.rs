//! What mails say in Spanish: subject and text.

pub(super) const USERNAME_REMINDER: (&str, &str) = (
    "Su nombre de usuario en !ORGANISATION!",
    "Hola, !NAME!:

Ha pedido su nombre de usuario. Es este:

!USERNAME!

[Ir a la página de inicio de sesión](!SIGN_IN!)

Si tampoco sabe su contraseña, elija allí «¿Olvidó la contraseña?»: esa página dice cómo obtener una nueva.

Si no lo ha pedido, no haga caso de este correo. No ha cambiado nada.",
);

pub(super) const UNKNOWN_ADDRESS: (&str, &str) = (
    "Ninguna cuenta de !ORGANISATION! usa esta dirección",
    "Hola:

Alguien, probablemente usted, ha intentado recuperar una cuenta de !ORGANISATION! con este correo electrónico. No pertenece a ninguna cuenta.

Si tiene una cuenta, pruebe con las otras direcciones que nos haya dado. Si no encuentra la correcta, escriba a !CONTACT!.

Si no ha sido usted, no haga caso de este correo.",
);

pub(super) const CONTACT_STAFF: (&str, &str) = (
    "Sobre su acceso a !ORGANISATION!",
    "Hola, !NAME!:

Alguien, probablemente usted, ha intentado entrar en una cuenta de !ORGANISATION!. No podemos abrirla por correo.

Escriba a !CONTACT! desde esta dirección. Nuestro personal le ayudará a entrar.

Si no ha sido usted, no haga caso de este correo. No ha cambiado nada.",
);

pub(super) const SHARED_ADDRESS: (&str, &str) = (
    "Varias cuentas de !ORGANISATION! usan esta dirección",
    "Hola:

Alguien, probablemente usted, ha intentado recuperar una cuenta de !ORGANISATION!. Varias cuentas usan este correo electrónico y no podemos saber a cuál se refiere.

Si sabe su nombre de usuario, úselo en lugar del correo electrónico. Si no, escriba a !CONTACT!.

Si no ha sido usted, no haga caso de este correo. No ha cambiado nada.",
);

pub(super) const PASSWORD_LINK: (&str, &str) = (
    "Cree una contraseña nueva en !ORGANISATION!",
    "Hola, !NAME!:

Este es el enlace para crear una contraseña nueva para su cuenta !USERNAME!.

[Crear una contraseña nueva](!LINK!)

El enlace sirve una vez, durante !MINUTES! minutos. Si lo pide otra vez, solo sirve el más reciente.

Si no lo ha pedido, no haga caso de este correo. Su contraseña sigue siendo la misma.",
);

pub(super) const CHOOSE_ACCOUNT: (&str, &str) = (
    "Varias cuentas de !ORGANISATION! usan esta dirección: ¿cuál es la suya?",
    "Hola:

Alguien, probablemente usted, ha intentado recuperar una cuenta de !ORGANISATION!. Varias cuentas usan este correo electrónico. El enlace las muestra; elija la suya y le enviaremos por correo la manera de entrar.

[Elegir mi cuenta](!LINK!)

El enlace sirve durante !MINUTES! minutos.

Si no ha sido usted, no haga caso de este correo. No ha cambiado nada.",
);

pub(super) const PASSWORD_TEMPORARY: (&str, &str) = (
    "Su contraseña temporal en !ORGANISATION!",
    "Hola, !NAME!:

Esta es una contraseña temporal para su cuenta !USERNAME!:

!PASSWORD!

[Entrar y elegir mi propia contraseña](!SIGN_IN!)

Sirve una vez, durante !PERIOD!, y solo abre la página donde se elige la propia. Si la pide otra vez, solo sirve la más reciente.

Si no la ha pedido, no haga caso de este correo. Su contraseña sigue siendo la misma.",
);

pub(super) const ACCOUNT_RESET: (&str, &str) = (
    "Restablezca su cuenta de !ORGANISATION!",
    "Hola, !NAME!:

Este es el enlace para restablecer su cuenta. Su nombre de usuario es !USERNAME!; puede conservarlo o elegir otro, y crear una contraseña nueva.

[Restablecer mi cuenta](!LINK!)

El enlace sirve una vez, durante !MINUTES! minutos. Si lo pide otra vez, solo sirve el más reciente.

Si no lo ha pedido, no haga caso de este correo. Su cuenta sigue como estaba.",
);

pub(super) const NEW_ACCOUNT: (&str, &str) = (
    "Le damos la bienvenida a !ORGANISATION!",
    "Hola, !NAME!:

Se ha creado una cuenta para usted. Su nombre de usuario:

!USERNAME!

Su contraseña temporal:

!PASSWORD!

[Entrar y elegir mi propia contraseña](!SIGN_IN!)

La contraseña temporal sirve durante !PERIOD!. Solo abre la página donde se elige la propia.

Si no sabe de qué se trata, escriba a !CONTACT!.",
);

pub(super) const SECURITY_NOTICE: (&str, &str) = (
    "!EVENT! en !ORGANISATION!",
    "Hola, !NAME!:

!EXPLANATION!

Si ha sido usted, no tiene que hacer nada. Si no, cree ahora una contraseña nueva y escriba a !CONTACT!.

[Crear una contraseña nueva](!FORGOT_PASSWORD!)",
);

pub(super) const PIN: (&str, &str) = (
    "Su PIN para nuevos usuarios de !ORGANISATION!",
    "Hola, !NAME!:

Este es un PIN con el que las personas de su confianza pueden crear su propia cuenta en !ORGANISATION!. Reciben los derechos que usted tenga en ese momento.

!PINCODE!

[Crear una cuenta con este PIN](!LINK!)

Allí se pide junto con un correo electrónico y un nombre de usuario. !ENDS! !USES!

No se lo dé a nadie más. Si ha llegado a malas manos, escriba a !CONTACT!: podemos retirarlo.",
);

pub(super) const MFA_SETUP: (&str, &str) = (
    "Configure su código de seguridad en !ORGANISATION!",
    "Hola, !NAME!:

Su cuenta !USERNAME! está protegida con un código de seguridad, además de la contraseña. Lo muestra una aplicación de autenticación de su teléfono; algunas son Google Authenticator, Microsoft Authenticator, Zoho OneAuth y 1Password.

1. Instale una de ellas, si no tiene ninguna.

2. Abra el enlace de abajo, mejor en otra pantalla que la del teléfono, y pulse allí el botón.

3. Escanee el código cuadrado con la aplicación. Desde ese momento mostrará seis dígitos.

4. Inicie sesión con su contraseña y esos seis dígitos.

[Configurar mi código de seguridad](!LINK!)

El enlace sirve una vez, durante !MINUTES! minutos. Nunca enviamos el código por correo ni se lo pedimos.

Si no está iniciando sesión ahora mismo, otra persona sabe su contraseña: cree una nueva en !FORGOT_PASSWORD!",
);

pub(super) const RESEND_CREDENTIALS: (&str, &str) = (
    "Su manera de entrar en !ORGANISATION!",
    "Hola, !NAME!:

Esto es lo que necesita para iniciar sesión en !ORGANISATION!. Su nombre de usuario:

!USERNAME!

[Crear una contraseña y entrar](!LINK!)

El enlace sirve una vez, durante !PERIOD!. Si ya sabe su contraseña, vaya a !SIGN_IN!.

Si no sabe de qué se trata, escriba a !CONTACT!.",
);

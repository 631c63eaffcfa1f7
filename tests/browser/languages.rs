//! The pages in Spanish (OP-7), whose words are longer.

use serde_json::json;

use crate::person::{ENTER, Person};

/// OP-6, OP-7: what can be seen without signing in, and what somebody sees who reads Spanish.
#[tokio::test(flavor = "multi_thread")]
async fn pages_fit_every_screen_in_spanish() {
    let maria = Person::with(json!({"organisation.language": "es", "pin.channel": "hosted"}), true).await;
    let pages = [
        ("sign-in", "Iniciar sesión"),
        ("forgot-password", "¿Olvidó su contraseña?"),
        ("forgot-username", "¿Olvidó su nombre de usuario?"),
        ("reset-account", "Restablezca su cuenta"),
        ("sign-up", "Crear una cuenta"),
        ("pin-sign-up", "Crear una cuenta con un PIN"),
        ("nothing", "Esta página no existe"),
    ];
    for (page, heading) in pages {
        maria.opens(&format!("/{page}?lang=es")).await;
        maria.arrives(&format!("/{page}"), heading).await;
        maria.looks_at_every_screen(&format!("spanish-{page}")).await;
    }
    maria.opens("/forgot-password?lang=es").await;
    maria.arrives("/forgot-password", "¿Olvidó su contraseña?").await;
    maria.tabs_to("textbox Nombre de usuario o correo").await;
    maria.types("maria").await;
    maria.presses(ENTER).await;
    maria.arrives_anywhere("Mire su correo").await;
}

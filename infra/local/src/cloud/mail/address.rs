//! Addresses, as far as SES looks at them.

/// The address in `Name <address>`, or the whole.
pub(super) fn bare(text: &str) -> &str {
    let text = text.trim();
    let between = text.strip_suffix('>').and_then(|text| text.rsplit_once('<'));
    between.map_or(text, |(_, address)| address)
}

/// What SES has against an address.
pub(super) fn complaint(text: &str) -> Option<&'static str> {
    if text.chars().any(char::is_control) {
        return Some("Local address contains control or whitespace");
    }
    let address = bare(text);
    let Some((local, domain)) = address.rsplit_once('@') else { return Some("Missing final '@domain'") };
    if local.is_empty() {
        return Some("Missing local name");
    }
    if !address.is_ascii() {
        return Some("Address contains a character that is not US-ASCII");
    }
    if local.chars().any(char::is_whitespace) {
        return Some("Local address contains control or whitespace");
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    if local.len() > 64 || !quoted && (dots || !local.chars().all(plain)) {
        return Some("Illegal address");
    }
    let label = |label: &str| {
        let hyphens = label.starts_with('-') || label.ends_with('-');
        !label.is_empty()
            && label.len() <= 63
            && !hyphens
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    if domain.is_empty() || !domain.contains('.') {
        return Some("Missing final '@domain'");
    }
    if domain.len() > 255 || !domain.split('.').all(label) {
        return Some("Domain contains illegal character");
    }
    None
}

//! A person of the schedules: what they do, and what they may hold to be true afterwards.

use futures_util::future::join;
use serde_json::{Value, json};

use super::dice::Dice;
use super::truth::{Truth, text};
use crate::mfa::Owner;
use crate::world::{Answer, Browser, World};

/// Failures that lock.
const ATTEMPTS: u64 = 5;

/// More links than anybody asks for.
const MANY: usize = 1_000;

/// Sessions that are looked at after they have ended.
const LOOKED_AT: usize = 4;

pub(super) struct Person<'a> {
    w: &'a World,
    pub(super) id: String,
    pub(super) address: String,
    /// What the username may be by now.
    pub(super) names: Vec<String>,
    /// What the password may be by now: it is one of them.
    pub(super) passwords: Vec<String>,
    pub(super) owner: Option<Owner>,
    /// Sessions that may hold.
    kept: Vec<String>,
    /// Sessions that do not.
    ended: Vec<String>,
    /// A mailed link, and whether nobody has pressed it.
    link: Option<(String, bool)>,
    pressed: Vec<String>,
    /// Whether staff have a hand in it this time.
    pub(super) disturbed: bool,
    /// What is known of being switched off.
    pub(super) disabled: Option<bool>,
    pub(super) must_change: bool,
    locked: bool,
    /// Links asked for: those that were promised, and those that may have been.
    asked: (usize, usize),
    made: usize,
}

/// What a person does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    SignIn,
    Mistype,
    Forget,
    Press,
    Change,
    FirstPassword,
    Rename,
    EndAll,
    CodeTwice,
    RecoverTwice,
}

/// No answer says that something broke.
pub(super) fn sane(answer: Answer) -> Answer {
    assert!(![500, 502, 504].contains(&answer.status), "{}: {}", answer.status, answer.text);
    if answer.status == 503 {
        answer.problem(503, "try_again");
    }
    answer
}

impl<'a> Person<'a> {
    pub(super) fn new(w: &'a World, id: &str, name: &str, address: &str, password: &str) -> Self {
        Self {
            w,
            id: id.to_owned(),
            address: address.to_owned(),
            names: vec![name.to_owned()],
            passwords: vec![password.to_owned()],
            owner: None,
            kept: Vec::new(),
            ended: Vec::new(),
            link: None,
            pressed: Vec::new(),
            disturbed: false,
            disabled: Some(false),
            must_change: false,
            locked: false,
            asked: (0, 0),
            made: 0,
        }
    }

    /// What this person may do next.
    pub(super) fn chooses(&self, dice: &mut Dice) -> Act {
        match (&self.link, self.must_change) {
            (Some(_), _) if !dice.one_in(4) => Act::Press,
            _ if self.locked || self.passwords.len() > 3 => Act::Forget,
            (_, true) => Act::FirstPassword,
            _ if self.owner.is_some() => {
                dice.pick(&[Act::SignIn, Act::CodeTwice, Act::RecoverTwice, Act::Forget, Act::Change])
            }
            _ => dice.pick(&[Act::SignIn, Act::Mistype, Act::Forget, Act::Change, Act::Rename, Act::EndAll]),
        }
    }

    pub(super) async fn does(&mut self, act: Act) {
        match act {
            Act::SignIn => drop(self.enters().await),
            Act::Mistype => drop(self.sign_in(&self.w.browser(), "not what it is").await),
            Act::Forget => self.forgets().await,
            Act::Press => self.presses().await,
            Act::Change => self.changes().await,
            Act::FirstPassword => self.chooses_first().await,
            Act::Rename => self.renames().await,
            Act::EndAll => self.ends_all().await,
            Act::CodeTwice => self.shows_twice(false).await,
            Act::RecoverTwice => self.shows_twice(true).await,
        }
    }

    /// Their password came by mail, and is good to choose one.
    pub(super) fn comes_by_mail(&mut self) {
        self.must_change = true;
    }

    fn name(&self) -> &str {
        self.names.last().expect("a name")
    }

    fn password(&self) -> &str {
        self.passwords.last().expect("a password")
    }

    fn new_password(&mut self) -> String {
        self.made += 1;
        format!("{} rows boat {} home", self.id, self.made)
    }

    async fn sign_in(&self, browser: &Browser<'_>, password: &str) -> Answer {
        sane(browser.post("/sign-in", &json!({"username": self.name(), "password": password})).await)
    }

    /// Signs in, with the code where one is due. `None` when it came to no session.
    async fn enters(&mut self) -> Option<Browser<'a>> {
        let browser = self.w.browser();
        let answer = self.sign_in(&browser, self.password()).await;
        let next = (answer.status == 200).then(|| answer.json()["next"].clone())?;
        if next == "security_code" {
            let code = self.owner.as_ref()?.code(self.w).await;
            sane(browser.post("/sign-in/security-code", &json!({ "code": code })).await);
        }
        let session = browser.value("__Host-session");
        (!session.is_empty()).then(|| {
            self.kept.push(session);
            browser
        })
    }

    async fn forgets(&mut self) {
        let asked = sane(self.w.post("/forgot-password", &json!({"username": self.name()})).await);
        if asked.status == 202 {
            self.asked.0 += 1;
        } else {
            self.asked.1 += 1;
        }
    }

    /// RP-3: two presses of one link at once.
    async fn presses(&mut self) {
        let Some((link, fresh)) = self.link.take() else { return };
        let (one, other) = (self.new_password(), self.new_password());
        let answers = join(self.w.reset(&link, &one), self.w.reset(&link, &other)).await;
        let tried = [(one, sane(answers.0).status), (other, sane(answers.1).status)];
        let unsure = tried.iter().any(|(_, status)| *status == 503);
        let done = tried.iter().any(|(_, status)| *status == 200);
        assert!(done || unsure || !fresh || self.disturbed, "a fresh link opened nothing: {tried:?}");
        if unsure && !done {
            self.link = Some((link.clone(), false));
        }
        self.pressed.push(link);
        self.learns(&tried);
    }

    async fn changes(&mut self) {
        let Some(browser) = self.enters().await else { return };
        let new = self.new_password();
        let body = json!({"old_password": self.password(), "new_password": new});
        let answer = sane(browser.post("/change-password", &body).await);
        self.learns(&[(new, answer.status)]);
    }

    /// TP-3, AD-2: what was chosen by staff, or came by mail, is used up by one of two at once.
    async fn chooses_first(&mut self) {
        let browsers = [self.w.browser(), self.w.browser()];
        let mut tried = Vec::new();
        for browser in &browsers {
            self.sign_in(browser, self.password()).await;
            if browser.has("__Host-ticket") {
                tried.push(self.new_password());
            }
        }
        let change = async |(browser, new): (&Browser<'_>, &String)| {
            sane(browser.post("/change-password", &json!({"new_password": new})).await).status
        };
        let [one, other] = &browsers;
        if let [a, b] = tried.as_slice() {
            let statuses = join(change((one, a)), change((other, b))).await;
            self.learns(&[(a.clone(), statuses.0), (b.clone(), statuses.1)]);
        }
    }

    /// Of those who tried to set a password at once, one did, or it is not known.
    fn learns(&mut self, tried: &[(String, u16)]) {
        let won: Vec<&String> = tried.iter().filter(|(_, status)| *status == 200).map(|(new, _)| new).collect();
        assert!(won.len() <= 1, "used more than once: {tried:?}");
        if let (Some(new), false) = (won.first(), self.disturbed) {
            self.passwords = vec![(*new).clone()];
            self.ended.append(&mut self.kept);
            return;
        }
        let may = tried.iter().filter(|(_, status)| [200, 503].contains(status));
        self.passwords.extend(may.map(|(new, _)| new.clone()));
    }

    async fn renames(&mut self) {
        let Some(browser) = self.enters().await else { return };
        self.made += 1;
        let name = format!("{}-{}", self.name().split('-').next().expect("a part"), self.made);
        let body = json!({"username": name, "password": self.password()});
        let answer = sane(browser.call("PUT", "/account/username", &body).await);
        match answer.status {
            200 if !self.disturbed => {
                self.names = vec![name];
                self.ended.append(&mut self.kept);
            }
            200 | 503 => self.names.insert(0, name),
            _ => return,
        }
        // What was asked for under another name is not looked for any more.
        self.asked = (0, MANY);
    }

    async fn ends_all(&mut self) {
        let Some(browser) = self.enters().await else { return };
        if sane(browser.call("DELETE", "/account/sessions", &json!({})).await).status == 204 {
            self.ended.append(&mut self.kept);
        }
    }

    /// MF-7, MF-10: one code in two sign-ins at once.
    async fn shows_twice(&mut self, recovery: bool) {
        let browsers = [self.w.browser(), self.w.browser()];
        for browser in &browsers {
            self.sign_in(browser, self.password()).await;
        }
        let Some(owner) = &mut self.owner else { return };
        let body = match owner.recovery.pop().filter(|_| recovery) {
            Some(code) => json!({"recovery_code": code}),
            None => json!({"code": owner.code(self.w).await}),
        };
        let show = async |browser: &Browser<'_>| sane(browser.post("/sign-in/security-code", &body).await).status;
        let statuses = join(show(&browsers[0]), show(&browsers[1])).await;
        assert_ne!(statuses, (200, 200), "a code was good twice: {body}");
        self.kept
            .extend(browsers.iter().map(|browser| browser.value("__Host-session")).filter(|value| !value.is_empty()));
    }

    /// Sessions of before that staff have ended.
    pub(super) fn loses_all_but(&mut self, from: usize) {
        let newer = self.kept.split_off(from.min(self.kept.len()));
        self.ended.append(&mut self.kept);
        self.kept = newer;
    }

    pub(super) fn sessions(&self) -> usize {
        self.kept.len()
    }

    /// At a quiet moment: what may have been is compared with what is.
    pub(super) async fn comes_to_rest(&mut self, truth: &Truth, caught: &[Value]) {
        let user = truth.users.get(&self.id).unwrap_or_else(|| panic!("{} is gone", self.id));
        let (name, login) = truth.login_of(&self.id);
        assert!(self.names.contains(&name), "{name} is none of {:?}", self.names);
        text(user, "email").clone_into(&mut self.address);
        let disabled = user["state"] == "disabled";
        assert!(self.disabled.is_none_or(|known| known == disabled), "{user}");
        let asked = self.names.iter().map(|name| truth.works("forgot_password", "who", name)).sum::<usize>();
        assert!(self.asked.0 <= asked && asked <= self.asked.0 + self.asked.1, "{asked} of {:?}", self.asked);
        if self.names.len() > 1 || self.names[0] != name {
            self.names = vec![name.clone()];
        }
        // Works are counted under the name of the day.
        self.asked = (truth.works("forgot_password", "who", &name), 0);
        (self.disabled, self.disturbed) = (Some(disabled), false);
        if disabled {
            self.ended.append(&mut self.kept);
        }
        self.locked = truth.tries(&format!("NAME#{name}")) >= ATTEMPTS;
        self.must_change = login["must_change"] == true || !login["temporary"].is_null();
        self.tries_passwords(truth.tries(&format!("NAME#{name}")), disabled).await;
        self.takes_link(user, caught);
        for session in self.ended.drain(..).rev().take(LOOKED_AT) {
            let browser = self.w.browser();
            browser.take("__Host-session", &session);
            assert_eq!(browser.get("/session").await.status, 401, "a session of {name} has not ended");
        }
    }

    /// One of the passwords that may be is it; none where somebody is locked or switched off.
    async fn tries_passwords(&mut self, tries: u64, disabled: bool) {
        if !self.locked && !disabled && tries + u64::try_from(self.passwords.len()).expect("it fits") > ATTEMPTS {
            return; // trying would lock
        }
        let mut right = Vec::new();
        for password in &self.passwords {
            let answer = self.sign_in(&self.w.browser(), password).await;
            if answer.status == 200 {
                right.push(password.clone());
            } else {
                answer.problem(401, "sign_in_failed");
            }
        }
        let closed = self.locked || disabled;
        assert_eq!(right.len(), usize::from(!closed), "{right:?} of {:?} open {}", self.passwords, self.name());
        if !closed {
            self.passwords = right;
        }
    }

    fn takes_link(&mut self, user: &Value, caught: &[Value]) {
        self.link = None;
        let newest = caught.iter().find_map(|mail| {
            let ours = mail["to"].to_string().contains(&self.address);
            Some(text(mail, "text").split_once("token=").filter(|_| ours)?.1)
        });
        let token = newest.map(|rest| rest.split(['&', '\n', ' ']).next().unwrap_or_default().to_owned());
        if user["state"] == "disabled" {
            self.pressed.extend(token); // being switched off killed it, whatever comes later
            return;
        }
        let open = !user["link"].is_null();
        self.link = token.filter(|token| open && !self.pressed.contains(token)).map(|token| (token, true));
    }
}

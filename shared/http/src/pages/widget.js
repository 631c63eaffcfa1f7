// The sign-in box for any page of an allowed origin:
//   <script src="https://sign-in.example.org/widget.js" defer></script>
//   <vestibule-sign-in instance="members"><a href="https://sign-in.example.org/sign-in?instance=members">Sign in</a></vestibule-sign-in>
// What stands between the tags is there for visitors without scripts. Events: vestibule-shown, vestibule-refused,
// vestibule-signed-in (detail: who). Custom properties: --vestibule-accent, -text, -back, -line, -error, -radius, -font.
(() => {
  "use strict";
  const script = document.currentScript || document.querySelector('script[src$="/widget.js"]');
  const home = new URL(script.src).origin;
  const styles = new CSSStyleSheet();
  styles.replaceSync(`
:host{display:block;max-width:24rem;color-scheme:light dark;--a:var(--vestibule-accent,#0b57a4);--t:var(--vestibule-text,#1d2733);--b:var(--vestibule-back,#fff);--l:var(--vestibule-line,#6b7a8c);--e:var(--vestibule-error,#a4161a);font:1rem/1.5 var(--vestibule-font,system-ui,sans-serif);color:var(--t)}
:host([hidden]){display:none}
@media(prefers-color-scheme:dark){:host{--a:var(--vestibule-accent,#7fb8f5);--t:var(--vestibule-text,#e8edf3);--b:var(--vestibule-back,#161d26);--l:var(--vestibule-line,#8fa0b3);--e:var(--vestibule-error,#ff9a9a)}}
section{background:var(--b);border:1px solid var(--l);border-radius:var(--vestibule-radius,.5rem);padding:1.25rem}
h2{font-size:1.25rem;margin:0 0 .75rem}
label{display:block;margin:.75rem 0 .25rem;font-weight:600}
label.tick{font-weight:400;min-height:1.5rem}
input:not([type=checkbox]){box-sizing:border-box;width:100%;min-height:2.75rem;padding:.5rem .75rem;font:inherit;color:inherit;background:var(--b);border:1px solid var(--l);border-radius:var(--vestibule-radius,.5rem)}
button{width:100%;min-height:2.75rem;margin:1rem 0 0;font:inherit;font-weight:600;color:var(--b);background:var(--a);border:1px solid var(--a);border-radius:var(--vestibule-radius,.5rem);cursor:pointer}
button[disabled]{opacity:.6;cursor:progress}
a{color:var(--a)}p{margin:.75rem 0 0}.hint{font-size:.875rem}
.error{color:var(--e);font-weight:600}
:focus-visible{outline:3px solid var(--a);outline-offset:2px}`);

  const make = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  class SignIn extends HTMLElement {
    async connectedCallback() {
      if (this.begun) return;
      this.begun = true;
      try {
        const box = await this.ask("GET", `/instances/${encodeURIComponent(this.instance)}`);
        if (!box.ok) throw new Error(box.body.detail);
        this.box = box.body;
        this.words = box.body.words;
        if (!(await this.known())) this.show();
      } catch (error) {
        // The link between the tags stays.
        console.warn("vestibule-sign-in:", error.message);
      }
    }

    get instance() {
      return this.getAttribute("instance") || "default";
    }

    async ask(method, path, body) {
      const url = new URL(path, home);
      url.searchParams.set("instance", this.instance);
      const language = this.closest("[lang]");
      if (language) url.searchParams.set("lang", language.lang);
      const answer = await fetch(url, {
        method,
        credentials: "include",
        headers: body ? { accept: "application/json", "content-type": "application/json" } : { accept: "application/json" },
        body: body && JSON.stringify(body),
      });
      return { ok: answer.ok, body: await answer.json() };
    }

    // Hides the box from whoever is signed in.
    async known() {
      const session = await this.ask("GET", "/session");
      if (!session.ok) return false;
      this.hidden = true;
      this.tell("signed-in", session.body.user);
      return true;
    }

    tell(what, detail) {
      this.dispatchEvent(new CustomEvent(`vestibule-${what}`, { bubbles: true, composed: true, detail }));
    }

    place(...content) {
      const root = this.shadowRoot || this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [styles];
      const title = make("h2", { id: "title", textContent: this.box.title || this.words.sign_in });
      const section = make("section", {}, title, ...content);
      section.setAttribute("aria-labelledby", "title");
      root.replaceChildren(section);
    }

    field(name, label, properties) {
      const input = make("input", { id: name, name, required: true, ...properties });
      input.setAttribute("aria-describedby", "error");
      return [make("label", { htmlFor: name, textContent: label }), input];
    }

    // A form that is sent without leaving the page; what is wrong is said above its fields.
    form(fields, label, send) {
      const error = make("p", { id: "error", className: "error" });
      error.setAttribute("role", "alert");
      const button = make("button", { textContent: label });
      const form = make("form", {}, error, ...fields, button);
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        error.textContent = "";
        button.disabled = true;
        try {
          const told = await send(Object.fromEntries(new FormData(form)));
          if (told) {
            error.textContent = told;
            this.tell("refused", told);
            const last = form.querySelector("input[autocomplete=current-password],input[autocomplete=one-time-code]");
            last.value = "";
            last.focus();
          }
        } catch {
          error.textContent = this.words.try_again;
        }
        button.disabled = false;
      });
      return form;
    }

    show() {
      const { box, words } = this;
      const tick = make("input", { type: "checkbox", name: "keep", value: "true" });
      const fields = [
        ...this.field("username", words.username, { autocomplete: "username", autocapitalize: "none", spellcheck: false }),
        ...this.field("password", words.password, { type: "password", autocomplete: "current-password" }),
        make("label", { className: "tick" }, tick, " ", words.keep),
      ];
      const ways = [
        ["/forgot-password", words.forgot_password, box.forgot_password],
        ["/forgot-username", words.forgot_username, box.forgot_username],
        ["/sign-up", words.create_account, box.create_account],
        ["/pin-sign-up", words.have_pin, { shown: box.pin_door }],
      ].filter(([, , help]) => help.shown);
      const links = ways.map(([path, label, help]) => {
        const href = `${home}${path}?instance=${encodeURIComponent(this.instance)}`;
        const line = make("p", {}, make("a", { href, textContent: label }));
        if (help.instructions) line.append(make("br"), make("span", { className: "hint", textContent: help.instructions }));
        return line;
      });
      for (const { id, name } of box.providers) {
        const href = `${home}/sign-in/with/${id}?${new URLSearchParams({ instance: this.instance, return_to: location.href })}`;
        links.unshift(make("p", {}, make("a", { href, textContent: name })));
      }
      this.place(this.form(fields, words.sign_in, (typed) => this.signIn(typed)), ...links);
      this.tell("shown");
    }

    async signIn({ username, password, keep }) {
      const typed = { username, password, keep: keep === "true", instance: this.instance, return_to: location.href };
      const { ok, body } = await this.ask("POST", "/sign-in", typed);
      if (!ok) return body.detail;
      if (body.next === "security_code") return this.askCode(typed);
      // A browser that keeps nothing for other sites gets there by a page of ours.
      if (body.next === "signed_in" && (await this.known())) return "";
      return this.leave(typed);
    }

    askCode(typed) {
      const { words } = this;
      const code = { inputMode: "numeric", autocomplete: "one-time-code", maxLength: 12 };
      const send = async ({ code }) => {
        const { ok, body } = await this.ask("POST", "/sign-in/security-code", { code });
        if (!ok && body.code === "wrong_code") return body.detail;
        if (ok && body.next === "signed_in" && !body.recovery_codes && (await this.known())) return "";
        return this.leave(typed);
      };
      const other = make("a", { href: `${home}/sign-in?instance=${encodeURIComponent(this.instance)}`, textContent: words.no_code });
      other.addEventListener("click", (event) => {
        event.preventDefault();
        this.leave(typed);
      });
      this.place(this.form(this.field("code", words.security_code, code), words.sign_in, send), make("p", {}, other));
      this.shadowRoot.querySelector("input").focus();
      return "";
    }

    // Signs in by a page of ours, which leads back here.
    leave(typed) {
      const action = `${home}/sign-in?instance=${encodeURIComponent(this.instance)}`;
      const form = make("form", { method: "post", action, hidden: true });
      for (const [name, value] of Object.entries(typed)) form.append(make("input", { name, value: String(value) }));
      document.body.append(form);
      form.submit();
      return "";
    }
  }

  customElements.define("vestibule-sign-in", SignIn);
})();

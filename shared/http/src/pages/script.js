// Comfort only: every page works without this.
"use strict";
for (const box of document.querySelectorAll(".secret")) {
  const input = box.querySelector("input");
  const label = document.querySelector(`label[for="${input.id}"]`).textContent;
  const caps = box.parentElement.querySelector(".caps");
  const button = document.createElement("button");
  const show = (on) => {
    input.type = on ? "text" : "password";
    button.textContent = on ? box.dataset.hide : box.dataset.show;
    button.setAttribute("aria-label", `${button.textContent}: ${label}`);
  };
  button.type = "button";
  button.className = "reveal";
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => show(input.type === "password"));
  input.form.addEventListener("submit", () => show(false));
  show(false);
  box.append(button);
  for (const event of ["keydown", "keyup"]) {
    input.addEventListener(event, (e) => {
      const text = e.getModifierState?.("CapsLock") ? caps.dataset.caps : "";
      if (caps.textContent !== text) caps.textContent = text;
    });
  }
  input.addEventListener("blur", () => { caps.textContent = ""; });
}
// An estimate while typing; what counts is what the server says.
for (const told of document.querySelectorAll(".strength")) {
  const input = told.parentElement.querySelector("input");
  input.addEventListener("input", () => {
    const text = input.value;
    const kinds = [[/[a-z]/, 26], [/[A-Z]/, 26], [/[0-9]/, 10], [/[^a-zA-Z0-9]/, 33]];
    const pool = kinds.reduce((sum, [kind, size]) => sum + (kind.test(text) ? size : 0), 0);
    // A letter that repeats or follows the one before it adds nothing.
    const codes = Array.from(text, (c) => c.codePointAt(0));
    const own = codes.filter((c, at) => at === 0 || Math.abs(c - codes[at - 1]) > 1).length;
    const bits = Math.min(own, 2 * new Set(codes).size) * Math.log2(pool || 1);
    const level = [28, 40, 60, 80].filter((limit) => bits >= limit).length;
    told.dataset.level = text ? level : "";
    told.textContent = text ? told.dataset.words.split("|")[level] : "";
  });
}
// Somebody who is to be kept logged in is kept so by whatever way they come.
for (const link of document.querySelectorAll(".providers a")) {
  link.addEventListener("click", () => {
    const url = new URL(link.href);
    url.searchParams.set("keep", document.querySelector("input[name=keep]").checked);
    link.href = url;
  });
}
for (const form of document.forms) {
  const free = () => { delete form.dataset.busy; };
  form.addEventListener("submit", (e) => {
    if (form.dataset.busy) return e.preventDefault();
    form.dataset.busy = "true";
    setTimeout(free, 8000);
  });
  addEventListener("pageshow", free);
}
// Passkeys: a device is asked, which only a script can do.
const text64 = (bytes) => bytes && btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const bytes64 = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const ofPasskey = (made) => {
  const response = { clientDataJSON: text64(made.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[part]) response[part] = text64(made.response[part]);
  }
  const transports = made.response.getTransports?.();
  if (transports) response.transports = transports;
  return { id: made.id, rawId: text64(made.rawId), type: made.type, response, clientExtensionResults: {} };
};
const sendJson = async (path, body) => {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const said = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(said.code), { told: said.errors?.name?.[0] ?? said.detail });
  return said;
};
const typed = (form, names) => {
  const all = names.map((name) => [name, form?.elements[name]]).filter(([, input]) => input);
  return Object.fromEntries(all.map(([name, input]) => [name, input.type === "checkbox" ? input.checked : input.value]));
};
const usePasskey = async (button) => {
  const alone = button.dataset.passkey === "sign-in";
  const { publicKey } = await sendJson("/sign-in/passkey/options", { afresh: alone });
  publicKey.challenge = bytes64(publicKey.challenge);
  publicKey.allowCredentials = [];
  const credential = ofPasskey(await navigator.credentials.get({ publicKey }));
  const form = alone ? document.querySelector('form[action="/sign-in"]') : null;
  const said = await sendJson("/sign-in/passkey", { credential, ...typed(form, ["keep", "instance", "return_to"]) });
  return said.next === "change_password" ? "/change-password" : said.return_to ?? "/account";
};
const addPasskey = async (button) => {
  const { form } = button;
  const { publicKey } = await sendJson("/account/passkeys/options", typed(form, ["password", "code"]));
  publicKey.challenge = bytes64(publicKey.challenge);
  publicKey.user.id = bytes64(publicKey.user.id);
  for (const known of publicKey.excludeCredentials ?? []) known.id = bytes64(known.id);
  const credential = ofPasskey(await navigator.credentials.create({ publicKey }));
  const name = form.elements.name.value.trim() || button.dataset.name;
  await sendJson("/account/passkeys", { name, credential });
  return "/account/passkeys";
};
for (const button of document.querySelectorAll("[data-passkey]")) {
  if (!globalThis.PublicKeyCredential) continue;
  const told = button.nextElementSibling;
  button.hidden = button.disabled = false;
  button.addEventListener("click", async (e) => {
    e.preventDefault();
    if (button.dataset.busy) return;
    told.textContent = "";
    button.dataset.busy = "true";
    try {
      location.assign(await (button.dataset.passkey === "add" ? addPasskey : usePasskey)(button));
    } catch (error) {
      told.textContent = error.told ?? button.dataset.failed;
      delete button.dataset.busy;
    }
  });
}

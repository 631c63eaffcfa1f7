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
// An estimate while a new password is typed.
for (const told of document.querySelectorAll(".strength")) {
  import(told.dataset.script).then(({ estimate }) => estimate(told));
}
// Keep me logged in: by whatever way one comes.
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
// Passkeys: only a script can ask a device.
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
      const { asked } = await import(button.dataset.script);
      location.assign(await asked(button));
    } catch (error) {
      told.textContent = error.told ?? button.dataset.failed;
      delete button.dataset.busy;
    }
  });
}

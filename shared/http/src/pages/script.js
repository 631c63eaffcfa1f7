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

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
for (const form of document.forms) {
  const free = () => { delete form.dataset.busy; };
  form.addEventListener("submit", (e) => {
    if (form.dataset.busy) return e.preventDefault();
    form.dataset.busy = "true";
    setTimeout(free, 8000);
  });
  addEventListener("pageshow", free);
}

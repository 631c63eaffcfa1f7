// Comfort only: every page of the console works without this.
"use strict";
for (const form of document.forms) {
  const free = () => { delete form.dataset.busy; };
  form.addEventListener("submit", (e) => {
    if (form.method === "get" || e.submitter?.formTarget) return;
    if (form.dataset.busy) return e.preventDefault();
    form.dataset.busy = "true";
    setTimeout(free, 8000);
  });
  addEventListener("pageshow", free);
}
// Search while typing: the list of the page that comes back takes the place of this one's.
for (const form of document.querySelectorAll("form.search")) {
  const field = form.querySelector("input[type=search]");
  const list = document.querySelector("[data-list]");
  if (!field || !list) continue;
  let waiting;
  let newest = 0;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const mine = ++newest;
      const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
      const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
      if (!answer?.ok || mine !== newest) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.querySelector("[data-list]");
      if (found && mine === newest) list.replaceChildren(...found.childNodes);
    }, 250);
  });
}
// One box that ticks all of a table.
for (const all of document.querySelectorAll("[data-tick-all]")) {
  all.hidden = false;
  all.addEventListener("click", () => {
    const boxes = document.querySelectorAll(`input[type=checkbox][name^="${all.dataset.tickAll}"]`);
    const every = Array.from(boxes).every((box) => box.checked);
    for (const box of boxes) box.checked = !every;
  });
}
// A merge item goes where one is writing.
let written = null;
for (const area of document.querySelectorAll(".lab textarea, .lab input")) area.addEventListener("focus", () => { written = area; });
for (const item of document.querySelectorAll(".items code")) {
  item.addEventListener("click", () => written?.setRangeText(item.textContent, written.selectionStart, written.selectionEnd, "end"));
}
// What is under way is looked at again while the page is open.
for (const shown of document.querySelectorAll("[data-refresh]")) {
  const again = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return setTimeout(again, 5000);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("[data-refresh]");
    if (!found) return location.reload();
    shown.replaceChildren(...found.childNodes);
    setTimeout(again, shown.dataset.refresh * 1000);
  };
  setTimeout(again, shown.dataset.refresh * 1000);
}

// Short messages at the foot of the page, with undo where undo exists.
// From the server: Django messages (already in the page) or the header
//   HX-Trigger: {"toast": {"text": "...", "tone": "ok|bad", "undo_url": "/..."}}
import { csrfToken } from "./csrf.js";
import { word } from "./words.js";

const LASTS_MS = 8000;

export function toast({ text, tone = "ok", undo_url: undoUrl = "" }) {
  const area = document.getElementById("toasts");
  if (!area) return;
  const item = document.createElement("div");
  item.className = `toast sq-toast is-${tone}`;
  const line = document.createElement("span");
  line.textContent = text;
  item.append(line);
  if (undoUrl) item.append(button(word("undo"), { undoUrl }));
  item.append(button(word("dismiss"), { dismiss: "" }));
  area.append(item);
  fade(item);
}

function button(label, data) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-link btn-sm";
  made.textContent = label;
  Object.assign(made.dataset, data);
  return made;
}

function fade(item) {
  // A message with a choice, or a bad one, stays until the person has read it.
  if (item.classList.contains("is-bad")) return;
  let timer = setTimeout(() => item.remove(), LASTS_MS);
  for (const name of ["mouseenter", "focusin"]) item.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["mouseleave", "focusout"]) {
    item.addEventListener(name, () => { timer = setTimeout(() => item.remove(), LASTS_MS); });
  }
}

async function undo(item, url) {
  const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": csrfToken() } });
  item.remove();
  if (answer.ok) window.location.reload();
  else toast({ text: word("undo_failed"), tone: "bad" });
}

export function startToasts() {
  const area = document.getElementById("toasts");
  if (!area) return;
  area.querySelectorAll(".sq-toast").forEach(fade);
  area.addEventListener("click", (event) => {
    const item = event.target.closest(".sq-toast");
    if (event.target.closest("[data-dismiss]")) item.remove();
    const again = event.target.closest("[data-undo-url]");
    if (again) undo(item, again.dataset.undoUrl);
  });
  document.body.addEventListener("toast", (event) => toast(event.detail));
  document.body.addEventListener("htmx:sendError", () => toast({ text: word("no_connection"), tone: "bad" }));
  document.body.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status !== 401) toast({ text: word("server_refused"), tone: "bad" });
  });
}

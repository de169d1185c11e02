// <form data-autosave-url="/…"> is posted as it stands a few seconds after a change, when a field is left, and when
// the page is hidden.  The answer is JSON {"saved_at": "14:05:12", "version": 7}; 409 and 422 carry {"message": "…"}.
// A hidden field named "version" follows the answer.  [data-autosave-status] inside the form shows the state.
// A 409 with {"theirs": "…", "version": 9} is a conflict: "autosave-conflict" is told and nothing more is sent until goOn().
// data-autosave-beat="60": as long as somebody works on the page it is sent every 60 seconds even without a change.
// Until the server has acknowledged, a copy stays on this computer under the address and the person; never longer.
import { csrfToken } from "./csrf.js";
import { sessionEnded } from "./session.js";
import { word } from "./words.js";

const WAIT_MS = 2500;
const RETRY_MS = 8000;
const WORKING_MS = 300000; // a page that nobody touched for so long says no more that it is open
const KEEPALIVE_LIMIT = 60000; // browsers refuse larger bodies on requests that outlive the page

class Autosave {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosaveUrl;
    this.status = form.querySelector("[data-autosave-status]");
    this.key = `suqing:draft:${document.body.dataset.person ?? ""}:${this.url}`;
    this.dirty = false;
    this.sending = false;
    this.timer = 0;
  }

  start() {
    this.restore();
    if (this.form.hasAttribute("data-autosave-now")) this.changed();
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    this.form.addEventListener("focusout", () => this.dirty && this.soon(150));
    // A form that htmx sends may be refused for an ended session: its copy stays until finish().
    this.form.addEventListener("submit", () => this.form.hasAttribute("hx-post") || this.forget());
    document.addEventListener("visibilitychange", () => document.hidden && this.send(true));
    window.addEventListener("pagehide", () => this.send(true));
    for (const [source, name] of [[window, "online"], [document, "session-renewed"]]) {
      source.addEventListener(name, () => this.dirty && this.send());
    }
    if (this.form.dataset.autosaveBeat) this.startBeating(Number(this.form.dataset.autosaveBeat) * 1000);
  }

  startBeating(every) {
    this.touched = Date.now();
    for (const name of ["keydown", "pointerdown"]) this.form.addEventListener(name, () => { this.touched = Date.now(); });
    const beat = () => {
      if (this.done || !this.form.isConnected) return;
      if (!this.dirty && !document.hidden && Date.now() - this.touched < WORKING_MS) this.send(false, true);
      setTimeout(beat, every);
    };
    setTimeout(beat, every);
  }

  body() {
    const data = new FormData(this.form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    return new URLSearchParams(data);
  }

  changed() {
    this.dirty = true;
    this.keep();
    this.show("saving", word("saving"));
    this.soon(WAIT_MS);
  }

  soon(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), wait);
  }

  async send(leaving = false, beating = false) {
    if (this.done || this.held || !(this.dirty || beating) || (this.sending && !leaving)) return;
    clearTimeout(this.timer);
    this.dirty = false;
    this.sending = true;
    const body = this.body();
    if (beating) body.set("beat", "1");
    try {
      const answer = await fetch(this.url, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": csrfToken(), "X-Autosave": "1", Accept: "application/json" },
        keepalive: leaving && body.toString().length < KEEPALIVE_LIMIT,
        redirect: "error",
      });
      await this.answered(answer);
    } catch {
      this.failed(word("no_connection"), true);
    }
    this.sending = false;
    if (this.dirty) this.soon(WAIT_MS);
  }

  async answered(answer) {
    const facts = await answer.json().catch(() => ({}));
    if (answer.ok) return this.saved(facts);
    if (answer.status === 409 && facts.theirs !== undefined) this.held = true;
    if (this.held) this.form.dispatchEvent(new CustomEvent("autosave-conflict", { bubbles: true, detail: facts }));
    if (answer.status === 401) sessionEnded();
    return this.failed(facts.message || word("server_refused"), answer.status >= 500 || answer.status === 401);
  }

  saved(facts) {
    const version = this.form.elements.namedItem("version");
    if (version && facts.version !== undefined) version.value = facts.version;
    const time = facts.saved_at || new Date().toTimeString().slice(0, 8);
    if (this.dirty) return;
    this.forget();
    this.show("saved", word("saved_at", { time }));
    this.form.dispatchEvent(new CustomEvent("autosaved", { bubbles: true, detail: facts }));
  }

  failed(reason, again) {
    if (this.done) return;
    this.dirty = true;
    this.keep();
    this.show("unsaved", word("not_saved", { reason }));
    if (again) this.soon(RETRY_MS);
  }

  /** Somebody has seen both texts: what the form says now stands, on top of this version. */
  goOn(version) {
    this.form.elements.namedItem("version").value = version;
    this.held = false;
    this.changed();
    this.soon(0);
  }

  show(state, text) {
    if (!this.status) return;
    this.status.dataset.state = state;
    this.status.textContent = text;
  }

  keep() {
    try { localStorage.setItem(this.key, this.body().toString()); } catch { /* full or forbidden: the server copy counts */ }
  }

  forget() {
    try { localStorage.removeItem(this.key); } catch { /* nothing was kept */ }
  }

  /** The server has everything, or another form takes over: send nothing more, keep no copy. */
  finish() {
    clearTimeout(this.timer);
    this.done = true;
    this.dirty = false;
    this.forget();
  }

  restore() {
    let kept = null;
    try { kept = localStorage.getItem(this.key); } catch { return; }
    if (!kept) return;
    const fields = new URLSearchParams(kept);
    this.form.dispatchEvent(new CustomEvent("autosave-restoring", { detail: { fields } }));
    for (const element of this.form.elements) {
      if (!element.name || ["csrfmiddlewaretoken", "version", "page"].includes(element.name) || element.type === "file") continue;
      if (["checkbox", "radio"].includes(element.type)) element.checked = fields.getAll(element.name).includes(element.value);
      else if (fields.has(element.name) && element.nodeName !== "BUTTON") element.value = fields.get(element.name);
    }
    this.form.dispatchEvent(new CustomEvent("autosave-restored"));
    this.dirty = true;
    this.show("unsaved", word("restored_here"));
    this.soon(500);
  }
}

export function startAutosave(root) {
  const forms = [...root.querySelectorAll("form[data-autosave-url]")];
  if (root instanceof Element && root.matches("form[data-autosave-url]")) forms.push(root);
  for (const form of forms) {
    if (form.autosave) continue;
    form.autosave = new Autosave(form);
    form.autosave.start();
  }
}

// <div data-upload> (upload.html): files go to the server in pieces as soon as they are chosen; a broken line goes on
// where it stopped, also after the page was closed and the same file is chosen again.  The form waits for them.
import { csrfToken } from "./csrf.js";
import { sessionEnded } from "./session.js";
import { word } from "./words.js";

const PAUSES_MS = [500, 1500, 4000, 8000]; // then every 8 seconds, for as long as the page is open
const KEPT = "suqing:upload:";

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

class Refused extends Error {}

async function ask(url, options = {}) {
  const answer = await fetch(url, {
    ...options,
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken(), "X-Autosave": "1", ...options.headers },
    redirect: "error",
  });
  if (answer.status === 401) {
    sessionEnded();
    throw new Error("signed out");
  }
  const facts = await answer.json().catch(() => ({}));
  if (answer.status === 409) return facts;
  if (answer.status >= 500 || answer.status === 408 || answer.status === 429) throw new Error(String(answer.status));
  if (!answer.ok) throw new Refused(facts.message || word("server_refused"));
  return facts;
}

function megabytes(size) {
  return size < 1048576 ? `${Math.max(1, Math.round(size / 1024))} KB` : `${(size / 1048576).toFixed(1)} MB`;
}

class Sending {
  constructor(field, file) {
    Object.assign(this, { field, file, stopped: false, state: null, failures: 0 });
    this.key = `${KEPT}${document.body.dataset.person ?? ""}:${field.purpose}:${file.name}:${file.size}:${file.lastModified}`;
    this.row = document.createElement("li");
    this.row.className = "sq-upload-row";
    const name = document.createElement("span");
    name.className = "sq-upload-name";
    name.textContent = file.name;
    this.told = document.createElement("span");
    this.told.className = "quiet small";
    this.bar = document.createElement("progress");
    this.bar.max = file.size || 1;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", file.name);
    this.drop = document.createElement("button");
    this.drop.type = "button";
    this.drop.className = "btn btn-link btn-sm";
    this.drop.textContent = word("leave_out");
    this.drop.setAttribute("aria-label", `${word("leave_out")} ${file.name}`);
    this.drop.addEventListener("click", () => this.leave());
    this.row.append(name, this.told, this.bar, this.drop);
    field.list.append(this.row);
  }

  async run() {
    for (;;) {
      if (this.stopped) return;
      try {
        return await this.attempt();
      } catch (error) {
        if (this.stopped) return;
        if (error instanceof Refused) return this.refuse(error.message);
        this.tell(word("upload_waits"));
        await sleep(PAUSES_MS[Math.min(this.failures++, PAUSES_MS.length - 1)]);
      }
    }
  }

  async attempt() {
    this.state = this.state ? await ask(this.state.url) : await this.known() ?? await this.begin();
    if (this.state.message && !this.state.done) {
      this.forget();
      throw new Refused(this.state.message);
    }
    while (!this.state.done) {
      if (this.stopped) return;
      const { url, received, piece } = this.state;
      const body = this.file.slice(received, received + piece);
      this.state = await ask(`${url}?offset=${received}`, {
        method: "POST",
        body,
        headers: { "Content-Type": "application/octet-stream" },
      });
      this.failures = 0;
      this.bar.value = this.state.received;
      this.tell(`${megabytes(this.state.received)} / ${megabytes(this.file.size)}`);
    }
    this.done();
  }

  begin() {
    const body = new URLSearchParams({ purpose: this.field.purpose, name: this.file.name, size: this.file.size });
    return ask(this.field.url, { method: "POST", body }).then((state) => {
      try { localStorage.setItem(this.key, state.url); } catch { /* only the way back after a closed page is lost */ }
      return state;
    });
  }

  /** The upload of the same file that was broken off before, if the server still has it. */
  async known() {
    let url = null;
    try { url = localStorage.getItem(this.key); } catch { return null; }
    if (!url) return null;
    try {
      const state = await ask(url);
      return state.message ? null : state;
    } catch (error) {
      if (error instanceof Refused) return null;
      throw error;
    }
  }

  done() {
    this.forget();
    this.bar.remove();
    this.hidden = document.createElement("input");
    this.hidden.type = "hidden";
    this.hidden.name = this.field.name;
    this.hidden.value = this.state.ref;
    this.row.append(this.hidden);
    this.row.classList.add("is-done");
    this.tell(`${megabytes(this.file.size)} · ${word("upload_done")}`);
    this.field.settled();
  }

  refuse(message) {
    this.forget();
    this.refused = true;
    this.bar.remove();
    this.row.classList.add("is-wrong");
    this.tell(message);
    this.told.classList.remove("quiet");
    this.field.settled();
  }

  leave() {
    this.stopped = true;
    this.forget();
    this.row.remove();
    this.field.sendings.delete(this);
    this.field.settled();
    this.field.input.focus();
  }

  forget() {
    try { localStorage.removeItem(this.key); } catch { /* nothing was kept */ }
  }

  tell(text) {
    this.told.textContent = text;
  }

  get isOpen() {
    return !this.stopped && !this.refused && !this.hidden;
  }
}

class UploadField {
  constructor(root) {
    Object.assign(this, { root, sendings: new Set(), queue: Promise.resolve() });
    this.url = root.dataset.uploadUrl;
    this.purpose = root.dataset.uploadPurpose;
    this.name = root.dataset.uploadName;
    this.list = root.querySelector("[data-upload-list]");
    this.input = root.querySelector("input[type=file]:not([data-upload-camera])");
    const drop = root.querySelector("[data-upload-drop]");
    // The files go by themselves; the form brings only their refs.
    this.input.removeAttribute("name");
    root.querySelector("[data-upload-hint]").hidden = false;
    for (const input of root.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => {
        this.take(input.files);
        input.value = "";
      });
    }
    for (const name of ["dragover", "dragleave", "drop"]) {
      drop.addEventListener(name, (event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        drop.classList.toggle("is-over", name === "dragover");
        if (name === "drop") this.take(event.dataTransfer.files);
      });
    }
    this.form = root.closest("form");
    this.form?.addEventListener("submit", (event) => {
      if (this.isBusy) this.hold(event);
      else this.keepFrom(event);
    });
  }

  take(files) {
    const chosen = this.input.multiple ? [...files] : [...files].slice(0, 1);
    if (!this.input.multiple) for (const one of [...this.sendings]) one.leave();
    for (const file of chosen) {
      const sending = new Sending(this, file);
      this.sendings.add(sending);
      // One after the other: a slow line brings the first file whole before it begins the second.
      this.queue = this.queue.then(() => sending.run());
    }
    this.settled();
  }

  get isBusy() {
    return [...this.sendings].some((one) => one.isOpen);
  }

  hold(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    this.waiting = event.submitter ?? true;
    this.form.classList.add("is-waiting");
  }

  /** A refused file is never left out silently: who sends the form leaves it out first. */
  keepFrom(event) {
    const wrong = [...this.sendings].find((one) => one.refused);
    if (!wrong) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    wrong.drop.focus();
    wrong.row.scrollIntoView({ block: "nearest" });
  }

  settled() {
    this.root.dispatchEvent(new CustomEvent("uploads-changed", { bubbles: true, detail: { busy: this.isBusy } }));
    if (this.isBusy || !this.waiting) return;
    const submitter = this.waiting;
    this.waiting = null;
    this.form.classList.remove("is-waiting");
    if ([...this.sendings].some((one) => one.refused)) return;
    this.form.requestSubmit(submitter === true ? undefined : submitter);
  }
}

export function startUploads(root) {
  const fields = [...root.querySelectorAll("[data-upload]")];
  if (root instanceof Element && root.matches("[data-upload]")) fields.push(root);
  for (const field of fields) field.uploadField ??= new UploadField(field);
}

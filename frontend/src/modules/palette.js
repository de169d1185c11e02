// The field in the top bar (Ctrl+K) as a combobox: offers come from the server while somebody types, arrows choose,
// Enter goes there, Esc leaves.  Without script, or before an answer is here, the form sends as it is.
// The numbers of the cases opened last stay in this tab, by person; nothing else is kept.
const DELAY = 150; // milliseconds without a key before the server is asked
const KEPT = 6;

const storageKey = () => `opened-${document.body.dataset.person ?? ""}`;

function opened() {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey()) ?? "[]");
  } catch {
    return [];
  }
}

function keepOpened() {
  const number = /^\/cases\/([A-Z]{2}\d+)\/$/.exec(window.location.pathname)?.[1];
  if (!number) return;
  const rows = [number, ...opened().filter((one) => one !== number)].slice(0, KEPT);
  try {
    sessionStorage.setItem(storageKey(), JSON.stringify(rows));
  } catch {
    // A full or closed storage only means that the list starts empty.
  }
}

function option(item, id) {
  const row = document.createElement("div");
  row.id = id;
  row.className = "sq-offer";
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", "false");
  const text = document.createElement("span");
  text.textContent = item.text;
  row.append(text);
  if (item.hint) {
    const hint = document.createElement("small");
    hint.textContent = item.hint;
    row.append(hint);
  }
  row.item = item;
  return row;
}

class Palette {
  constructor(form) {
    this.form = form;
    this.field = form.querySelector("input[name=q]");
    this.list = form.querySelector("[role=listbox]");
    this.asked = null; // the request that is under way
    this.current = -1;
    this.field.setAttribute("role", "combobox");
    this.field.setAttribute("aria-expanded", "false");
    this.field.setAttribute("aria-autocomplete", "list");
    this.field.setAttribute("aria-controls", this.list.id);
    this.field.addEventListener("focus", () => this.ask(0));
    this.field.addEventListener("input", () => this.ask(DELAY));
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", (event) => this.go(event.target.closest("[role=option]")));
  }

  ask(delay) {
    window.clearTimeout(this.timer);
    this.asked?.abort();
    this.list.setAttribute("aria-busy", "true");
    this.mark(-1); // Enter must never open what belongs to other words
    this.timer = window.setTimeout(() => this.fetch(), delay);
  }

  async fetch() {
    const asked = (this.asked = new AbortController());
    const body = new FormData(this.form);
    body.set("part", "offers");
    try {
      const answer = await fetch(this.form.action, { method: "POST", body, signal: asked.signal, redirect: "error" });
      if (!answer.ok) return this.close();
      const { groups } = await answer.json();
      if (asked === this.asked && document.activeElement === this.field) this.show(groups);
    } catch {
      if (asked === this.asked) this.close(); // no connection: the form still sends
    }
    return undefined;
  }

  show(groups) {
    const rows = this.field.value.trim() ? [] : opened().map((number) => ({ text: number, url: `/cases/${number}/` }));
    const all = rows.length ? [{ label: this.list.dataset.recent, items: rows }, ...groups] : groups;
    let count = 0;
    this.list.replaceChildren(...all.map((group, place) => {
      const box = document.createElement("div");
      const head = document.createElement("div");
      head.id = `${this.list.id}-group-${place}`;
      head.className = "sq-offer-head";
      head.textContent = group.label;
      box.setAttribute("role", "group");
      box.setAttribute("aria-labelledby", head.id);
      box.append(head, ...group.items.map((item) => option(item, `${this.list.id}-${count++}`)));
      return box;
    }));
    this.list.hidden = count === 0;
    this.list.removeAttribute("aria-busy");
    this.field.setAttribute("aria-expanded", String(count > 0));
    this.mark(-1);
  }

  options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  mark(place) {
    this.current = place;
    this.options().forEach((row, at) => row.setAttribute("aria-selected", String(at === place)));
    const row = this.options()[place];
    if (row) {
      this.field.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    } else this.field.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.isComposing) return;
    const count = this.list.hidden ? 0 : this.options().length;
    if (event.key === "Escape" && count) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "ArrowDown" && !count) this.ask(0);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.mark(this.current < 0 && step < 0 ? count - 1 : (this.current + step + count) % count);
    } else if (event.key === "Enter" && this.options()[this.current] && count) {
      event.preventDefault();
      this.go(this.options()[this.current]);
    }
  }

  go(row) {
    if (!row) return;
    const { url, press } = row.item;
    this.close();
    this.field.value = "";
    if (url) window.location.assign(url);
    else {
      this.field.blur();
      document.querySelector(press)?.click();
    }
  }

  close() {
    window.clearTimeout(this.timer);
    this.asked?.abort();
    this.asked = null;
    this.list.hidden = true;
    this.list.removeAttribute("aria-busy");
    this.field.setAttribute("aria-expanded", "false");
    this.mark(-1);
  }
}

export function startPalette() {
  keepOpened();
  const form = document.querySelector("form.sq-jump");
  if (form?.querySelector("[role=listbox]")) new Palette(form);
}

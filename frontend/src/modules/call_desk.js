// The form of a call: <form data-call-desk>.  Matters are panels of which one is seen; one more is a copy of
// <template id="matter-blank">.  A removed matter waits, disabled, until the form is left or it is brought back.
import htmx from "htmx.org";
import { csrfToken } from "./csrf.js";
import { startChecklists } from "./checklist.js";
import { startDraftConflict } from "./draft_conflict.js";
import { startLookups } from "./lookup.js";
import { decidingWords, markWords } from "./marks.js";
import { sessionEnded } from "./session.js";
import { toast } from "./toast.js";
import { word } from "./words.js";

const BLANK = /__n__/g;
const OFFER_WAIT_MS = 500;
const REFRESH_WAIT_MS = 150; // htmx must have wired the page

class CallForm {
  constructor(form) {
    this.form = form;
    this.tabs = form.querySelector("[data-matter-tabs]");
    this.box = form.querySelector("[data-matters]");
    this.removedBar = form.querySelector("[data-matter-removed]");
    this.timers = new Map();
    this.removed = null;
  }

  start() {
    this.form.addEventListener("click", (event) => this.clicked(event));
    this.form.addEventListener("input", (event) => this.typed(event.target));
    this.form.addEventListener("change", (event) => this.changed(event.target));
    this.form.addEventListener("autosave-restoring", (event) => this.prepare(event.detail.fields));
    this.form.addEventListener("autosave-restored", () => this.refresh());
    this.form.addEventListener("htmx:afterSwap", (event) => event.target.matches("[data-offers]") && this.offered(event.target));
    startDraftConflict(this.form);
    this.refresh();
  }

  panels() { return [...this.box.querySelectorAll("[data-matter]:not([disabled])")]; }

  current() { return this.panels().find((panel) => !panel.hidden) ?? this.panels()[0]; }

  tab(number) { return this.tabs.querySelector(`[data-matter-tab="${number}"]`); }

  checks(number) { return this.form.querySelector(`[data-checks-of="${number}"]`); }

  field(panel, name) { return this.form.elements.namedItem(`${panel.id}-${name}`); }

  refresh() {
    const panels = this.panels();
    const narrative = this.form.elements.namedItem("narrative");
    panels.forEach((panel, index) => {
      const kind = this.field(panel, "kind").value;
      panel.querySelector("[data-own-words]").hidden = panels.length === 1;
      this.field(panel, "whole").value = panels.length === 1 ? narrative.value.trim().slice(0, 1) : "";
      for (const part of panel.querySelectorAll("[data-kinds]")) {
        part.hidden = !part.dataset.kinds.split(" ").includes(kind);
      }
      const tab = this.tab(panel.dataset.matter);
      const chosen = panel.querySelector(`[name="${panel.id}-kind"]:checked`);
      tab.querySelector("b").textContent = String(index + 1);
      const about = this.text(panel, "entity");
      tab.querySelector("[data-tab-text]").textContent = [chosen?.closest("label").dataset.keyLabel, about].filter(Boolean).join(" · ") || word("matter");
    });
    this.offerSoon(this.current(), REFRESH_WAIT_MS);
  }

  text(panel, name) { return this.field(panel, name)?.tomselect?.getItem(this.field(panel, name).value)?.firstChild?.textContent ?? ""; }

  show(panel, focus = true) {
    for (const other of this.panels()) {
      const on = other === panel;
      other.hidden = !on;
      this.tab(other.dataset.matter).setAttribute("aria-selected", String(on));
      this.tab(other.dataset.matter).tabIndex = on ? 0 : -1;
      this.checks(other.dataset.matter).hidden = !on;
    }
    this.refresh();
    if (focus) (panel.querySelector("[data-own-words]:not([hidden]) textarea") ?? panel.querySelector("input[type=radio]")).focus();
  }

  make(number) {
    const panel = this.copy("matter-blank", number);
    const checks = this.copy("checks-blank", number);
    const tab = this.tabs.firstElementChild.cloneNode(true);
    tab.querySelectorAll("svg").forEach((mark) => mark.remove());
    Object.assign(tab.dataset, { matterTab: number });
    tab.id = `tab-m${number}`;
    tab.setAttribute("aria-controls", `m${number}`);
    this.box.append(panel);
    this.tabs.append(tab);
    this.form.querySelector("[data-checks]").append(checks);
    startLookups(panel);
    startChecklists(this.form);
    htmx.process(panel);
    return panel;
  }

  copy(id, number) {
    const holder = document.createElement("template");
    holder.innerHTML = document.getElementById(id).innerHTML.replace(BLANK, String(number));
    return holder.content.firstElementChild;
  }

  add() {
    const narrative = this.form.elements.namedItem("narrative");
    const marked = narrative.value.slice(narrative.selectionStart, narrative.selectionEnd).trim();
    const panels = this.panels();
    if (panels.length === 1 && !this.field(panels[0], "narrative").value) {
      this.field(panels[0], "narrative").value = marked ? narrative.value.replace(marked, "").trim() : narrative.value.trim();
    }
    const numbers = [...this.box.querySelectorAll("[data-matter]")].map((panel) => Number(panel.dataset.matter));
    const panel = this.make(Math.max(...numbers) + 1);
    this.field(panel, "narrative").value = marked;
    this.show(panel);
    this.touch(panel);
  }

  remove(panel) {
    const panels = this.panels();
    if (panels.length < 2) return;
    this.forgetRemoved();
    const index = panels.indexOf(panel);
    panel.disabled = true;
    panel.hidden = true;
    this.tab(panel.dataset.matter).hidden = true;
    this.checks(panel.dataset.matter).hidden = true;
    this.removed = panel;
    this.removedBar.hidden = false;
    this.removedBar.firstElementChild.textContent = word("matter_removed", { number: index + 1 });
    this.show(panels[index + 1] ?? panels[index - 1]);
    this.touch(this.current());
  }

  bringBack() {
    if (!this.removed) return;
    const panel = this.removed;
    panel.disabled = false;
    this.tab(panel.dataset.matter).hidden = false;
    this.removed = null;
    this.removedBar.hidden = true;
    this.show(panel);
    this.touch(panel);
  }

  forgetRemoved() {
    if (!this.removed) return;
    this.tab(this.removed.dataset.matter).remove();
    this.checks(this.removed.dataset.matter).remove();
    this.removed.remove();
    this.removed = null;
    this.removedBar.hidden = true;
  }

  step(by) {
    const panels = this.panels();
    const next = panels[panels.indexOf(this.current()) + by];
    if (next) this.show(next);
  }

  /** Tell autosave and the checklist that fields were filled by the page. */
  touch(panel) { this.field(panel, "narrative").dispatchEvent(new Event("change", { bubbles: true })); }

  clicked(event) {
    const link = event.target.closest("a[href^='#']");
    if (link) return this.reach(event, link.getAttribute("href").slice(1));
    const button = event.target.closest("button");
    if (!button) return undefined;
    if (button.matches("[data-matter-tab]")) return this.show(this.form.querySelector(`#m${button.dataset.matterTab}`));
    if (button.matches("[data-matter-add]")) return this.add();
    if (button.matches("[data-matter-remove]")) return this.remove(button.closest("[data-matter]"));
    if (button.matches("[data-matter-undo]")) return this.bringBack();
    if (button.matches("[data-matter-step]")) return this.step(Number(button.dataset.matterStep));
    if (button.matches("[data-next-missing]")) return this.nextMissing(event);
    if (button.matches("[data-fill]")) return this.accept(button);
    if (button.matches("[data-fill-url]")) return this.fillPerson(button);
    return undefined;
  }

  reach(event, id) {
    const plain = id.replace(/-ts-control$/, "");
    const own = document.getElementById(id.replace("id_narrative", this.panels().length > 1 && event.target.closest("[data-checks-of]") ? `id_${this.current().id}-narrative` : "id_narrative"));
    const target = own ?? document.getElementById(plain);
    if (!target) return;
    event.preventDefault();
    const panel = target.closest("[data-matter]");
    if (panel?.hidden) this.show(panel, false);
    const closed = target.closest("details:not([open])");
    if (closed) closed.open = true;
    const select = document.getElementById(plain)?.tomselect;
    if (select) select.focus();
    else if (target.nodeName === "FIELDSET") target.querySelector("input:checked, input").focus();
    else target.focus();
  }

  /** Go to the first fact that stops registration, else to the first that should be asked for. */
  nextMissing(event) {
    const open = [...this.checks(this.current().dataset.matter).querySelectorAll("li:not(.is-done):not([hidden])")];
    const next = open.find((line) => line.classList.contains("is-must")) ?? open[0];
    if (next) this.reach(event, next.querySelector("a").getAttribute("href").slice(1));
  }

  typed(element) {
    if (element.name === "narrative" || /^m\d+-(narrative|address)$/.test(element.name ?? "")) {
      const panel = element.closest("[data-matter]") ?? this.current();
      if (element.name === "narrative" && this.panels().length === 1) {
        this.field(panel, "whole").value = element.value.trim().slice(0, 1);
      }
      this.offerSoon(panel);
    }
  }

  changed(element) {
    const name = element.name ?? "";
    if (element.value) this.dropChips((names) => names.includes(name) && names.every((one) => this.isFilled(one)));
    if (/-kind$/.test(name)) this.kindChosen(element.closest("[data-matter]"));
    const text = this.form.querySelector(`[data-text-of="${name}"]`);
    if (text && element.tomselect) text.value = element.tomselect.options[element.value]?.text ?? "";
    if (/-entity$/.test(name) && element.tomselect) this.entityChosen(element);
    if (/-(entity|kind|issue_class|object_class|place|amount)$/.test(name)) this.refresh();
  }

  /** The tree of problems differs between complaints and reports: what was chosen from the other one goes. */
  kindChosen(panel) {
    const issue = this.field(panel, "issue_class").tomselect;
    const tree = this.field(panel, "kind").value === "report" ? "report" : "complaint";
    if (panel.dataset.tree && panel.dataset.tree !== tree) {
      issue.clear();
      issue.clearOptions();
      issue.loadedSearches = {};
    }
    panel.dataset.tree = tree;
  }

  entityChosen(select) {
    const panel = select.closest("[data-matter]");
    const known = select.tomselect.options[select.value];
    if (!known || !String(select.value).startsWith("e:")) return;
    const fill = {};
    if (known.uscc) fill.uscc = known.uscc;
    if (known.place && !this.field(panel, "place").value) Object.assign(fill, { place: known.place, place_text: known.place_text });
    if (known.address && !this.field(panel, "address").value) fill.address = known.address;
    this.fill(Object.fromEntries(Object.entries(fill).map(([name, value]) => [`${panel.id}-${name}`, value])));
  }

  accept(button) {
    const values = JSON.parse(button.dataset.fill);
    this.fill(values);
    const names = Object.keys(values);
    this.dropChips((others) => others.some((name) => names.includes(name)));
  }

  isFilled(name) { return name.endsWith("_text") || Boolean(this.form.elements.namedItem(name)?.value); }

  dropChips(isOver) {
    for (const chip of this.form.querySelectorAll("[data-fill]")) if (isOver(Object.keys(JSON.parse(chip.dataset.fill)))) chip.remove();
  }

  fill(values) {
    for (const [name, value] of Object.entries(values)) {
      const field = this.form.elements.namedItem(name);
      if (!field || name.endsWith("_text")) continue;
      if (field.tomselect) {
        field.tomselect.addOption({ value, text: values[`${name}_text`] ?? value });
        field.tomselect.setValue(value);
      } else {
        field.value = value;
        field.dispatchEvent(new Event("change", { bubbles: true }));
      }
      if (name.endsWith("-uscc")) htmx.trigger(field, "check");
      const closed = field.closest("details:not([open])");
      if (closed) closed.open = true;
    }
  }

  async fillPerson(button) {
    const answer = await fetch(button.dataset.fillUrl, { method: "POST", headers: { "X-CSRFToken": csrfToken(), "X-Autosave": "1" } }).catch(() => null);
    if (answer?.status === 401) return sessionEnded();
    if (!answer?.ok) return toast({ text: word(answer ? "server_refused" : "no_connection"), tone: "bad" });
    const values = Object.fromEntries(Object.entries(await answer.json()).filter(([, value]) => value));
    return this.fill(values);
  }

  /** Offers came: their words are marked, and the checklist asks what their topics ask. */
  offered(box) {
    this.mark(box);
    const checks = this.checks(box.closest("[data-matter]").dataset.matter);
    checks.dataset.told = box.querySelector("[data-topics-told]")?.dataset.topicsTold ?? "";
    checks.dispatchEvent(new Event("topics-told"));
  }

  /** The words that decided the offers are marked in the text they come from. */
  mark(box) {
    const own = this.field(box.closest("[data-matter]"), "narrative");
    markWords(own.value.trim() ? own : this.form.elements.namedItem("narrative"), decidingWords(box));
  }

  offerSoon(panel, wait = OFFER_WAIT_MS) {
    clearTimeout(this.timers.get(panel));
    this.timers.set(panel, setTimeout(() => this.offer(panel), wait));
  }

  offer(panel) {
    const words = this.field(panel, "narrative").value || this.form.elements.namedItem("narrative").value;
    const address = this.field(panel, "address")?.value ?? "";
    const asked = JSON.stringify([words, this.field(panel, "kind").value, address]);
    if (panel.asked === asked || Math.max(words.trim().length, address.trim().length) < 4) return;
    panel.asked = asked;
    htmx.trigger(panel.querySelector("[data-offers]"), "offers");
  }

  /** A copy from this computer is about to be filled in: make the matters and the options it speaks of. */
  prepare(fields) {
    const numbers = new Set([...fields.keys()].map((name) => /^m(\d+)-/.exec(name)?.[1]).filter(Boolean));
    for (const number of numbers) if (!this.form.querySelector(`#m${number}`)) this.make(Number(number)).hidden = true;
    for (const select of this.form.querySelectorAll("select[data-lookup-url]")) {
      const value = fields.get(select.name);
      if (value) select.tomselect?.addOption({ value, text: fields.get(`${select.name}_text`) || value });
      if (value) select.tomselect?.setValue(value, true);
    }
    this.show(this.current(), false);
  }
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  const hours = Math.floor(whole / 3600);
  const parts = [Math.floor((whole % 3600) / 60), whole % 60].map((part) => String(part).padStart(2, "0"));
  return [...(hours ? [hours] : []), ...parts].join(":");
}

function startTimers(root) {
  for (const element of root.querySelectorAll("[data-timer]")) {
    if (element.ticking) continue;
    element.ticking = true;
    const began = performance.now();
    const tick = () => {
      if (!element.isConnected) return;
      const passed = ((performance.now() - began) / 1000) * Number(element.dataset.speed);
      element.textContent = clock(Number(element.dataset.elapsed) + passed);
      if (Number(element.dataset.speed)) setTimeout(tick, 1000);
    };
    tick();
  }
}

function answers() {
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target, requestConfig } = event.detail;
    if (!target?.matches?.("[data-call-desk]") || requestConfig?.elt !== target) return;
    const refused = xhr.status === 422;
    if (xhr.status >= 400) Object.assign(event.detail, { shouldSwap: refused, isError: !refused });
    if (refused) target.autosave?.finish();
  });
  document.body.addEventListener("htmx:beforeOnLoad", (event) => {
    // Registered: the server has everything, so no copy stays on this computer.
    if (event.detail.xhr.getResponseHeader("HX-Redirect")) document.getElementById("call-form")?.autosave?.finish();
  });
}

let answering = false;

export function startCallDesk(root) {
  startTimers(root.parentElement ?? root);
  const form = root instanceof Element && root.matches("[data-call-desk]") ? root : root.querySelector("[data-call-desk]");
  if (!answering) answers();
  answering = true;
  if (!form || form.callDesk) return;
  form.callDesk = new CallForm(form);
  form.callDesk.start();
}

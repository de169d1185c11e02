// Shortcuts are declared in the page, never in code:
//   <button data-key="alt+n" data-key-label="One more matter">, <input data-key="ctrl+k">
// A field takes the focus, anything else is clicked.  While somebody types only combinations with Ctrl or Alt work.
// "?" opens the sheet with the shortcuts of this page.
import { startPalette } from "./palette.js";
import { word } from "./words.js";

const FIELDS = "input, textarea, select, [contenteditable=true]";

export function isTyping(target) {
  return target instanceof Element && target.matches(FIELDS) &&
    !target.matches("[type=checkbox], [type=radio], [type=button], [type=submit]");
}

/** Spell a key press the way data-key spells it: "ctrl+enter", "alt+1", "?". */
export function spell(event) {
  const key = /^(Digit|Key)/.test(event.code) && event.altKey ? event.code.replace(/^(Digit|Key)/, "") : event.key;
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("ctrl");
  if (event.altKey) parts.push("alt");
  if (event.shiftKey && key.length > 1) parts.push("shift");
  return [...parts, key.toLowerCase()].join("+");
}

/** Whether Esc belongs to something open in front of the form: a list of a look-up, a menu, a dialogue. */
function isBusy(event) {
  return event.defaultPrevented || document.querySelector("dialog[open], .ts-wrapper.dropdown-active, details[data-menu][open], .sq-offers:not([hidden])") !== null;
}

function visible(element) {
  return element.getClientRects().length > 0 && !element.disabled;
}

function find(spelled) {
  const open = document.querySelector("dialog[open]");
  return [...(open ?? document).querySelectorAll("[data-key]")]
    .find((element) => element.dataset.key === spelled && visible(element));
}

function act(element) {
  // Tom Select hides the original field and puts its own beside it.
  if (element.tomselect) return element.tomselect.focus();
  if (element.matches(FIELDS) && !element.matches("[type=checkbox]")) {
    element.focus();
    return element.select?.();
  }
  if (element.matches("summary")) element.focus(); // from there Tab leads into what opens
  return element.click();
}

function entry(element) {
  const row = document.createElement("div");
  const name = document.createElement("dt");
  const what = document.createElement("dd");
  for (const part of element.dataset.key.split("+")) {
    const key = document.createElement("kbd");
    key.textContent = part.length === 1 ? part.toUpperCase() : part[0].toUpperCase() + part.slice(1);
    name.append(key);
  }
  what.textContent = element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent.trim();
  row.append(name, what);
  return row;
}

// What lists do without a button of its own: list.js, preview.js, selection.js.
const LIST_KEYS = [
  ["table[data-rows]", "j+k", "move_in_list"],
  ["table[data-rows]", "enter", "open_in_list"],
  ["tr[data-preview]", "o", "preview_in_list"],
  ["table[data-selection]", "x", "tick_in_list"],
];

function declared(key, label) {
  const made = document.createElement("span");
  made.dataset.key = key;
  made.dataset.keyLabel = label;
  return made;
}

function openSheet() {
  const sheet = document.getElementById("keyboard-sheet");
  if (!sheet || sheet.open) return;
  const seen = new Map();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (element.offsetParent !== null || element.tomselect) seen.set(element.dataset.key, element);
  }
  const list = sheet.querySelector("dl");
  list.replaceChildren(...[...seen.values()].map(entry));
  for (const [place, key, name] of LIST_KEYS) {
    if (document.querySelector(place)) list.append(entry(declared(key, word(name))));
  }
  sheet.showModal();
}

export function startKeyboard() {
  startPalette();
  for (const element of document.querySelectorAll("[data-key]")) {
    element.setAttribute("aria-keyshortcuts", element.dataset.key.replace(/\b\w/g, (c) => c.toUpperCase()).replace("Ctrl", "Control"));
  }
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.repeat) return;
    const spelled = spell(event);
    const isFree = spelled === "f1" || event.ctrlKey || event.altKey || event.metaKey || (spelled === "escape" && !isBusy(event));
    if (isTyping(event.target) && !isFree) return;
    const element = find(spelled);
    if (element) {
      event.preventDefault();
      act(element);
    } else if (spelled === "?") {
      event.preventDefault();
      openSheet();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keyboard-sheet]")) openSheet();
  });
}

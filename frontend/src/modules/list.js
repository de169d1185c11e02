// A work list by keyboard: <table data-rows> whose rows carry data-href.  j/k or arrows move, Enter opens.
// In the menus above it (views, sorting) the arrows move between the entries.
import { isTyping } from "./keyboard.js";

function move(table, step) {
  const rows = [...table.querySelectorAll("tbody tr[data-href]")];
  if (!rows.length) return;
  const now = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.max(0, Math.min(rows.length - 1, now < 0 ? 0 : now + step))];
  next.querySelector("a").focus();
  next.scrollIntoView({ block: "nearest" });
}

function moveInMenu(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const menu = step && document.activeElement?.closest("details[data-menu][open]");
  const entries = menu ? [...menu.querySelectorAll("a.dropdown-item")] : [];
  if (!entries.length || isTyping(event.target)) return false;
  event.preventDefault();
  const now = entries.indexOf(document.activeElement);
  entries[Math.max(0, Math.min(entries.length - 1, now < 0 ? 0 : now + step))].focus();
  return true;
}

export function startLists() {
  document.addEventListener("keydown", (event) => {
    if (moveInMenu(event)) return;
    const table = document.querySelector("table[data-rows]");
    if (!table || isTyping(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
    const inside = table.contains(document.activeElement);
    const step = { j: 1, k: -1, ...(inside ? { ArrowDown: 1, ArrowUp: -1 } : {}) }[event.key];
    if (!step) return;
    event.preventDefault();
    move(table, step);
  });
  document.addEventListener("click", (event) => {
    // In the menu of columns one moves up; the order of the form is the order of the columns.
    const up = event.target.closest("[data-reorder] [data-up]");
    if (!up) return;
    const item = up.closest("li");
    item.previousElementSibling?.before(item);
    up.focus();
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest("table[data-rows] tr[data-href]");
    if (!row || event.target.closest("a, button, input, details, label") || String(window.getSelection())) return;
    row.querySelector("a").click();
  });
}

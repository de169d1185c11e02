// A work list by keyboard: <table data-rows> whose rows carry data-href.  j/k or arrows move, Enter opens.
import { isTyping } from "./keyboard.js";

function move(table, step) {
  const rows = [...table.querySelectorAll("tbody tr[data-href]")];
  if (!rows.length) return;
  const now = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.max(0, Math.min(rows.length - 1, now < 0 ? 0 : now + step))];
  next.querySelector("a").focus();
  next.scrollIntoView({ block: "nearest" });
}

export function startLists() {
  document.addEventListener("keydown", (event) => {
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

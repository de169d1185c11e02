// Rows that can be ticked: <table data-selection> inside a form, its boxes are called "case".
// X ticks the row under the cursor, Shift and a click tick all rows between, Escape lets go of them.
import { isTyping } from "./keyboard.js";

export function startSelection() {
  const table = document.querySelector("table[data-selection]");
  const form = table?.closest("form");
  if (!form) return;
  const boxes = [...table.querySelectorAll("tbody input[name=case]")];
  const page = table.querySelector("[data-select-page]");
  const all = form.querySelector("[data-select-all-list]");
  const told = form.querySelector("[data-selected-count]");
  let last = -1;

  function show() {
    const count = boxes.filter((box) => box.checked).length;
    for (const box of boxes) box.closest("tr").classList.toggle("is-selected", box.checked || all.checked);
    page.checked = count === boxes.length;
    page.indeterminate = count > 0 && count < boxes.length;
    form.classList.toggle("has-selection", count > 0 || all.checked);
    const text = all.checked ? told.dataset.all : told.dataset[count === 1 ? "one" : "many"].replace("{count}", count);
    if (told.textContent !== text) told.textContent = text;
    const ticked = boxes.filter((box) => box.checked).map((box) => box.value);
    history.replaceState({ ...history.state, ticked }, "");
  }

  function none() {
    for (const box of boxes) box.checked = false;
    all.checked = false;
    last = -1;
    show();
  }

  table.addEventListener("click", (event) => {
    const index = boxes.indexOf(event.target);
    if (index < 0) return;
    if (event.shiftKey && last >= 0) {
      const [first, end] = [Math.min(last, index), Math.max(last, index)];
      for (const box of boxes.slice(first, end + 1)) box.checked = event.target.checked;
    }
    last = index;
  });
  page.addEventListener("change", () => { for (const box of boxes) box.checked = page.checked; });
  form.addEventListener("change", show);
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    none();
  });
  document.addEventListener("keydown", (event) => {
    if (isTyping(event.target) || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.key === "x" || event.key === "X") {
      const index = boxes.findIndex((box) => box.closest("tr").contains(document.activeElement));
      if (index < 0) return;
      event.preventDefault();
      boxes[index].checked = !boxes[index].checked;
      last = index;
      form.dispatchEvent(new Event("change"));
    } else if (event.key === "Escape" && form.classList.contains("has-selection")) none();
  });
  // A browser brings ticks back by their place, and other cases may stand there now: these come back by number.
  const ticked = history.state?.ticked ?? [];
  for (const box of boxes) box.checked = ticked.includes(box.value);
  show();
  window.addEventListener("pageshow", show);
}

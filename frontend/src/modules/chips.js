// <button data-chip="〔图3：…〕"> puts its words in at the cursor of the <textarea data-chips> that was written in last.
// A form with [data-seen] keeps in its field "seen" the version that its text was begun on; a copy restored after a
// crash brings its own, so that the server can tell when somebody else has written meanwhile.
let last = null;

function put(text) {
  const area = last?.isConnected ? last : document.querySelector("textarea[data-chips]");
  if (!area) return;
  area.focus();
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

export function startChips() {
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.("textarea[data-chips]")) last = event.target;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-chip]");
    if (button) put(button.dataset.chip);
  });
  document.addEventListener("autosaved", (event) => {
    const seen = event.target.matches("[data-seen]") && event.target.elements.namedItem("seen");
    if (seen && event.detail.version !== undefined) seen.value = event.detail.version;
  });
}

// The case under the cursor, beside the list: <tr data-preview="/address/"> in a list, <aside data-preview-place> beside it.
// Nothing is asked for where the place is not shown (narrow screens); there O opens it in a dialog, elsewhere O goes into it.
import { isTyping } from "./keyboard.js";

const REST_MS = 150;

export function startPreviews() {
  const place = document.querySelector("[data-preview-place]");
  if (!place) return;
  let timer = 0;
  let asking = null;
  let shown = "";

  async function showIn(target, url) {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: asking.signal });
      if (!answer.ok || answer.redirected) return;
      target.innerHTML = await answer.text();
      shown = target === place ? url : "";
    } catch (error) {
      if (error.name !== "AbortError") shown = "";
    }
  }

  document.addEventListener("focusin", (event) => {
    const url = event.target.closest("tr[data-preview]")?.dataset.preview;
    if (!url || url === shown || place.getClientRects().length === 0) return;
    clearTimeout(timer);
    timer = setTimeout(() => showIn(place, url), REST_MS);
  });
  document.addEventListener("keydown", async (event) => {
    if (event.key !== "o" || isTyping(event.target) || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    const url = document.activeElement?.closest("tr[data-preview]")?.dataset.preview;
    if (!url) return;
    event.preventDefault();
    const dialog = document.getElementById("preview-dialog");
    const beside = place.getClientRects().length > 0;
    const target = beside ? place : dialog.querySelector("[data-preview-text]");
    clearTimeout(timer);
    if (!beside || shown !== url) await showIn(target, url);
    if (!beside) dialog.showModal();
    (target.querySelector(".btn-primary") ?? target.querySelector("a[href], button"))?.focus();
  });
  window.addEventListener("pagehide", () => { clearTimeout(timer); asking?.abort(); });
}

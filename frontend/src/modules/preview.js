// The case under the cursor, beside the list: <tr data-preview="/address/"> in a list, <aside data-preview-place> beside it.
// Nothing is asked for where the place is not shown (narrow screens).
const REST_MS = 150;

export function startPreviews() {
  const place = document.querySelector("[data-preview-place]");
  if (!place) return;
  let timer = 0;
  let asking = null;
  let shown = "";

  async function show(url) {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: asking.signal });
      if (!answer.ok || answer.redirected) return;
      place.innerHTML = await answer.text();
      shown = url;
    } catch (error) {
      if (error.name !== "AbortError") shown = "";
    }
  }

  document.addEventListener("focusin", (event) => {
    const url = event.target.closest("tr[data-preview]")?.dataset.preview;
    if (!url || url === shown || place.getClientRects().length === 0) return;
    clearTimeout(timer);
    timer = setTimeout(() => show(url), REST_MS);
  });
  window.addEventListener("pagehide", () => { clearTimeout(timer); asking?.abort(); });
}

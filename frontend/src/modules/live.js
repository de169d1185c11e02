// Pages with a [data-live] element listen to one stream.  An event "case" fires "live:case" on the body, so a fragment
// refreshes itself with hx-trigger="live:case from:body".  [data-live-status] turns visibly stale when the stream is silent.
const SILENT_MS = 45000;

export function startLive() {
  const places = [...document.querySelectorAll("[data-live]")];
  if (!places.length || !window.EventSource) return;
  const topics = [...new Set(places.flatMap((place) => place.dataset.live.split(/\s+/)))].filter(Boolean);
  const stream = new EventSource(`/live/events?topics=${encodeURIComponent(topics.join(","))}`);
  let timer = 0;
  const mark = (stale) => {
    for (const status of document.querySelectorAll("[data-live-status]")) {
      status.dataset.state = stale ? "stale" : "live";
      status.querySelector("[data-word-stale]")?.toggleAttribute("hidden", !stale);
      status.querySelector("[data-word-live]")?.toggleAttribute("hidden", stale);
    }
  };
  const heard = () => {
    mark(false);
    clearTimeout(timer);
    timer = setTimeout(() => mark(true), SILENT_MS);
  };
  stream.addEventListener("open", heard);
  stream.addEventListener("ping", heard);
  stream.addEventListener("error", () => mark(true));
  for (const topic of topics) {
    stream.addEventListener(topic, (event) => {
      heard();
      const detail = event.data ? JSON.parse(event.data) : {};
      document.body.dispatchEvent(new CustomEvent(`live:${topic}`, { detail }));
    });
  }
  window.addEventListener("pagehide", () => stream.close());
}

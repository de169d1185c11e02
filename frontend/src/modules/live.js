// One stream of hints a page.  A hint says only that something happened: the page then asks for the person's own counts
// (<body data-live-counts="/counts/">) and writes them into [data-count-of] (the rail, the bell) and [data-count] (tabs).
// A hint about a "case" also fires "live:case" on the body, so a fragment can refresh itself with
// hx-trigger="live:case from:body"; every hint fires "live:change".  When the line is down the counts are looked up every minute and
// [data-live-status] says so; when that fails too it says that they are stale.
const STREAM = "/live/events";
const SILENT_MS = 40000; // the server speaks every 15 seconds
const POLL_MS = 60000; // some counts move with the clock alone
const REST_MS = 5000; // between two looks, however many hints come
const GRACE_MS = 4000; // the browser connects again by itself

let place = "";
let stream = null;
let silent = 0;
let planned = 0;
let lookedAt = 0;
let isLive = false;
let isOver = false;

function mark(state) {
  for (const status of document.querySelectorAll("[data-live-status]")) {
    if (status.dataset.state === state) continue;
    status.dataset.state = state;
    for (const name of ["live", "polled", "stale"]) status.querySelector(`[data-word-${name}]`)?.toggleAttribute("hidden", name !== state);
  }
}

function heard() {
  isLive = true;
  clearTimeout(silent);
  silent = setTimeout(lost, SILENT_MS);
  mark("live");
}

function lost() {
  isLive = false;
  clearTimeout(silent);
  look();
}

/** Write a count beside its desk: nothing where nothing waits. */
function showDesk(link, text) {
  let count = link.querySelector(".sq-count");
  if (!text) return count?.remove();
  if (!count) {
    count = document.createElement("span");
    count.className = "sq-count";
    link.append(count);
  }
  if (count.firstChild?.textContent === text) return undefined;
  const said = count.querySelector(".visually-hidden");
  count.textContent = text;
  if (said) count.append(said);
  return undefined;
}

function show(counts) {
  for (const link of document.querySelectorAll("[data-count-of]")) {
    if (link.dataset.countOf in counts.desks) showDesk(link, counts.desks[link.dataset.countOf]);
  }
  for (const count of document.querySelectorAll("[data-count]")) {
    const text = counts.views[count.dataset.count.replace("view:", "")];
    if (text === undefined) continue;
    count.textContent = text;
    count.classList.toggle("is-zero", text === "0");
  }
  for (const at of document.querySelectorAll("[data-live-at]")) at.textContent = counts.at;
}

/** Ask for the counts now. */
async function look() {
  if (isOver || document.hidden) return;
  clearTimeout(planned);
  planned = 0;
  lookedAt = Date.now();
  const views = document.querySelector("[data-count^='view:']") ? "?views=1" : "";
  try {
    const answer = await fetch(place + views, { headers: { "HX-Request": "true" } });
    if (answer.status === 401) return end();
    if (!answer.ok) throw new Error(answer.status);
    show(await answer.json());
    if (!isLive) tellChange();
    mark(isLive ? "live" : "polled");
  } catch {
    mark("stale");
  }
  return undefined;
}

function lookSoon() {
  if (planned) return;
  // Not everybody at once, and not for every single event.
  planned = setTimeout(look, Math.max(300 + Math.random() * 700, lookedAt + REST_MS - Date.now()));
}

function tellChange() {
  document.body.dispatchEvent(new CustomEvent("live:change"));
}

function hint(event) {
  heard();
  const said = event.data ? JSON.parse(event.data) : {};
  if (said.present) {
    // Somebody came to or went from a case: no count moves by that.
    document.body.dispatchEvent(new CustomEvent("live:present", { detail: said }));
    return;
  }
  for (const subject of said.subjects ?? []) document.body.dispatchEvent(new CustomEvent(`live:${subject}`, { detail: said }));
  tellChange();
  lookSoon();
}

function open() {
  if (stream || isOver || document.hidden || !window.EventSource) return;
  stream = new EventSource(STREAM);
  stream.addEventListener("open", heard);
  stream.addEventListener("ping", heard);
  stream.addEventListener("change", hint);
  stream.addEventListener("error", () => {
    clearTimeout(silent);
    if (stream?.readyState === EventSource.CLOSED) close();
    silent = setTimeout(lost, GRACE_MS);
  });
}

function close() {
  stream?.close();
  stream = null;
}

function end() {
  isOver = true;
  close();
  mark("stale");
}

export function startLive() {
  place = document.body.dataset.liveCounts ?? "";
  if (!place) return;
  open();
  setInterval(() => {
    open();
    look();
  }, POLL_MS);
  // A browser holds few lines to one server: only the tab that is looked at has one.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      clearTimeout(silent);
      close();
    } else {
      open();
      look();
    }
  });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => { if (event.persisted) { open(); look(); } });
}

// A list that others change while somebody reads it: rows never move under the hand.  A line says how many have changed,
// and U brings the list up to date; ticks (selection.js) and the row under the cursor stay.
// <div data-moved="address of the revisions on this page"><div hidden><span data-one data-many></span><button>…
const REST_MS = 10000; // between two looks, however many hints come

let planned = 0;
let lookedAt = 0;

/** How many rows are new, changed or gone; a new row may have pushed an old one off the page. */
export function countMoved(shown, now) {
  const numbers = Object.keys(now);
  const revised = numbers.filter((number) => number in shown && shown[number] !== String(now[number])).length;
  const added = numbers.filter((number) => !(number in shown)).length;
  const gone = Object.keys(shown).filter((number) => !(number in now)).length;
  return revised + Math.max(added, gone);
}

function shownRows() {
  const rows = document.querySelectorAll("tr[data-number]");
  return Object.fromEntries([...rows].map((row) => [row.dataset.number, row.dataset.revision]));
}

async function look(place) {
  planned = 0;
  lookedAt = Date.now();
  if (document.hidden) return;
  const answer = await fetch(place.dataset.moved + location.search, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return; // the frame says when the line is down
  const count = countMoved(shownRows(), (await answer.json()).rows);
  const line = place.firstElementChild;
  const words = line.querySelector("span");
  const text = words.dataset[count === 1 ? "one" : "many"].replace("{count}", count);
  if (count && words.textContent !== text) words.textContent = text;
  line.hidden = !count;
}

function refresh() {
  const row = document.activeElement?.closest("tr[data-number]")?.dataset.number ?? "";
  history.replaceState({ ...history.state, row }, "");
  location.reload();
}

function comeBack() {
  const number = history.state?.row;
  if (!number) return;
  history.replaceState({ ...history.state, row: "" }, "");
  document.querySelector(`tr[data-number="${CSS.escape(number)}"] a`)?.focus();
}

export function startMoved() {
  const place = document.querySelector("[data-moved]");
  if (!place) return;
  comeBack();
  place.querySelector("button").addEventListener("click", refresh);
  document.body.addEventListener("live:change", () => {
    planned ||= setTimeout(() => look(place), Math.max(500 + Math.random() * 1000, lookedAt + REST_MS - Date.now()));
  });
}

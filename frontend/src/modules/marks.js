// Quiet marks behind what is typed: <div data-marked><div data-marks aria-hidden="true"></div><textarea></div>.
// The layer repeats the text in no colour, so that only the marks are seen; it scrolls with the field.

function parts(text, words) {
  const plain = text.toLowerCase();
  const found = [];
  for (const word of words) {
    const low = word.toLowerCase();
    for (let at = plain.indexOf(low); low && at >= 0; at = plain.indexOf(low, at + low.length)) found.push([at, at + low.length]);
  }
  found.sort((one, other) => one[0] - other[0] || other[1] - one[1]);
  return found;
}

function draw(layer, text, words) {
  let end = 0;
  layer.replaceChildren();
  for (const [from, to] of plain(text) === text.length ? parts(text, words) : []) {
    if (from < end) continue;
    const mark = document.createElement("mark");
    mark.textContent = text.slice(from, to);
    layer.append(text.slice(end, from), mark);
    end = to;
  }
  layer.append(text.slice(end), "\n");
}

/** Where lower case changes the length of a text, places in it mean nothing. */
function plain(text) { return text.toLowerCase().length; }

/** Mark these words in a field, now and while it changes. */
export function markWords(field, words) {
  const layer = field.closest("[data-marked]")?.querySelector("[data-marks]");
  if (!layer) return;
  field.marked = words;
  const follow = () => { layer.scrollTop = field.scrollTop; };
  const redraw = () => { draw(layer, field.value, field.marked); follow(); };
  if (!field.isMarking) {
    field.isMarking = true;
    field.addEventListener("input", redraw);
    field.addEventListener("change", redraw);
    field.addEventListener("scroll", follow);
  }
  redraw();
}

/** The words that decided the offers of a box, each once. */
export function decidingWords(box) {
  return [...new Set([...box.querySelectorAll("[data-words]")].flatMap((chip) => JSON.parse(chip.dataset.words)))];
}

// Sentences for people come from the page (translated by Django) as <script type="application/json" id="words">.
const block = document.getElementById("words");
const words = block ? JSON.parse(block.textContent) : {};

/** Return the sentence called name with its {placeholders} filled. */
export function word(name, values = {}) {
  return (words[name] ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

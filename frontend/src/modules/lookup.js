// <select data-lookup-url="/…"> becomes a field that asks the server while somebody types.
// The answer: {"results": [{"value": "320508", "text": "姑苏区", "hint": "江苏省苏州市", "search": "gusu"}]}.
// data-lookup-free lets a new text stand; data-lookup-params="field field" sends other fields of the form along.
import TomSelect from "tom-select/base";
import { word } from "./words.js";

function line(item) {
  const box = document.createElement("div");
  const text = document.createElement("span");
  text.textContent = item.text;
  box.append(text);
  if (item.hint) {
    const hint = document.createElement("small");
    hint.textContent = item.hint;
    box.append(hint);
  }
  return box;
}

function note(text) {
  const box = document.createElement("div");
  box.className = "no-results";
  box.textContent = text;
  return box;
}

function address(select, query) {
  const url = new URL(select.dataset.lookupUrl, window.location.href);
  url.searchParams.set("q", query);
  for (const name of (select.dataset.lookupParams ?? "").split(/\s+/).filter(Boolean)) {
    url.searchParams.set(name, select.form?.elements.namedItem(name)?.value ?? "");
  }
  return url;
}

function attach(select) {
  const made = new TomSelect(select, {
    valueField: "value",
    labelField: "text",
    searchField: [],
    maxOptions: 30,
    loadThrottle: 180,
    preload: select.hasAttribute("data-lookup-preload") ? "focus" : false,
    create: select.hasAttribute("data-lookup-free"),
    selectOnTab: true,
    hideSelected: true, // what is chosen must not stand first and be chosen again by Enter
    openOnFocus: select.hasAttribute("data-lookup-preload"),
    load(query, done) {
      this.clearOptions((option) => this.items.includes(String(option.value)));
      fetch(address(select, query), { headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)))
        .then((facts) => {
          // An answer that comes after the choice must not open the list again.
          const late = this.inputValue() !== query;
          done(late ? [] : facts.results);
          if (late && !this.inputValue()) this.close();
        })
        .catch(() => done());
    },
    render: {
      option: line,
      item: line,
      no_results: () => note(word("nothing_found")),
      loading: () => note(word("searching")),
      option_create: (data) => {
        const box = document.createElement("div");
        box.className = "create";
        box.textContent = word("use_as_typed", { text: data.input });
        return box;
      },
    },
    // The server has searched already: show all it sent, in its order.
    score: () => () => 1,
  });
  const label = select.id && document.querySelector(`label[for="${CSS.escape(select.id)}"], label[for="${CSS.escape(select.id)}-ts-control"]`);
  if (label && !made.control_input.getAttribute("aria-label")) made.control_input.setAttribute("aria-label", label.textContent.trim());
}

export function startLookups(root) {
  const fields = [...root.querySelectorAll("select[data-lookup-url]")];
  for (const field of fields) if (!field.tomselect) attach(field);
}

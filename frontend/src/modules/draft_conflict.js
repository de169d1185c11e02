// One draft at two seats: the server refused a save because another seat has saved since.  Nothing is written over:
// <section data-draft-conflict hidden> shows both texts until somebody says which one stands.

function open(form, facts) {
  const box = form.querySelector("[data-draft-conflict]");
  if (!box) return;
  const mine = form.elements.namedItem("narrative").value;
  box.querySelector("[data-mine]").textContent = mine;
  box.querySelector("[data-theirs]").textContent = facts.theirs;
  box.querySelector("[data-time]").textContent = facts.theirs_at;
  box.facts = facts;
  box.hidden = false;
  box.querySelector("button").focus({ preventScroll: false });
}

function settle(form, box, choice) {
  const narrative = form.elements.namedItem("narrative");
  if (choice === "theirs") {
    form.autosave.finish();
    location.reload();
    return;
  }
  if (choice === "both" && !narrative.value.includes(box.facts.theirs)) {
    narrative.value = [narrative.value.trim(), box.facts.theirs.trim()].filter(Boolean).join("\n\n");
  }
  box.hidden = true;
  form.autosave.goOn(box.facts.version);
  narrative.focus();
  narrative.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Who else has a call of this number open, as the answer to a save tells it. */
function tellWhoElse(form, words) {
  const line = form.querySelector("[data-beside]");
  if (!line || words === undefined) return;
  line.hidden = !words;
  line.lastElementChild.textContent = words;
}

export function startDraftConflict(form) {
  form.addEventListener("autosaved", (event) => tellWhoElse(form, event.detail.beside));
  form.addEventListener("autosave-conflict", (event) => open(form, event.detail));
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-settle]");
    if (button) settle(form, button.closest("[data-draft-conflict]"), button.dataset.settle);
  });
}

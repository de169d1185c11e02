// The form of a step: opened, its first field has the focus; what is typed is kept in this tab until it is sent, also
// when the form is closed ([data-step-close], Esc), the page is loaded anew or the session ends.
const PREFIX = "suqing:step:";
let closing = "";

function key(form) {
  return `${PREFIX}${document.body.dataset.person ?? ""}:${new URL(form.action).pathname}`;
}

/** The fields that somebody types or chooses in; what the server hides in the form stays its own. */
function fields(form) {
  return [...form.elements].filter((one) => one.name && one.matches("input:not([type=hidden], [type=file]), select, textarea"));
}

function values(form) {
  return fields(form).map((one) => [one.name, one.matches("[type=checkbox], [type=radio]") ? `${one.value}:${one.checked}` : one.value]);
}

function keep(form) {
  try {
    sessionStorage.setItem(key(form), JSON.stringify(values(form)));
  } catch {
    // A browser that keeps nothing: the form works as ever.
  }
}

function drop(form) {
  sessionStorage.removeItem(key(form));
}

function put(form, kept) {
  const all = fields(form);
  if (kept.length !== all.length || kept.some(([name], at) => name !== all[at].name)) return false; // another form by now
  let changed = false;
  all.forEach((one, at) => {
    const value = kept[at][1];
    if (one.matches("[type=checkbox], [type=radio]")) {
      if (!value.startsWith(`${one.value}:`)) return;
      const checked = value.endsWith(":true");
      changed ||= one.checked !== checked;
      one.checked = checked;
    } else if (one.value !== value) {
      changed = true;
      if (one.tomselect) one.tomselect.setValue(value, true);
      else one.value = value;
    }
  });
  return changed;
}

function restore(form) {
  const kept = sessionStorage.getItem(key(form));
  if (!kept || !put(form, JSON.parse(kept))) return;
  form.querySelector("[data-step-kept]").hidden = false;
}

function focusFirst(form) {
  if (form.contains(document.activeElement) || document.querySelector("#decide [data-error-summary]")) return;
  const first = form.querySelector("[autofocus]") ?? fields(form).find((one) => one.getClientRects().length) ?? form.querySelector("button");
  if (first?.tomselect) first.tomselect.focus();
  else first?.focus();
}

function open(form) {
  // What the server sends back is what was typed already.
  if (form.hasAttribute("data-step-fresh")) keep(form);
  else restore(form);
  form.addEventListener("input", () => keep(form));
  form.addEventListener("change", () => keep(form));
  form.addEventListener("click", (event) => {
    if (!event.target.closest("[data-step-drop]")) return;
    drop(form);
    form.reset();
    form.querySelector("[data-step-kept]").hidden = true;
    form.querySelector("textarea, input:not([type=hidden])")?.focus();
  });
  requestAnimationFrame(() => focusFirst(form));
}

/** Whoever sits down next in this tab finds nothing of somebody else's. */
function forgetOthers() {
  const own = `${PREFIX}${document.body.dataset.person ?? ""}:`;
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(PREFIX) && !name.startsWith(own)) sessionStorage.removeItem(name);
  }
}

export function startStepForms(root) {
  for (const form of root.querySelectorAll("[data-step-form]")) if (!form.dataset.wired) { form.dataset.wired = "1"; open(form); }
  if (!closing || root.querySelector("[data-step-form]")) return;
  document.querySelector(`#decide a[href^="${closing}"]`)?.focus(); // back to where the form came from
  closing = "";
}

export function startStepKeeping() {
  forgetOthers();
  document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
    const form = detail.elt?.closest?.("[data-step-form]");
    if (form && detail.xhr.getResponseHeader("HX-Redirect")) drop(form);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-step-close]");
    if (link) closing = link.dataset.stepClose;
  });
}

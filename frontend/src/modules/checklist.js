// Required facts while they are being told: <div data-checklist="form-id"> holds <li data-needs="phone|email">;
// "a b" needs both fields, "a|b" needs one of them; data-kinds="complaint report" limits an item to kinds
// (the value of the form's field "kind", or of the one that data-kind-field names), data-topics="mask_price" to topics that
// the words name (box.dataset.told), data-unless leaves it to the stricter item of these topics.  The ring fills, the count is announced politely.
const ROUND = 2 * Math.PI * 15;

function filled(form, name) {
  const field = form.elements.namedItem(name);
  if (!field) return false;
  if (field instanceof RadioNodeList) return [...field].some((one) => one.checked && one.value !== "");
  if (["checkbox", "radio"].includes(field.type)) return field.checked;
  return Boolean(field.value && field.value.trim());
}

function met(form, needs) {
  return needs.split(/\s+/).every((group) => group.split("|").some((name) => filled(form, name)));
}

function applies(form, item) {
  const kind = form.elements.namedItem(item.closest("[data-checklist]").dataset.kindField ?? "kind")?.value ?? "";
  if (item.dataset.kinds && !item.dataset.kinds.split(/\s+/).includes(kind)) return false;
  const told = (item.closest("[data-checklist]").dataset.told ?? "").split(/\s+/).filter(Boolean);
  const isAny = (codes) => codes.split(/\s+/).some((code) => told.includes(code));
  return !(item.dataset.topics && !isAny(item.dataset.topics)) && !(item.dataset.unless && isAny(item.dataset.unless));
}

function update(box, form) {
  const items = [...box.querySelectorAll("[data-needs]")];
  let done = 0;
  let all = 0;
  for (const item of items) {
    item.hidden = !applies(form, item);
    const ok = met(form, item.dataset.needs);
    item.classList.toggle("is-done", ok);
    item.querySelector("[data-word-done]")?.toggleAttribute("hidden", !ok);
    item.querySelector("[data-word-missing]")?.toggleAttribute("hidden", ok);
    if (item.hidden) continue;
    all += 1;
    done += ok ? 1 : 0;
  }
  const ring = box.querySelector("[data-ring]");
  if (ring) {
    ring.setAttribute("stroke-dasharray", String(ROUND));
    ring.setAttribute("stroke-dashoffset", String(ROUND * (1 - (all ? done / all : 1))));
  }
  const count = box.querySelector("[data-count]");
  const text = `${done}/${all}`;
  if (count && count.textContent !== text) count.textContent = text;
  box.classList.toggle("is-complete", done === all);
}

export function startChecklists(root) {
  for (const box of root.querySelectorAll("[data-checklist]")) {
    const form = document.getElementById(box.dataset.checklist);
    if (!form || box.watching) continue;
    box.watching = true;
    const refresh = () => update(box, form);
    form.addEventListener("input", refresh);
    form.addEventListener("change", refresh);
    box.addEventListener("topics-told", refresh);
    refresh();
  }
}

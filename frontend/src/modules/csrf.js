// The token stands in the page; the cookie is closed to scripts.  Signing in again in another tab changes it, so every
// page tells the others of the same person its token when it opens: what was typed in an old tab can still be saved.
const FIELD = "[name=csrfmiddlewaretoken]";

export function csrfToken() {
  return document.querySelector(FIELD)?.value ?? "";
}

function takeOver(token) {
  for (const field of document.querySelectorAll(FIELD)) field.value = token;
  document.getElementById("session-ended")?.close();
  document.dispatchEvent(new CustomEvent("session-renewed"));
}

export function startCsrf() {
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrfToken();
  });
  const person = document.body.dataset.person;
  if (!person || !window.BroadcastChannel) return;
  const tabs = new BroadcastChannel("suqing-session");
  tabs.addEventListener("message", ({ data }) => data.person === person && takeOver(data.token));
  tabs.postMessage({ person, token: csrfToken() });
}

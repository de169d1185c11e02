// A session that has ended must not cost what was typed: say so, keep the page, sign in beside it.
export function sessionEnded() {
  const dialog = document.getElementById("session-ended");
  if (dialog && !dialog.open) dialog.showModal();
}

export function startSession() {
  document.body.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401) sessionEnded();
  });
}

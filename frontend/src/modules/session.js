// A session that has ended must not cost what was typed: say so, keep the page, sign in beside it.
export function sessionEnded() {
  const dialog = document.getElementById("session-ended");
  if (!dialog || dialog.open) return;
  // The new tab comes back to this page: what was typed is restored there too, should this tab be closed.
  const door = dialog.querySelector("a[href]");
  door.href = `${door.pathname}?${new URLSearchParams({ next: location.pathname + location.search, ended: "1" })}`;
  dialog.showModal();
}

export function startSession() {
  document.body.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401) sessionEnded();
  });
}

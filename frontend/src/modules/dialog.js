// Native <dialog>: <button data-dialog-open="id">, <button data-dialog-close>.  A click beside it closes it.
export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) return document.getElementById(opener.dataset.dialogOpen)?.showModal();
    if (event.target.closest("[data-dialog-close]")) return event.target.closest("dialog")?.close();
    if (event.target.nodeName === "DIALOG" && !event.target.hasAttribute("data-stay")) event.target.close();
    return undefined;
  });
}

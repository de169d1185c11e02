// <details data-menu>: closes on Escape, on a click elsewhere, and when another opens.
// An address that ends in its id (/cases/#export) comes with the menu open.
export function startMenus() {
  const open = () => document.querySelectorAll("details[data-menu][open]");
  const meant = document.getElementById(window.location.hash.slice(1));
  if (meant?.matches("details[data-menu]")) {
    meant.open = true;
    // Going to the fragment takes the focus away once more, so it is given after that.
    window.addEventListener("load", () => meant.querySelector("summary").focus(), { once: true });
  }
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
}

// Runs before the first paint: without a stored choice the page follows the computer's light or dark.
(function () {
  var root = document.documentElement;
  if (root.dataset.theme) return;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function follow() { root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light"); }
  follow();
  dark.addEventListener("change", follow);
})();

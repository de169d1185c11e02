// Runs before the first paint: without a stored choice the page follows the computer's light or dark.
(function () {
  var root = document.documentElement;
  if (root.dataset.theme) return;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function follow() { 
    var seen = dark.matches ? "dark" : "light";
    root.setAttribute("data-bs-theme", seen);
    // Charts are coloured by the server: tell it for the next page.
    document.cookie = "scheme=" + seen + "; path=/; max-age=31536000; samesite=lax";
  }
  follow();
  dark.addEventListener("change", follow);
})();

// Help beside the page: <a data-help-link href="/help/topic/"> opens <aside data-help-place>; without script it is a page.
// The running step of the tour: <aside data-tour-target="selector"> outlines what it means and never covers it.

function startPanel() {
  const place = document.querySelector("[data-help-place]");
  if (!place) return;
  let opener = null;

  function close() {
    place.hidden = true;
    opener?.focus();
  }

  async function open(link) {
    let answer;
    try {
      answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
    } catch {
      answer = null; // no connection: the page itself says so
    }
    if (!answer?.ok || answer.redirected) return location.assign(link.href);
    opener = link;
    place.innerHTML = await answer.text();
    place.hidden = false;
    return place.querySelector("h2")?.focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-help-link]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      if (place.hidden) open(link);
      else close();
    } else if (event.target.closest("[data-help-close]")) close();
  });
  place.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  });
}

function overlap(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

function startTour() {
  const card = document.getElementById("tour");
  const meant = card?.dataset.tourTarget && document.querySelector(card.dataset.tourTarget);
  if (!card) return;
  if (meant) {
    meant.classList.add("is-toured");
    meant.scrollIntoView({ block: "nearest" });
    for (const side of ["", "is-left", "is-up"]) {
      card.classList.remove("is-left", "is-up");
      if (side) card.classList.add(side);
      if (!overlap(card.getBoundingClientRect(), meant.getBoundingClientRect())) break;
    }
  }
  card.querySelector("h2").focus({ preventScroll: true });
}

export function startHelp() {
  startPanel();
  startTour();
}

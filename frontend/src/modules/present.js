// [data-present="/cases/…/present/"] says every twenty seconds, while it is looked at, that its case is open here, and
// shows who else has it open.  A hint that names data-present-token brings the answer at once; so does one about cases.
import { csrfToken } from "./csrf.js";

const BEAT_MS = 20000;
const SOON_MS = 2000;

function say(place, facts = {}, options = {}) {
  return fetch(place.dataset.present, {
    method: "POST",
    headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" },
    body: new URLSearchParams(facts),
    ...options,
  });
}

class Present {
  constructor(place) {
    this.place = place;
    this.planned = 0;
    this.timer = setInterval(() => this.beat(), BEAT_MS);
    // The page before this one may have said good-bye after this one was drawn.
    setTimeout(() => this.beat(), SOON_MS);
  }

  async beat() {
    clearTimeout(this.planned);
    this.planned = 0;
    if (document.hidden) return;
    try {
      const answer = await say(this.place, { revision: this.place.dataset.presentRevision });
      if (answer.status === 401 || answer.status === 404) return clearInterval(this.timer);
      if (!answer.ok) return;
      const said = (await answer.text()).trim();
      // Read out only when it is something new.
      if (said !== this.said) this.place.innerHTML = said;
      this.said = said;
    } catch {
      // The next beat tries again.
    }
  }

  soon() {
    this.planned ||= setTimeout(() => this.beat(), 200 + Math.random() * 300);
  }

  leave() {
    say(this.place, { leave: "1" }, { keepalive: true }).catch(() => {});
  }
}

export function startPresent() {
  const place = document.querySelector("[data-present]");
  if (!place) return;
  const present = new Present(place);
  document.body.addEventListener("live:present", (event) => {
    if (event.detail.present === place.dataset.presentToken) present.soon();
  });
  document.body.addEventListener("live:case", () => present.soon());
  document.addEventListener("visibilitychange", () => document.hidden || present.beat());
  window.addEventListener("pagehide", () => present.leave());
  window.addEventListener("pageshow", (event) => event.persisted && present.beat());
}

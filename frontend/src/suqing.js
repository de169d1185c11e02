// The one script of every page.  Nothing inline, nothing evaluated: see the content security policy.
import "./styles/suqing.css";
import htmx from "htmx.org";
import Alpine from "@alpinejs/csp";
import { startAutosave } from "./modules/autosave.js";
import { startCallDesk } from "./modules/call_desk.js";
import { startChecklists } from "./modules/checklist.js";
import { startChips } from "./modules/chips.js";
import { startCsrf } from "./modules/csrf.js";
import { startDialogs } from "./modules/dialog.js";
import { focusErrors } from "./modules/errors.js";
import { startHelp } from "./modules/help.js";
import { startKeyboard } from "./modules/keyboard.js";
import { startLists } from "./modules/list.js";
import { startLive } from "./modules/live.js";
import { startLookups } from "./modules/lookup.js";
import { startMenus } from "./modules/menu.js";
import { startMoved } from "./modules/moved.js";
import { startPages } from "./modules/pages.js";
import { startPasskeys } from "./modules/passkeys.js";
import { startPresent } from "./modules/present.js";
import { startPreviews } from "./modules/preview.js";
import { startSelection } from "./modules/selection.js";
import { startSession } from "./modules/session.js";
import { states } from "./modules/states.js";
import { startStepForms, startStepKeeping } from "./modules/step_forms.js";
import { startTabs } from "./modules/tabs.js";
import { startToasts } from "./modules/toast.js";
import { startUploads } from "./modules/upload.js";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.attributesToSettle = ["class", "width", "height"]; // styles as attributes are closed by the policy
htmx.config.scrollBehavior = "auto";
// A refused form (422), a step that came too late (409) and a hidden case (404) answer with the part to be shown.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "(404|409|422)", swap: true },
  { code: "[45]..", swap: false, error: true },
];
window.htmx = htmx;

for (const [name, state] of Object.entries(states)) Alpine.data(name, state);

/** What must be wired again for a part of the page that htmx has put in. */
function wire(root) {
  startLookups(root);
  startCallDesk(root);
  startChecklists(root);
  startAutosave(root);
  startTabs(root);
  startUploads(root);
  startPasskeys(root);
  startStepForms(root);
  focusErrors(root);
}

function start() {
  startCsrf();
  startSession();
  startToasts();
  startDialogs();
  startMenus();
  startKeyboard();
  startHelp();
  startLists();
  startSelection();
  startChips();
  startPages();
  startPreviews();
  startMoved();
  startLive();
  startPresent();
  startStepKeeping();
  wire(document);
  htmx.onLoad((element) => element !== document.body && wire(element));
  Alpine.start();
  document.documentElement.dataset.ready = "true";
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();

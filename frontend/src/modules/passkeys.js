// Passkeys: ask the centre for a question, hand it to the browser, send the answer with the form.
// The options and answers are the JSON of the WebAuthn standard, with bytes as base64url.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

function text(buffer) {
  if (!buffer) return undefined;
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function readable(options) {
  const read = { ...options, challenge: bytes(options.challenge) };
  if (options.user) read.user = { ...options.user, id: bytes(options.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (options[list]) read[list] = options[list].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  return read;
}

function answer(credential) {
  const said = credential.response;
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: {},
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    response: {
      clientDataJSON: text(said.clientDataJSON),
      attestationObject: text(said.attestationObject),
      authenticatorData: said.signature && text(said.authenticatorData),
      signature: text(said.signature),
      userHandle: text(said.userHandle),
      transports: said.getTransports?.(),
    },
  });
}

/** The sentence for what cannot work here at all, or "". */
function obstacle(form) {
  if (!window.isSecureContext) return form.dataset.sayInsecure;
  return window.PublicKeyCredential ? "" : form.dataset.sayUnable;
}

function say(form, sentence) {
  const place = form.querySelector("[data-passkey-said]");
  place.textContent = sentence;
  place.hidden = !sentence;
}

/** Return the question for the device; throw the sentence of the refusal as an Error. */
async function question(form) {
  const asked = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
  if (asked.redirected) return location.reload();
  const told = await asked.json().catch(() => ({}));
  if (!asked.ok) throw new Error(told.message || form.dataset.sayOffline, { cause: "refused" });
  return readable(told);
}

function sentence(form, fault) {
  if (fault.cause === "refused") return fault.message;
  if (fault.name === "InvalidStateError") return form.dataset.sayKnown;
  if (fault.name === "SecurityError") return form.dataset.sayInsecure;
  return fault instanceof TypeError ? form.dataset.sayOffline : form.dataset.sayBrokenOff;
}

async function prove(form) {
  const isNew = form.dataset.passkey === "create";
  const publicKey = await question(form);
  if (!publicKey) return;
  const credential = await navigator.credentials[isNew ? "create" : "get"]({ publicKey });
  form.elements.answer.value = answer(credential);
  if (isNew) form.elements.password.value = ""; // was checked with the question
  form.submit();
}

export function startPasskeys(root) {
  for (const form of root.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("button");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const wall = obstacle(form);
      say(form, wall);
      if (wall) return;
      button.disabled = true;
      try {
        await prove(form);
      } catch (fault) {
        say(form, sentence(form, fault));
        button.disabled = false;
      }
    });
  }
}

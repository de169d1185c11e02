// After a refused form the summary of errors takes the focus; its links lead to the fields.
export function focusErrors(root) {
  root.querySelector("[data-error-summary]")?.focus();
}

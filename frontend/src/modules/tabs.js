// <div data-tabs><div role="tablist"><button role="tab" aria-controls="panel-id">…</div> <section role="tabpanel" id=…>
export function startTabs(root) {
  for (const box of root.querySelectorAll("[data-tabs]")) {
    const tabs = [...box.querySelectorAll("[role=tab]")];
    const show = (chosen) => {
      for (const tab of tabs) {
        const on = tab === chosen;
        tab.setAttribute("aria-selected", String(on));
        tab.tabIndex = on ? 0 : -1;
        document.getElementById(tab.getAttribute("aria-controls")).hidden = !on;
      }
    };
    tabs.forEach((tab, index) => {
      tab.addEventListener("click", () => show(tab));
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = tabs[(index + step + tabs.length) % tabs.length];
        show(next);
        next.focus();
      });
    });
    if (tabs.length) show(tabs.find((tab) => tab.getAttribute("aria-selected") === "true") ?? tabs[0]);
  }
}

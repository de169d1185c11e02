// [data-pages] shows its sheet parted into pages of A4: the browser parts it into columns of the height of a type area,
// here a box with running title and number is drawn around each.
function lay(desk) {
  const sheet = desk.querySelector(".bl-sheet");
  const boxes = desk.querySelector(".bp-boxes");
  const style = getComputedStyle(sheet);
  const step = parseFloat(style.columnWidth) + parseFloat(style.columnGap);
  const count = Math.max(1, Math.round((sheet.scrollWidth + parseFloat(style.columnGap)) / step));
  if (boxes.children.length === count) return;
  boxes.replaceChildren(...Array.from({ length: count }, (_, at) => {
    const box = document.createElement("div");
    box.className = "bp-page";
    const head = document.createElement("span");
    head.textContent = at ? desk.dataset.running : "";
    const foot = document.createElement("span");
    foot.textContent = `— ${at + 1} —`;
    box.append(head, foot);
    return box;
  }));
  const told = document.querySelector("[data-page-count]");
  if (told) told.textContent = desk.dataset.pagesWord.replace("{count}", count);
}

export function startPages() {
  for (const desk of document.querySelectorAll("[data-pages]")) {
    new ResizeObserver(() => lay(desk)).observe(desk.querySelector(".bl-sheet"));
    document.fonts?.ready.then(() => lay(desk));
    setTimeout(() => lay(desk), 800); // curves are drawn a little later
    lay(desk);
  }
}

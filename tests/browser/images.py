"""The screenshots of docs/images, from the real program: ``make images``, or

    python -m tests.browser.images FOLDER [NAME …]

A rehearsed centre is made in a folder of its own and served.  The people of the rehearsal sign in and work; each desk
is photographed at 1280 × 800, in Chinese, in the light theme.  The bulletin is also printed through LibreOffice.  Then
every page is taken at three sizes in both themes (``gallery.py``); NAME "pages" takes only those.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser import gallery
from tests.resilience.program import HOST, Program, installed

CHROMIUM = os.environ.get("SUQING_CHROMIUM") or shutil.which("chromium") or ""
SIZE = {"width": 1280, "height": 800}
PAPER_WIDTH = 794  # pixels of an A4 page at 96 to the inch
LARGEST = 250_000  # bytes of one picture
REHEARSAL_SECONDS = 900.0
# Until the published days are over, so that their numbers can be compared.
UNTIL = "--until 2020-02-01T09:00"
CALL = (
    "您好，我前天在姑苏区观前街的平江大药房买了十只N95口罩，一只要三十元，以前只卖五元。"
    "我找店员退差价，店员说爱买不买。发票我还留着，要求退还差价250元，也希望你们去查一查。"
)


def main(folder: Path, names: list[str]) -> None:
    """Make the centre and take every picture, or those named."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("SUQING_REHEARSE", UNTIL)
    with installed() as program, sync_playwright() as playwright:
        print("· rehearsing a centre; this takes a minute or two", flush=True)
        program.serve(whole=True, verb="run", seconds=REHEARSAL_SECONDS)
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            # Fields for dates are drawn in the browser's language: Debian has the Chinese one in chromium-l10n.
            args=["--no-sandbox", "--disable-gpu", "--lang=zh-CN"],
        )
        centre = Centre(program, browser)
        gallery.connect(program.folder, program.url)
        people, pages = gallery.furnished()
        for name, take in PICTURES.items():
            if not names or name in names:
                kept = _keep(folder / f"{name}.png", take(centre))
                print(f"· {kept.name}: {kept.stat().st_size // 1000} kB", flush=True)
        if not names or "pages" in names:
            taking = gallery.Gallery(folder / "pages", browser, f"http://{HOST}:{program.port}", people)
            for told in taking.take(pages):
                print(f"· {told}", flush=True)
        browser.close()
        program.stop()


@dataclass
class Centre:
    """The program and who is signed in to it."""

    program: Program
    browser: Any
    pages: dict[str, Any] = field(default_factory=dict)

    def page(self, username: str = "") -> Any:
        """A page of this person, who signs in once; without a name, one of nobody."""
        if username not in self.pages:
            context = self.browser.new_context(
                base_url=f"http://{HOST}:{self.program.port}", viewport=SIZE, locale="zh-CN",
                timezone_id="Asia/Shanghai", color_scheme="light",
            )  # fmt: skip
            context.set_default_timeout(60_000)
            self.pages[username] = context.new_page()
            if username:
                self._sign_in(self.pages[username], username)
        return self.pages[username]

    def _sign_in(self, page: Any, username: str) -> None:
        lines = (self.program.folder / "sign-ins.txt").read_text(encoding="utf-8").splitlines()
        password = next(line.split()[1] for line in lines if line.split()[0] == username)
        page.goto("/sign-in/")
        page.fill("[name=username]", username)
        page.fill("[name=password]", password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "sign-in" not in address)
        ready(page)


def ready(page: Any) -> Any:
    """Wait until the page's script has taken hold and its pictures are drawn."""
    page.wait_for_selector("html[data-ready]")
    page.wait_for_timeout(400)
    return page


def sign_in(centre: Centre) -> bytes:
    page = centre.page()
    page.goto("/sign-in/")
    return bytes(ready(page).screenshot())


def call_desk(centre: Centre) -> bytes:
    """A call that has been told: kind, place, operator, problem class and amount are filled in."""
    page = centre.page("taker01")
    page.goto("/desk/")
    ready(page).keyboard.type("13862150027")
    page.keyboard.press("Enter")
    page.wait_for_selector("html[data-ready] #id_narrative")
    page.keyboard.insert_text(CALL)
    page.keyboard.press("Tab")
    page.keyboard.insert_text("王小明")
    for key in ("Alt+k", "2", "Alt+l"):
        page.keyboard.press(key)
    page.keyboard.type("gsq")
    page.wait_for_selector("#m0 .ts-dropdown .option.active:has-text('姑苏区')")
    for key in ("Enter", "Alt+b"):
        page.keyboard.press(key)
    page.keyboard.insert_text("平江大药房")
    page.wait_for_selector("#m0 .ts-dropdown .option:visible, #m0 .ts-dropdown .create:visible")
    for key in ("Enter", "Alt+j"):
        page.keyboard.press(key)
    page.keyboard.insert_text("价格")
    page.wait_for_selector("#m0 .ts-dropdown .option.active:has-text('价格')")
    for key in ("Enter", "Alt+m"):
        page.keyboard.press(key)
    page.keyboard.type("250")
    page.wait_for_selector("[data-autosave-status][data-state=saved]")
    page.evaluate("window.scrollTo(0, 0)")
    return bytes(ready(page).screenshot())


def work_list(centre: Centre) -> bytes:
    page = centre.page("supervisor")
    page.goto("/cases/")
    return bytes(ready(page).screenshot())


def case(centre: Centre) -> bytes:
    """A complaint that waits for its decision, the count behind its limit open."""
    page = centre.page("handler-gusu")
    page.goto("/cases/?view=to_decide&kind=complaint")
    ready(page).locator("table[data-rows] a.sq-number").first.click()
    page.wait_for_url("**/cases/*/")
    ready(page).locator(".sq-reckon summary").first.click()
    page.wait_for_selector(".sq-reckon .sq-days")
    page.evaluate("window.scrollTo(0, 0)")
    return bytes(ready(page).screenshot())


def mediation(centre: Centre) -> bytes:
    """A complaint in mediation: what can be done now, each step with its article."""
    page = centre.page("handler-gusu")
    page.goto("/cases/?view=all&kind=complaint&state=mediating")
    ready(page).locator("table[data-rows] a.sq-number").first.click()
    page.wait_for_url("**/cases/*/")
    return bytes(ready(page).screenshot())


def supervision(centre: Centre) -> bytes:
    """The joint order over price reports, with the replies of the units."""
    page = centre.page("supervisor")
    page.goto("/supervision/?view=all")
    ready(page).locator("a[href*='/supervision/']:has-text('号')").first.click()
    page.wait_for_url("**/supervision/*/")
    return bytes(ready(page).screenshot())


def figures(centre: Centre) -> bytes:
    page = centre.page("analyst")
    page.goto("/figures/")
    ready(page).get_by_role("link", name="昨日", exact=True).click()
    page.wait_for_selector("[data-chart] canvas")
    return bytes(ready(page).screenshot())


def topic_bench(centre: Centre) -> bytes:
    """A rule is tried while it is typed."""
    page = centre.page("analyst")
    page.goto("/topics/trial/")
    page.fill("#id_words", "涨价 = 涨价，太贵，高价，卖到，涨到")
    page.locator("#id_rule").press_sequentially("(口罩 OR N95) NEAR/20 @涨价 NOT 面膜")
    page.wait_for_selector(".tp-lines mark")
    page.wait_for_timeout(600)
    return bytes(ready(page).screenshot())


def topic_sample(centre: Centre) -> bytes:
    """A sample of a topic, some of it read."""
    page = centre.page("analyst")
    page.goto("/topics/mask_price/sample/")
    ready(page).keyboard.press("Alt+n")
    page.wait_for_selector(".tp-read")
    for done in range(8):
        page.wait_for_selector(f"#tp-sample progress[value='{done}']")
        page.keyboard.press("j" if "口罩" in page.inner_text(".tp-read") else "k")
    page.wait_for_selector("#tp-sample progress[value='8']")
    return bytes(ready(page).screenshot())


def bulletin(centre: Centre) -> bytes:
    return bytes(ready(_issued(centre)).screenshot())


def bulletin_docx(centre: Centre) -> bytes:
    """The first page of the file as LibreOffice prints it."""
    page = _issued(centre)
    address = page.locator("a[href$='/file/']").first.get_attribute("href")
    with tempfile.TemporaryDirectory(prefix="suqing-print-") as name:
        folder = Path(name)
        (folder / "bulletin.docx").write_bytes(page.request.get(address).body())
        for command in (
            ["soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
             "--convert-to", "pdf", "--outdir", name, str(folder / "bulletin.docx")],
            ["pdftoppm", "-png", "-singlefile", "-scale-to-x", str(PAPER_WIDTH), "-scale-to-y", "-1",
             str(folder / "bulletin.pdf"), str(folder / "page")],
        ):  # fmt: skip
            subprocess.run(command, check=True, capture_output=True, timeout=240)
        return (folder / "page.png").read_bytes()


def _issued(centre: Centre) -> Any:
    """The issued bulletin on the editor's page."""
    page = centre.page("editor")
    page.goto("/bulletins/?state=issued")
    ready(page).locator("main tbody a[href^='/bulletins/']").first.click()
    page.wait_for_selector(".bl-sheet [data-chart] canvas")
    return page


def _keep(path: Path, picture: bytes) -> Path:
    """Store it with a palette: screens have few colours, and the repository stays small."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in (256, 128, 64):
        image.quantize(colours, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            path, optimize=True
        )
        if path.stat().st_size < LARGEST:
            return path
    raise ValueError(
        f"{path.name} has {path.stat().st_size} bytes; at most {LARGEST} belong in the repository"
    )


def operator(centre: Centre) -> bytes:
    """The file of the operator with the most recent cases."""
    page = centre.page("supervisor")
    page.goto("/entities/")
    page.locator("main tbody a[href^='/entities/']").first.click()
    ready(page)
    return page.screenshot()


def import_checked(centre: Centre) -> bytes:
    """A table with mistakes, checked and not yet imported."""
    table = centre.program.folder / "模拟数据.csv"
    if not table.exists():
        centre.program.run("rehearse", "--write", str(table), "--rows", "300", "--faulty", "0.04")
    page = centre.page("supervisor")
    page.goto("/imports/new/")
    page.set_input_files("input[type=file]", str(table))
    page.wait_for_timeout(1500)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#preview-title")
    ready(page)
    return page.screenshot()


PICTURES: dict[str, Callable[[Centre], bytes]] = {
    "sign-in": sign_in,
    "call-desk": call_desk,
    "work-list": work_list,
    "case": case,
    "mediation": mediation,
    "supervision": supervision,
    "operator": operator,
    "import": import_checked,
    "figures": figures,
    "topic-bench": topic_bench,
    "topic-sample": topic_sample,
    "bulletin": bulletin,
    "bulletin-docx": bulletin_docx,
}


if __name__ == "__main__":
    if not CHROMIUM:
        sys.exit("no Chromium here: apt-get install chromium, or name it in SUQING_CHROMIUM")
    main(Path(sys.argv[1]), sys.argv[2:])

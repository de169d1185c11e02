"""An import from the upload to its cases: errors seen, corrected in the file, imported again; the second time nothing."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from suqing.cases.actions.importing_slices import work_off_imports
from suqing.cases.importing.national import COLUMNS
from suqing.cases.models import Case, ImportRun
from suqing.ledger.queries import centre_now
from tests.browser.walking import english
from tests.cases.imported import national, number
from tests.cases.importing.tables import write_csv
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GOOD, BAD = 9, 3


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SUQING_FILES = tmp_path / "files"
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    return tmp_path


def ready(page: Any) -> Any:
    page.wait_for_selector("html[data-ready]")
    return page


def upload(page: Any, path: Path) -> None:
    """Choose a file, wait for its pieces, send the form by keyboard."""
    page.goto("/imports/new/")
    ready(page).set_input_files("#uploads-file", str(path))
    page.wait_for_selector("[data-upload-list] li")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/imports/*-*/")
    page.wait_for_selector("#run")


def worked_off(page: Any, state: str) -> None:
    """Do what the worker does; the page comes by itself."""
    work_off_imports(now=centre_now)
    page.wait_for_selector(f"#run[data-state={state}]")


def counts(page: Any) -> dict[str, int]:
    return {
        one.get_attribute("data-count"): int(one.locator("b").inner_text())
        for one in page.locator("[data-count]").all()
    }


def imported(page: Any, path: Path) -> dict[str, int]:
    """Upload, check, say yes, wait for the end."""
    upload(page, path)
    worked_off(page, "checked")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#run[data-state=running]")
    worked_off(page, "done")
    return counts(page)


@pytest.mark.timeout(240)
def test_errors_are_seen_corrected_and_imported_again(
    centre: Cast, open_page: Callable[..., Any], shoot: Callable[[Any, str], None], folder: Path
) -> None:
    rows = [national(index) for index in range(GOOD)]
    rows += [national(GOOD + index, 类型="表扬") for index in range(BAD)]
    first = write_csv(folder / "一月.csv", [COLUMNS, *rows], encoding="gb18030")
    page = open_page(centre.dispatcher, accept_downloads=True)

    upload(page, first)
    worked_off(page, "checked")
    assert counts(page)["rejected"] == BAD
    assert "3 处" in page.inner_text("#problems")
    assert number(1) in page.inner_text("#run")
    assert english(page) == []
    shoot(page, "import-checked")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#run[data-state=running]")
    shoot(page, "import-running")
    worked_off(page, "done")
    assert counts(page)["added"] == GOOD
    assert Case.objects.count() == GOOD
    shoot(page, "import-done")

    with page.expect_download() as fetched:
        ready(page).keyboard.press("Alt+d")
    rejected = folder / "更正.csv"
    fetched.value.save_as(rejected)
    told = list(csv.DictReader(rejected.read_text(encoding="utf-8-sig").splitlines()))
    assert [one["登记编号"] for one in told] == [number(GOOD + index) for index in range(BAD)]
    assert all("类型" in one["问题说明"] for one in told)
    corrected = [[{**one, "类型": "投诉"}[name] for name in told[0]] for one in told]
    write_csv(rejected, [list(told[0]), *corrected])

    assert imported(page, rejected)["added"] == BAD
    assert Case.objects.count() == GOOD + BAD

    revisions = dict(Case.objects.values_list("pk", "revision"))
    again = imported_again(page, rejected)
    assert again == {"added": 0, "updated": 0, "unchanged": BAD, "kept": 0, "rejected": 0}
    assert dict(Case.objects.values_list("pk", "revision")) == revisions

    run = ImportRun.objects.order_by("pk")[1]
    page.goto(f"/imports/{run.ref}/")
    page.goto("/imports/")
    assert page.locator("tbody tr").count() == 3
    shoot(page, "imports")


@pytest.mark.timeout(240)
def test_the_pages_of_an_import_speak_english(
    centre: Cast,
    open_page: Callable[..., Any],
    shoot: Callable[[Any, str], None],
    folder: Path,
    live_server: Any,
) -> None:
    rows = [national(0), national(1, 类型="表扬")]
    page = open_page(centre.dispatcher)
    page.context.add_cookies(
        [{"name": django_settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": live_server.url}]
    )
    upload(page, write_csv(folder / "january.csv", [COLUMNS, *rows]))
    worked_off(page, "checked")
    assert "Import 1 row" in page.inner_text("#run")
    assert "What is wrong with its rows" in page.inner_text("#problems")
    shoot(page, "import-checked-english")


def imported_again(page: Any, path: Path) -> dict[str, int]:
    """A table that changes nothing offers nothing to import."""
    upload(page, path)
    worked_off(page, "checked")
    assert page.locator("form[action$='/confirm/']").count() == 0
    return counts(page)


STRANGE = ("流水", "何类", "时间", "说了什么")


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("desk", {}),
        ("dark", {"color_scheme": "dark"}),
        ("phone", {"viewport": {"width": 390, "height": 844}}),
    ],
)
def test_the_columns_of_a_strange_table_are_chosen(
    centre: Cast,
    open_page: Callable[..., Any],
    shoot: Callable[[Any, str], None],
    folder: Path,
    name: str,
    options: dict[str, Any],
) -> None:
    rows = [(f"A-{index}", "民意", "2020-01-20 10:00", "口罩太贵了") for index in range(3)]
    path = write_csv(folder / "别处.csv", [STRANGE, *rows])
    page = open_page(centre.dispatcher, **options)
    page.goto("/imports/new/")
    shoot(ready(page), f"import-new-{name}")
    upload(page, path)
    for field, column in {
        "number": "流水",
        "kind": "何类",
        "received_at": "时间",
        "narrative": "说了什么",
    }.items():
        page.select_option(f"#map-{field}", column)
    page.fill("#map-name", "别处的表")
    page.fill("#map-source", "elsewhere")
    shoot(page, f"import-columns-{name}")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#map-words")
    page.select_option("#word-kind-0", "complaint")
    ready(page).keyboard.press("Control+Enter")
    page.wait_for_selector("#run[data-state=reading]")
    worked_off(page, "checked")
    assert counts(page)["added"] == 3
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1]
    shoot(page, f"import-strange-{name}")

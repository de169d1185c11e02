"""The counts of an import open exactly their cases, also after a later import has touched the same cases."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as here

from suqing.accounts.models import Person
from suqing.cases.models import Case, ImportRun
from suqing.ledger.actions import set_centre_clock
from tests.cases.imported import imported, national, number
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)


@pytest.fixture
def centre(centre: Cast, settings: Any, tmp_path: Path) -> Cast:
    here.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.SUQING_FILES = tmp_path / "files"
    set_centre_clock(mode="rehearsal", centre=LATER, speed=1.0, by=SYSTEM)
    return centre


def behind(person: Person, run: ImportRun, count: str) -> tuple[int, str]:
    """The figure on the page and what its link opens; "" where it is none."""
    text = seat(person).get(f"/imports/{run.ref}/").content.decode()
    found = re.search(rf'data-count="{count}">(?:<a href="([^"]+)">)?<b>(\d+)</b>', text)
    assert found is not None
    url = html.unescape(found[1] or "")
    return int(found[2]), seat(person).get(url.partition("#")[0]).content.decode() if url else ""


def numbers_on(text: str) -> set[str]:
    return {number for number in Case.objects.values_list("number", flat=True) if number in text}


def test_counts_open_their_cases_after_a_later_import(centre: Cast, tmp_path: Path) -> None:
    rows = [national(index, 办理情况状态="") for index in range(5)]
    first = imported(centre.supervisor, tmp_path, [*rows, national(9, 登记编号="?")], name="一月.csv", size=2)
    worked_on = Case.objects.get(imported__number=number(4))
    Case.objects.filter(pk=worked_on.pk).update(revision=worked_on.revision + 1)
    newer = [
        rows[0],
        *(national(index, 办理情况状态="已办结", 挽回经济损失="250") for index in (1, 2, 4)),
        national(7),
    ]
    second = imported(centre.supervisor, tmp_path, newer, at=LATER, name="二月.csv", size=2)
    ours = {int(one.imported.number[-8:]): one.number for one in Case.objects.select_related("imported")}
    expected = {
        (first, "added"): {0, 1, 2, 3, 4},
        (second, "added"): {7},
        (second, "updated"): {1, 2},
        (second, "kept"): {4},
    }
    for (run, count), indexes in expected.items():
        figure, shown = behind(centre.supervisor, run, count)
        assert (figure, numbers_on(shown)) == (len(indexes), {ours[index] for index in indexes}), count
    assert behind(centre.supervisor, first, "updated") == (0, "")
    assert behind(centre.supervisor, second, "unchanged") == (1, "")
    figure, shown = behind(centre.supervisor, first, "rejected")
    assert figure == 1 and 'id="problems"' in shown


def test_the_list_of_a_count_says_so_in_a_chip_and_hides_what_is_out_of_sight(
    centre: Cast, tmp_path: Path
) -> None:
    run = imported(centre.supervisor, tmp_path, [national(0)], name="一月.csv")
    url = f"/cases/?view=all&run={run.ref}.added"
    case = Case.objects.get()
    Case.objects.update(archived_at=LATER)
    shown = seat(centre.supervisor).get(url).content.decode()
    assert "新增自导入文件：一月.csv" in shown and case.number in shown
    assert case.number not in seat(centre.other_handler).get(url).content.decode()
    assert case.number not in seat(centre.supervisor).get(f"{url}x").content.decode()

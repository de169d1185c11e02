"""The pages of prices: a day's focus list, the cases behind each number, the file."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from suqing.cases.intake import EntityInput
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import change_setting
from tests.cases.test_price_focus import LINE, priced
from tests.cast import AT, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
DAY = {"day": AT.date().isoformat()}


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def set_line(cast: Cast) -> None:
    change_setting("prices.lines", [LINE], by=cast.administrator, at=AT, reason="测试")


def counted_behind(client: Any, cell: dict[str, Any]) -> int:
    return int(client.get(cell["url"]).context["count"])


def test_a_day_without_price_cases_says_so(cast: Cast) -> None:
    page = text_of(seat(cast.analyst).get(reverse("prices"), DAY))
    assert "没有价格类投诉举报" in page and "本日未设价格涨幅线" in page


def test_the_list_ranks_goods_districts_and_operators(cast: Cast) -> None:
    for place in ("320508", "320508", "320506"):
        priced(cast, place=place)
    priced(cast, goods="酒精", entity=EntityInput("城东药房"))
    answer = seat(cast.supervisor).get(reverse("prices"), DAY)
    tables = {table["code"]: [row["labels"] for row in table["rows"]] for table in answer.context["tables"]}
    assert tables["goods"] == [["口罩"], ["酒精"]]
    assert tables["district"] == [["姑苏区"], ["吴中区"]]
    assert tables["operator"][-1] == ["城东药房"]
    assert len(tables["each"]) == 3
    assert "+200 %" in text_of(answer) and "达到或超过" not in "".join(
        re.findall("<th.*?</th>", text_of(answer))
    )


def test_every_number_opens_its_cases(cast: Cast) -> None:
    set_line(cast)
    for number, place in enumerate(("320508", "320508", "320506", "")):
        priced(cast, place=place, goods="口罩" if number % 2 else "")
        priced(cast, AT - timedelta(days=1), place=place)
    priced(cast, price_unit="箱", price_earlier=None)
    client = seat(cast.analyst)
    page = client.get(reverse("prices"), DAY)
    assert page.context["has_line"]
    rows = [row for table in page.context["tables"] for row in table["rows"]]
    for row in [*rows, page.context["total"]]:
        group = row["group"]
        assert counted_behind(client, row["cases"]) == group.cases
        assert counted_behind(client, row["day_before"]) == group.day_before
        assert counted_behind(client, row["mean"]) == group.week_before
        assert counted_behind(client, row["reached"]) == group.reached
        assert counted_behind(client, row["compared"]) == group.compared
        if row.get("prices"):
            assert counted_behind(client, row["prices"]["count"]) == group.prices.count
        if row["highest"]:
            assert counted_behind(client, row["highest"]) == group.marked


def test_the_list_is_narrowed_and_what_is_not_known_can_be_asked_for(cast: Cast) -> None:
    priced(cast)
    priced(cast, place="")
    client = seat(cast.analyst)
    gusu = client.get(reverse("prices"), {**DAY, "district": "320508"})
    assert gusu.context["total"]["group"].cases == 1 and gusu.context["chips"]
    nowhere = client.get(reverse("prices"), {**DAY, "district": "-"})
    assert nowhere.context["total"]["group"].cases == 1
    assert "district=-" in nowhere.context["total"]["cases"]["url"]


def test_the_cases_tell_where_they_stand(cast: Cast) -> None:
    client = seat(cast.analyst)
    case = priced(cast, narrative="太贵", price_earlier_on=None)
    page = text_of(client.get(reverse("price-cases"), DAY))
    assert case.number in page and "+200 %" in page and "未告知日期" in page and "未设涨幅线" in page
    set_line(cast)
    assert "无可比的此前价格" in text_of(client.get(reverse("price-cases"), DAY))
    priced(cast)
    reached = client.get(reverse("price-cases"), {**DAY, "reached": "1"})
    assert reached.context["count"] == 1 and "达到或超过本省涨幅线" in text_of(reached)


def test_many_cases_stand_on_several_pages(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suqing.web.desks.prices.PAGE", 2)
    for _ in range(5):
        priced(cast)
    client = seat(cast.analyst)
    first = client.get(reverse("price-cases"), DAY)
    assert (len(first.context["rows"]), first.context["count"]) == (2, 5)
    last = client.get(reverse("price-cases"), {**DAY, "page": "3"})
    assert len(last.context["rows"]) == 1 and not last.context["pager"]["older_url"]
    assert client.get(reverse("price-cases"), {**DAY, "page": "99"}).context["rows"]


def test_long_tables_say_how_long_they_are(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suqing.web.desks.prices.SHOWN", 1)
    priced(cast)
    priced(cast, goods="酒精")
    client = seat(cast.analyst)
    goods = client.get(reverse("prices"), DAY).context["tables"][0]
    assert (len(goods["rows"]), goods["count"], goods["is_cut"]) == (1, 2, True)
    assert len(client.get(goods["all_url"]).context["tables"][0]["rows"]) == 2


def test_the_file_is_whole_and_says_what_it_is(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suqing.web.desks.prices.SHOWN", 1)
    set_line(cast)
    priced(cast, goods="=HYPERLINK(1)")
    priced(cast, goods="酒精", entity=EntityInput("张三丰", is_person=True))
    client = seat(cast.analyst)
    answer = client.get(reverse("price-list"), {**DAY, "by": "each"})
    lines = list(csv.reader(io.StringIO(text_of(answer))))
    assert any("测试用" in cell for line in lines for cell in line)
    table = lines[lines.index([]) + 1 :]
    assert len(table) == 3 and len(set(map(len, table))) == 1
    assert any(line[0].startswith("'=") for line in table) and any("自然人" in line for line in table)
    assert "张" not in text_of(answer)
    assert client.get(reverse("price-list"), DAY).status_code == 404


def test_small_numbers_are_withheld_where_policy_says_so(cast: Cast) -> None:
    for key in ("figures.least_shown", "figures.least_published"):
        change_setting(key, 3, by=cast.administrator, at=AT, reason="测试")
    for _ in range(3):
        priced(cast)
    priced(cast, goods="酒精")
    client = seat(cast.analyst)
    mask, alcohol = client.get(reverse("prices"), DAY).context["tables"][0]["rows"]
    assert "cases" in mask and alcohol["is_withheld"] and "cases" not in alcohol
    lines = list(csv.reader(io.StringIO(text_of(client.get(reverse("price-list"), {**DAY, "by": "goods"})))))
    assert ["酒精", "<3"] in lines


def test_a_leader_sees_no_reports_and_is_told(cast: Cast) -> None:
    priced(cast)
    priced(cast, kind=Kind.REPORT)
    answer = seat(cast.leader).get(reverse("prices"), DAY)
    assert answer.context["total"]["group"].cases == 1 and answer.context["limits"]


def test_what_cannot_be_read_is_today(cast: Cast) -> None:
    client = seat(cast.analyst)
    odd = {
        "day": "x",
        "until": "25:00",
        "days": "9",
        "goods": "\0",
        "read": "x",
        "page": "x",
        "unit": "x" * 999,
    }
    assert client.get(reverse("prices"), odd).status_code == 200
    assert client.get(reverse("price-cases"), odd).status_code == 200
    assert client.get(reverse("prices"), {"day": "9999-12-31"}).status_code == 200
    assert client.get(reverse("prices"), {"day": "0001-01-01"}).status_code == 200

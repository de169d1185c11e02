"""Price lines: none ships; one is written down, changed and taken away for a reason, and shows on the case."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from suqing.cases.price_lines import price_lines
from suqing.ledger.models import Event
from suqing.ledger.queries import setting
from tests.cases.test_price_focus import priced
from tests.cast import Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
PAGE = "/administration/price-lines/"
# Made up for the tests.
TYPED = {
    "province": "32", "baseline": "2020-01-19", "percent": "50", "valid_from": "2020-01-25", "valid_to": "",
    "source": "测试文件1号", "reason": "测试",
}  # fmt: skip


@pytest.fixture
def client(cast: Cast) -> Client:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    return seat(cast.administrator)


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def save(client: Client, line: str = "", **changes: str) -> Any:
    return client.post(f"{PAGE}?line={line}" if line else PAGE, {**TYPED, **changes})


def test_nothing_is_set_before_somebody_writes_it_down(client: Client) -> None:
    page = client.get(PAGE)
    assert page.status_code == 200 and "尚未填写任何涨幅线" in text_of(page)
    assert setting("prices.lines") == []


def test_a_line_is_written_down_changed_and_taken_away(client: Client, cast: Cast) -> None:
    assert save(client).status_code == 302
    (line,) = price_lines()
    assert (line.province, str(line.threshold), line.source) == ("32", "0.5", "测试文件1号")
    assert "江苏" in text_of(client.get(PAGE)) and "50 %" in text_of(client.get(PAGE))
    assert save(client, valid_from="2020-03-01").status_code == 422
    assert save(client, "32-2020-01-25", percent="35.5", valid_to="2020-02-29").status_code == 302
    assert save(client, valid_from="2020-03-01").status_code == 302
    assert [one.percent for one in price_lines()] == ["35.5", "50"]
    assert save(client, "32-2020-01-25", percent="35.5", valid_to="2020-02-29").status_code == 422
    gone = client.post(f"{PAGE}?line=32-2020-01-25", {"act": "remove", "reason": "文件废止"})
    assert gone.status_code == 302 and [one.percent for one in price_lines()] == ["50"]
    assert client.get(f"{PAGE}?line=32-2020-01-25").status_code == 404
    events = Event.objects.filter(verb="setting.changed", subject_id="prices.lines").order_by("id")
    assert [event.data["reason"] for event in events] == ["测试", "测试", "测试", "文件废止"]
    assert "文件废止" in text_of(client.get(PAGE))


@pytest.mark.parametrize(
    "wrong",
    [
        {"province": ""}, {"province": "00"}, {"baseline": "2020-02-30"}, {"baseline": "0001-01-01"},
        {"percent": "-1"}, {"percent": "x"}, {"percent": "99999"}, {"valid_from": ""}, {"valid_to": "2020-01-24"},
        {"valid_to": "9999-01-01"}, {"source": " "}, {"reason": ""},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(client: Client, wrong: dict[str, str]) -> None:
    answer = save(client, **wrong)
    assert answer.status_code == 422 and "sq-errors" in text_of(answer) and price_lines() == ()


def test_a_removal_asks_why(client: Client) -> None:
    save(client)
    assert client.post(f"{PAGE}?line=32-2020-01-25", {"act": "remove", "reason": ""}).status_code == 422
    assert len(price_lines()) == 1


def test_the_case_shows_its_mark_up_and_the_line(client: Client, cast: Cast) -> None:
    case = priced(cast, narrative="一包50只，太贵", price_unit="包")
    address = reverse("case", args=[case.number])
    reader = seat(cast.supervisor)
    page = text_of(reader.get(address))
    assert "+200 %；未设涨幅线" in page and "0.60 元 / 只" in page
    save(client)
    assert "+200 %；达到或超过本省涨幅线（测试文件1号）" in text_of(reader.get(address))

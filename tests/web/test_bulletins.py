"""The pages of bulletins without a browser: who may, what numbers open, what is refused."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from html import unescape
from typing import Any

import docx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from suqing.bulletins.actions import approve, draft_daily, submit
from suqing.bulletins.models import Bulletin, BulletinFigure, State
from suqing.ledger.actions import set_centre_clock
from suqing.ledger.models import Event
from tests.analytics.days import MONDAY, load, make_week, mask_report, moment, take
from tests.bulletins.steps import approved
from tests.bulletins.steps import issued as sign
from tests.cast import SYSTEM, Cast
from tests.web.seats import seat

MORNING = moment(MONDAY + timedelta(days=1), "08:30")
READERS = {"supervisor", "analyst", "editor", "leader", "inspector"}
DRAFTERS = {"analyst", "editor"}
SIGNERS = {"editor", "leader"}
EVERYBODY = sorted(Cast.__dataclass_fields__.keys() - {"centre", "bureau", "gusu", "wuzhong"})


@pytest.fixture
def week(cast: Cast) -> Cast:
    load(cast)
    make_week(cast)
    set_centre_clock(mode="rehearsal", centre=MORNING, speed=0.0001, by=SYSTEM)
    return cast


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def drafted(cast: Cast) -> Bulletin:
    return draft_daily(day=MONDAY, by=cast.analyst, at=MORNING)


def issued(cast: Cast) -> Bulletin:
    return sign(drafted(cast), cast, MORNING)


def figure_of(bulletin: Bulletin, key: str, **query: str) -> str:
    return reverse("bulletin-figure", args=[bulletin.pk, key], query=query)


@pytest.mark.parametrize("name", EVERYBODY)
def test_everybody_may_do_what_the_role_says_and_nothing_else(week: Cast, name: str) -> None:
    made, client = drafted(week), seat(getattr(week, name))
    pages = [reverse("bulletins"), figure_of(made, "cases")]
    pages += [reverse(page, args=[made.pk]) for page in ("bulletin", "bulletin-file")]
    assert {client.get(url).status_code for url in pages} == {200 if name in READERS else 403}
    answer = client.post(reverse("bulletin-draft"), {"day": MONDAY.isoformat()})
    assert answer.status_code == (302 if name in DRAFTERS else 403)
    made.refresh_from_db()
    approved(made, week, MORNING)
    answer = client.post(reverse("bulletin-issue", args=[made.pk]), {"revision": made.revision})
    assert answer.status_code == (302 if name in SIGNERS else 403)
    answer = client.post(reverse("bulletin-withdraw", args=[made.pk]), {"reason": "有误"})
    assert answer.status_code == (302 if name in SIGNERS else 403)
    made.refresh_from_db()
    assert made.state == (State.WITHDRAWN if name in SIGNERS else State.APPROVED)


def test_buttons_stand_only_for_what_the_person_may_do(week: Cast) -> None:
    made = drafted(week)

    def buttons() -> dict[str, set[str]]:
        marks = {"edit": reverse("bulletin-edit", args=[made.pk]), "submit": 'id="submit"', "approve": 'id="approve"',
                 "return": 'id="return"', "issue": 'id="issue"', "withdraw": 'id="withdraw"'}  # fmt: skip
        pages = {
            name: text_of(seat(getattr(week, name)).get(reverse("bulletin", args=[made.pk])))
            for name in ("supervisor", "analyst", "editor", "leader")
        }
        return {
            name: {button for button, mark in marks.items() if mark in page} for name, page in pages.items()
        }

    assert buttons() == {
        "supervisor": set(), "analyst": {"edit", "submit"}, "editor": {"edit", "submit"}, "leader": set(),
    }  # fmt: skip
    row = submit(bulletin=made, revision=made.revision, by=week.analyst, at=MORNING)
    judges = {"approve", "return"}
    assert buttons() == {"supervisor": set(), "analyst": {"return"}, "editor": judges, "leader": judges}
    approve(bulletin=row, revision=row.revision, by=week.leader, at=MORNING)
    signers = {"return", "issue"}
    assert buttons() == {"supervisor": set(), "analyst": {"return"}, "editor": signers, "leader": signers}


def test_the_register_proposes_yesterday_until_its_bulletin_is_issued(week: Cast) -> None:
    client = seat(week.editor)
    assert client.get(reverse("bulletins")).context["day"] == "2020-01-27"
    issued(week)
    page = client.get(reverse("bulletins"))
    assert page.context["day"] == "2020-01-28"
    assert "2020 年第 1 期" in text_of(page)


def test_every_number_of_the_sheet_opens_the_rows_it_was_counted_from(week: Cast) -> None:
    made, client = drafted(week), seat(week.editor)
    page = client.get(reverse("bulletin", args=[made.pk]))
    links = set(re.findall(r'class="bl-number" href="([^"]+)"', page.content.decode()))
    keys = {url.rstrip("/").rsplit("/", 1)[1] for url in links}
    assert len(keys) > 40
    for row in BulletinFigure.objects.filter(bulletin=made, key__in=keys):
        answer = client.get(figure_of(made, row.key))
        assert answer.status_code == 200
        assert answer.context["agrees"], row.key
        listed = re.search(r'class="sq-pager">\s*<span>(\d+)', text_of(answer))
        assert int(listed[1] if listed else 0) == len(row.case_ids) + len(row.submission_ids), row.key
        if row.unit in ("件", "人次"):
            assert int(listed[1] if listed else 0) == row.value, row.key


def test_what_happens_later_does_not_change_the_rows_behind_a_number(week: Cast) -> None:
    made, client = issued(week), seat(week.editor)
    before = [row["number"] for row in client.get(figure_of(made, "reports")).context["rows"]]
    take(week, moment(MONDAY, "21:00"), mask_report())
    answer = client.get(figure_of(made, "reports"))
    assert [row["number"] for row in answer.context["rows"]] == before
    assert len(before) == 10 and answer.context["agrees"]


def test_both_sides_of_a_share_can_be_opened(week: Cast) -> None:
    made, client = drafted(week), seat(week.editor)
    row = BulletinFigure.objects.get(bulletin=made, key="epidemic_share")
    whole, part = client.get(figure_of(made, row.key)), client.get(figure_of(made, row.key, part="numerator"))
    assert (len(whole.context["rows"]), len(part.context["rows"])) == (row.denominator, row.numerator)


def test_rows_outside_the_reader_s_rights_are_counted_but_not_listed(week: Cast) -> None:
    answer = seat(week.leader).get(figure_of(drafted(week), "cases"))
    assert len(answer.context["rows"]) == 7
    assert "计入的 17 件中有 10 件超出您的权限，未列出" in text_of(answer)


def test_typical_cases_are_masked_and_open_only_for_those_who_may(week: Cast) -> None:
    made = drafted(week)
    url = reverse("bulletin", args=[made.pk])
    cases = {
        name: [
            block for block in seat(getattr(week, name)).get(url).context["blocks"] if block["type"] == "case"
        ]
        for name in ("editor", "leader")
    }
    assert cases["editor"]
    assert [one["narrative"] for one in cases["editor"]] == [one["narrative"] for one in cases["leader"]]
    # The words of a report are nobody's reading who does not handle it (O20 art. 33, O121 art. 37).
    assert not any(one["number"].startswith("JB") for one in [*cases["editor"], *cases["leader"]])
    page = text_of(seat(week.editor).get(url))
    assert "王小明" not in page and "13800001234" not in page


def test_a_draft_and_synthetic_data_are_marked(week: Cast) -> None:
    made = drafted(week)
    page = text_of(seat(week.editor).get(reverse("bulletin", args=[made.pk])))
    assert "草稿　未签发" in page
    assert 'class="bl-synthetic">模拟数据' in page
    sign(made, week, MORNING)
    page = text_of(seat(week.editor).get(reverse("bulletin", args=[made.pk])))
    assert "草稿　未签发" not in page
    assert "第1期（总第1期）" in page


def test_issuing_twice_is_answered_plainly_and_changes_nothing(week: Cast) -> None:
    made, client = approved(drafted(week), week, MORNING), seat(week.editor)
    url = reverse("bulletin-issue", args=[made.pk])
    assert client.post(url, {"revision": 1}).status_code == 302
    again = client.post(url, {"revision": 1})
    assert again.status_code == 409
    assert "只有审核通过" in text_of(again)
    assert Event.objects.filter(verb="bulletin.issued").count() == 1


def test_a_draft_made_anew_has_to_be_read_before_it_is_issued(week: Cast) -> None:
    made, client = drafted(week), seat(week.editor)
    approved(drafted(week), week, MORNING)
    answer = client.post(reverse("bulletin-issue", args=[made.pk]), {"revision": made.revision})
    assert answer.status_code == 409
    assert "已有改动" in text_of(answer)
    assert Bulletin.objects.get().state == State.APPROVED


def test_an_issued_day_is_not_drafted_again_before_it_is_withdrawn(week: Cast) -> None:
    made, client = issued(week), seat(week.editor)
    answer = client.post(reverse("bulletin-draft"), {"day": MONDAY.isoformat()})
    assert answer.status_code == 422
    assert Bulletin.objects.count() == 1
    client.post(reverse("bulletin-withdraw", args=[made.pk]), {"reason": "地区数有误"})
    assert client.post(reverse("bulletin-draft"), {"day": MONDAY.isoformat()}).status_code == 302
    new = approved(Bulletin.objects.get(state=State.DRAFT), week, MORNING)
    client.post(reverse("bulletin-issue", args=[new.pk]), {"revision": new.revision})
    new.refresh_from_db()
    assert new.issue_no == 2  # a withdrawn number is not given again


def test_a_day_that_cannot_be_drafted_is_told(week: Cast) -> None:
    for day, words in (("", "请选择"), ("gestern", "请选择"), ("2020-02-01", "还没有开始")):
        answer = seat(week.editor).post(reverse("bulletin-draft"), {"day": day})
        assert answer.status_code == 422
        assert words in text_of(answer)
    assert not Bulletin.objects.exists()


def test_withdrawing_needs_a_reason_of_fair_length_and_keeps_what_was_typed(week: Cast) -> None:
    made = issued(week)
    for reason in ("", "   ", "误" * 501):
        answer = seat(week.editor).post(reverse("bulletin-withdraw", args=[made.pk]), {"reason": reason})
        assert answer.status_code == 422
        assert answer.context["reason"] == reason
    made.refresh_from_db()
    assert made.state == State.ISSUED


def test_a_draft_cannot_be_withdrawn(week: Cast) -> None:
    answer = seat(week.editor).post(reverse("bulletin-withdraw", args=[drafted(week).pk]), {"reason": "有误"})
    assert answer.status_code == 409


def test_the_file_is_the_stored_one_and_is_called_by_its_number(week: Cast) -> None:
    made = issued(week)
    answer = seat(week.leader).get(reverse("bulletin-file", args=[made.pk]))
    assert answer.content == bytes(made.document)
    assert "filename*=UTF-8''12315%E6%AF%8F%E6%97%A5" in answer["Content-Disposition"]
    words = "".join(paragraph.text for paragraph in docx.Document(io.BytesIO(answer.content)).paragraphs)
    assert "第1期" in words


def test_what_is_not_there_is_not_found(week: Cast) -> None:
    client = seat(week.editor)
    assert client.get(reverse("bulletin", args=[999])).status_code == 404
    assert client.get(reverse("bulletin-file", args=[999])).status_code == 404
    assert client.get(reverse("bulletin-figure", args=[drafted(week).pk, "nothing"])).status_code == 404
    assert client.post(reverse("bulletin-issue", args=[999])).status_code == 404
    assert client.get(reverse("bulletin-issue", args=[999])).status_code == 405


def test_the_sheet_and_a_list_cost_a_fixed_number_of_queries(week: Cast) -> None:
    made, client = drafted(week), seat(week.editor)
    pages = {reverse("bulletin", args=[made.pk]): 16, figure_of(made, "cases"): 24, reverse("bulletins"): 14}
    for url, most in pages.items():
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        assert len(queries) <= most, (url, len(queries))

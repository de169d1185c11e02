"""Every event of a case is told in one sentence, in both languages."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from suqing.cases.actions import complaints, dispatching, mediation, moving, reports
from suqing.cases.models import Case
from suqing.cases.queries import timeline
from suqing.cases.vocabulary import Kind
from suqing.web.desks.timeline_words import WAYS, tell
from tests.cases.examples import one_case
from tests.cast import AT, Cast
from tests.house.tree import PACKAGE

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre(centre: Cast) -> Cast:
    return centre


def verbs_in_code() -> set[str]:
    """Every verb about a case that the actions write, read from their source."""
    found = {f"case.{past}" for past in moving.PAST.values()}
    for path in (PACKAGE / "cases" / "actions").glob("*.py"):
        found |= set(re.findall(r'"(case\.[a-z_]+)"', path.read_text(encoding="utf-8")))
    return found


def test_every_verb_of_the_actions_has_its_sentence() -> None:
    assert len(verbs_in_code()) >= 12
    assert verbs_in_code() - set(WAYS) == set()


def closed(centre: Cast) -> Case:
    case = one_case(centre.call_taker)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    case = dispatching.send_back(case=case, reason="unclear", note="说不清", by=centre.handler, at=AT)
    case = dispatching.uphold(case=case, by=centre.dispatcher, at=AT)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    case = dispatching.assign(case=case, unit=centre.gusu, handler=centre.handler, by=centre.handler, at=AT)
    case = complaints.accept(case=case, by=centre.handler, at=AT)
    case = mediation.mediate(case=case, both_consent=True, by=centre.handler, at=AT)
    return mediation.terminate(case=case, ground="no_agreement", note="谈不拢", by=centre.handler, at=AT)


def test_the_story_says_who_where_and_what_changed(centre: Cast) -> None:
    case = closed(centre)
    told = tell(case, timeline(case, with_texts=True), group="", now=AT)
    titles = [one.title for one in told]
    assert titles[0].startswith("陆话务")
    assert f"分送至{centre.gusu.name}" in titles[1]
    assert "表述不清" in titles[2]
    assert told[2].text == "说不清"
    assert titles[-1].startswith("顾办理终止调解：经组织调解")
    assert any("已登记 → 已分送" in note for note in told[1].notes)
    assert any("《" in note for note in told[1].notes)
    assert all("%(" not in one.title for one in told)


def test_the_story_is_told_in_english_too(centre: Cast) -> None:
    case = closed(centre)
    with translation.override("en"):
        titles = [one.title for one in tell(case, timeline(case, with_texts=False), group="", now=AT)]
    assert titles[6] == "顾办理 accepted the complaint"
    assert all("%(" not in title for title in titles)


def test_masked_readers_are_told_that_something_was_written(centre: Cast) -> None:
    case = closed(centre)
    told = tell(case, timeline(case, with_texts=False), group="", now=AT)
    assert [one.text for one in told] == [""] * len(told)
    assert told[2].is_masked


def test_the_story_can_be_narrowed(centre: Cast) -> None:
    case = closed(centre)
    entries = timeline(case, with_texts=False)
    ways = tell(case, entries, group="ways", now=AT)
    assert len(ways) == 5
    assert 0 < len(tell(case, entries, group="clocks", now=AT)) < len(entries)
    assert len(tell(case, entries, group="nonsense", now=AT)) == len(entries)


def test_a_report_not_filed_and_a_refusal_are_told(centre: Cast) -> None:
    report = one_case(centre.call_taker, Kind.REPORT)
    report = dispatching.dispatch(case=report, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    report = reports.check(case=report, by=centre.handler, at=AT)
    report = reports.not_file(case=report, note="查无实据", by=centre.handler, at=AT)
    refused = one_case(centre.call_taker)
    refused = dispatching.dispatch(case=refused, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    refused = complaints.refuse(case=refused, ground="too_late", note="过了三年", by=centre.handler, at=AT)
    assert "不予立案" in tell(report, timeline(report, with_texts=False), group="", now=AT)[-1].title
    assert "三年" in tell(refused, timeline(refused, with_texts=False), group="", now=AT)[-1].title

"""The index of near-duplicate texts: written with each case, and afterwards for older ones."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from suqing.cases.actions.leads import find_leads
from suqing.cases.actions.parties import erase
from suqing.cases.actions.similar import begin_indexing, index_some
from suqing.cases.models import Case, TextBand, TextIndexing
from suqing.cases.near_text import BANDS, VERSION, bands_of
from suqing.cases.vocabulary import Kind
from suqing.ledger.writing import gathered
from tests.cases.examples import matter, one_case, registered
from tests.cases.mediating import mediating
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db


def keys_of(case: Case) -> set[int]:
    return set(TextBand.objects.filter(case=case).values_list("key", flat=True))


def test_a_registered_case_has_its_bands(cast: Cast) -> None:
    case = one_case(cast.call_taker)
    assert keys_of(case) == set(bands_of(case.match_text))
    assert len(keys_of(case)) == BANDS


def test_a_case_that_is_registered_in_a_gathered_block_has_them_too(cast: Cast) -> None:
    with gathered():
        registered(
            cast.call_taker,
            matter(narrative="口罩三十元一只，平时五元，要求退还差价"),
            matter(Kind.REPORT, narrative="店里的酒精没有标价，一瓶卖八十元"),
        )
    for case in Case.objects.all():
        assert keys_of(case) == set(bands_of(case.match_text)) != set()


def test_a_report_of_leads_found_in_a_mediation_has_its_bands(cast: Cast) -> None:
    report = find_leads(
        case=mediating(cast), text="冷柜里的肉丸没有生产日期，店里一共有四十袋", by=cast.handler, at=AT
    )
    assert keys_of(report) == set(bands_of(report.match_text)) != set()


def test_erasing_a_person_leaves_bands_of_the_redacted_text_only(cast: Cast) -> None:
    case = one_case(cast.call_taker)
    assert case.party is not None
    erase(party=case.party, reason="本人要求删除个人信息", by=cast.supervisor, at=AT)
    case.refresh_from_db()
    assert case.narrative == case.match_text
    assert keys_of(case) == set(bands_of(case.narrative))


def test_older_cases_are_indexed_in_batches_that_go_on_after_a_stop(cast: Cast) -> None:
    cases = [
        one_case(cast.call_taker, narrative=f"第{n}家店的电水壶用了{n}天就坏了，不肯退货") for n in range(5)
    ]
    TextBand.objects.all().delete()
    run = begin_indexing()
    assert (run.version, run.until_case) == (VERSION, cases[-1].pk)
    assert index_some(at=AT, size=2)
    assert [bool(keys_of(case)) for case in cases] == [True, True, False, False, False]
    newer = one_case(cast.call_taker, narrative="登记时就写入索引的新案件，不归补录管")
    said = StringIO()
    call_command("index_texts", stdout=said)
    for case in [*cases, newer]:
        assert keys_of(case) == set(bands_of(case.match_text))
    run.refresh_from_db()
    assert run.finished_at is not None and run.last_case == cases[-1].pk
    assert "every case is indexed" in said.getvalue()
    assert not index_some(at=AT)


def test_indexing_twice_doubles_nothing(cast: Cast) -> None:
    case = one_case(cast.call_taker)
    begin_indexing()
    while index_some(at=AT):
        pass
    TextIndexing.objects.all().delete()
    begin_indexing()
    while index_some(at=AT):
        pass
    assert TextBand.objects.filter(case=case).count() == BANDS

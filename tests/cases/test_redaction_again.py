"""Texts of an older redactor are made again, in batches, with what follows from them."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from suqing.cases.actions.redaction import again, begin_redacting, redact_some
from suqing.cases.models import Case, Submission, TextBand, TopicMembership
from suqing.cases.near_text import bands_of
from suqing.taxonomy.text.redact import REDACTOR_VERSION, match_text
from tests.cases.examples import one_case
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db
SAID = "我住人民路三栋二单元五零一，买的口罩三十元一只，平时五元，要求退还差价"


def _older(cast: Cast, count: int) -> list[Case]:
    """Cases as an older redactor left them: nothing hidden, and the bands of that text."""
    cases = [one_case(cast.call_taker, narrative=f"{SAID}，第{n}次来电") for n in range(count)]
    for model in (Case, Submission):
        for row in model.objects.all():
            model.objects.filter(pk=row.pk).update(match_text=row.narrative, redactor_version=1)
    TextBand.objects.all().delete()
    return cases


def test_older_texts_are_made_again_and_go_on_after_a_stop(cast: Cast) -> None:
    cases = _older(cast, 3)
    begin_redacting()
    while redact_some(at=AT, size=2) and not Case.objects.filter(redactor_version=REDACTOR_VERSION).exists():
        pass
    assert Case.objects.filter(redactor_version=1).count() == 1
    said = StringIO()
    call_command("redact_again", stdout=said)
    for case in cases:
        case.refresh_from_db()
        case.submission.refresh_from_db()
        assert case.match_text == match_text(case.narrative).text
        assert "五零一" not in case.match_text + case.submission.match_text
        assert case.redactor_version == case.submission.redactor_version == REDACTOR_VERSION
        keys = TextBand.objects.filter(case=case).values_list("key", flat=True)
        assert set(keys) == set(bands_of(case.match_text))
    assert "every text" in said.getvalue()
    assert not redact_some(at=AT)


def test_topics_follow_the_new_text(cast: Cast) -> None:
    case = _older(cast, 1)[0]
    before = set(TopicMembership.objects.filter(case=case).values_list("version", flat=True))
    assert before
    TopicMembership.objects.filter(case=case).delete()
    begin_redacting()
    while redact_some(at=AT):
        pass
    assert set(TopicMembership.objects.filter(case=case).values_list("version", flat=True)) == before


@pytest.mark.parametrize(
    ("said", "masked", "has_person"),
    [("找阿宝退款，电话13812345678", "找阿*退款,电话13812345678", True), ("找阿宝退款", "找阿*退款", False)],
)
def test_a_name_that_was_masked_stays_masked(said: str, masked: str, has_person: bool) -> None:
    text = again(said, masked, has_person=has_person)
    assert "阿宝" not in text and "13812345678" not in text
    assert "阿*" in text

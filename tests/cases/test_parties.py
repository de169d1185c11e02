"""People are erased wholly: key, number, words and notes; what is done to their cases later still goes."""

from __future__ import annotations

import pytest

from suqing.cases import queries
from suqing.cases.actions import complaints, dispatching, mediation, parties, reports
from suqing.cases.models import Case, Party
from suqing.cases.vocabulary import Kind
from suqing.ledger.models import Event
from suqing.telephony.actions import open_typed_call
from suqing.telephony.models import Call
from suqing.telephony.queries import number_of
from tests.cases.examples import WANG, matter, registered
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db


def erased(centre: Cast, *, reason: str = "本人申请") -> Case:
    """A complaint and an anonymous report of one call, the complaint dispatched, then its person erased."""
    call = open_typed_call(number=WANG.phone, by=centre.call_taker, at=AT)
    report = matter(Kind.REPORT, narrative="隔壁店没有执照", is_real_name=False)
    contact = registered(centre.call_taker, matter(narrative="口罩太贵"), report, call=call.pk)
    case = contact.cases.get(kind=Kind.COMPLAINT)
    note = f"联系王小明先生，电话{WANG.phone}"
    for one in contact.cases.order_by("pk"):
        dispatching.dispatch(case=one, to_unit=centre.gusu, by=centre.dispatcher, at=AT, note=note)
    assert case.party is not None
    parties.erase(party=case.party, reason=reason, by=centre.supervisor, at=AT)
    return Case.objects.get(pk=case.pk)


def test_erasing_takes_the_number_out_of_the_calls(centre: Cast) -> None:
    case = erased(centre)
    call = Call.objects.get(submissions=case.submission)
    assert (call.number_hash, call.number_masked, number_of(call)) == ("", "", "")


def test_erasing_takes_the_person_out_of_notes(centre: Cast) -> None:
    case = erased(centre)
    assert [WANG.phone in sent.note for sent in case.dispatches.all()] == [False]
    assert case.dispatches.get().note


def test_results_written_before_are_redacted(centre: Cast) -> None:
    case = registered(centre.call_taker, matter(Kind.CONSULTATION, answer=f"已回电{WANG.phone}")).cases.get()
    party = Party.objects.get(pk=case.party_id)
    parties.erase(party=party, reason="本人申请", by=centre.supervisor, at=AT)
    case.refresh_from_db()
    assert case.result_note.startswith("已回电")
    assert WANG.phone not in case.result_note


def test_no_event_in_plain_holds_a_number_not_even_a_masked_one(centre: Cast) -> None:
    erased(centre, reason=f"本人申请，电话{WANG.phone}")
    told = " ".join(str(event.data) for event in Event.objects.all())
    assert WANG.phone not in told
    assert WANG.phone[-4:] not in told
    assert WANG.name not in told


def test_the_cases_of_an_erased_person_can_be_handled_on(centre: Cast) -> None:
    case = erased(centre)
    report = Case.objects.get(submission=case.submission, kind=Kind.REPORT)
    complaints.accept(case=case, note="当场受理", by=centre.handler, at=AT)
    ended = mediation.terminate(case=case, ground="settled", note="双方自行和解", by=centre.handler, at=AT)
    reports.check(case=report, note="到场核查", by=centre.handler, at=AT)
    assert ended.has_ended
    texts = [entry.text for entry in queries.timeline(case, with_texts=True)]
    assert "双方自行和解" in texts
    assert "到场核查" in [entry.text for entry in queries.timeline(report, with_texts=True)]

"""Steps are taken by those to whom they are offered, whatever somebody else sends; and nobody else sees their forms."""

from __future__ import annotations

import pytest

from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind
from suqing.ledger.models import Event
from suqing.web.desks.steps.registry import STEPS, offers
from tests.cases.endings import refused, unfiled
from tests.cases.handled import filed, mediated
from tests.cast import Cast
from tests.web.seats import seat
from tests.web.test_case_desk import HTMX, centre, dispatched

__all__ = ["centre"]
pytestmark = pytest.mark.django_db

# Something sensible for every field there is, so that only the right is missing.
TYPED = {
    **dict.fromkeys(
        ("note", "text", "reason", "answer", "subject", "body", "mediators", "to", "title"), "写明"
    ),
    "name": "李四",
    "phone": "13900001111",
    "matters": "调解",
    "authority": "general",
    "act": "settlement",
    "grade": "satisfied",
    "ground": "too_late",
    "outcome": "mediated",
    "event": "on_site_record",
    **dict.fromkeys(
        ("due_on", "given_on", "first_on", "last_on", "on", "deadline_on", "consented_on"), "2020-01-28"
    ),
    "is_granted": "yes",
    "decision": "granted",
    "consent": "yes",
    "trigger": "other",
    "to_authority": "海关",
}
PEOPLE = ("call_taker", "dispatcher", "handler", "supervisor", "other_handler", "inspector")


def cases(centre: Cast) -> list[Case]:
    day = "2020-01-27"
    return [
        dispatched(centre), dispatched(centre, Kind.REPORT), mediated(centre, day), filed(centre, day),
        refused(centre), unfiled(centre),
    ]  # fmt: skip


@pytest.mark.parametrize("name", PEOPLE)
def test_what_is_not_offered_changes_nothing_and_shows_no_form(centre: Cast, name: str) -> None:
    person, client = getattr(centre, name), seat(getattr(centre, name))
    units = {"unit": centre.wuzhong.pk, "to_unit": centre.wuzhong.pk, "lead": centre.wuzhong.pk}
    for case in cases(centre):
        mine = {offer.desk.code for offer in offers(person, case)} if name != "stranger" else set()
        before = Event.objects.count(), Case.objects.values().get(pk=case.pk)
        for code in set(STEPS) - mine:
            data = TYPED | units | {"revision": case.revision}
            answer = client.post(f"/cases/{case.number}/steps/{code}/", data, headers=HTMX)
            assert answer.status_code in (403, 404, 409, 422), (case.kind, case.state, code)
        assert (Event.objects.count(), Case.objects.values().get(pk=case.pk)) == before, (
            case.kind,
            case.state,
        )


@pytest.mark.parametrize("code", ["dispatch", "uphold", "reject", "remind"])
def test_a_form_that_is_not_ones_own_is_not_shown_by_sending_it_empty(centre: Cast, code: str) -> None:
    case = dispatched(centre)
    answer = seat(centre.handler).post(f"/cases/{case.number}/steps/{code}/", {}, headers=HTMX)
    assert answer.status_code in (403, 409, 422)
    assert centre.wuzhong.name not in answer.content.decode()

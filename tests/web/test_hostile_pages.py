"""What no browser of ours sends to the pages of the whole law: days beyond all days, numbers beyond all numbers,
characters no text can hold, texts without an end.  Whatever is typed, it is refused in words and never a fault."""

from __future__ import annotations

import pytest

from suqing.cases.models import Case, Dispatch, DispatchRule, SupervisionOrder
from suqing.cases.vocabulary import Kind
from suqing.web.desks.steps.registry import STEPS
from tests.cases.endings import refused
from tests.cases.handled import mediated
from tests.cast import Cast
from tests.web.seats import seat
from tests.web.test_case_desk import HTMX, centre, dispatched

__all__ = ["centre"]
pytestmark = pytest.mark.django_db

DAYS = ("9999-12-31", "0001-01-01", "２０２０-01-28", "abc", "9" * 5000)
TEXTS = ("\0\x0b<script>&", "％(limit)s %(x)s %", "字" * 9_000, "²")
BEYOND = "9" * 30
FIELDS = (
    *("note", "text", "title", "reason", "answer", "reply", "subject", "body", "mediator", "mediators", "to", "place"),
    *("name", "phone", "address", "id_number", "matters", "wanted", "authority", "bureau", "to_authority", "grade"),
    *("cause", "filing_number", "compensation_way", "ground", "side", "act", "event", "kind", "mode", "way", "outcome"),
)  # fmt: skip
DAY_FIELDS = (
    *(
        "due_on",
        "first_on",
        "last_on",
        "on",
        "given_on",
        "deadline_on",
        "report_back_on",
        "redo_until",
        "filed_on",
    ),
    *(
        "begins_at",
        "told_at",
        "recusal_until",
        "valid_until",
        "consented_on",
        "first_consented_on",
        "chosen_on",
    ),
)
NUMBERS = (
    "amount",
    "recovered_amount",
    "penalty_amount",
    "to_unit",
    "unit",
    "lead",
    "handler",
    "complainant",
)


def typed(text: str, day: str, number: str) -> dict[str, str]:
    return dict.fromkeys(FIELDS, text) | dict.fromkeys(DAY_FIELDS, day) | dict.fromkeys(NUMBERS, number)


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.REPORT])
def test_no_step_falls_over_what_is_typed(centre: Cast, kind: Kind, text: str) -> None:
    case = dispatched(centre, kind)
    client = seat(centre.handler)
    for code in STEPS:
        for day, number in ((DAYS[0], BEYOND), (DAYS[1], "NaN")):
            address = f"/cases/{case.number}/steps/{code}/"
            answer = client.post(address, typed(text, day, number), headers=HTMX)
            assert answer.status_code < 500, (code, day)


@pytest.mark.parametrize("day", DAYS)
def test_no_step_of_a_mediation_falls_over_a_day_beyond_all_days(centre: Cast, day: str) -> None:
    case = mediated(centre, "2020-01-27")
    client = seat(centre.handler)
    chosen = {"mode": "on_site", "kind": "testing", "mediators": "陈调解", "place": "会议室", "note": "写明"}
    for code in STEPS:
        for given in (chosen, {}):
            data = typed("字", day, "1") | given
            answer = client.post(f"/cases/{case.number}/steps/{code}/", data, headers=HTMX)
            assert answer.status_code < 500, code


@pytest.mark.parametrize("text", [*TEXTS, *DAYS, BEYOND], ids=lambda text: ascii(text)[:30])
def test_no_page_falls_over_what_stands_in_its_address(centre: Cast, text: str) -> None:
    dispatched(centre)
    names = (
        "view",
        "q",
        "case",
        "kind",
        "version",
        "status",
        "unit",
        "run",
        "after",
        "before",
        "words",
        "topic",
    )
    asked = dict.fromkeys((*names, "from", "to", "place", "issue"), text[:300])
    pages = (
        "supervision",
        "supervision/new",
        "visits",
        "inbox",
        "duty",
        "dispatch-catalogue",
        "entry-standards",
    )
    for person in (centre.supervisor, centre.head):
        client = seat(person)
        for page in (*pages, "clock-changes"):
            assert client.get(f"/{page}/", asked).status_code < 500, page
            assert client.get(f"/{page}/", asked | {"view": "all"}).status_code < 500, page


@pytest.mark.parametrize("pk", ["0", "99999999999", BEYOND, "9" * 400])
def test_a_key_beyond_all_keys_is_not_found(centre: Cast, pk: str) -> None:
    case = dispatched(centre)
    client, handler = seat(centre.supervisor), seat(centre.handler)
    for page in (
        f"inbox/{pk}",
        f"inbox/{pk}/read",
        f"duty/{pk}/end",
        f"dispatch-catalogue/{pk}",
        f"dispatch-catalogue/{pk}/change",
        f"dispatch-catalogue/{pk}/end",
        f"cases/{case.number}/clocks/{pk}",
        f"cases/{case.number}/people/{pk}",
        f"cases/{case.number}/documents/{pk}/file",
        f"cases/{case.number}/documents/{pk}/void",
    ):
        for one in (client.get, client.post):
            assert one(f"/{page}/").status_code in (403, 404, 405), page
        assert handler.get(f"/{page}/").status_code in (403, 404, 405), page


@pytest.mark.parametrize("address", ["supervision/%00/", "supervision/%00/close/", "visits/%00/number/"])
def test_an_address_that_no_text_can_hold_is_not_found(centre: Cast, address: str) -> None:
    client = seat(centre.supervisor)
    assert client.get(f"/{address}").status_code in (404, 405)
    assert client.post(f"/{address}").status_code == 404


@pytest.mark.parametrize(
    "query", ["view=all&q=%00", "view=all&topic=%00", "view=all&from=9999-12-31&to=9999-12-31"]
)
def test_an_order_over_a_strange_filter_is_kept_and_can_be_read(centre: Cast, query: str) -> None:
    client = seat(centre.supervisor)
    data = {
        "title": "督办",
        "text": "按期办结",
        "trigger": "other",
        "due_on": "9999-12-31",
        "lead": centre.gusu.pk,
    }
    answer = client.post(f"/supervision/new/?{query}", data)
    assert answer.status_code in (302, 422)
    for order in SupervisionOrder.objects.all():
        assert client.get(f"/supervision/{order.number}/").status_code == 200


def test_a_duty_on_the_last_of_all_days_is_refused(centre: Cast) -> None:
    who = centre.handler.appointments.get().pk
    for day in DAYS:
        data = {"who": who, "day": day, "since": "20:00", "until": "08:00"}
        # Full-width figures are figures: a day that somebody typed with them is a day.
        expected = 302 if day == "２０２０-01-28" else 422
        assert seat(centre.supervisor).post("/duty/", data).status_code == expected, day


@pytest.mark.parametrize("day", DAYS)
def test_a_standard_or_a_row_of_the_catalogue_on_a_strange_day_is_no_fault(centre: Cast, day: str) -> None:
    client = seat(centre.supervisor)
    row = {"unit": centre.gusu.pk, "rank": BEYOND, "valid_from": day, "article": "O121:" + "9" * 5000}
    assert client.post("/dispatch-catalogue/new/", row).status_code == 422
    row |= {"rank": "5", "article": ""}
    assert client.post("/dispatch-catalogue/new/", row).status_code in (302, 422)
    for made in DispatchRule.objects.all():
        for page in ("", "change/", "end/"):
            assert client.get(f"/dispatch-catalogue/{made.pk}/{page}").status_code == 200
        assert client.post(f"/dispatch-catalogue/{made.pk}/end/", {"until": day}).status_code in (
            302,
            422,
            409,
        )
    standard = {"effective_on": day, "notice": "\x0b"}
    assert client.post("/entry-standards/complaint/new/", standard).status_code in (302, 422)
    assert client.get("/entry-standards/").status_code == 200


def test_a_document_holds_no_character_that_its_file_could_not(centre: Cast) -> None:
    case = refused(centre)
    client = seat(centre.handler)
    address = f"/cases/{case.number}/documents/refusal/"
    known = client.get(address).context["form"].initial
    for text in TEXTS:
        strange = {name: text for name in known if name != "revision"} | {"revision": case.revision}
        for do in ("look", "issue"):
            assert client.post(address, strange | {"do": do}).status_code < 500
    assert Case.objects.get(pk=case.pk).documents.count() <= 1
    assert Dispatch.objects.filter(case=case).count() == 1

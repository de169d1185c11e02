"""The inbox and the page of duty, and reminders on the case page, as people meet them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.accounts.actions import set_duty
from suqing.accounts.models import Duty, Person
from suqing.cases.actions import dispatching
from suqing.cases.actions.escalation import climb
from suqing.cases.actions.supervision import answer_reminder, remind
from suqing.cases.models import Case, Reminder
from suqing.cases.vocabulary import Kind
from suqing.inbox import codes
from suqing.inbox.actions import tell
from suqing.inbox.models import Message
from suqing.ledger.actions import set_centre_clock
from tests.cases.examples import one_case
from tests.cast import AT, SHANGHAI, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
WORKDAY = datetime(2020, 2, 4, 10, 0, tzinfo=SHANGHAI)
HTMX = {"hx-request": "true"}
SAID = codes.declare("tests.said", "Case %(number)s until %(day)s: %(what)s")


@pytest.fixture
def centre(centre: Cast) -> Cast:
    """A centre at work on a Tuesday after the long holiday."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_clock(WORKDAY)
    return centre


def set_clock(at: datetime) -> None:
    # The clock runs while the page is made; it is set a little late, so that what happened "now" has arrived.
    set_centre_clock(mode="rehearsal", centre=at + timedelta(seconds=1), speed=1.0, by=SYSTEM)


def told(person: Person, number: str = "TS1", *, link: bool = True, **changes: object) -> Message:
    values = {"number": number, "day": codes.day(WORKDAY.date()), "what": codes.msgid("Overdue")}
    where = ("case", [number]) if link else None
    given = {"values": values, "subject": ("case", 7), "link": where, "at": WORKDAY, "by": SYSTEM}
    return tell([person], SAID, **{**given, **changes})[0]  # type: ignore[arg-type]


def dispatched(centre: Cast, at: datetime = WORKDAY) -> Case:
    case = one_case(centre.call_taker, Kind.COMPLAINT, at=at)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=at)
    return dispatching.assign(case=case, unit=centre.gusu, handler=centre.handler, by=centre.handler, at=at)


def page(person: Person, address: str = "/inbox/", **options: object) -> str:
    answer = seat(person).get(address, **options)
    assert answer.status_code == 200
    return answer.content.decode()


# The list


def test_an_empty_inbox_says_what_comes_there(centre: Cast) -> None:
    assert "全部已读" in page(centre.handler)
    assert "值班时间" in page(centre.handler, "/inbox/?view=all")


def test_a_message_is_said_in_the_language_of_its_reader(centre: Cast) -> None:
    told(centre.handler)
    assert "Case TS1 until 2月4日 周二: 已超期" in page(centre.handler)
    client = seat(centre.handler)
    client.cookies["django_language"] = "en"
    assert "Case TS1 until Tue 4 Feb: Overdue" in client.get("/inbox/").content.decode()


def test_a_message_of_an_unknown_kind_does_not_break_the_page(centre: Cast) -> None:
    message = told(centre.handler)
    Message.objects.filter(pk=message.pk).update(code="later.version", link_name="no-such-page")
    assert "later.version" in page(centre.handler)


def test_the_unread_come_first_and_reading_takes_them_off(centre: Cast) -> None:
    first, second = told(centre.handler, "TS1"), told(centre.handler, "TS2")
    client = seat(centre.handler)
    answer = client.post(f"/inbox/{first.pk}/read/", {"view": "unread"})
    assert answer.headers["Location"] == "/inbox/?view=unread"
    text = page(centre.handler)
    assert "TS2" in text
    assert "TS1" not in text
    assert "TS1" in page(centre.handler, "/inbox/?view=all")
    second.refresh_from_db()
    assert second.read_at is None


def test_opening_a_message_marks_it_read_and_leads_to_its_case(centre: Cast) -> None:
    message = told(centre.handler)
    answer = seat(centre.handler).get(f"/inbox/{message.pk}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/cases/TS1/")
    message.refresh_from_db()
    assert message.read_at is not None
    aimless = told(centre.handler, link=False)
    assert seat(centre.handler).get(f"/inbox/{aimless.pk}/").headers["Location"] == "/inbox/"


def test_marking_all_as_read_spares_what_came_after_the_page(centre: Cast) -> None:
    told(centre.handler, "TS1")
    set_clock(WORKDAY + timedelta(minutes=2))
    told(centre.handler, "TS2", at=WORKDAY + timedelta(minutes=1))
    seat(centre.handler).post("/inbox/read/", {"upto": WORKDAY.isoformat(), "view": "unread"})
    assert list(Message.objects.filter(read_at=None).values_list("values__number", flat=True)) == ["TS2"]
    seat(centre.handler).post("/inbox/read/", {"upto": "nonsense"})
    assert not Message.objects.filter(read_at=None).exists()


@pytest.mark.parametrize("how", ["get", "post"])
def test_nobody_opens_or_marks_the_message_of_another(centre: Cast, how: str) -> None:
    message = told(centre.handler)
    client = seat(centre.other_handler)
    answer = (
        client.get(f"/inbox/{message.pk}/") if how == "get" else client.post(f"/inbox/{message.pk}/read/")
    )
    assert answer.status_code == 404
    message.refresh_from_db()
    assert message.read_at is None


def test_what_waits_for_duty_hours_is_not_there_yet(centre: Cast) -> None:
    set_clock(AT)
    message = told(centre.handler, at=AT)
    assert "TS1" not in page(centre.handler, "/inbox/?view=all")
    assert seat(centre.handler).get(f"/inbox/{message.pk}/").status_code == 404
    set_clock(datetime(2020, 2, 3, 9, 0, tzinfo=SHANGHAI))
    assert "TS1" in page(centre.handler)


def test_the_rail_counts_the_unread_on_every_page(centre: Cast) -> None:
    def badge() -> str:
        rail = page(centre.handler, "/").split('href="/inbox/"')[1].split("</a>")[0]
        return rail.split("sq-count")[1] if "sq-count" in rail else ""

    assert badge() == ""
    told(centre.handler)
    told(centre.other_handler)
    assert ">1<" in badge()


def test_a_long_inbox_has_pages_and_as_many_queries_as_a_short_one(centre: Cast) -> None:
    told(centre.handler, "TS0")
    with CaptureQueriesContext(connection) as few:
        page(centre.handler)
    for number in range(1, 60):
        told(centre.handler, f"TS{number}", at=WORKDAY - timedelta(minutes=number % 50))
    client = seat(centre.handler)
    with CaptureQueriesContext(connection) as many:
        first = client.get("/inbox/").content.decode()
    assert len(many) <= len(few)
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = page(centre.handler, older)
    seen = [{f"TS{n}" for n in range(60) if f"Case TS{n} " in text} for text in (first, second)]
    assert seen[0] | seen[1] == {f"TS{n}" for n in range(60)}
    assert not seen[0] & seen[1]


@pytest.mark.parametrize("query", ["view=%00", "after=x", "before=" + "A" * 500, "view=all&after=%F0"])
def test_broken_addresses_of_the_inbox_give_the_first_page(centre: Cast, query: str) -> None:
    told(centre.handler)
    assert "TS1" in page(centre.handler, f"/inbox/?{query}")


# Duty


def entry(centre: Cast, person: Person, **changes: object) -> dict[str, object]:
    appointment = person.appointments.get()
    given = {"who": appointment.pk, "day": "2020-02-08", "since": "20:00", "until": "08:00"}
    return {**given, **changes}


def test_the_supervisor_enters_a_night_duty_and_takes_it_back(centre: Cast) -> None:
    client = seat(centre.supervisor)
    assert client.post("/duty/", entry(centre, centre.handler)).status_code == 302
    duty = Duty.objects.get()
    assert (duty.person, duty.unit) == (centre.handler, centre.gusu)
    assert duty.since == datetime(2020, 2, 8, 20, 0, tzinfo=SHANGHAI)
    assert duty.until == datetime(2020, 2, 9, 8, 0, tzinfo=SHANGHAI)
    text = page(centre.supervisor, "/duty/")
    assert "顾办理" in text
    assert client.post(f"/duty/{duty.pk}/end/").status_code == 302
    duty.refresh_from_db()
    assert duty.until == duty.since
    assert client.post(f"/duty/{duty.pk}/end/").status_code == 302


@pytest.mark.parametrize(
    ("changes", "beside"),
    [
        ({"who": ""}, "id_who"),
        ({"who": "999999"}, "id_who"),
        ({"day": "31 Feb"}, "id_day"),
        ({"day": "2020-02-01"}, "id_day"),
        ({"since": "25:00"}, "id_since"),
    ],
)
def test_a_duty_that_makes_no_sense_is_refused_beside_its_field(
    centre: Cast, changes: dict[str, object], beside: str
) -> None:
    answer = seat(centre.supervisor).post("/duty/", entry(centre, centre.handler, **changes))
    assert answer.status_code == 422
    assert f'href="#{beside}"' in answer.content.decode()
    assert not Duty.objects.exists()


def test_the_same_duty_twice_is_said_not_done(centre: Cast) -> None:
    client = seat(centre.supervisor)
    client.post("/duty/", entry(centre, centre.handler))
    answer = client.post("/duty/", entry(centre, centre.handler))
    assert answer.status_code == 422
    assert "已在" in answer.content.decode()
    assert Duty.objects.count() == 1


def test_a_head_enters_only_the_people_of_the_own_units(centre: Cast) -> None:
    text = page(centre.head, "/duty/")
    assert "顾办理" in text
    assert "吴办理" not in text
    answer = seat(centre.head).post("/duty/", entry(centre, centre.other_handler))
    assert answer.status_code == 422
    foreign = set_duty(
        person=centre.other_handler,
        unit=centre.wuzhong,
        since=WORKDAY,
        until=WORKDAY + timedelta(hours=9),
        by=centre.supervisor,
        at=WORKDAY,
    )
    assert seat(centre.head).post(f"/duty/{foreign.pk}/end/").status_code == 404


# Reminders on the case page


def step(person: Person, case: Case, code: str, **typed: object):  # type: ignore[no-untyped-def]
    data = {"revision": case.revision, **typed}
    return seat(person).post(f"/cases/{case.number}/steps/{code}/", data, headers=HTMX)


def test_the_supervisor_reminds_and_the_handler_answers_from_the_case_page(centre: Cast) -> None:
    case = dispatched(centre)
    assert step(centre.supervisor, case, "remind", note="消费者再次来电").status_code == 200
    set_clock(WORKDAY + timedelta(hours=1))
    text = page(centre.handler, f"/cases/{case.number}/")
    assert "消费者再次来电" in text
    assert "尚未答复" in text
    assert f"{case.number}" in page(centre.handler)
    assert step(centre.handler, case, "answer-reminder", answer="").status_code == 422
    assert step(centre.handler, case, "answer-reminder", answer="已约双方到场").status_code == 200
    text = page(centre.supervisor, f"/cases/{case.number}/")
    assert "已约双方到场" in text
    assert "顾办理答复了催办" in text
    assert "第1次" in text or "第 1 次" in text
    assert Reminder.objects.get().answered_by == centre.handler


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("supervisor", {"remind"}),
        ("dispatcher", {"remind"}),
        ("handler", {"answer-reminder"}),
        ("head", {"answer-reminder"}),
        ("superior", {"answer-reminder"}),
        ("call_taker", set()),
        ("analyst", set()),
        ("inspector", set()),
    ],
)
def test_each_person_is_offered_the_own_side_of_a_reminder(
    centre: Cast, name: str, offered: set[str]
) -> None:
    case = dispatched(centre)
    remind(case=case, by=centre.supervisor, at=WORKDAY)
    text = page(getattr(centre, name), f"/cases/{case.number}/")
    found = {code for code in ("remind", "answer-reminder") if f"/steps/{code}/" in text}
    assert found == offered


@pytest.mark.parametrize("name", ["handler", "head", "call_taker", "other_handler"])
def test_who_may_not_remind_is_refused(centre: Cast, name: str) -> None:
    case = dispatched(centre)
    assert step(getattr(centre, name), case, "remind").status_code in (403, 404, 409)
    assert not Reminder.objects.exists()


def test_a_case_with_the_centre_offers_no_reminder(centre: Cast) -> None:
    case = one_case(centre.call_taker, at=WORKDAY)
    assert "/steps/remind/" not in page(centre.supervisor, f"/cases/{case.number}/")
    assert step(centre.supervisor, case, "remind").status_code in (409, 422)
    assert not Reminder.objects.exists()


def test_a_second_reminder_too_soon_is_said_beside_the_form(centre: Cast) -> None:
    case = dispatched(centre)
    remind(case=case, by=centre.supervisor, at=WORKDAY)
    answer = step(centre.dispatcher, case, "remind", note="再催")
    assert answer.status_code == 422
    assert "2小时" in answer.content.decode().replace(" ", "")
    assert "再催" in answer.content.decode()


def test_the_ladder_shows_on_the_case_and_in_its_story(centre: Cast) -> None:
    case = dispatched(centre)
    remind(case=case, by=centre.supervisor, at=WORKDAY)
    later = datetime(2020, 2, 5, 9, 30, tzinfo=SHANGHAI)
    assert climb(at=later) == 1
    set_clock(later)
    text = page(centre.supervisor, f"/cases/{case.number}/")
    assert "顾局长" in text
    assert "催办未获答复" in text
    assert case.number in page(centre.head)


def test_the_list_of_the_reminded_and_unanswered(centre: Cast) -> None:
    case, other = dispatched(centre), dispatched(centre)
    reminder = remind(case=case, by=centre.supervisor, at=WORKDAY)
    text = page(centre.supervisor, "/cases/?view=reminded")
    assert case.number in text
    assert other.number not in text
    answer_reminder(reminder=reminder, answer="在办", by=centre.handler, at=WORKDAY)
    assert case.number not in page(centre.supervisor, "/cases/?view=reminded")


def test_notes_of_reminders_are_redacted_for_who_may_not_see_persons(centre: Cast) -> None:
    case = dispatched(centre)
    remind(case=case, by=centre.supervisor, at=WORKDAY, note="王小明13800001234又来电")
    assert "13800001234" not in page(centre.analyst, f"/cases/{case.number}/")
    assert "13800001234" in page(centre.handler, f"/cases/{case.number}/")

"""The stored calendar: loading, importing, editing, and what each change records."""

from __future__ import annotations

import json
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from suqing.accounts.queries import NotPermitted
from suqing.lawclock import actions, queries
from suqing.lawclock.arithmetic import due
from suqing.lawclock.calendars import CalendarMissing, shipped_calendar
from suqing.lawclock.limits import limit
from suqing.lawclock.models import CalendarDay, CalendarState, CalendarYear
from suqing.lawclock.policies import LocalLimit, Policy, Rolling, Unit
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from suqing.ledger.policy import BadSetting
from tests.cast import AT, Cast

SYSTEM = "system:tests"
NEW_YEAR_2027 = {
    "year": 2027,
    "papers": ["https://www.gov.cn/example-2027"],
    "days": [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "元旦", "date": "2026-12-26", "isOffDay": False},
    ],
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_loaded(db: None) -> None:
    """These tests begin before the calendars that every test database holds were loaded."""
    for model in (CalendarDay, CalendarYear, CalendarState):
        model.objects.all().delete()


@pytest.fixture
def loaded() -> None:
    actions.load_calendars(by=SYSTEM, at=AT)


def changes() -> list[Event]:
    return list(Event.objects.filter(verb="calendar.changed").order_by("id"))


def test_an_empty_calendar_is_loud() -> None:
    with pytest.raises(CalendarMissing, match="2020"):
        due(limit("D1", "O20"), date(2020, 1, 20), queries.calendar())


def test_loading_stores_every_shipped_day_and_records_it() -> None:
    assert actions.load_calendars(by=SYSTEM, at=AT) == list(range(2007, 2027))
    stored, shipped = queries.calendar(), shipped_calendar()
    assert stored.years == shipped.years
    day, last = date(2007, 1, 1), date(2026, 12, 31)
    while day <= last:
        assert stored.describe(day) == shipped.describe(day)
        day = date.fromordinal(day.toordinal() + 1)
    assert [event.data["years"] for event in changes()] == [list(range(2007, 2027))]
    assert queries.years_loaded() == list(range(2007, 2027))


@pytest.mark.usefixtures("loaded")
def test_loading_again_changes_nothing() -> None:
    version = queries.calendar().version
    assert actions.load_calendars(by=SYSTEM, at=AT) == []
    assert queries.calendar().version == version
    assert len(changes()) == 1


@pytest.mark.usefixtures("loaded")
def test_the_calendar_costs_one_query_until_it_changes() -> None:
    first = queries.calendar()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert queries.calendar() is first
    assert len(seen) == 1


@pytest.mark.usefixtures("loaded")
def test_a_local_edit_changes_the_result_and_can_be_taken_back(cast: Cast) -> None:
    acceptance, start, day = limit("D1", "O20"), date(2020, 2, 3), date(2020, 2, 7)
    before = queries.calendar().version
    edit = actions.change_day(
        by=cast.administrator, at=AT, day=day, is_off=True, name="停工", notice="市政府通告"
    )
    assert str(edit) == "2020-02-07 off"
    assert queries.calendar().version == before + 1
    assert due(acceptance, start, queries.calendar()).due_on == date(2020, 2, 13)
    assert queries.calendar().describe(day).is_local
    actions.restore_day(by=cast.administrator, at=AT, day=day)
    assert due(acceptance, start, queries.calendar()).due_on == date(2020, 2, 12)
    edited, restored = changes()[1:]
    assert (edited.subject_type, edited.subject_id) == ("calendar_year", "2020")
    assert edited.data["before"] is None
    assert edited.data["after"] == {"is_off": True, "name": "停工", "notice": "市政府通告"}
    assert (restored.data["before"], restored.data["after"]) == (edited.data["after"], None)


@pytest.mark.usefixtures("loaded")
def test_a_local_edit_stands_above_the_notice_and_survives_loading() -> None:
    day = date(2020, 2, 2)
    actions.change_day(by=SYSTEM, at=AT, day=day, is_off=False, name="值班", notice="局办通知")
    CalendarYear.objects.filter(pk=2020).update(papers=[])
    assert actions.load_calendars(by=SYSTEM, at=AT) == [2020]
    assert queries.calendar().is_working_day(day)


@pytest.mark.usefixtures("loaded")
def test_a_change_that_rolls_back_leaves_the_old_calendar() -> None:
    day = date(2020, 2, 7)
    for name in ("甲", "乙"):
        with pytest.raises(RuntimeError, match=name), transaction.atomic():
            actions.change_day(by=SYSTEM, at=AT, day=day, is_off=True, name=name, notice="x")
            assert queries.calendar().describe(day).name == name
            raise RuntimeError(name)
        assert queries.calendar().is_working_day(day)


@pytest.mark.usefixtures("loaded")
def test_edits_without_ground_or_effect_are_refused() -> None:
    day = date(2020, 2, 7)
    with pytest.raises(actions.NoticeMissing):
        actions.change_day(by=SYSTEM, at=AT, day=day, is_off=True, name="停工", notice=" ")
    with pytest.raises(actions.NothingToChange):
        actions.restore_day(by=SYSTEM, at=AT, day=day)
    with pytest.raises(CalendarMissing, match="2027"):
        actions.change_day(by=SYSTEM, at=AT, day=date(2027, 2, 7), is_off=True, name="", notice="x")
    actions.change_day(by=SYSTEM, at=AT, day=day, is_off=True, name="停工", notice="通告")
    with pytest.raises(actions.NothingToChange):
        actions.change_day(by=SYSTEM, at=AT, day=day, is_off=True, name="停工", notice="通告")
    assert len(changes()) == 2


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("who", ["call_taker", "handler", "supervisor", "inspector", "stranger"])
def test_only_who_manages_policy_may_change_the_calendar(cast: Cast, who: str) -> None:
    person = getattr(cast, who)
    with pytest.raises(NotPermitted):
        actions.change_day(by=person, at=AT, day=date(2020, 2, 7), is_off=True, name="", notice="x")
    with pytest.raises(NotPermitted):
        actions.import_year(by=person, at=AT, data=NEW_YEAR_2027)
    with pytest.raises(NotPermitted):
        actions.assume_year(by=person, at=AT, year=2027)
    assert not CalendarDay.objects.local().exists()


@pytest.mark.usefixtures("loaded")
def test_an_imported_year_ends_the_missing_year_and_is_not_overwritten() -> None:
    acceptance, start = limit("D1", "O121"), date(2026, 12, 24)
    with pytest.raises(CalendarMissing):
        due(acceptance, start, queries.calendar())
    actions.import_year(by=SYSTEM, at=AT, data=NEW_YEAR_2027)
    # The notice makes Saturday 26 December a working day: 25, 26, 28-31 December, then 4 January.
    assert due(acceptance, start, queries.calendar()).due_on == date(2027, 1, 4)
    with pytest.raises(actions.NothingToChange):
        actions.import_year(by=SYSTEM, at=AT, data=NEW_YEAR_2027)
    assert actions.load_calendars(by=SYSTEM, at=AT) == []


@pytest.mark.usefixtures("loaded")
def test_an_assumed_year_is_provisional_until_the_notice_is_imported() -> None:
    acceptance, start = limit("D1", "O121"), date(2026, 12, 24)
    actions.assume_year(by=SYSTEM, at=AT, year=2027)
    provisional = due(acceptance, start, queries.calendar())
    assert (provisional.due_on, provisional.assumed_years) == (date(2027, 1, 4), (2027,))
    with pytest.raises(actions.YearPublished):
        actions.assume_year(by=SYSTEM, at=AT, year=2026)
    assert queries.missing_year(date(2026, 11, 22)) == 2027
    actions.import_year(by=SYSTEM, at=AT, data=NEW_YEAR_2027)
    assert not due(acceptance, start, queries.calendar()).is_provisional
    assert queries.missing_year(date(2026, 11, 22)) is None
    assert queries.missing_year(date(2026, 9, 30)) is None


def test_the_policy_in_force_comes_from_the_settings() -> None:
    assert queries.policy() == Policy()
    change_setting("lawclock.rolling", "every_off_day", by=SYSTEM, at=AT)
    change_setting("lawclock.local_limits", {"D15": [2, "working_day"]}, by=SYSTEM, at=AT)
    expected = Policy(rolling=Rolling.EVERY_OFF_DAY, local_limits=(LocalLimit("D15", 2, Unit.WORKING_DAY),))
    assert queries.policy() == expected


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("lawclock.rolling", "sometimes"),
        ("lawclock.mediation_binding", "D3"),
        ("lawclock.local_limits", {"D99": [1, "working_day"]}),
        ("lawclock.local_limits", {"D1": [0, "working_day"]}),
        ("lawclock.local_limits", {"D1": 3}),
        ("lawclock.warning_hours", [0]),
        ("lawclock.warning_hours", ["soon"]),
    ],
)
def test_a_policy_that_cannot_be_read_is_not_stored(key: str, value: object) -> None:
    with pytest.raises(BadSetting):
        change_setting(key, value, by=SYSTEM, at=AT)


@pytest.mark.usefixtures("loaded")
def test_the_database_keeps_a_day_once_and_a_local_day_grounded() -> None:
    row = {"day": date(2020, 2, 7), "year_id": 2020, "is_off": True}
    with pytest.raises(IntegrityError, match="calendar_local_day_has_notice"), transaction.atomic():
        CalendarDay.objects.create(**row, is_local=True, notice="")
    CalendarDay.objects.create(**row, notice="x")
    with pytest.raises(IntegrityError, match="calendar_day_once"), transaction.atomic():
        CalendarDay.objects.create(**row, notice="y")
    with pytest.raises(IntegrityError, match="calendar_state_single_row"), transaction.atomic():
        CalendarState.objects.create(id=2, token="00000000-0000-0000-0000-000000000000", changed_at=AT)


@pytest.mark.parametrize("model", [CalendarDay, CalendarState, CalendarYear])
def test_every_field_is_classed_for_privacy(model: type[CalendarDay]) -> None:
    assert set(model.PRIVACY) == {field.name for field in model._meta.concrete_fields}


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("calendars", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_command_loads_imports_assumes_and_shows(tmp_path: Path) -> None:
    assert "2007-2026" in run("load")
    assert "Nothing to load" in run("load")
    file = tmp_path / "2027.json"
    file.write_text(json.dumps(NEW_YEAR_2027))
    assert "Loaded 2027" in run("import", file)
    assert "Monday to Friday" in run("assume", 2028)
    shown = run("show", 2020)
    assert "2020-01-19 working 春节" in shown
    assert "content_5472352" in shown


@pytest.mark.usefixtures("loaded")
def test_the_command_refuses_in_plain_words(tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_text("{}")
    for arguments, complaint in (
        (("import", file), "needs year, papers"),
        (("import", tmp_path / "none.json"), "Cannot read"),
        (("assume", 2020), "in the calendar already"),
        (("show", 2031), "not loaded"),
    ):
        with pytest.raises(CommandError, match=complaint):
            run(*arguments)


def test_the_moment_of_a_change_is_the_one_given() -> None:
    actions.load_calendars(by=SYSTEM, at=AT)
    assert isinstance(AT, datetime)
    assert changes()[0].at == AT
    assert CalendarYear.objects.get(pk=2020).loaded_at == AT

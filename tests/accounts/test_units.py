from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from suqing.accounts.actions import (
    UNITS_FILE,
    NotInForce,
    UnitInUse,
    add_unit,
    appoint,
    close_unit,
    end_appointment,
    load_units,
)
from suqing.accounts.models import Unit
from suqing.accounts.queries import NotPermitted, unit_tree
from suqing.ledger.models import Event
from tests.cast import AT, SYSTEM, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nobody_yet")]


@pytest.fixture
def units() -> dict[str, Unit]:
    load_units(by=SYSTEM, at=AT)
    return {unit.code: unit for unit in Unit.objects.all()}


def test_both_centres_and_their_district_bureaus_are_there(units: dict[str, Unit]) -> None:
    assert units["sz-12315"].name == "苏州市12315投诉举报中心"
    assert units["nj-12315"].name == "南京市12315消费者投诉举报中心"
    districts = Unit.objects.filter(kind="bureau", parent__isnull=False)
    assert districts.filter(parent=units["sz"]).count() == 10
    assert districts.filter(parent=units["nj"]).count() == 12
    assert units["sz-gusu"].division_code == "320508"


def test_divisions_and_the_institute_stand_under_the_city_bureau(units: dict[str, Unit]) -> None:
    codes = {
        unit.code for unit in Unit.objects.filter(parent=units["sz"], kind__in=["division", "institute"])
    }
    assert codes == {"sz-price", "sz-network-contract", "sz-medical-device", "sz-metrology"}


def test_every_station_is_marked_as_a_sample(units: dict[str, Unit]) -> None:
    stations = Unit.objects.filter(kind="station")
    assert stations.count() >= 20
    assert not stations.exclude(is_sample=True, source="sample").exists()
    assert not Unit.objects.exclude(kind="station").filter(is_sample=True).exists()
    assert units["sz-gusu-1"].is_local
    assert not units["sz-12315"].is_local


def test_under_a_unit_is_the_unit_itself_and_all_below(units: dict[str, Unit]) -> None:
    under = set(Unit.objects.under(units["sz-gusu"]).values_list("code", flat=True))
    assert under == {"sz-gusu", "sz-gusu-1", "sz-gusu-2", "sz-gusu-3"}
    assert Unit.objects.under(units["sz-gusu-1"]).count() == 1
    assert not Unit.objects.under(units["sz"]).filter(code__startswith="nj").exists()


def test_one_id_that_begins_with_another_is_not_below_it() -> None:
    top = Unit.objects.create(id=71, code="a", name="甲", kind="bureau", path="71/")
    Unit.objects.create(id=710, code="b", name="乙", kind="bureau", path="710/")
    assert [unit.code for unit in Unit.objects.under(top)] == ["a"]


def test_ancestors_come_topmost_first(units: dict[str, Unit]) -> None:
    assert [unit.code for unit in units["sz-gusu-1"].ancestors()] == ["sz", "sz-gusu"]
    assert list(units["sz"].ancestors()) == []


def test_the_tree_shows_parents_before_children(units: dict[str, Unit]) -> None:
    seen: set[int] = set()
    for unit in unit_tree():
        assert unit.parent_id is None or unit.parent_id in seen
        seen.add(unit.pk)
    assert len(seen) == len(units)


def test_loading_twice_changes_nothing_and_leaves_no_event(units: dict[str, Unit]) -> None:
    events = Event.objects.count()
    assert load_units(by=SYSTEM, at=AT) == 0
    assert Event.objects.count() == events
    assert Unit.objects.count() == len(units)


def test_a_moved_unit_takes_along_what_was_made_below_it_here(units: dict[str, Unit], tmp_path: Path) -> None:
    own = Unit.objects.create(code="own", name="自建所", kind="station", parent=units["sz-gusu-1"], path="?")
    content = json.loads(UNITS_FILE.read_text(encoding="utf-8"))
    for row in content["units"]:
        if row["code"] == "sz-gusu-1":
            row["parent"] = "sz-wuzhong"
    moved = tmp_path / "units.json"
    moved.write_text(json.dumps(content))
    assert load_units(by=SYSTEM, at=AT, file=moved) == 1
    assert [unit.code for unit in Unit.objects.get(pk=own.pk).ancestors()] == [
        "sz",
        "sz-wuzhong",
        "sz-gusu-1",
    ]


def test_a_file_whose_parents_are_missing_is_refused(tmp_path: Path) -> None:
    row = {"code": "x", "name": "某所", "kind": "station", "parent": "nobody"}
    file = tmp_path / "units.json"
    file.write_text(json.dumps({"units": [row]}))
    with pytest.raises(ValueError, match="whose parent the file lacks"):
        load_units(by=SYSTEM, at=AT, file=file)
    assert not Unit.objects.exists()


def test_only_who_manages_people_loads_units(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        load_units(by=cast.supervisor, at=AT)


def test_the_command_loads_the_units() -> None:
    out = StringIO()
    call_command("load_units", stdout=out)
    assert out.getvalue() == f"{Unit.objects.count()} units added or changed\n"
    assert Unit.objects.count() > 50


def test_an_own_unit_stands_where_it_was_put_and_is_marked(cast: Cast) -> None:
    unit = add_unit(code="own", name="平江所", kind="station", parent=cast.gusu, by=cast.administrator, at=AT)
    assert [above.code for above in unit.ancestors()] == ["sz", "sz-gusu"]
    assert unit.pinyin == "ping jiang suo"
    assert unit.is_local
    assert load_units(by=SYSTEM, at=AT) == 0
    assert Unit.objects.get(code="own").path == unit.path
    assert Event.objects.latest("pk").data["parent"] == "sz-gusu"


@pytest.mark.parametrize(("code", "kind"), [("sz-gusu", "station"), ("own", "kiosk"), ("", "station")])
def test_a_unit_with_a_taken_code_or_unknown_kind_is_refused(cast: Cast, code: str, kind: str) -> None:
    with pytest.raises(ValidationError):
        add_unit(code=code, name="平江所", kind=kind, parent=cast.gusu, by=SYSTEM, at=AT)


def test_a_unit_in_use_is_not_closed(cast: Cast) -> None:
    with pytest.raises(UnitInUse):
        close_unit(unit=cast.centre, by=cast.administrator, at=AT)
    with pytest.raises(UnitInUse):
        close_unit(unit=cast.bureau, by=cast.administrator, at=AT)
    assert not Unit.objects.filter(is_active=False).exists()


def test_nobody_is_appointed_to_a_closed_unit(cast: Cast) -> None:
    for station in Unit.objects.filter(parent=cast.gusu):
        close_unit(unit=station, by=cast.administrator, at=AT)
    for person in (cast.handler, cast.head):
        end_appointment(appointment=person.appointments.get(), by=cast.administrator, at=AT)
    close_unit(unit=cast.gusu, by=cast.administrator, at=AT)
    assert not Unit.objects.get(pk=cast.gusu.pk).is_active
    with pytest.raises(NotInForce):
        appoint(person=cast.stranger, unit=cast.gusu, role="handler", by=SYSTEM, at=AT)


def test_only_who_manages_people_adds_and_closes_units(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        add_unit(code="own", name="平江所", kind="station", parent=cast.gusu, by=cast.supervisor, at=AT)
    with pytest.raises(NotPermitted):
        close_unit(unit=cast.gusu, by=cast.supervisor, at=AT)

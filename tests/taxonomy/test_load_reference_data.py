"""Loading what ships."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.ledger.models import Event
from suqing.taxonomy.actions import LoadReport, TopicDraft, change_topic, load_reference_data
from suqing.taxonomy.models import ClassNode, ClassTree, Division, SensitiveVersion, Topic, TopicVersion
from suqing.taxonomy.sensitive_shipped import shipped
from suqing.taxonomy.text.topics import BadRule
from tests.cast import AT, SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_loaded(db: None) -> None:
    """These tests begin before the data that every test database holds was loaded."""
    for model in (TopicVersion, Topic, ClassNode, ClassTree, Division):
        model.objects.all()._raw_delete("default")


def test_one_event_tells_what_was_loaded(reference: LoadReport) -> None:
    event = Event.objects.get(verb="taxonomy.reference_loaded")
    assert event.data["divisions"] == reference.divisions == Division.objects.count()
    assert reference.class_nodes == ClassNode.objects.count()
    assert reference.topics == reference.topic_versions == Topic.objects.count()


@pytest.mark.usefixtures("reference")
def test_a_second_load_changes_nothing_and_says_nothing() -> None:
    again = load_reference_data(by=SYSTEM, at=AT + timedelta(days=1))
    assert not again.changed_anything
    assert Event.objects.filter(verb="taxonomy.reference_loaded").count() == 1


@pytest.mark.usefixtures("reference")
def test_a_load_takes_few_statements_however_many_rows() -> None:
    Division.objects.filter(level="street").delete()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert load_reference_data(by=SYSTEM, at=AT).divisions > 1000
    assert len(asked) < 120


@pytest.mark.usefixtures("reference")
def test_a_spoilt_row_is_mended() -> None:
    Division.objects.filter(code="320508").update(name="错")
    ClassNode.objects.filter(tree__code="object-sz-ch20", code="11001").update(name="错", parent=None)
    again = load_reference_data(by=SYSTEM, at=AT)
    assert (again.divisions, again.class_nodes) == (1, 1)
    assert Division.objects.get(code="320508").name == "姑苏区"
    assert ClassNode.objects.get(tree__code="object-sz-ch20", code="11001").parent.code == "110"


@pytest.mark.usefixtures("reference")
def test_suzhou_has_ten_units_and_the_industrial_park_keeps_both_codes() -> None:
    units = Division.objects.under("320500").at_level("district")
    assert units.count() == 10
    park = units.get(is_functional=True)
    assert (park.code, park.name) == ("320576", "苏州工业园区")
    assert "320571" in park.aliases
    assert Division.objects.get(code="3201L1").full_name == "江苏省南京市江北新区"


@pytest.mark.usefixtures("reference")
def test_divisions_know_where_they_lie() -> None:
    street = Division.objects.get(code="320508001") if Division.objects.filter(code="320508001") else None
    street = street or Division.objects.under("320508").at_level("street").first()
    assert (street.district_code, street.city_code, street.parent_id) == ("320508", "320500", "320508")
    assert Division.objects.get(code="320000").city_code == ""
    assert Division.objects.get(code="110101").full_name == "北京市东城区"


@pytest.mark.usefixtures("reference")
def test_what_no_verified_list_has_is_marked_local() -> None:
    objects = ClassNode.objects.filter(tree__code="object-sz-ch20")
    assert not objects.get(code="110").is_local
    assert objects.get(code="11001").is_local and objects.get(code="11001").source == "local"
    assert not objects.filter(source="local", is_local=False).exists()
    assert list(ClassTree.objects.filter(kind="issue", is_active=True).values_list("code", flat=True)) == [
        "issue-sd-2020"
    ]
    verified = ClassNode.objects.filter(tree__code="issue-sd-2020", is_local=False)
    assert verified.count() == 20
    assert objects.filter(is_local=False).count() == 27


@pytest.mark.usefixtures("reference")
def test_every_class_and_topic_has_an_english_name_for_the_switch() -> None:
    assert not ClassNode.objects.filter(name_en="").exists()
    assert not Topic.objects.filter(name_en="").exists()


@pytest.mark.usefixtures("reference")
def test_a_rule_written_at_the_centre_outlives_the_next_load() -> None:
    rule = {"any_of": [["口罩"], ["价格"]], "none_of": []}
    version = change_topic(TopicDraft("mask_price", "口罩价格", rule), by=SYSTEM, at=AT + timedelta(hours=1))
    assert version.number == 2
    assert not load_reference_data(by=SYSTEM, at=AT + timedelta(days=1)).changed_anything
    assert TopicVersion.objects.newest().get(topic__code="mask_price").rule == rule
    assert TopicVersion.objects.in_force(AT).get(topic__code="mask_price").number == 1
    assert Event.objects.get(verb="topic.changed").data["version"] == 2


@pytest.mark.usefixtures("reference")
def test_a_newer_shipped_wording_becomes_the_next_version() -> None:
    old = {"any_of": [["旧"]], "none_of": []}
    TopicVersion.objects.filter(topic__code="refund").update(rule=old)
    assert load_reference_data(by=SYSTEM, at=AT + timedelta(days=1)).topic_versions == 1
    assert TopicVersion.objects.newest().get(topic__code="refund").number == 2


@pytest.mark.usefixtures("reference")
def test_a_topic_whose_rule_cannot_be_read_is_refused() -> None:
    before = Topic.objects.count()
    with pytest.raises(BadRule):
        change_topic(TopicDraft("new", "新", {"any_of": [[]]}), by=SYSTEM, at=AT)
    assert Topic.objects.count() == before
    made = change_topic(TopicDraft("new", "新", {"any_of": [["口罩"]]}, parent="epidemic"), by=SYSTEM, at=AT)
    assert made.topic.parent.code == "epidemic"
    assert Event.objects.filter(verb="topic.created").count() == 1


def test_the_command_loads_and_then_says_that_all_is_there() -> None:
    first, second = StringIO(), StringIO()
    call_command("load_reference_data", stdout=first)
    call_command("load_reference_data", stdout=second)
    assert Division.objects.filter(code="320508").exists()
    assert first.getvalue() != second.getvalue()


def test_new_words_of_the_radar_reach_a_centre_that_has_none_of_its_own() -> None:
    old = {"text": "食物中毒"}
    SensitiveVersion.objects.filter(rule__code__in=("injury", "mass")).update(wording=old)
    SensitiveVersion.objects.filter(rule__code="mass").update(source="centre")
    assert load_reference_data(by=SYSTEM, at=AT + timedelta(days=1)).sensitive_versions == 1
    first, second = SensitiveVersion.objects.filter(rule__code="injury").order_by("number")
    wording = next(one.wording for one in shipped() if one.code == "injury")
    assert (first.wording, second.wording, second.source) == (old, wording, "shipped")
    assert SensitiveVersion.objects.in_force(AT).get(rule__code="injury") == first
    assert SensitiveVersion.objects.get(rule__code="mass").wording == old
    assert not load_reference_data(by=SYSTEM, at=AT + timedelta(days=2)).sensitive_versions

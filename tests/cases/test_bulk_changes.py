"""Changes of many cases at once: preview, what is refused and why, one event, the undo, races."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.accounts.models import Person
from suqing.accounts.queries import NotPermitted
from suqing.cases.actions import complaints, dispatching, mediation, supervision
from suqing.cases.actions.bulk_changes import make_change, preview, select_cases, undo
from suqing.cases.actions.moving import Refused, Stale
from suqing.cases.models import BulkChange, BulkItem, Case, Reminder
from suqing.cases.queries import Filters, timeline
from suqing.cases.queries.bulk_changes import (
    cases_of,
    change_for,
    count_of_list,
    foreseen_refusals,
    kinds_for,
    reasons_of,
    register,
)
from suqing.cases.vocabulary import Kind
from suqing.inbox.models import Message
from suqing.ledger.models import Event
from suqing.taxonomy.models import ClassKind, ClassNode
from tests.cases.examples import one_case
from tests.cases.handled import on
from tests.cases.test_dispatching_races import at_once
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db
DAY = on("2020-02-04")


def in_gusu(centre: Cast, count: int = 3, kind: Kind = Kind.COMPLAINT) -> list[Case]:
    cases = [one_case(centre.call_taker, kind, at=DAY) for _number in range(count)]
    return [
        dispatching.dispatch(case=one, to_unit=centre.gusu, by=centre.dispatcher, at=DAY) for one in cases
    ]


def drafted(
    by: Person, kind: str, cases: list[Case], values: dict[str, object], note: str = ""
) -> BulkChange:
    """A change of these cases with its preview."""
    draft = select_cases(kind=kind, numbers=[one.number for one in cases], by=by, at=DAY)
    return preview(change=draft, values=values, note=note, by=by, at=DAY)


def made(by: Person, kind: str, cases: list[Case], values: dict[str, object], note: str = "") -> BulkChange:
    return make_change(change=drafted(by, kind, cases, values, note), by=by, at=DAY)


def to_handler(centre: Cast) -> dict[str, object]:
    return {"unit": centre.gusu.code, "handler": centre.handler.pk}


def node(kind: str, place: int = 0) -> ClassNode:
    tree = ClassNode.objects.filter(tree__kind=kind, tree__is_active=True, tree__valid_to=None)
    return tree.order_by("order")[place]


def counts(change: BulkChange) -> tuple[int, int, int, int]:
    change.refresh_from_db()
    return change.asked, change.changed, change.already, change.refused


# Who may


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("head", ["assign"]),
        ("superior", ["assign"]),
        ("dispatcher", ["remind", "reclassify"]),
        ("supervisor", ["remind", "reclassify"]),
        ("handler", []),
        ("call_taker", []),
        ("analyst", []),
        ("inspector", []),
        ("stranger", []),
    ],
)
def test_each_does_in_bulk_what_the_person_may_do_singly(centre: Cast, name: str, kinds: list[str]) -> None:
    person, cases = getattr(centre, name), in_gusu(centre, 1)
    assert [str(kind) for kind in kinds_for(person)] == kinds
    for kind in BulkChange.Kind.values:
        if kind in kinds:
            assert select_cases(kind=kind, numbers=[cases[0].number], by=person, at=DAY).asked == 1
        else:
            with pytest.raises(NotPermitted):
                select_cases(kind=kind, numbers=[cases[0].number], by=person, at=DAY)


def test_cases_out_of_sight_are_not_selected(centre: Cast) -> None:
    mine, theirs = in_gusu(centre, 1)[0], one_case(centre.call_taker, at=DAY)
    dispatching.dispatch(case=theirs, to_unit=centre.wuzhong, by=centre.dispatcher, at=DAY)
    draft = select_cases(kind="assign", numbers=[mine.number, theirs.number, "TS0"], by=centre.head, at=DAY)
    assert list(draft.seen["cases"]) == [mine.pk]
    with pytest.raises(Refused, match="No case is selected"):
        select_cases(kind="assign", numbers=[theirs.number], by=centre.head, at=DAY)


# Assign


def test_assigning_writes_one_event_and_keeps_what_was_before(centre: Cast) -> None:
    cases = in_gusu(centre)
    before = Event.objects.count()
    change = made(centre.head, "assign", cases, to_handler(centre))
    assert counts(change) == (3, 3, 0, 0)
    assert Event.objects.count() == before + 1
    event = Event.objects.latest("pk")
    assert (event.verb, event.subject_type, event.subject_id) == (
        "bulk.assigned",
        "bulk_change",
        str(change.pk),
    )
    assert (event.data["changed"], event.data["values"]["unit"]) == (3, centre.gusu.code)
    for case in cases:
        revision = case.revision
        case.refresh_from_db()
        assert (case.handler, case.revision) == (centre.handler, revision + 1)
    item = change.items.first()
    assert item is not None
    assert item.before == {"unit": centre.gusu.code, "handler": None}
    assert item.after == {"unit": centre.gusu.code, "handler": centre.handler.pk}


def test_a_preview_changes_nothing_and_counts_truly(centre: Cast) -> None:
    cases = in_gusu(centre)
    dispatching.assign(case=cases[0], unit=centre.gusu, handler=centre.handler, by=centre.head, at=DAY)
    complaints.refuse(case=cases[1], ground="other", note="不受理", by=centre.handler, at=DAY)
    before = Event.objects.count()
    draft = drafted(centre.head, "assign", cases, to_handler(centre))
    assert (draft.asked, draft.foreseen, draft.already, draft.refused) == (3, 1, 1, 1)
    [reason] = foreseen_refusals(centre.head, draft)
    assert (reason.message, reason.numbers) == ("The case has ended.", [cases[1].number])
    assert Event.objects.count() == before
    assert Case.objects.get(pk=cases[2].pk).handler is None
    assert not register(centre.head).exists()
    make_change(change=draft, by=centre.head, at=DAY)
    assert counts(draft) == (3, 1, 1, 1)
    assert [one.numbers for one in reasons_of(centre.head, draft)] == [[cases[1].number]]


def test_what_the_single_step_refuses_is_refused_case_by_case(centre: Cast) -> None:
    gusu, wuzhong = in_gusu(centre, 1)[0], one_case(centre.call_taker, at=DAY)
    dispatching.dispatch(case=wuzhong, to_unit=centre.wuzhong, by=centre.dispatcher, at=DAY)
    with pytest.raises(Refused):
        dispatching.assign(case=wuzhong, unit=centre.gusu, handler=None, by=centre.superior, at=DAY)
    change = made(centre.superior, "assign", [gusu, wuzhong], to_handler(centre))
    assert counts(change) == (2, 1, 0, 1)
    [reason] = reasons_of(centre.superior, change)
    assert reason.message.startswith("A case cannot be passed on")
    assert reason.article
    wuzhong.refresh_from_db()
    assert wuzhong.responsible_unit == centre.wuzhong


def test_a_person_who_does_not_handle_there_is_refused_before_any_case(centre: Cast) -> None:
    draft = select_cases(kind="assign", numbers=[in_gusu(centre, 1)[0].number], by=centre.head, at=DAY)
    wrong = {"unit": centre.gusu.code, "handler": centre.other_handler.pk}
    with pytest.raises(Refused, match="does not handle") as refused:
        preview(change=draft, values=wrong, note="", by=centre.head, at=DAY)
    assert refused.value.field == "handler"


def test_a_unit_that_is_none_is_refused_before_any_case(centre: Cast) -> None:
    draft = select_cases(kind="assign", numbers=[in_gusu(centre, 1)[0].number], by=centre.head, at=DAY)
    for values in ({}, {"unit": "no-such"}):
        with pytest.raises(Refused) as refused:
            preview(change=draft, values=values, note="", by=centre.head, at=DAY)
        assert refused.value.field == "unit"


def test_cases_that_moved_on_since_the_preview_are_left_alone(centre: Cast) -> None:
    cases = in_gusu(centre)
    draft = drafted(centre.head, "assign", cases, to_handler(centre))
    complaints.accept(case=cases[0], by=centre.handler, at=DAY)
    make_change(change=draft, by=centre.head, at=DAY)
    assert (draft.foreseen, *counts(draft)) == (3, 3, 2, 0, 1)
    assert not draft.items.get(case=cases[0]).after
    assert reasons_of(centre.head, draft)[0].message == "The case has changed since the preview."


def test_a_whole_list_is_read_again_when_it_is_done(centre: Cast) -> None:
    cases = in_gusu(centre, 3)
    filters = Filters(waiting="to_decide")
    draft = select_cases(kind="assign", filters=filters, by=centre.head, at=DAY)
    draft = preview(change=draft, values=to_handler(centre), note="", by=centre.head, at=DAY)
    assert (draft.foreseen, count_of_list(centre.head, filters, DAY)) == (3, 3)
    complaints.accept(case=cases[0], by=centre.handler, at=DAY)  # is off the list now
    in_gusu(centre, 2)  # came onto it since
    make_change(change=draft, by=centre.head, at=DAY)
    assert counts(draft) == (3, 2, 0, 1)
    assert draft.came_since == 2
    assert set(draft.items.filter(fate="changed").values_list("case", flat=True)) == {
        one.pk for one in cases[1:]
    }


def test_done_twice_changes_nothing_more(centre: Cast) -> None:
    cases = in_gusu(centre, 2)
    change = made(centre.head, "assign", cases, to_handler(centre))
    before = Event.objects.count()
    again = make_change(change=change, by=centre.head, at=DAY)
    assert (again.pk, again.changed, Event.objects.count()) == (change.pk, 2, before)
    with pytest.raises(Refused, match="made already"):
        preview(change=change, values=to_handler(centre), note="", by=centre.head, at=DAY)


def test_a_newer_preview_must_be_seen_first(centre: Cast) -> None:
    draft = drafted(centre.head, "assign", in_gusu(centre, 1), to_handler(centre))
    first = draft.prepared_at
    preview(
        change=draft,
        values={"unit": centre.gusu.code, "handler": None},
        note="",
        by=centre.head,
        at=DAY + timedelta(minutes=1),
    )
    with pytest.raises(Stale):
        make_change(change=draft, by=centre.head, at=DAY, previewed_at=first)
    assert not BulkItem.objects.exists()


def test_without_a_preview_and_by_somebody_else_it_is_not_done(centre: Cast) -> None:
    draft = select_cases(kind="assign", numbers=[in_gusu(centre, 1)[0].number], by=centre.head, at=DAY)
    with pytest.raises(Refused, match="preview"):
        make_change(change=draft, by=centre.head, at=DAY)
    with pytest.raises(Refused, match="Somebody else"):
        make_change(change=draft, by=centre.superior, at=DAY)
    with pytest.raises(BulkChange.DoesNotExist):
        change_for(centre.superior, draft.ref)


# Remind


def test_reminding_writes_a_reminder_and_a_message_a_case(centre: Cast) -> None:
    cases = [*in_gusu(centre, 2), one_case(centre.call_taker, at=DAY)]
    change = made(centre.supervisor, "remind", cases, {}, "请今天回报")
    assert counts(change) == (3, 2, 0, 1)
    assert "with the centre" in reasons_of(centre.supervisor, change)[0].message
    assert {one.note for one in Reminder.objects.all()} == {"请今天回报"}
    assert change.note == ""  # with the reminders alone, where it is redacted with the case
    sent = Message.objects.filter(code="reminder.sent", recipient=centre.handler)
    assert sorted(one.values["number"] for one in sent) == sorted(one.number for one in cases[:2])
    assert Event.objects.filter(verb="bulk.reminded").count() == 1
    assert not Event.objects.filter(verb="case.reminded").exists()
    revision = cases[0].revision
    cases[0].refresh_from_db()
    assert (cases[0].remind_count, cases[0].revision) == (1, revision)


def test_a_fresh_reminder_stands_in_the_way_as_it_does_singly(centre: Cast) -> None:
    cases = in_gusu(centre, 2)
    supervision.remind(case=cases[0], by=centre.supervisor, at=DAY)
    draft = drafted(centre.supervisor, "remind", cases, {})
    assert (draft.foreseen, draft.refused) == (1, 1)
    supervision.remind(case=cases[1], by=centre.supervisor, at=DAY)  # somebody was faster
    make_change(change=draft, by=centre.supervisor, at=DAY)
    assert counts(draft) == (2, 0, 0, 2)
    assert reasons_of(centre.supervisor, draft)[0].values == {"hours": 2}
    assert Reminder.objects.count() == 2


def test_an_undone_reminder_goes_but_an_answered_one_stays(centre: Cast) -> None:
    cases = in_gusu(centre, 2)
    change = made(centre.supervisor, "remind", cases, {})
    answered = Reminder.objects.get(case=cases[0])
    supervision.answer_reminder(reminder=answered, answer="明天办结", by=centre.handler, at=DAY)
    undo(change=change, by=centre.supervisor, at=DAY)
    assert list(Reminder.objects.all()) == [answered]
    told = Message.objects.filter(code="reminder.sent")
    assert {one.values["number"] for one in told} == {cases[0].number}
    cases[0].refresh_from_db()
    cases[1].refresh_from_db()
    assert (cases[0].remind_count, cases[1].remind_count) == (1, 0)
    change.refresh_from_db()
    assert (change.kept, change.undone_by) == (1, centre.supervisor)
    [kept] = reasons_of(centre.supervisor, change, of_undo=True)
    assert (kept.message, kept.numbers) == ("The reminder has been answered already.", [cases[0].number])


# Reclassify


def test_reclassifying_keeps_both_codings(centre: Cast) -> None:
    old, new, issue = node("object", 1), node("object", 2), node("issue", 1)
    case = one_case(centre.call_taker, at=DAY, object_class=old.pk)
    change = made(centre.dispatcher, "reclassify", [case], {"object": new.code, "issue": issue.code}, "误登")
    case.refresh_from_db()
    assert (case.object_class, case.issue_class) == (new, issue)
    item = change.items.get()
    assert item.before == {"object_class": old.pk, "issue_class": None}
    assert item.after == {"object_class": new.pk, "issue_class": issue.pk}
    entry = timeline(case, with_texts=True)[-1]
    assert (entry.event.verb, entry.text) == ("bulk.reclassified", "误登")
    assert (entry.data["before"], entry.data["after"]) == (item.before, item.after)


def test_each_kind_is_classed_by_its_own_list(centre: Cast) -> None:
    complaint = one_case(centre.call_taker, at=DAY)
    report = one_case(centre.call_taker, Kind.REPORT, at=DAY)
    change = made(centre.dispatcher, "reclassify", [complaint, report], {"issue": node("issue", 1).code})
    assert counts(change) == (2, 1, 0, 1)
    report.refresh_from_db()
    assert report.issue_class is None
    assert "another list" in reasons_of(centre.dispatcher, change)[0].message


def test_a_list_that_began_after_the_case_does_not_class_it(centre: Cast) -> None:
    case = one_case(centre.call_taker, at=DAY)
    new = node("object", 2)
    tree = new.tree
    tree.valid_from = DAY.date() + timedelta(days=1)
    tree.save()
    change = made(centre.dispatcher, "reclassify", [case], {"object": new.code})
    assert counts(change) == (1, 0, 0, 1)
    assert "day of receipt" in reasons_of(centre.dispatcher, change)[0].message


def test_the_archive_is_not_reclassified(centre: Cast) -> None:
    case = one_case(centre.call_taker, at=DAY)
    Case.objects.filter(pk=case.pk).update(archived_at=DAY)
    change = made(centre.dispatcher, "reclassify", [case], {"object": node("object", 2).code})
    assert counts(change) == (1, 0, 0, 1)


@pytest.mark.parametrize("values", [{"object": "no-such"}, {"object": ""}, {}])
def test_a_class_that_is_none_is_refused_at_the_form(centre: Cast, values: dict[str, object]) -> None:
    case = one_case(centre.call_taker, at=DAY)
    with pytest.raises(Refused) as refused:
        drafted(centre.dispatcher, "reclassify", [case], values)
    assert refused.value.field == ClassKind.OBJECT


# Undo


def test_undo_gives_back_what_was_and_lists_what_changed_since(centre: Cast) -> None:
    cases = in_gusu(centre)
    dispatching.assign(case=cases[2], unit=centre.gusu, handler=centre.head, by=centre.head, at=DAY)
    change = made(centre.head, "assign", cases, to_handler(centre))
    dispatching.assign(case=cases[1], unit=centre.gusu, handler=None, by=centre.head, at=DAY)
    before = Event.objects.count()
    undo(change=change, by=centre.head, at=DAY)
    undo(change=change, by=centre.head, at=DAY)
    handlers = [Case.objects.get(pk=one.pk).handler for one in cases]
    assert handlers == [None, None, centre.head]
    change.refresh_from_db()
    assert change.kept == 1
    assert [one.numbers for one in reasons_of(centre.head, change, of_undo=True)] == [[cases[1].number]]
    assert Event.objects.count() == before + 1
    assert Event.objects.latest("pk").data["restored"] == 2
    verbs = [entry.event.verb for entry in timeline(cases[0], with_texts=False)]
    assert verbs[-2:] == ["bulk.assigned", "bulk.undone"]
    assert [entry.event.verb for entry in timeline(cases[1], with_texts=False)][-2:] == [
        "bulk.assigned",
        "case.assigned",
    ]


def test_undo_does_not_reach_a_case_that_went_to_another_unit(centre: Cast) -> None:
    case = in_gusu(centre, 1)[0]
    change = made(centre.head, "assign", [case], to_handler(centre))
    case.refresh_from_db()
    dispatching.send_back(case=case, reason="competence", note="不在本区", by=centre.handler, at=DAY)
    undo(change=change, by=centre.head, at=DAY)
    change.refresh_from_db()
    assert change.kept == 1


def test_only_who_may_do_it_undoes_it(centre: Cast) -> None:
    case = one_case(centre.call_taker, at=DAY)
    change = made(centre.dispatcher, "reclassify", [case], {"object": node("object", 2).code})
    for person in (centre.head, centre.handler, centre.analyst):
        with pytest.raises(NotPermitted):
            undo(change=change, by=person, at=DAY)
    undo(change=change, by=centre.supervisor, at=DAY)
    case.refresh_from_db()
    assert case.object_class is None


def test_what_others_did_is_read_by_who_sees_all(centre: Cast) -> None:
    change = made(centre.head, "assign", in_gusu(centre, 1), to_handler(centre))
    assert list(register(centre.supervisor)) == [change]
    assert not register(centre.superior).exists()
    assert cases_of(centre.supervisor, change, "changed").count() == 1


# Size and races


def test_a_thousand_cases_cost_no_more_statements_than_three(centre: Cast) -> None:
    """Each kind, with its preview and its undo: what grows with the cases are rows, not statements."""

    def statements(size: int) -> dict[str, int]:
        found = {}
        for kind, person, values in (
            ("assign", centre.head, to_handler(centre)),
            ("remind", centre.supervisor, {}),
            ("reclassify", centre.dispatcher, {"object": node("object", 2).code}),
        ):
            cases = in_gusu(centre, size)
            with CaptureQueriesContext(connection) as asked:
                undo(change=made(person, kind, cases, values), by=person, at=DAY)
            found[kind] = len(asked)
        return found

    statements(1)  # who holds which appointment is read once
    few, more = statements(2), statements(12)
    assert more == few
    assert max(few.values()) <= 70


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_make_it_once(centre: Cast) -> None:
    cases = in_gusu(centre, 2)
    draft = drafted(centre.head, "assign", cases, to_handler(centre))
    at_once(*[lambda: make_change(change=draft, by=centre.head, at=DAY)] * 2)
    assert Event.objects.filter(verb="bulk.assigned").count() == 1
    assert BulkItem.objects.count() == 2
    assert {one.revision for one in Case.objects.all()} == {cases[0].revision + 1}


@pytest.mark.django_db(transaction=True)
def test_two_changes_of_the_same_cases_do_not_lose_one(centre: Cast) -> None:
    cases = in_gusu(centre, 4)
    one = drafted(centre.head, "assign", cases, to_handler(centre))
    other = drafted(centre.head, "assign", cases[::-1], {"unit": centre.gusu.code, "handler": centre.head.pk})
    at_once(
        lambda: make_change(change=one, by=centre.head, at=DAY),
        lambda: make_change(change=other, by=centre.head, at=DAY),
    )
    assert sorted((counts(one)[1], counts(other)[1])) == [0, 4]
    assert sorted((counts(one)[3], counts(other)[3])) == [0, 4]


def test_mediation_goes_on_under_the_new_hands(centre: Cast) -> None:
    """A step taken after the change finds the case as the change left it."""
    case = in_gusu(centre, 1)[0]
    made(centre.head, "assign", [case], to_handler(centre))
    case = complaints.accept(case=case, by=centre.handler, at=DAY)
    case = mediation.mediate(case=case, both_consent=True, by=centre.handler, at=DAY)
    assert (case.handler, AT < DAY) == (centre.handler, True)

"""Who is competent when two units dispute it, and what is done with a matter that belongs to somebody else."""

from __future__ import annotations

from datetime import datetime

from suqing.accounts import roles
from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import appointments_of
from suqing.cases import workflow
from suqing.cases.actions.clocks import ClockBook
from suqing.cases.actions.moving import Move, Refused, begin, close_dispatch, open_dispatch, written
from suqing.cases.intake import local_day
from suqing.cases.models import Case, CompetenceDispute, Dispatch
from suqing.cases.special_law import CITED_SINCE, facts_of_classes
from suqing.cases.vocabulary import DispatchState, Kind, Outcome, State, Step
from suqing.lawclock.limits import Trigger
from suqing.ledger.writing import one_transaction, writer
from suqing.taxonomy.text.redact import redact

N_ = str
FOOD_LAW = "FOOD:115"
LONGEST_NAME = 200  # characters of another authority's name


@one_transaction
def dispute(
    *, case: Case, other_unit: Unit, reason: str, by: Person, at: datetime, revision: int | None = None
) -> Case:
    """Record that two units dispute who is competent; they have 7 working days to agree (O20 art. 30, O121 art. 33).

    Raise Refused for a unit that cannot be the other side: the centre, a closed one, one inside the other.
    """
    move = begin(case, Step.DISPUTE, by=by, revision=revision)
    row = move.case
    sent = open_dispatch(row)
    unit = sent.to_unit if sent is not None else row.responsible_unit
    _check_other_side(unit, other_unit, _article(move))
    reason = written(reason, field="reason")
    found = CompetenceDispute(
        case=row, unit=unit, other_unit=other_unit, reason=reason, raised_by=by, raised_at=at
    )
    writer().new(found)
    writer().hold(found, ("dispute", row.pk))
    return move.finish(
        by=by,
        at=at,
        text=reason,
        then=lambda book: book.start(Trigger.COMPETENCE_DISPUTED, at),
        data={"from_unit": unit.code, "to_unit": other_unit.code},
    )


def _check_other_side(unit: Unit, other: Unit, article: str) -> None:
    if not other.is_active:
        raise Refused(N_("This unit is no longer active."), field="other_unit")
    if other.kind == Unit.Kind.CENTRE:
        raise Refused(
            N_("The centre handles no cases itself: object to the dispatch instead."), field="other_unit"
        )
    if other.path.startswith(unit.path) or unit.path.startswith(other.path):
        raise Refused(
            N_("One of these units directs the other: between them there is no dispute over competence."),
            field="other_unit",
            article=article,
        )


@one_transaction
def agree(
    *,
    case: Case,
    competent_unit: Unit,
    by: Person,
    at: datetime,
    note: str = "",
    revision: int | None = None,
) -> Case:
    """Record which of the two units is competent by their agreement (O20 art. 30, O121 art. 33).

    Raise Refused for a third unit: the two can settle their dispute, not pass the case on.
    """
    move = begin(case, Step.AGREE, by=by, revision=revision)
    found = _open_dispute(move)
    if competent_unit.pk not in (found.unit_id, found.other_unit_id):
        raise Refused(
            N_("The two units can only agree on one of themselves."),
            field="competent_unit",
            article=_article(move),
        )
    if not competent_unit.is_active:
        raise Refused(N_("This unit is no longer active."), field="competent_unit")
    note = written(note, field="note", required=False)
    return _settle(move, found, competent_unit, is_designated=False, note=note, by=by, at=at)


@one_transaction
def ask_designation(
    *, case: Case, by: Person, at: datetime, note: str = "", revision: int | None = None
) -> Case:
    """Ask the common superior to designate; it has 7 working days (O20 art. 30, O121 art. 33; PROC art. 16)."""
    move = begin(case, Step.ASK_DESIGNATION, by=by, revision=revision)
    found = _open_dispute(move)
    if found.asked_at is not None:
        raise Refused(N_("The superior has been asked already."), article=_article(move))
    superior = common_superior(found.unit, found.other_unit)
    if superior is None:
        raise Refused(
            N_("These units have no common superior here. Ask it in writing, and record what comes of it."),
            article=_article(move),
        )
    note = written(note, field="note", required=False)
    found.asked_at, found.asked_of = at, superior
    writer().save(found, "asked_at", "asked_of")
    return move.finish(
        by=by,
        at=at,
        text=note,
        then=lambda book: book.start(Trigger.DESIGNATION_REQUESTED, at),
        data={"from_unit": found.unit.code, "to_unit": superior.code},
    )


def common_superior(one: Unit, other: Unit) -> Unit | None:
    """The lowest unit above both (共同的上一级); None where no unit of the tree stands above both."""
    above = [pk for pk in one.ancestor_ids if pk in other.ancestor_ids]
    return Unit.objects.filter(pk=above[-1]).first() if above else None


@one_transaction
def designate(
    *, case: Case, unit: Unit, note: str, by: Person, at: datetime, revision: int | None = None
) -> Case:
    """Designate the competent unit as common superior, asked or not (O20 art. 30, O121 art. 33; PROC art. 16).

    Raise Refused for somebody who does not stand above both units, and for a unit that is not below them.
    """
    move = begin(case, Step.DESIGNATE, by=by, revision=revision)
    found = _open_dispute(move)
    superiors = superiors_among(by, found)
    if not superiors:
        raise Refused(
            N_("Only the common superior of both units can designate."),
            article=_dispute_article(move.case),
        )
    if (
        not unit.is_active
        or unit.kind == Unit.Kind.CENTRE
        or not any(_is_above(one, unit) for one in superiors)
    ):
        raise Refused(
            N_("Designate an active unit below yours that handles cases."),
            field="unit",
            article=_article(move),
        )
    note = written(note, field="note")
    return _settle(move, found, unit, is_designated=True, note=note, by=by, at=at)


def superiors_among(by: Person, found: CompetenceDispute) -> list[Unit]:
    """The units in which this person may designate and which stand above both sides of the dispute."""
    return [
        held.unit
        for held in appointments_of(by)
        if held.role in roles.roles_with(Permission.CASE_DESIGNATE)
        and _is_above(held.unit, found.unit)
        and _is_above(held.unit, found.other_unit)
    ]


def _is_above(superior: Unit, unit: Unit) -> bool:
    return unit.pk != superior.pk and unit.path.startswith(superior.path)


def _settle(
    move: Move,
    found: CompetenceDispute,
    unit: Unit,
    *,
    is_designated: bool,
    note: str,
    by: Person,
    at: datetime,
) -> Case:
    """End the dispute; if another unit is competent, the case goes to it as a new dispatch of the same centre."""
    row = move.case
    found.settled_at, found.settled_by, found.note = at, by, note
    found.competent_unit, found.is_designated = unit, is_designated
    writer().save(found, "settled_at", "settled_by", "note", "competent_unit", "is_designated")
    sender = row.responsible_unit
    sent = open_dispatch(row)
    changes_hands = unit.pk != (sent.to_unit_id if sent is not None else sender.pk)
    if changes_hands:
        _send_on(move, sent, unit, note=note, by=by, at=at)

    def clocks(book: ClockBook) -> None:
        # Whoever settles the dispute ends what its other way out had begun.
        book.stop(frozenset({"D8"}), at)
        book.stop(frozenset({"D9"}), at, as_void=True)
        if changes_hands:
            book.restart_with_another_unit(at)

    return move.finish(
        by=by,
        at=at,
        text=note,
        then=clocks,
        fields=("responsible_unit", "handler", "dispatched_at"),
        data={"from_unit": sender.code, "to_unit": unit.code},
    )


def _send_on(move: Move, sent: Dispatch | None, unit: Unit, *, note: str, by: Person, at: datetime) -> None:
    row = move.case
    origin = sent.from_unit if sent is not None else row.responsible_unit
    if sent is not None:
        sent.state, sent.ended_at = DispatchState.SUPERSEDED, at
        writer().save(sent, "state", "ended_at")
    onward = Dispatch(
        case=row,
        from_unit=origin,
        to_unit=unit,
        at=at,
        by=by,
        report_back_on=sent.report_back_on if sent is not None else None,
        note=note[:500],
        article=_article(move),
    )
    writer().new(onward)
    writer().hold(onward, ("open", row.pk))
    row.responsible_unit, row.handler, row.dispatched_at = unit, None, at


def _open_dispute(move: Move) -> CompetenceDispute:
    """Raise NotAllowed where no dispute is open, whatever the state says."""
    row = move.case
    found = writer().held(CompetenceDispute, ("dispute", row.pk))
    if found is None:
        rows = CompetenceDispute.objects.select_for_update(of=("self",)).select_related("unit", "other_unit")
        found = rows.filter(case=row, settled_at=None).first()
        if found is not None:
            writer().hold(found, ("dispute", row.pk))
    if found is None or found.settled_at is not None:
        raise workflow.NotAllowed(Kind(row.kind), State(row.state), move.transition.step, row.regime)
    return found


@one_transaction
def transfer(
    *,
    case: Case,
    to_authority: str,
    note: str,
    notice_given: bool,
    by: Person,
    at: datetime,
    revision: int | None = None,
) -> Case:
    """Transfer a food matter to the authority whose duty it is and record the written notice (食品安全法 art. 115).

    Raise Refused for every other matter: the two regulations let a bureau refuse a complaint or tell the reporter where
    to go, not transfer; and without the written notice.
    """
    move = begin(case, Step.TRANSFER, by=by, revision=revision)
    row = move.case
    if not must_be_transferred(row):
        raise Refused(
            N_(
                "Only special law demands a transfer, and this is no food matter by its classes: do not accept the "
                "complaint, or tell the reporter which bureau is competent."
            ),
            article=_elsewhere_article(row),
        )
    authority = _authority(to_authority, field="to_authority")
    note = written(note, field="note")
    if not notice_given:
        raise Refused(
            N_("The person must be told of the transfer in writing first."),
            field="notice_given",
            article=FOOD_LAW,
        )
    row.outcome, row.result_note = Outcome.TRANSFERRED, note
    close_dispatch(row, at)
    return move.finish(
        by=by,
        at=at,
        text=note,
        fields=("outcome", "result_note"),
        data={"outcome": str(Outcome.TRANSFERRED), "authority": authority, "notice": "written"},
    )


def must_be_transferred(case: Case) -> bool:
    """Whether special law demands a transfer of what is not our duty: food, by the classes of the case."""
    nodes = [node for node in (case.object_class, case.issue_class) if node is not None]
    facts = facts_of_classes((node.tree.code, node.code) for node in nodes)
    return "food" in facts and local_day(case.received_at) >= CITED_SINCE[FOOD_LAW]


@one_transaction
def tell_elsewhere(
    *, case: Case, bureau: str, note: str, by: Person, at: datetime, revision: int | None = None
) -> Case:
    """Record that the reporter was told which bureau is competent; the report ends here (O20 art. 29, O121 art. 34).

    Under O121 ``bureau`` may be empty: the reporter of what is no market supervision at all is told just that.
    """
    move = begin(case, Step.TELL_ELSEWHERE, by=by, revision=revision)
    row = move.case
    may_be_nobody = not bureau.strip() and row.regime == "O121"
    authority = "" if may_be_nobody else _authority(bureau, field="bureau", article=_article(move))
    note = written(note, field="note")
    row.outcome, row.result_note, row.decided_at = Outcome.TOLD_ELSEWHERE, note, at
    close_dispatch(row, at)
    return move.finish(
        by=by,
        at=at,
        text=note,
        fields=("outcome", "result_note", "decided_at"),
        data={"outcome": str(Outcome.TOLD_ELSEWHERE), "authority": authority},
    )


def _authority(name: str, *, field: str, article: str = "") -> str:
    """The name of another authority as the event keeps it for good: nobody's number may stand in it."""
    name = name.strip()
    if not name:
        raise Refused(N_("Name the competent authority."), field=field, article=article)
    if len(name) > LONGEST_NAME:
        raise Refused(
            N_("The name is too long: at most %(limit)s characters."), field=field, limit=LONGEST_NAME
        )
    return redact(name).text


def _article(move: Move) -> str:
    return move.transition.articles.get(move.case.regime, "")


def _dispute_article(case: Case) -> str:
    row = workflow.transition(Kind(case.kind), State.DISPUTED, Step.AGREE)
    return row.articles.get(case.regime, "")


def _elsewhere_article(case: Case) -> str:
    """Where the regulations say what is done instead of a transfer: refusal of a complaint, telling a reporter."""
    step = Step.REFUSE if case.kind == Kind.COMPLAINT else Step.TELL_ELSEWHERE
    row = workflow.transition(Kind(case.kind), State.DISPATCHED, step)
    return row.articles.get(case.regime, "")

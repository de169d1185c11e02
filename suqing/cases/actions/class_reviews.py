"""The review queue for classes: what is missing or doubted waits for a person, whose word teaches the next model.

Registration only writes down that a class is missing, or that the model in force has yet to look; a job looks.  Without
a model only missing classes come.  A model doubts a class where it abstains, or where it is sure of one that neither
is the class chosen nor lies above or below it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.actions import topics
from suqing.cases.actions.moving import Refused, locked
from suqing.cases.intake import local_day
from suqing.cases.models import Case, ClassReview
from suqing.cases.queries.class_reviews import FIELDS, class_of, visible_reviews
from suqing.cases.vocabulary import Kind, ReviewReason, ReviewState
from suqing.ledger.policy import BadSetting
from suqing.ledger.policy import declare as declare_setting
from suqing.ledger.queries import setting
from suqing.ledger.writing import one_transaction, writer
from suqing.taxonomy.class_models import model_in_use
from suqing.taxonomy.models import ClassKind, ClassModel, ClassNode
from suqing.taxonomy.queries import MODEL, UNSURE, best_classes, find_node

N_ = str
MODEL_LOOKS = "class_model"  # who doubts
AT_ONCE = 100
COLUMNS = ("case_id", "kind", "state", "reason", "raised_at", "offered")


def _percent(value: object) -> None:
    if not isinstance(value, int) or not 50 <= value <= 100:
        raise BadSetting("from 50 to 100")


def _some_days(value: object) -> None:
    if not isinstance(value, int) or not 0 <= value <= 3660:
        raise BadSetting("from 0 to 3660")


SURE = declare_setting(
    "classes.differs_percent",
    80,
    N_("A class comes into the review queue when the model is so sure of another one, in percent"),
    check=_percent,
)
DAYS = declare_setting(
    "classes.review_days",
    30,
    N_("Imported cases that were received more than so many days ago stay out of the review queue"),
    check=_some_days,
)


def learnt_kinds() -> frozenset[str]:
    """The kinds of class that a model has been taken into use for; one query."""
    read = writer().memo("learnt kinds", lambda: ClassModel.objects.order_by().values_list("kind", flat=True))
    return frozenset(read)


def reviewed_since(at: datetime) -> datetime:
    """From when on a case that is imported must have come to have its classes reviewed."""
    return at - timedelta(days=setting(DAYS.key))


def rows_of(
    case: int, kind: Kind, classes: tuple[object, object], learnt: frozenset[str], at: datetime
) -> Iterator[tuple[object, ...]]:
    """Rows as ``COLUMNS`` for a case and its object and issue class: missing ones are open, a model looks at others."""
    issue = ClassKind.REPORT_ISSUE if kind == Kind.REPORT else ClassKind.ISSUE
    for of, chosen in ((ClassKind.OBJECT, classes[0]), (issue, classes[1])):
        if not chosen:
            yield case, of.value, ReviewState.OPEN.value, ReviewReason.MISSING.value, at, ""
        elif of in learnt:
            yield case, of.value, ReviewState.WAITING.value, "", at, ""


def put_in_queue(*, case: Case, at: datetime) -> None:
    """Write, in the transaction that registers a case, which of its classes are missing and which a model has to see."""
    classes = (case.object_class_id, case.issue_class_id)
    rows = rows_of(case.pk, Kind(case.kind), classes, learnt_kinds(), at)
    writer().new_many([ClassReview(**dict(zip(COLUMNS, row, strict=True))) for row in rows])


@one_transaction
def look_at_some(*, at: datetime, limit: int = AT_ONCE) -> int:
    """Have the models look at classes that wait, newest first; return how many.  What they do not doubt goes."""
    # Others may not decide on a row that waits, so only two jobs could meet here: each takes its own.
    rows = list(
        ClassReview.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=ReviewState.WAITING)
        .select_related("case__object_class", "case__issue_class")
        .order_by("-pk")[:limit]
    )
    for row in rows:
        reason = doubt_of(row)
        if reason is None:
            row.delete()
            continue
        row.state, row.reason, row.raised_at, row.was = ReviewState.OPEN, reason, at, class_of(row)
        writer().save(row, "state", "reason", "raised_at", "was")
        facts = {"kind": row.kind, "reason": str(reason)}
        writer().record("case.class_doubted", row.case, by=MODEL_LOOKS, at=at, data=facts)
    return len(rows)


def doubt_of(row: ClassReview) -> ReviewReason | None:
    """Why the class of a case should be reviewed, by the model in force; None where it should not."""
    chosen = class_of(row)
    if chosen is None:
        return ReviewReason.MISSING
    if model_in_use(row.kind) is None:
        return None  # it cannot be read; the log says so
    best = next(iter(best_classes(row.case.match_text, row.kind, local_day(row.case.received_at), 1)), None)
    if best is None or best.method != MODEL or (best.probability or 0.0) < UNSURE:
        return ReviewReason.UNSURE  # nothing it knows, or nothing it is sure of
    is_sure = (best.probability or 0.0) * 100 >= setting(SURE.key)
    return ReviewReason.DIFFERS if is_sure and not _one_line(chosen, best.node) else None


def _one_line(one: ClassNode, other: ClassNode) -> bool:
    """Whether the two are the same class, or one lies above the other."""
    return one.code == other.code or one.code in _above(other) or other.code in _above(one)


def _above(node: ClassNode) -> list[str]:
    found = []
    while node.parent is not None:
        node = node.parent
        found.append(node.code)
    return found


@one_transaction
def decide(*, review: ClassReview, code: str | None, by: Person, at: datetime) -> ClassReview:
    """Give the case the class of this code, or with None keep what it has.

    Raise NotPermitted, or Refused: out of sight, decided already, archived, no such class on the day of receipt.
    """
    row = _open_row(review, by)
    chosen = class_of(row)
    day = local_day(row.case.received_at)
    node = find_node(row.kind, code, day) if code is not None else chosen
    if code is not None and node is None:
        raise Refused(N_("This class does not exist."), field="code")
    best = next(iter(best_classes(row.case.match_text, row.kind, day, 1)), None)
    row.offered = best.node.code if best else ""
    is_kept = (node and node.pk) == (chosen and chosen.pk)
    row.was, row.became = chosen, node
    _settle(row, ReviewState.KEPT if is_kept else ReviewState.CHOSEN, by, at)
    if not is_kept:
        _give(row, node, at)
    _record(row, "case.class_kept" if is_kept else "case.class_chosen", by, at)
    return row


@one_transaction
def skip(*, review: ClassReview, by: Person, at: datetime) -> ClassReview:
    """Lay a class aside without deciding.  Raise as ``decide``."""
    row = _open_row(review, by)
    _settle(row, ReviewState.SKIPPED, by, at)
    _record(row, "case.class_skipped", by, at)
    return row


@one_transaction
def take_back(*, review: ClassReview, by: Person, at: datetime) -> ClassReview:
    """Put a class into the queue again; one that was chosen is what it was before.

    Raise NotPermitted, or Refused: out of sight, archived, or changed again since.
    """
    row = _row(review, by)
    if row.state in (ReviewState.OPEN, ReviewState.WAITING):
        return row
    if row.state == ReviewState.CHOSEN:
        if row.case.archived_at is not None:
            raise Refused(N_("The case is archived; what it says stays."))
        if getattr(row.case, f"{FIELDS[row.kind]}_id") != row.became_id:
            raise Refused(N_("The case has been changed again since."))
        _give(row, row.was, at)
    _record(row, "case.class_taken_back", by, at)
    row.state, row.offered, row.became = ReviewState.OPEN, "", None
    row.decided_by, row.decided_at = None, None
    writer().save(row, *_DECISION)
    return row


_DECISION = ("state", "offered", "was", "became", "decided_by", "decided_at")


def _row(review: ClassReview, by: Person) -> ClassReview:
    """Today's row with its case, which is locked first."""
    require(by, Permission.CLASSES_REVIEW)
    case = locked(review.case)
    found = visible_reviews(by).filter(pk=review.pk).select_related("was", "became").first()
    if found is None:
        raise Refused(N_("This case is not in your sight."))
    found.case = case
    return found


def _open_row(review: ClassReview, by: Person) -> ClassReview:
    row = _row(review, by)
    if row.state != ReviewState.OPEN:
        raise Refused(N_("Somebody decided on this class already."))
    if row.case.archived_at is not None:
        raise Refused(N_("The case is archived; what it says stays."))
    return row


def _settle(row: ClassReview, state: ReviewState, by: Person, at: datetime) -> None:
    row.state, row.decided_by, row.decided_at = state, by, at
    writer().save(row, *_DECISION)


def _give(row: ClassReview, node: ClassNode | None, at: datetime) -> None:
    """Set the class of the case; its topics follow."""
    case, field = row.case, FIELDS[row.kind]
    setattr(case, field, node)
    case.revision += 1
    writer().save(case, field, "revision")
    topics.renew(cases=[case.pk], at=at)


def _record(row: ClassReview, verb: str, by: Person, at: datetime) -> None:
    facts = {
        "kind": row.kind,
        "reason": row.reason,
        "offered": row.offered,
        "before": {"class": row.was and row.was.code},
        "after": {"class": row.became and row.became.code},
    }
    writer().record(verb, row.case, by=by, at=at, data=facts)

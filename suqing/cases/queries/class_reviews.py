"""The review queue for classes as one reader may see it, and how often the first offer was kept."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from suqing.accounts.models import Person
from suqing.cases.models import ClassReview
from suqing.cases.queries.sight import visible_cases
from suqing.cases.vocabulary import ReviewReason, ReviewState
from suqing.kit.proportions import wilson
from suqing.taxonomy.models import ClassKind, ClassNode

FIELDS = {
    ClassKind.OBJECT.value: "object_class",
    ClassKind.ISSUE.value: "issue_class",
    ClassKind.REPORT_ISSUE.value: "issue_class",
}
MOST_OPEN = 999  # counted for the rail
DECIDED = (ReviewState.CHOSEN, ReviewState.KEPT)


def class_of(review: ClassReview) -> ClassNode | None:
    """The class that the case has now."""
    node: ClassNode | None = getattr(review.case, FIELDS[review.kind])
    return node


def visible_reviews(person: Person) -> QuerySet[ClassReview]:
    """The classes in the queue, decided or not, of the cases this person may open."""
    return ClassReview.objects.filter(case__in=visible_cases(person).values("pk"))


def open_reviews(person: Person, reason: str = "") -> QuerySet[ClassReview]:
    """What waits for a decision: not where somebody gave or changed the class meanwhile, nor in the archive."""
    rows = visible_reviews(person).filter(state=ReviewState.OPEN, case__archived_at=None)
    given = Q(kind=ClassKind.OBJECT, case__object_class__isnull=False) | ~Q(kind=ClassKind.OBJECT) & Q(
        case__issue_class__isnull=False
    )
    still = Q(kind=ClassKind.OBJECT, case__object_class=F("was")) | ~Q(kind=ClassKind.OBJECT) & Q(
        case__issue_class=F("was")
    )
    rows = rows.exclude(Q(reason=ReviewReason.MISSING) & given)
    # What was doubted before the class was kept with the doubt has none, and stays.
    rows = rows.filter(Q(reason=ReviewReason.MISSING) | Q(was=None) | still)
    return rows.filter(reason=reason) if reason else rows


def count_open(person: Person) -> int:
    """How many classes in sight wait for a decision, counted up to a limit; one query."""
    return open_reviews(person).values("pk")[: MOST_OPEN + 1].count()


def counts_by_reason(person: Person) -> dict[str, int]:
    """How many wait for each reason; one query."""
    rows = open_reviews(person).order_by().values_list("reason").annotate(Count("pk"))
    return dict.fromkeys(map(str, ReviewReason), 0) | dict(rows)


def next_review(person: Person, *, reason: str = "", before: int = 0) -> ClassReview | None:
    """The newest that waits, or the newest older than the one of this key; one query."""
    rows = open_reviews(person, reason)
    if before:
        rows = rows.filter(pk__lt=before)
    shown = rows.select_related(
        "case__object_class__parent", "case__issue_class__parent", "case__responsible_unit"
    )
    return shown.order_by("-pk").first()


def decided_lately(person: Person, limit: int = 10) -> list[ClassReview]:
    """What was decided last, newest first; one query."""
    rows = visible_reviews(person).filter(decided_at__isnull=False)
    return list(
        rows.select_related("case", "was", "became", "decided_by").order_by("-decided_at", "-pk")[:limit]
    )


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of so many classes decided where one was offered, in how many the first offer is what the case has now."""

    first: int
    decided: int

    @property
    def share(self) -> float | None:
        return self.first / self.decided if self.decided else None

    @property
    def bounds(self) -> tuple[float, float]:
        """Of 95 % (Wilson)."""
        return wilson(self.first, self.decided)


def agreement(person: Person) -> Agreement:
    """How often people took the first offer; one query."""
    rows = visible_reviews(person).filter(state__in=DECIDED).exclude(offered="")
    found = rows.aggregate(first=Count("pk", filter=Q(became__code=F("offered"))), decided=Count("pk"))
    return Agreement(found["first"], found["decided"])

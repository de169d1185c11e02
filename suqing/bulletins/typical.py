"""The choice of typical cases: from the weightiest topics, of different districts and kinds, without names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from suqing.bulletins.anonymity import shortened, sort_of, without_operator, without_remains
from suqing.bulletins.blocks import TypicalCase
from suqing.bulletins.documents.model import BadDocument, CaseBox, chinese_number
from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind

Mark = tuple[str, object]

MOST = 5
MOST_LOOKED_AT = 400  # behind a figure that an editor picks from
CANDIDATES = 40  # looked at for each topic
OPENING = 40  # characters of a narrative that say what it is about
SHORTEST, LONGEST = 25, 400  # characters of a narrative that tells a story and stays one
KINDS = {Kind.COMPLAINT: "投诉", Kind.REPORT: "举报", Kind.CONSULTATION: "咨询"}


def typical_cases(topics: Sequence[tuple[str, Sequence[int]]], others: Sequence[int]) -> list[TypicalCase]:
    """At most five cases: one for each topic in order of weight, filled up from ``others``.

    A wider topic (its cases hold all those of a narrower one on the list) gives way to the narrower.
    """
    narrow = [(name, ids) for name, ids in topics if not holds_another(ids, [one for _name, one in topics])]
    groups = [*narrow, *((name, ids) for name, ids in topics if (name, ids) not in narrow), ("", others)]
    wanted = {pk for _name, ids in groups for pk in ids[:CANDIDATES]}
    rows = Case.objects.filter(pk__in=wanted).select_related("place__parent", "object_class", "issue_class")
    cases = {case.pk: case for case in rows.order_by("pk")}
    chosen: list[TypicalCase] = []
    used: set[Mark] = set()
    for name, ids in groups:
        if len(chosen) == MOST:
            break
        rounds = 1 if name else MOST - len(chosen)
        for _round in range(rounds):
            best = _best((cases[pk] for pk in ids[:CANDIDATES] if pk in cases), used, name)
            if best is None:
                break
            used |= _marks(best)
            made = _told(best, name, len(chosen) + 1)
            if made is not None:
                chosen.append(made)
    return chosen


def suggested(ids: Sequence[int], taken: Iterable[int] = ()) -> list[int]:
    """At most five cases that differ from each other and from those taken, most telling first.  One query."""
    rows = Case.objects.filter(pk__in=[*ids[:MOST_LOOKED_AT], *taken]).order_by("pk")
    cases = {case.pk: case for case in rows}
    used = {mark for pk in taken if pk in cases for mark in _marks(cases[pk])}
    found: list[int] = []
    while (
        len(found) < MOST and (best := _best((cases[pk] for pk in ids if pk in cases), used, "")) is not None
    ):
        used |= _marks(best)
        found.append(best.pk)
    return found


def proposed(case: Case, place: int, *, is_operator_shown: bool) -> tuple[str, str]:
    """A title and a short text for a case, to be gone over by an editor; the operator is named only where asked."""
    text = case.match_text if is_operator_shown else without_operator(case.match_text, case.entity_name)
    about = case.issue_class.name if case.issue_class else "其他问题"
    who = case.entity_name if is_operator_shown and case.entity_name else f"某{sort_of(case.entity_name)}"
    title = f"案例{chinese_number(place)}　{_district_name(case)}{who}：{about}"
    return title, shortened(without_remains(text))


def holds_another(ids: Sequence[int], others: Iterable[Sequence[int]]) -> bool:
    """Whether these cases hold all of another topic's, and more."""
    mine = set(ids)
    return any(other and set(other) < mine for other in others)


def _marks(case: Case) -> set[Mark]:
    """What another typical case should not repeat."""
    return {("case", case.pk), ("submission", case.submission_id), ("place", case.place_id), ("kind", case.kind),
            ("text", case.match_text[:40]), ("entity", case.entity_id or case.entity_name)}  # fmt: skip


_FORBIDDEN = ("case", "submission", "text")  # may not be repeated at all; the rest only counts against a case


def _best(candidates: Iterable[Case], used: set[Mark], topic: str) -> Case | None:
    """The case that repeats least and tells most; the lower number among equals."""
    fit = [
        case for case in candidates if not any(mark in used for mark in _marks(case) if mark[0] in _FORBIDDEN)
    ]
    # What a report says goes only to those who handle it, and a bulletin goes further (O20 art. 33, O121 art. 37).
    fit = [case for case in fit if case.kind == Kind.COMPLAINT]
    return min(fit, key=lambda case: (*_weight(case, used, topic), case.pk), default=None)


def _weight(case: Case, used: set[Mark], topic: str) -> tuple[int, int, int, int]:
    length = len(case.match_text)
    repeats = sum(mark in used for mark in _marks(case))
    # The word of the topic early in the story: there it is the matter itself, later often an aside.
    aside = 0 if topic[:2] in case.match_text[:OPENING] else 1
    return (0 if SHORTEST <= length <= LONGEST else 1, aside, repeats, abs(length - 120))


def _told(case: Case, topic: str, place: int) -> TypicalCase | None:
    """The case in the words of a bulletin; None if it cannot be shown without a personal number."""
    text = shortened(without_remains(without_operator(case.match_text, case.entity_name)))
    if len(text) < SHORTEST:
        return None
    about = topic or (case.issue_class.name if case.issue_class else "其他问题")
    title = f"案例{chinese_number(place)}　{_district_name(case)}某{sort_of(case.entity_name)}：{about}"
    kind = KINDS[Kind(case.kind)]
    facts = (("诉求类型", f"{kind}，涉及{case.object_class.name}" if case.object_class else kind),)
    try:
        CaseBox(title, text, facts)
    except BadDocument:
        return None  # the redactor missed a number: better no case than a leak
    return TypicalCase(title, text, facts, case.pk)


def _district_name(case: Case) -> str:
    place = case.place
    if place is None:
        return ""
    while place.level == "street" and place.parent is not None:
        place = place.parent
    return place.name

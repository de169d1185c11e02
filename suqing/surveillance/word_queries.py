"""Words heard more than usual as one reader may see them: only with cases in sight, and counted in these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from suqing.accounts.models import Person
from suqing.cases.models import Case
from suqing.cases.queries.sight import units_in_sight, visible_cases
from suqing.surveillance.models import IgnoredWord, RisingWord, WordLook
from suqing.surveillance.new_words import FEWEST


@dataclass(frozen=True, slots=True)
class SeenWord:
    """A word with how many of its cases are in sight; ``curve`` is empty for who does not see all cases."""

    word: RisingWord
    cases: int
    curve: tuple[int, ...]


def newest_look(days: int, until: datetime | None = None) -> WordLook | None:
    """The last look at windows of so many days, or the last one before a moment; one query."""
    rows = WordLook.objects.filter(days=days)
    if until is not None:
        rows = rows.filter(until__lte=until)
    return rows.order_by("-until").first()


def words_in_sight(person: Person, look: WordLook) -> list[SeenWord]:
    """The words of a look, the most surprising first, that nobody ignores; four queries.

    Who sees a part of the cases is told those words only that as many cases in sight hold as a word needs voices, and not
    how often others heard them.
    """
    ignored = IgnoredWord.objects.filter(ended_at=None).values("word")
    rows = list(look.words.exclude(word__in=ignored).order_by("rank"))
    asked = {case for row in rows for case in row.cases}
    seen = set(visible_cases(person).filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()
    everything = sees_everything(person)
    found = [_seen(row, seen, everything) for row in rows]
    return [one for one in found if one.cases >= (1 if everything else FEWEST)]


def _seen(row: RisingWord, seen: set[int], everything: bool) -> SeenWord:
    return SeenWord(row, len(seen.intersection(row.cases)), tuple(row.curve) if everything else ())


def sees_everything(person: Person) -> bool:
    """Whether a person sees every case, reports too."""
    sight = units_in_sight(person)
    return sight.units is None and sight.report_units is None


def word_for(person: Person, pk: int) -> SeenWord:
    """One word, if the reader is told it.  Raise RisingWord.DoesNotExist otherwise."""
    row = RisingWord.objects.select_related("look").get(pk=pk)
    everything = sees_everything(person)
    cases = visible_cases(person).filter(pk__in=row.cases).count()
    if cases < (1 if everything else FEWEST):
        raise RisingWord.DoesNotExist
    return SeenWord(row, cases, tuple(row.curve) if everything else ())


def cases_of(person: Person, row: RisingWord) -> QuerySet[Case]:
    """The cases in sight that held the word when it was looked for, newest first."""
    return visible_cases(person).filter(pk__in=row.cases).order_by("-received_at", "-pk")


def ignored_words() -> QuerySet[IgnoredWord]:
    """The words that are told no more, newest first."""
    return IgnoredWord.objects.filter(ended_at=None).select_related("by").order_by("-at", "-pk")

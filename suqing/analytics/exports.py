"""The lists that can be written to files: each with the query of its page, its columns, and who may have it.

A file shows its reader what the page shows and no more: rows come from the same query, personal data are masked unless
the reader's role opens them in the unit of the case and the reader asked for them with a reason.  A layer above may
``register`` lists of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can, permissions_of, visible_unit_ids
from suqing.analytics.export_writing import CellKind, Fact, Heading, Value
from suqing.analytics.periods import CENTRE_ZONE
from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind
from suqing.taxonomy.text.redact import redact

CHUNK = 2_000  # rows whose names, people and topics are read together

Rows: TypeAlias = QuerySet[Any] | Sequence[Any]
Filters: TypeAlias = Mapping[str, Any]


class UnknownList(KeyError):
    """No list has this code, or the list has no such layout."""


@dataclass
class Reader:
    """Who reads the file: what is plain to them, words and names that repeat, and whose data were written plainly."""

    person: Person
    now: datetime
    is_masked: bool
    plain_units: set[int] | None = field(default_factory=set)  # None: all
    looked_at: list[str] = field(
        default_factory=list
    )  # whose data were written since the looks were last logged
    _words: dict[str, str] = field(default_factory=dict)
    _names: dict[type[Model], dict[Any, Any]] = field(default_factory=dict)
    _memo: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, person: Person, now: datetime, *, is_masked: bool) -> Reader:
        """Read what the person's appointments open now."""
        units = set() if is_masked else visible_unit_ids(person, holding=Permission.PERSONAL_SEE)
        return cls(person, now, is_masked, units)

    def sees_plain(self, unit: int) -> bool:
        """Whether the people of this unit's cases stand unmasked in the file."""
        return not self.is_masked and (self.plain_units is None or unit in self.plain_units)

    def sees_words(self, case: Case) -> bool:
        """Whether the words of this case stand as they were given, as on its page: those of an anonymous report are
        plain to nobody by role (O20 art. 33, O121 art. 37)."""
        is_anonymous = case.kind == Kind.REPORT and not case.is_real_name
        return not is_anonymous and self.sees_plain(case.responsible_unit_id)

    def word(self, message: str) -> str:
        """A message of the catalogue, translated once a file."""
        known = self._words.get(message)
        if known is None:
            known = self._words[message] = _(message) if message else ""
        return known

    def text(self, text: str, *, plain: bool) -> str:
        """What somebody wrote, as this reader may see it."""
        return text if plain or not text else _redacted(text)

    def named(self, model: type[Model], keys: Iterable[Any]) -> dict[Any, Any]:
        """Rows by key that many lines refer to (units, classes, places), each read once a file."""
        known = self._names.setdefault(model, {})
        missing = {key for key in keys if key is not None} - known.keys()
        if missing:
            known |= model._default_manager.in_bulk(missing)
        return known

    def memo(self, key: str, read: Callable[[], Any]) -> Any:
        """Something that stays the same for the whole file, read once."""
        if key not in self._memo:
            self._memo[key] = read()
        return self._memo[key]


@lru_cache(maxsize=20_000)
def _redacted(text: str) -> str:
    return redact(text).text


Lines: TypeAlias = Callable[[Sequence[Any], Reader], Iterable[Sequence[Value]]]


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file and what makes lines of a chunk of rows.  ``headings`` are English ids unless fixed."""

    headings: tuple[Heading, ...]
    lines: Lines
    is_fixed: bool = False  # headings of somebody else's layout are not translated
    sheet: str = ""  # how the sheet of an xlsx must be called

    def titles(self) -> tuple[Heading, ...]:
        """The headings in the language in force."""
        if self.is_fixed:
            return self.headings
        return tuple(Heading(_(one.title), one.kind, one.width) for one in self.headings)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a plain layout: its heading (English id) and what it says of a row."""

    title: str
    value: Callable[[Any, Reader], Value]
    kind: CellKind = CellKind.TEXT
    width: int = 14


def layout_of(*columns: Column) -> Layout:
    """A layout whose lines need nothing but their own row."""

    def lines(rows: Sequence[Any], reader: Reader) -> Iterator[list[Value]]:
        for row in rows:
            yield [column.value(row, reader) for column in columns]

    return Layout(tuple(Heading(one.title, one.kind, one.width) for one in columns), lines)


SUQING, NATIONAL = "suqing", "national"


@dataclass(frozen=True, slots=True)
class ListToWrite:
    """A list: ``rows`` asks the query of the page for a person and stored filters, in the order of the page.

    ``permissions``: any one of them, beside LIST_EXPORT, as for the page.
    """

    code: str
    label: str  # English message id
    permissions: frozenset[Permission]
    rows: Callable[[Person, Filters, datetime], Rows]
    layouts: Mapping[str, Layout]
    has_personal: bool = False

    def layout(self, code: str) -> Layout:
        try:
            return self.layouts[code]
        except KeyError:
            raise UnknownList(f"{self.code} has no layout {code}") from None


LISTS: dict[str, ListToWrite] = {}


def register(found: ListToWrite) -> ListToWrite:
    """Add a list.  Raise ValueError for a code that another one has."""
    if LISTS.setdefault(found.code, found) is not found:
        raise ValueError(f"two lists are called {found.code}")
    return found


def list_of(code: str) -> ListToWrite:
    """The list of this code.  Raise UnknownList."""
    try:
        return LISTS[code]
    except KeyError:
        raise UnknownList(code) from None


def may_export(person: Person, found: ListToWrite) -> bool:
    """Whether this person may write this list to a file now."""
    return can(person, Permission.LIST_EXPORT) and bool(found.permissions & permissions_of(person))


def may_see_personal(person: Person, found: ListToWrite) -> bool:
    """Whether asking for personal data would show this person any."""
    if not found.has_personal or not can(person, Permission.PERSONAL_SEE):
        return False
    return visible_unit_ids(person, holding=Permission.PERSONAL_SEE) != set()


def scope_of(person: Person) -> dict[str, Any]:
    """How far the person's rights reach: units of the cases, of the reports, of the personal data; None for all."""
    held = (("cases", None), ("reports", Permission.REPORT_VIEW), ("personal", Permission.PERSONAL_SEE))
    reach = {name: visible_unit_ids(person, holding=permission) for name, permission in held}
    return {name: None if units is None else sorted(units) for name, units in reach.items()}


def still_reaches(person: Person, scope: Mapping[str, Any], *, is_masked: bool) -> bool:
    """Whether the person's rights still reach all that a file was written with."""
    now = scope_of(person)
    names = ("cases", "reports") if is_masked else ("cases", "reports", "personal")
    return all(_covers(now[name], scope.get(name, [])) for name in names)


def _covers(now: list[int] | None, then: list[int] | None) -> bool:
    return now is None or (then is not None and set(then) <= set(now))


LONGEST_WORDS = 2_000  # characters of the filters in a heading


def about(
    what: Sequence[Fact],
    *,
    words: Sequence[str],
    as_of: datetime,
    position: int,
    person: Person,
    is_synthetic: bool,
    more: Sequence[Fact] = (),
) -> list[Fact]:
    """What a file says of itself, in the language in force: of what, narrowed how, as of when, for whom."""
    at = as_of.astimezone(CENTRE_ZONE).isoformat(sep=" ", timespec="seconds")
    facts = [
        *what,
        (_("Filter"), _("; ").join(words)[:LONGEST_WORDS] or _("none")),
        (_("As of"), _("%(at)s, event %(position)d") % {"at": at, "position": position}),
        (_("Written for"), person.display_name),
        *more,
    ]
    return [*facts, (_("Synthetic data"), _("Written in a rehearsal"))] if is_synthetic else facts


def count(rows: Rows) -> int:
    """How many lines the file will have."""
    return rows.count() if isinstance(rows, QuerySet) else len(rows)


def chunks(rows: Rows) -> Iterator[list[Any]]:
    """The rows, some thousand at a time, by a cursor that the database keeps: never all of them in memory."""
    found: list[Any] = []
    for row in rows.iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else rows:
        found.append(row)
        if len(found) == CHUNK:
            yield found
            found = []
    if found:
        yield found


def units(rows: Iterable[Any], reader: Reader, *names: str) -> dict[int, Unit]:
    """The units that these rows name in the given fields."""
    return reader.named(Unit, (getattr(row, f"{name}_id") for row in rows for name in names))

"""From a row to a past case: what each cell means, what is wrong with it, what is kept beside the case."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from uuid import UUID, uuid5

from suqing.cases.importing.fields import FIELDS
from suqing.cases.importing.layouts import NATIONAL, Layout
from suqing.cases.importing.moments import day_in_number, moment_of
from suqing.cases.importing.national import COLUMNS, NationalFacts, remembered
from suqing.cases.importing.references import PATH, ClassIndex, References, word_key
from suqing.cases.importing.row_reading import CellProblem, Row, RowReader, plan_of
from suqing.cases.importing.standing import belongs, outcome_belongs, standing
from suqing.cases.intake import EntityInput, PartyInput
from suqing.cases.past_cases import PastCase
from suqing.cases.vocabulary import Channel, Kind, Outcome, State, Urgency
from suqing.cases.workflow import ENDED
from suqing.kit import phones, uscc

__all__ = ["CellProblem", "Duplicates", "Parsed", "References", "Row", "missing", "national_facts", "parse"]

N_ = str

_REFS = UUID("6f1f0c8e-5d0b-5a35-9a5e-8d5f3b0f6c21")  # names the refs of imported contacts; never change it

INFERRED_DAY = N_(
    "No column tells the time of receipt: the day was taken from digits 11 to 18 of the number."
)
UNKNOWN_CLASS = N_("This class is not known here; the case has none, the words are kept beside it.")
PART_OF_CLASS = N_("Only the upper levels of this class are known here; the words are kept beside the case.")
UNKNOWN_UNIT = N_("This unit is not known here; the centre has the case, the words are kept beside it.")
UNKNOWN_REQUEST = N_("Some of these requests are not known here; they are kept as a note.")
FOREIGN_STATUS = N_("This status does not belong to a matter of this kind; it is kept beside the case.")
BAD_USCC = N_("This is no unified social credit code; the operator is taken without it.")
BAD_PHONE = N_("This is no phone number; the person is taken without it.")
NO_NARRATIVE = N_("The table says nothing about what the matter is.")
# Marks in ``told`` beside the cells: which moments nobody told.
CLOSED_AT_KEY, RECEIVED_AT_KEY = "@closed_at", "@received_at"
_TOLD = (
    "department", "sales_way", "unit", "object_class", "issue_class", "issue_class_short", "channel", "first_check",
    "progress", "outcome", "urgency",
)  # fmt: skip
_FIELD_OF = {names[0]: code for code, names in NATIONAL.columns.items()}
_BY_COLUMN = tuple((name, _FIELD_OF[name]) for name in COLUMNS)
_BETWEEN = re.compile("[,，、;；]")
_AMOUNTS = ("amount", "recovered_amount", "penalty_amount", "confiscated_amount")
_MOMENTS = ("dispatched_at", "decided_at", "filed_at", "closed_at")
TWICE = N_("The number stands in row %(first)s of this file already.")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a row became.  ``case`` is None where a problem rejects it; ``fingerprint`` is of the cells that are read."""

    case: PastCase | None
    number: str
    fingerprint: str
    problems: tuple[CellProblem, ...]


class Duplicates:
    """Remembers the numbers of one file in little memory and tells a second one with the first one's row."""

    def __init__(self) -> None:
        self._rows: dict[bytes, int] = {}

    def problem(self, number: str, row: int, column: str = "") -> CellProblem | None:
        """Note the number of a row; give the problem if an earlier row has it."""
        if not number:
            return None
        key = blake2b(number.encode(), digest_size=10).digest()
        first = self._rows.setdefault(key, row)
        if first == row:
            return None
        return CellProblem(column, number[:200], TWICE, {"first": first})


def missing(header: tuple[str, ...], layout: Layout) -> tuple[str, ...]:
    """Give the required fields that no column of the table holds; the time may be inferred from a national number."""
    plan = plan_of(header, layout)
    absent = [one.code for one in FIELDS.values() if one.is_required and one.code not in plan.places]
    if "" in plan.words.get("kind", {}):
        absent = [code for code in absent if code != "kind"]
    return tuple(code for code in absent if not (code == "received_at" and layout.is_national))


def parse(row: Row, header: tuple[str, ...], layout: Layout, references: References, now: datetime) -> Parsed:
    """Read one row.  Never raises for what a table can hold: what is wrong is told, cell by cell."""
    plan = plan_of(header, layout)
    reader = RowReader(row, plan, now)
    reader.check_shape()
    number = reader.number()
    kind = _kind(reader)
    received_at = _received(reader, number, now)
    case = None
    cells = reader.said()
    fingerprint = _fingerprint(cells)
    if number and kind is not None and received_at is not None:
        maker = _CaseMaker(reader, layout, references, kind, cells)
        case = maker.case(number, received_at, row.number, fingerprint)
    problems = tuple(reader.problems)
    rejected = any(problem.rejects for problem in problems)
    return Parsed(None if rejected else case, number, fingerprint, problems)


def _fingerprint(cells: dict[str, str]) -> str:
    said = "\x1f".join(f"{name}\x1e{text}" for name, text in cells.items() if text)
    return blake2b(said.encode(), digest_size=24).hexdigest()


def _kind(reader: RowReader) -> Kind | None:
    before = len(reader.problems)
    word = reader.word("kind")
    if not word and len(reader.problems) == before:
        reader.missing("kind")
    return Kind(word) if word else None


def _received(reader: RowReader, number: str, now: datetime) -> datetime | None:
    before = len(reader.problems)
    received_at = reader.moment("received_at")
    if received_at is not None or len(reader.problems) > before:
        return received_at
    day = day_in_number(number)
    if day is None or moment_of(day) > now:
        reader.missing("received_at")
        return None
    reader.remark("received_at", INFERRED_DAY)
    return moment_of(day)


class _CaseMaker:
    """Makes the case of one row whose number, kind and time are known."""

    def __init__(
        self, reader: RowReader, layout: Layout, references: References, kind: Kind, cells: dict[str, str]
    ) -> None:
        self.reader, self.layout, self.references, self.kind = reader, layout, references, kind
        self.cells = cells

    def case(self, number: str, received_at: datetime, row: int, fingerprint: str) -> PastCase:
        reader = self.reader
        amounts = {code: reader.amount(code) for code in _AMOUNTS}
        moments = {code: reader.moment(code) for code in _MOMENTS}
        unit = self._unit()
        punished = (amounts["penalty_amount"] or Decimal(0)) + (amounts["confiscated_amount"] or Decimal(0))
        state, outcome = self._standing(unit, punished, is_closed=moments["closed_at"] is not None)
        place, address = self._place()
        requests, request_note = self._requests()
        person = self._person()
        entity_address = reader.text("entity_address")
        told: dict[str, str] = {}  # filled once the case can say what its row would be
        case = PastCase(
            ref=uuid5(_REFS, f"{self.layout.source}\n{number}"),
            kind=self.kind,
            received_at=received_at,
            narrative=self._narrative(),
            channel=Channel(reader.word("channel") or Channel.OTHER),
            person=person,
            object_class=self._class("object_class", "object"),
            issue_class=self._issue(),
            entity=self._entity(),
            entity_address=entity_address,
            place=place,
            address=address,
            incident_on=reader.day("incident_on"),
            amount=amounts["amount"],
            requests=requests,
            request_note=request_note,
            goods=reader.text("goods"),
            # Who is not named cannot be told of the decision (O20 art. 31): such a report counts as anonymous.
            is_real_name=self.kind != Kind.REPORT or bool(person.name),
            urgency=Urgency(reader.word("urgency") or Urgency.NORMAL),
            unit=unit,
            state=state,
            outcome=outcome,
            dispatched_at=moments["dispatched_at"],
            decided_at=moments["decided_at"],
            filed_at=moments["filed_at"],
            closed_at=moments["closed_at"] if state in ENDED else None,
            result_note=reader.whole_text("result_note"),
            recovered_amount=amounts["recovered_amount"],
            penalty_amount=amounts["penalty_amount"],
            confiscated_amount=amounts["confiscated_amount"],
            source=self.layout.source,
            number=number,
            row=row,
            told=told,
            fingerprint=fingerprint,
        )
        told.update(self._told(case))
        return case

    def _standing(self, unit: str, punished: Decimal, *, is_closed: bool) -> tuple[State, Outcome | None]:
        reader = self.reader
        check = reader.word("first_check")
        if not belongs(self.kind, check):
            reader.remark("first_check", FOREIGN_STATUS)
            check = ""
        word = reader.word("outcome")
        outcome = Outcome(word) if word else None
        if outcome is not None and not outcome_belongs(self.kind, outcome):
            reader.remark("outcome", FOREIGN_STATUS)
            outcome = None
        is_ended = is_closed or reader.word("progress") == "ended"
        return standing(
            self.kind, check, is_ended=is_ended, outcome=outcome, has_unit=bool(unit), punished=punished
        )

    def _unit(self) -> str:
        name = self.reader.text("unit")
        code = self.references.units.get(word_key(name), "") if name else ""
        if name and not code:
            self.reader.remark("unit", UNKNOWN_UNIT)
        return code

    def _place(self) -> tuple[str, str]:
        """Give the division and the words about the place; the words stay whole, masks and all."""
        reader = self.reader
        parts = [text for code in ("district", "street") if (text := reader.text(code))]
        address = reader.text("place")
        said = "".join(parts) + address.replace("*", "")
        code = self.references.place(said) if said else ""
        if not code and parts:
            code = self.references.place("".join(parts))
        return code, address or "".join(parts)

    def _narrative(self) -> str:
        title, text = self.reader.text("title"), self.reader.whole_text("narrative")
        if title and not text.startswith(title):
            text = f"{title}\n{text}" if text else title
        if not text:
            self.reader.remark("narrative", NO_NARRATIVE, once=not self.reader.has_column("narrative"))
        return text

    def _person(self) -> PartyInput:
        reader = self.reader
        phone = reader.text("person_phone")
        number = phones.normalise(phone) if phone and "*" not in phone else ""
        if phone and not number:
            reader.remark("person_phone", BAD_PHONE, once=False)
        return PartyInput(reader.text("person_name"), number, reader.text("person_address"))

    def _entity(self) -> EntityInput:
        code = uscc.normalise(self.reader.text("entity_uscc"))
        if code:
            try:
                uscc.check(code)
            except uscc.BadUscc:
                self.reader.remark("entity_uscc", BAD_USCC, once=False)
                code = ""
        return EntityInput(self.reader.text("entity_name"), code)

    def _issue(self) -> str:
        tree = "report_issue" if self.kind == Kind.REPORT else "issue"
        full = self.reader.text("issue_class")
        return self._class("issue_class" if full else "issue_class_short", tree)

    def _class(self, field: str, tree: str) -> str:
        text = self.reader.text(field)
        if not text:
            return ""
        code, is_whole = self.references.tree(tree).find(text)
        if not is_whole:
            self.reader.remark(field, PART_OF_CLASS if code else UNKNOWN_CLASS)
        return code

    def _requests(self) -> tuple[tuple[str, ...], str]:
        text = self.reader.text("requests")
        index: ClassIndex = self.references.tree("request")
        codes: list[str] = []
        strange: list[str] = []
        for part in (one.strip() for one in _BETWEEN.split(text)):
            code, _ = index.find(part) if part else ("", False)
            if code and code not in codes:
                codes.append(code)
            elif part and not code:
                strange.append(part)
        if strange:
            self.reader.remark("requests", UNKNOWN_REQUEST)
        return tuple(codes), ",".join(strange)

    def _told(self, case: PastCase) -> dict[str, str]:
        """The cells that the case has no field for, and marks of what nobody told."""
        cells, reader = self.cells, self.reader
        if self.layout.is_national:
            told = remembered(self._national_cells(), national_facts(case, self.references))
        else:
            told = {
                column: cells[column]
                for code in _TOLD
                if (column := reader.column(code)) and cells[column].strip()
            }
        if case.state in ENDED and case.closed_at is None:
            told[CLOSED_AT_KEY] = "unknown"
        if not reader.column("received_at") or reader.cell("received_at") in (None, ""):
            told[RECEIVED_AT_KEY] = "inferred"
        return told

    def _national_cells(self) -> dict[str, str]:
        """Give the cells by the national names of their columns, however the table's header is written."""
        column, cells = self.reader.column, self.cells
        return {name: cells[found] for name, code in _BY_COLUMN if (found := column(code)) in cells}


def national_facts(case: PastCase, references: References) -> NationalFacts:
    """Give what the national row says of a past case, as the export does for the case it became."""
    issue = references.tree("report_issue" if case.kind == Kind.REPORT else "issue")
    request = references.tree("request")
    return NationalFacts(
        number=case.number,
        kind=case.kind,
        state=case.state,
        outcome=case.outcome,
        channel=case.channel,
        narrative=case.narrative,
        entity_name=case.entity.name,
        entity_address=case.entity_address,
        requests=tuple(request.paths.get(code, code).rpartition(PATH)[2] for code in case.requests),
        request_note=case.request_note,
        issue_path=issue.paths.get(case.issue_class, ""),
        object_path=references.tree("object").paths.get(case.object_class, ""),
        place_name=references.place_names.get(case.place, ""),
        address=case.address,
        unit_name=references.unit_names.get(case.unit, ""),
        result_note=case.result_note,
        amount=case.amount,
        recovered_amount=case.recovered_amount,
        penalty_amount=case.penalty_amount,
        confiscated_amount=case.confiscated_amount,
        told=case.told,
    )

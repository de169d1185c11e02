"""The columns of a strange table: which of them holds what, and what its words mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.cases.actions.imports import NAME_MISSING, SOURCE_MISSING
from suqing.cases.importing.fields import FIELDS, STATUS_LABELS
from suqing.cases.models import ColumnMapping, ImportRun
from suqing.cases.queries.import_pages import guessed_columns, samples_of, unknown_words
from suqing.cases.queries.imports import Look, look_at, mappings
from suqing.cases.vocabulary import LABELS, Channel, Kind, Outcome, Urgency

N_ = str
LONGEST_SAMPLE = 18  # characters of a value shown in a list of columns
_VOCABULARY: dict[str, type[Kind] | type[Channel] | type[Outcome] | type[Urgency]] = {
    "kind": Kind,
    "channel": Channel,
    "outcome": Outcome,
    "urgency": Urgency,
}


@dataclass(slots=True)
class MappingPage:
    """What was typed so far, and what the page offers."""

    run: ImportRun
    look: Look
    columns: dict[str, str]
    values: dict[str, dict[str, str]]
    name: str = ""
    source: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)

    def facts(self, person: Person) -> dict[str, Any]:
        """The values that _mapping.html asks for."""
        samples = samples_of(self.look.header, self.look.rows)
        options = [(name, _option(name, samples[name])) for name in self.look.header if name]
        return {
            "run": self.run,
            "name": self.name,
            "source": self.source,
            "errors": self.errors,
            "problems": [(f"map-{key}", _named(key, text)) for key, text in self.errors.items()],
            "fields": [
                {
                    "code": code,
                    "label": _(one.label),
                    "is_required": one.is_required,
                    "chosen": self.columns.get(code, ""),
                    "samples": samples.get(self.columns.get(code, ""), []),
                    "error": self.errors.get(code, ""),
                }
                for code, one in FIELDS.items()
            ],
            "options": options,
            "words": [
                {
                    "code": code,
                    "label": _(FIELDS[code].label),
                    "options": _words_of(code),
                    "rows": [
                        (f"word-{code}-{number}", word, self.values.get(code, {}).get(word, ""))
                        for number, word in enumerate(words)
                    ],
                }
                for code, words in self.words.items()
            ],
            "kinds": _words_of("kind"),
            "kind_else": self.values.get("kind", {}).get("", ""),
            "header": self.look.header,
            "rows": [[_short(str(cell or "")) for cell in row.cells] for row in self.look.rows[:5]],
            "sheets": self.look.sheets,
            "sheet": self.look.sheet,
            "mappings": mappings(person),
        }


def _named(key: str, text: str) -> str:
    """A problem with the name of its field, for the summary above them all."""
    return _("%(name)s: %(value)s") % {"name": _(FIELDS[key].label), "value": text} if key in FIELDS else text


def _option(name: str, samples: list[str]) -> str:
    shown = _(", ").join(_short(text) for text in samples)
    return f"{name} — {shown}" if shown else name


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SAMPLE else f"{text[:LONGEST_SAMPLE]}…"


def _words_of(code: str) -> list[tuple[str, str]]:
    """Our words of a field, with their labels."""
    if code in _VOCABULARY:
        return [(str(one), _(LABELS[one])) for one in _VOCABULARY[code]]
    return [(word, _(STATUS_LABELS[word])) for word in FIELDS[code].words]


def fresh_page(run: ImportRun, saved: ColumnMapping | None = None) -> MappingPage:
    """The page before anything was chosen, with what can be guessed.  Raise Unreadable or Missing."""
    look = look_at(run.file, sheet=run.sheet, encoding=run.encoding)
    mapping = saved or run.mapping
    if mapping is not None:
        columns = {
            code: text if isinstance(text, str) else next(iter(text), "")
            for code, text in mapping.columns.items()
        }
        columns = {code: name for code, name in columns.items() if name in look.header}
        return MappingPage(run, look, columns, mapping.values, mapping.name, mapping.source)
    return MappingPage(run, look, guessed_columns(look.header), {})


def typed_page(run: ImportRun, given: QueryDict) -> MappingPage:
    """The page as it was sent, with its errors.  Raise Unreadable or Missing."""
    sheet = given.get("sheet", run.sheet)
    look = look_at(run.file, sheet=sheet, encoding=run.encoding)
    columns = {
        code: given.get(f"map-{code}", "") for code in FIELDS if given.get(f"map-{code}", "") in look.header
    }
    columns = {code: name for code, name in columns.items() if name}
    page = MappingPage(run, look, columns, {}, given.get("name", "").strip(), given.get("source", "").strip())
    page.words = unknown_words(run.file, columns, sheet=look.sheet, encoding=look.encoding)
    kind_else = given.get("kind-else", "")
    if kind_else in set(Kind):
        page.values["kind"] = {"": kind_else}
    for code, words in page.words.items():
        for number, word in enumerate(words):
            chosen = given.get(f"word-{code}-{number}", "")
            # The words of the page that was sent, not those of columns chosen since.
            if chosen in FIELDS[code].words and given.get(f"said-{code}-{number}", "") == word:
                page.values.setdefault(code, {})[word] = chosen
    _complain(page, given)
    return page


def _complain(page: MappingPage, given: QueryDict) -> None:
    for code, one in FIELDS.items():
        has_default = code == "kind" and "" in page.values.get("kind", {})
        if one.is_required and code not in page.columns and not has_default:
            page.errors[code] = _("Choose the column that holds this; no row can be read without it.")
    if not page.name:
        page.errors["name"] = _(NAME_MISSING)
    if not page.source:
        page.errors["source"] = _(SOURCE_MISSING)
    seen_words = given.get("words-seen", "")
    if page.words and not page.errors and not seen_words:
        page.errors["words"] = _(
            "Some words of this table are not known here yet. Say what they mean, below."
        )

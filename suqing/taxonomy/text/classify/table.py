"""Read texts with their labels from a csv, and say which row and column is at fault."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from suqing.taxonomy.text.normalise import fold_case, normalise

TEXT_NAMES = ("text", "title", "narrative", "content", "内容", "文本", "标题", "诉求内容")
LABEL_NAMES = ("label", "class", "category", "标签", "类别", "一级标签", "一级分类")
LONGEST_CELL = 1_000_000
N_ = str


class BadTable(ValueError):
    """The file cannot be learnt from; ``message`` is an English id that says where, with its ``values``."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values)
        self.message, self.values = message, values


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts with a label each.  ``repeats`` were left out because the text stood before, ``contradictory`` texts because
    they stood there with two labels; texts are the same that differ in nothing but punctuation, spaces, width and case."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    repeats: int = 0
    contradictory: int = 0


def read_table(path: Path, text: str = "", label: str = "", encoding: str = "utf-8-sig") -> Labelled:
    """Read a csv; columns not named are looked for by their usual names.  Raise BadTable."""
    rows = _rows(path, encoding)
    head = next(rows, None)
    if head is None:
        raise BadTable(N_("%(file)s is empty"), file=path.name)
    names = [name.strip() for name in head[1]]
    at, of = _column(names, text, TEXT_NAMES, "--text"), _column(names, label, LABEL_NAMES, "--label")
    texts, labels = [], []
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        texts.append(_cell(row, at, names, line))
        labels.append(_cell(row, of, names, line))
    if not texts:
        raise BadTable(N_("%(file)s has a heading and no rows"), file=path.name)
    found = distinct(texts, labels)
    if len(set(found.labels)) < 2:
        raise BadTable(N_("column %(column)s needs at least two different labels"), column=names[of])
    return found


def distinct(texts: Sequence[str], labels: Sequence[str]) -> Labelled:
    """Keep each text once, and none that has two labels: what is in training and in the test would flatter."""
    first: dict[str, int] = {}
    told: dict[str, set[str]] = {}
    for place, (text, label) in enumerate(zip(texts, labels, strict=True)):
        key = "".join(filter(str.isalnum, fold_case(normalise(text).text)))
        first.setdefault(key, place)
        told.setdefault(key, set()).add(label)
    kept = [place for key, place in first.items() if len(told[key]) == 1]
    return Labelled(
        tuple(texts[place] for place in kept),
        tuple(labels[place] for place in kept),
        len(texts) - len(first),
        len(first) - len(kept),
    )


def _rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    before = csv.field_size_limit(LONGEST_CELL)  # the module has one for the whole process
    try:
        with path.open(encoding=encoding, newline="") as file:
            reader = csv.reader(file, strict=True)
            for row in reader:
                yield reader.line_num, row
    except OSError as fault:
        raise BadTable(N_("cannot open %(file)s: %(why)s"), file=path, why=fault.strerror) from fault
    except LookupError as fault:
        raise BadTable(N_("no such encoding: %(encoding)s"), encoding=encoding) from fault
    except UnicodeDecodeError as fault:
        raise BadTable(
            N_("row %(row)s: not %(encoding)s; name the encoding, such as --encoding gb18030"),
            row=_row_of_fault(path, encoding),
            encoding=encoding,
        ) from fault
    except csv.Error as fault:
        raise BadTable(N_("row %(row)s: %(why)s"), row=reader.line_num, why=fault) from fault
    finally:
        csv.field_size_limit(before)


def _row_of_fault(path: Path, encoding: str) -> int:
    """The first line that is not in this encoding."""
    with path.open("rb") as file:
        for line, data in enumerate(file, 1):
            try:
                data.decode(encoding)
            except UnicodeDecodeError:
                return line
    return 1


def _column(names: Sequence[str], wanted: str, usual: Sequence[str], option: str) -> int:
    for name in (wanted,) if wanted else usual:
        if name in names:
            return names.index(name)
    columns = ", ".join(names)
    if wanted:
        raise BadTable(
            N_("row 1: there is no column %(column)s; the columns are %(columns)s"),
            column=wanted,
            columns=columns,
        )
    raise BadTable(
        N_("row 1: name the column with %(option)s; the columns are %(columns)s"),
        option=option,
        columns=columns,
    )


def _cell(row: Sequence[str], at: int, names: Sequence[str], line: int) -> str:
    value = row[at].strip() if at < len(row) else ""
    if not value:
        raise BadTable(N_("row %(row)s, column %(column)s: empty"), row=line, column=names[at])
    return value

"""What is wrong with the rows of an import, written down: what rejects a row always, remarks that repeat only so often.

People correct by what rejects a row; a remark that a hundred thousand rows share helps nobody a hundred thousand times.
Whatever is not written down is counted on the run (``unlisted``), and its page says how many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from django.db.models import Count

from suqing.cases.actions.import_rows import Decided, Fate
from suqing.cases.importing.row_reading import CellProblem
from suqing.cases.models import ImportProblem, ImportRun

MOST_REMARKS = 100_000  # of a run; what rejects a row is written down for every row
MOST_ALIKE = 100  # of the same remark about different cells


@dataclass(slots=True)
class Remarks:
    """The remarks of a run that are written down by now, behind the row ``position``."""

    position: int
    total: int = 0
    alike: Counter[tuple[str, str, str]] = field(
        default_factory=Counter
    )  # message, column, word that is told once

    @classmethod
    def of(cls, run: ImportRun) -> Remarks:
        """Count what is in the database: for the first batch, and for the first after a death."""
        found = cls(run.position)
        rows = run.problems.filter(rejects=False).values_list("message", "column", "value")
        for message, column, value, count in rows.annotate(count=Count("pk")).iterator():
            found.total += count
            found.alike[message, column, ""] += count
            if value:
                found.alike[message, column, value] += count
        return found

    def takes(self, problem: CellProblem) -> bool:
        """Whether this remark is still to be written down; counts it if so."""
        word = problem.value[:200] if problem.once else ""
        key = (problem.message[:300], problem.column[:100], word)
        if self.total >= MOST_REMARKS or self.alike[key] >= (1 if problem.once else MOST_ALIKE):
            return False
        self.alike[key] += 1
        self.total += 1
        return True


_counted: dict[int, Remarks] = {}
_lock = Lock()


def write_problems(run: ImportRun, decided: Sequence[Decided]) -> None:
    """Write down what is wrong with the rows of one batch.  Call inside the transaction that moves the run on.

    What was counted is kept for the next batch, so that no batch reads what all before it wrote.
    """
    with _lock:
        remarks = _counted.pop(run.pk, None)
    if remarks is None or remarks.position != run.position:
        remarks = Remarks.of(run)
    found = []
    for one in decided:
        for problem in [*one.row.parsed.problems, *warning_of(one)]:
            if problem.rejects or remarks.takes(problem):
                found.append(problem_of(run, one.row.number, problem))
            else:
                run.unlisted += 1
    ImportProblem.objects.bulk_create(found, batch_size=1000)
    if decided:
        remarks.position = decided[-1].row.number
        with _lock:
            _counted.clear()  # runs are worked off one after the other
            _counted[run.pk] = remarks


def write_warnings(run: ImportRun, decided: Sequence[Decided]) -> None:
    """Write down why cases were kept as they are, where the check has not said so already; one query and a write."""
    kept = [one for one in decided if one.fate == Fate.KEPT]
    if not kept:
        return
    told = set(run.problems.filter(row__in=[one.row.number for one in kept]).values_list("row", "message"))
    ImportProblem.objects.bulk_create(
        problem_of(run, one.row.number, problem)
        for one in kept
        for problem in warning_of(one)
        if (one.row.number, problem.message) not in told
    )


def warning_of(one: Decided) -> Iterator[CellProblem]:
    """What is told of a row because of the case that is there already."""
    if one.warning is not None:
        message, values = one.warning
        yield CellProblem("", one.row.parsed.number[:200], message, values, one.fate == Fate.REJECTED)


def problem_of(run: ImportRun, row: int, problem: CellProblem) -> ImportProblem:
    """The row of a problem, not yet written."""
    return ImportProblem(
        run=run,
        row=row,
        column=problem.column[:100].replace("\0", ""),
        value=problem.value[:200].replace("\0", ""),
        message=problem.message[:300],
        values=plain_values(problem.values),
        rejects=problem.rejects,
    )


def plain_values(values: Mapping[str, object]) -> dict[str, object]:
    """Values as JSON keeps them."""
    kept = (int, float, bool, str, list)
    return {name: value if isinstance(value, kept) else str(value) for name, value in values.items()}

"""Generates the ordinary years in a process beside the one that writes them, one batch ahead.

The child gets what to generate by its standard input and answers with pickled batches; when whoever writes is gone,
however it died, the pipe breaks and the child ends.
"""

from __future__ import annotations

import copyreg
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date
from operator import attrgetter
from typing import IO, Any

from suqing.cases.intake import EntityInput, PartyInput
from suqing.cases.past_cases import PastCase
from suqing.rehearsal.script.history import Batch, Quiet, batches

Task = tuple[Quiet, tuple[date, int], int]
_MAIN = "from suqing.rehearsal.script.generating import main; main()"


def batches_beside(quiet: Quiet, start: tuple[date, int], most: int) -> Iterator[Batch]:
    """Yield what ``batches`` yields.  Raise ChildProcessError where the child died before the end."""
    child = subprocess.Popen([sys.executable, "-c", _MAIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with child:
        if child.stdin is None or child.stdout is None:
            raise ChildProcessError("no pipes to the generator")
        try:
            with child.stdin as asked:
                pickle.dump((quiet, start, most), asked)
            while (batch := _next(child.stdout)) is not None:
                yield batch
        finally:
            child.kill()


def _next(answers: IO[bytes]) -> Batch | None:
    try:
        found: Batch | None = pickle.load(answers)
    except EOFError:
        raise ChildProcessError("the generator ended before its work was done") from None
    return found


def main() -> None:
    """Answer one task from standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who writes; the pipe tells us
    for kind in (PastCase, PartyInput, EntityInput):
        copyreg.pickle(kind, _by_fields(kind))
    task: Task = pickle.load(sys.stdin.buffer)
    try:
        for batch in batches(*task):
            pickle.dump(batch, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)
            sys.stdout.buffer.flush()
        pickle.dump(None, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        sys.stdout = None  # nothing more to flush at the end


def _by_fields(kind: type[Any]) -> Callable[[Any], tuple[type[Any], tuple[Any, ...]]]:
    """Pickle a value by its fields in order: half the work of a frozen value's own way."""
    told = attrgetter(*(one.name for one in fields(kind)))
    return lambda value: (kind, told(value))

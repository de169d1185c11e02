"""A table read in a process beside the one that writes its rows: two cores work, and neither waits for the other's lock.

The process is given the table, then how to read it, then asks for rows; it answers each with one frame: four bytes of
length (network order), then a pickle.  It runs our own code on values alone: no Django, no database, no secret in its
environment.  It ends when it is closed, or when whoever asked is gone.
"""

from __future__ import annotations

import gc
import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from suqing.cases.importing.table_reader import Opened, Reading, ReadRow, Source, TableReader
from suqing.cases.importing.unreadable import Unreadable

ENDS_WITHIN = 2.0  # seconds; a reader in the middle of a slice is ended after them
ROWS_MAKE = 100_000  # objects, about as many as a slice of rows
_LENGTH = struct.Struct("!I")
_ROOT = Path(__file__).parents[3]


class ReaderGone(RuntimeError):
    """The process ended although nobody wanted it to: nothing is wrong with the table, it is to be read again."""


class ReaderBeside:
    """A table open in a process of its own.  What cannot be read is raised here as ``Unreadable``, as it is there."""

    def __init__(self, source: Source) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl+C is for whoever asked
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PYTHONPATH": str(_ROOT)},
        )
        # Rows are taken from the pipe and unpickled while whoever asked waits for the database.
        self._taker = ThreadPoolExecutor(1, "import-rows")
        self._coming: Future[list[ReadRow]] | None = None
        try:
            self.opened: Opened = self._ask(source)
        except BaseException:
            self.close()
            raise

    def begin(self, how: Reading) -> None:
        """Say how rows are read, and pass over those that have been."""
        self._ask(how)

    def ask(self, count: int, at: datetime) -> None:
        """Ask for the next rows; they are read while this process does something else."""
        self._send((count, at))
        self._coming = self._taker.submit(self._answer)

    def rows(self) -> list[ReadRow]:
        """Take the rows asked for, none at the end of the table."""
        assert self._coming is not None, "nothing was asked for"
        return self._coming.result()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        questions, answers = self._pipes()
        with suppress(BrokenPipeError):  # what was still to be said finds nobody
            questions.close()
        try:
            self._process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._taker.shutdown()  # it has come to the end of the answers by now
        answers.close()

    def _ask(self, question: object) -> Any:
        self._send(question)
        return self._answer()

    def _send(self, question: object) -> None:
        try:
            _write(self._pipes()[0], question)
        except BrokenPipeError as broken:
            raise ReaderGone from broken

    def _answer(self) -> Any:
        answer = _read(self._pipes()[1])
        if answer is None:
            raise ReaderGone(f"the reader ended with {self._process.wait()}")
        if isinstance(answer, BaseException):
            raise answer
        return answer[0]

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self._process.stdin is not None and self._process.stdout is not None
        return self._process.stdin, self._process.stdout


def main() -> None:
    """Answer from standard input to standard output until nobody asks any more."""
    gc.set_threshold(
        ROWS_MAKE
    )  # rows hold no cycles: looking for them after every 700th object costs a tenth
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # a stray print must not stand among the frames
    try:
        for answer in _answers(questions):
            _write(answers, answer)
    except BrokenPipeError:
        os._exit(0)  # nobody listens any more, and the buffer's rest would raise once more


def _answers(questions: IO[bytes]) -> Iterator[object]:
    """Each answer is alone in a tuple; what could not be read is itself the answer, and the last."""
    try:
        source: Source = _read(questions)
        with TableReader(source) as reader:
            yield (reader.opened,)
            if (how := _read(questions)) is None:
                return
            reader.begin(how)
            yield (None,)
            while (asked := _read(questions)) is not None:
                count, at = asked
                yield (reader.read(count, at),)
    except Unreadable as bad:
        yield bad


def _write(pipe: IO[bytes], content: object) -> None:
    data = pickle.dumps(content, protocol=5)
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _read(pipe: IO[bytes]) -> Any:
    """Read one frame; None where the other side is gone."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    data = pipe.read(_LENGTH.unpack(head)[0])
    return pickle.loads(data) if len(data) == _LENGTH.unpack(head)[0] else None


if __name__ == "__main__":
    main()

"""An executor with a spare one, for files that a disk lost or spoiled: figures go on, from where they can be read."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import duckdb

from suqing.analytics.engine.questions import Counted, Engine, Line, Question, Rows

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# Spoiled bytes give nearly any error; these speak of a statement that is wrong, which has to be seen.
OF_STATEMENTS = (
    duckdb.ParserException,
    duckdb.SyntaxException,
    duckdb.BinderException,
    duckdb.CatalogException,
)


@dataclass(frozen=True, slots=True)
class WithSpare:
    """Answers by ``first``, by ``spare`` where that finds a file unreadable; the log tells which."""

    first: Engine
    spare: Engine

    def totals(self, questions: Sequence[Question]) -> list[Counted]:
        """One number a question, in their order."""
        return self._by(lambda engine: engine.totals(questions))

    def cut(self, question: Question, by: Sequence[str], *, with_keys: bool = False) -> list[Line]:
        """The number for each value of one or more dimensions, in no order."""
        return self._by(lambda engine: engine.cut(question, by, with_keys=with_keys))

    def rows(self, question: Question) -> Rows:
        """The rows that were counted."""
        return self._by(lambda engine: engine.rows(question))

    def _by(self, ask: Callable[[Engine], Answer]) -> Answer:
        try:
            return ask(self.first)
        except OF_STATEMENTS:
            raise
        except duckdb.Error as fault:
            log.error("a file of the mirror cannot be read; counting in PostgreSQL: %s", fault)
            return ask(self.spare)

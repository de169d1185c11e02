"""Whether the tokens of a rule stand in an order that makes sense; what passes here, the grammar takes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lark import Token

from suqing.taxonomy.text.rules.faults import BadRule, Reason
from suqing.taxonomy.text.rules.tree import MAX_GAP, Span

MAX_DEPTH = 20  # brackets inside each other, with the NOTs before the innermost
_OPERATORS = frozenset({"_AND", "_OR", "_NOT", "NEAR"})
_AWAITING = _OPERATORS | {"_OPEN"}
_NEEDS_ONE_BEFORE = frozenset({"_AND", "_OR", "NEAR", "_CLOSE"})
_GLUED = re.compile(
    r"(?<=[\u4e00-\u9fff])(?:AND|OR|NOT|NEAR(?:/\d+)?)|(?:AND|OR|NOT|NEAR(?:/\d+)?)(?=[\u4e00-\u9fff])"
)


def check_order(tokens: Sequence[Token]) -> None:
    """Raise BadRule at the first token that has no place where it stands."""
    opened: list[Token] = []
    before, negations = None, 0
    for token in tokens:
        _check_token(token)
        _check_place(before, token, is_open=bool(opened))
        if token.type == "_OPEN":
            opened.append(token)
        elif token.type == "_CLOSE":
            opened.pop()
        negations = negations + 1 if token.type == "_NOT" else 0
        if len(opened) + negations > MAX_DEPTH:
            raise BadRule(Reason.TOO_DEEP, span_of(token), f"{MAX_DEPTH}")
        before = token
    if before is None:
        raise BadRule(Reason.EMPTY, Span(0, 0))
    if before.type in _OPERATORS:
        raise BadRule(Reason.NOTHING_AFTER, span_of(before), str(before))
    if opened:
        raise BadRule(Reason.OPEN_BRACKET, span_of(opened[-1]))


def span_of(token: Token) -> Span:
    """Where the token stands in the rule's text."""
    assert token.start_pos is not None and token.end_pos is not None
    return Span(token.start_pos, token.end_pos)


def gap_of(token: Token) -> int:
    """The number of a NEAR, 0 without one or where it is out of all measure."""
    number = re.sub(r"\D", "", token)
    return int(number) if number and len(number) <= len(str(MAX_GAP)) else 0


def _check_token(token: Token) -> None:
    if token.type == "NEAR" and not 1 <= gap_of(token) <= MAX_GAP:
        raise BadRule(Reason.NEAR_NUMBER, span_of(token), f"{MAX_GAP}")
    if token.type == "WORD" and (glued := _GLUED.search(token)):
        start = span_of(token).start + glued.start()
        raise BadRule(Reason.NO_SPACE, Span(start, start + len(glued.group())), glued.group())


def _check_place(before: Token | None, token: Token, *, is_open: bool) -> None:
    if token.type == "_CLOSE" and not is_open:
        raise BadRule(Reason.CLOSED_BRACKET, span_of(token))
    if token.type == "_NOT" and before is not None and before.type == "NEAR":
        raise BadRule(Reason.NEAR_WORDS_ONLY, span_of(token))
    if token.type not in _NEEDS_ONE_BEFORE or not (before is None or before.type in _AWAITING):
        return
    if before is None or (before.type == "_OPEN" and token.type != "_CLOSE"):
        raise BadRule(Reason.NOTHING_BEFORE, span_of(token), str(token))
    if before.type == "_OPEN":
        raise BadRule(Reason.EMPTY, Span(span_of(before).start, span_of(token).end))
    raise BadRule(Reason.NOTHING_AFTER, span_of(before), str(before))

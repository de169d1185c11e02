"""Reading a rule: tokens, what may follow what, and the tree.

    口罩 (涨价 OR 高价) NOT 面膜          every word of a row must occur: a space means AND
    @口罩 NEAR/10 (@涨价 OR "30 元")      two words at most ten characters apart, in either order
    kind:report district:姑苏区 amount>=1000 time:2020-01-24..2020-02-10

OR binds weakest, then AND, then NOT, then NEAR.  The operators may be written small, or 且 或 非 近; brackets, quotation
marks and colons may be full width, as an input method writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, VisitError

from suqing.taxonomy.text.normalise import normalise_word
from suqing.taxonomy.text.rules.facts import read_fact
from suqing.taxonomy.text.rules.faults import BadRule, Reason
from suqing.taxonomy.text.rules.order import check_order, gap_of, span_of
from suqing.taxonomy.text.rules.tree import (
    All,
    Any,
    FactName,
    Near,
    Not,
    Rule,
    Span,
    Word,
    WordList,
    Words,
    asks_for_something,
    words_of,
)

MAX_LENGTH = 20_000  # characters of a rule
MAX_WORDS = 1_000  # with those of its lists
MAX_WORD_LENGTH = 100

_AFTER = r"(?=[\s()（）\"“”@＠]|$)"
_GRAMMAR = rf"""
    ?either: both
           | both (_OR both)+          -> any_of
    ?both: part
         | part (_AND? part)+          -> all_of
    ?part: near
         | _NOT part                   -> negated
    ?near: term
         | term (NEAR term)+           -> near
    ?term: _OPEN either _CLOSE
         | WORD                        -> word
         | PHRASE                      -> phrase
         | LIST                        -> word_list
         | FACT                        -> fact

    _OPEN: /[(（]/
    _CLOSE: /[)）]/
    _AND.5: /(AND|且){_AFTER}/i
    _OR.5: /(OR|或){_AFTER}/i
    _NOT.5: /(NOT|非){_AFTER}/i
    NEAR.5: /(NEAR|近)([\/／]\d*)?{_AFTER}/i
    PHRASE.4: /["“”][^"“”]*["“”]/
    LIST.4: /[@＠][^\s()（）"“”@＠]+/
    FACT.4: /[A-Za-z_\u4e00-\u9fff]+([:：=]|[<>]=?|[≥≤])(["“”][^"“”]*["“”]|[^\s()（）"“”]*)/
    WORD.1: /[^\s()（）"“”@＠]+/
    %ignore /\s+/
"""
_QUOTES = '"“”'


@dataclass(frozen=True)
class Vocabulary:
    """What names in a rule stand for: ``lists`` are word lists by name, ``values`` what is written of a fact and the
    code that it means; of classes, districts and kinds."""

    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    values: Mapping[FactName, Mapping[str, str]] = field(default_factory=dict)


def read_rule(text: str, vocabulary: Vocabulary | None = None) -> Rule:
    """Read a rule.  Raise BadRule, which says why and where."""
    if len(text) > MAX_LENGTH:
        raise BadRule(Reason.TOO_LONG, Span(MAX_LENGTH, len(text)), f"{MAX_LENGTH}")
    try:
        tokens = list(_LEXER.lex(text))
    except UnexpectedCharacters as fault:
        start = fault.pos_in_stream or 0
        if text[start] in _QUOTES:
            raise BadRule(Reason.OPEN_QUOTE, Span(start, len(text))) from None
        raise BadRule(Reason.STRANGE, Span(start, start + 1), text[start]) from None
    check_order(tokens)
    try:
        rule = _Tree(vocabulary or Vocabulary()).transform(_LEXER.parse(text))
    except VisitError as fault:
        raise fault.orig_exc from None
    if sum(1 for _word in words_of(rule)) > MAX_WORDS:
        raise BadRule(Reason.TOO_MANY_WORDS, Span(0, len(text)), f"{MAX_WORDS}")
    if not asks_for_something(rule):
        raise BadRule(Reason.ASKS_FOR_NOTHING, Span(0, len(text)))
    return rule


def any_of(parts: Iterable[Rule], at: Span | None = None) -> Rule:
    """One part must hold; an Any among them is opened."""
    opened = [one for part in parts for one in (part.parts if isinstance(part, Any) else (part,))]
    return opened[0] if len(opened) == 1 else Any(tuple(opened), at or _over(opened))


def all_of(parts: Iterable[Rule], at: Span | None = None) -> Rule:
    """Every part must hold; an All among them is opened."""
    opened = [one for part in parts for one in (part.parts if isinstance(part, All) else (part,))]
    return opened[0] if len(opened) == 1 else All(tuple(opened), at or _over(opened))


def _over(parts: Sequence[Rule]) -> Span:
    return Span(parts[0].at.start, parts[-1].at.end)


class _Tree(Transformer[Token, Rule]):
    """The tree of a rule, from the grammar's."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary

    def any_of(self, parts: list[Rule]) -> Rule:
        return any_of(parts)

    def all_of(self, parts: list[Rule]) -> Rule:
        return all_of(parts)

    def negated(self, parts: list[Rule]) -> Rule:
        return Not(parts[0], parts[0].at)

    def near(self, parts: list[Rule | Token]) -> Rule:
        sides = tuple(_words_only(part) for part in parts if not isinstance(part, Token))
        gaps = tuple(gap_of(part) for part in parts if isinstance(part, Token))
        for one, other in pairwise(sides):
            if same := set(words_of(one)) & set(words_of(other)):
                raise BadRule(Reason.NEAR_SAME_WORD, other.at, min(same))
        return Near(sides, gaps, Span(sides[0].at.start, sides[-1].at.end))

    def word(self, parts: list[Token]) -> Rule:
        return Word(_word(str(parts[0]), span_of(parts[0])), span_of(parts[0]))

    def phrase(self, parts: list[Token]) -> Rule:
        return Word(_word(str(parts[0])[1:-1], span_of(parts[0])), span_of(parts[0]))

    def word_list(self, parts: list[Token]) -> Rule:
        name, at = str(parts[0])[1:], span_of(parts[0])
        listed = self._vocabulary.lists.get(name)
        if listed is None:
            raise BadRule(Reason.UNKNOWN_LIST, at, name)
        words = tuple(dict.fromkeys(word for one in listed if (word := normalise_word(one))))
        if not words:
            raise BadRule(Reason.EMPTY_LIST, at, name)
        return WordList(name, words, at)

    def fact(self, parts: list[Token]) -> Rule:
        return read_fact(str(parts[0]), span_of(parts[0]), self._vocabulary.values)


def _word(written: str, at: Span) -> str:
    word = normalise_word(written)
    if not word:
        raise BadRule(Reason.EMPTY_WORD, at)
    if len(word) > MAX_WORD_LENGTH:
        raise BadRule(Reason.WORD_TOO_LONG, at, f"{MAX_WORD_LENGTH}")
    return word


def _words_only(part: Rule) -> Words:
    if isinstance(part, (Word, WordList)):
        return part
    if isinstance(part, Any) and all(isinstance(one, (Word, WordList)) for one in part.parts):
        return replace(part)
    raise BadRule(Reason.NEAR_WORDS_ONLY, part.at)


_LEXER = Lark(_GRAMMAR, parser="lalr", lexer="basic", start="either", propagate_positions=False)

"""What can be wrong with a rule, and where."""

from __future__ import annotations

from enum import StrEnum

from suqing.taxonomy.text.rules.tree import Span


class Reason(StrEnum):
    """Why a rule cannot be read.  Pages have a sentence for each."""

    SHAPE = "shape"  # a stored rule that is none; detail: its beginning
    EMPTY = "empty"  # nothing is asked
    TOO_LONG = "too_long"  # of the whole text; detail: the most
    TOO_DEEP = "too_deep"  # brackets in brackets; detail: the most
    TOO_MANY_WORDS = "too_many_words"  # with those of lists; detail: the most
    WORD_TOO_LONG = "word_too_long"  # detail: the most
    OPEN_QUOTE = "open_quote"  # a quotation mark without its other half
    EMPTY_WORD = "empty_word"  # nothing visible between quotation marks
    OPEN_BRACKET = "open_bracket"  # a bracket without its other half
    CLOSED_BRACKET = "closed_bracket"  # a closing bracket too many
    NOTHING_BEFORE = "nothing_before"  # AND, OR, NEAR with nothing before; detail: which
    NOTHING_AFTER = "nothing_after"  # AND, OR, NOT, NEAR with nothing after; detail: which
    NO_SPACE = "no_space"  # 口罩AND涨价; detail: which
    NEAR_NUMBER = "near_number"  # NEAR without a number, or one out of range; detail: the most
    NEAR_WORDS_ONLY = "near_words_only"  # a side of NEAR that is more than words
    NEAR_SAME_WORD = "near_same_word"  # both sides look for one word; detail: which
    UNKNOWN_LIST = "unknown_list"  # detail: its name
    EMPTY_LIST = "empty_list"  # detail: its name
    UNKNOWN_FACT = "unknown_fact"  # detail: what was asked for
    UNKNOWN_VALUE = "unknown_value"  # detail: the value
    NO_RANGE = "no_range"  # a fact that has no more and less; detail: which
    BAD_NUMBER = "bad_number"  # an amount that is none; detail: as written
    BAD_DAY = "bad_day"  # a day that is none; detail: as written
    UPSIDE_DOWN = "upside_down"  # a range whose end lies before its beginning
    ASKS_FOR_NOTHING = "asks_for_nothing"  # only NOT: matches what says nothing at all
    STRANGE = "strange"  # a character that has no place there; detail: which


class BadRule(ValueError):
    """A rule that cannot be read: why, where in its text, and what is named in the sentence about it."""

    def __init__(self, reason: Reason, at: Span, detail: str = "") -> None:
        super().__init__(f"{reason} at {at.start}-{at.end}" + (f": {detail}" if detail else ""))
        self.reason = reason
        self.at = at
        self.detail = detail

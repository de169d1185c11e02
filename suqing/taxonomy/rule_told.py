"""What is wrong with a rule, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from suqing.taxonomy.text.rules.faults import BadRule, Reason

SENTENCES: Mapping[Reason, str] = {
    Reason.SHAPE: N_("This is no rule: %(detail)s"),
    Reason.EMPTY: N_("Nothing is asked for here. Type a word that the text must hold."),
    Reason.TOO_LONG: N_("The rule is too long: at most %(detail)s characters."),
    Reason.TOO_DEEP: N_("There are too many brackets inside each other: at most %(detail)s."),
    Reason.TOO_MANY_WORDS: N_("The rule has too many words, with those of its lists: at most %(detail)s."),
    Reason.WORD_TOO_LONG: N_("The word is too long: at most %(detail)s characters."),
    Reason.OPEN_QUOTE: N_("The quotation mark is not closed."),
    Reason.EMPTY_WORD: N_("There is no word here that one could see."),
    Reason.OPEN_BRACKET: N_("The bracket is not closed."),
    Reason.CLOSED_BRACKET: N_("This bracket closes nothing."),
    Reason.NOTHING_BEFORE: N_("Before %(detail)s there must be a word or a bracket."),
    Reason.NOTHING_AFTER: N_("After %(detail)s there must be a word or a bracket."),
    Reason.NO_SPACE: N_("Put spaces around %(detail)s, or quotation marks around the word that holds it."),
    Reason.NEAR_NUMBER: N_("NEAR needs a number of characters, such as NEAR/10; from 1 to %(detail)s."),
    Reason.NEAR_WORDS_ONLY: N_(
        "Beside NEAR there can be a word, a list, or words with OR in brackets, nothing else."
    ),
    Reason.NEAR_SAME_WORD: N_("Both sides of NEAR look for “%(detail)s”."),
    Reason.UNKNOWN_LIST: N_("There is no word list called “%(detail)s”."),
    Reason.EMPTY_LIST: N_("The word list “%(detail)s” has no words."),
    Reason.UNKNOWN_FACT: N_(
        "“%(detail)s” is no fact that a rule can ask for. A word with a colon needs quotation marks."
    ),
    Reason.UNKNOWN_VALUE: N_("“%(detail)s” is not known here."),
    Reason.NO_RANGE: N_("“%(detail)s” has no more and less: write a colon."),
    Reason.BAD_NUMBER: N_("“%(detail)s” is no amount: write 1000, >=1000 or 1000..5000."),
    Reason.BAD_DAY: N_("“%(detail)s” is no day: write 2020-01-24, >=2020-01-24 or 2020-01-24..2020-02-10."),
    Reason.UPSIDE_DOWN: N_("The end lies before the beginning."),
    Reason.ASKS_FOR_NOTHING: N_(
        "The rule would hold for texts that say nothing of it: beside NOT it needs a word that must occur."
    ),
    Reason.STRANGE: N_("“%(detail)s” has no place here."),
}


def sentence(fault: BadRule) -> str:
    """What is wrong, for the person who typed it."""
    return _(SENTENCES[fault.reason]) % {"detail": fault.detail}

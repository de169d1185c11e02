"""Every word of the closed lists has a name of its own list, also where two lists spell a word alike."""

from __future__ import annotations

import inspect
from enum import StrEnum

import pytest

from suqing.cases import vocabulary
from suqing.cases.labels import Labels
from suqing.cases.vocabulary import LABELS, Channel, LinkKind, Outcome, Step


def lists_of(module: object) -> list[type[StrEnum]]:
    known = inspect.getmembers(module, lambda one: inspect.isclass(one) and issubclass(one, StrEnum))
    return [
        one for _, one in known if one is not StrEnum and one.__module__ == getattr(module, "__name__", "")
    ]


@pytest.mark.parametrize("words", lists_of(vocabulary), ids=lambda words: words.__name__)
def test_every_word_has_a_label(words: type[StrEnum]) -> None:
    assert all(LABELS[word] for word in words)


def test_words_spelt_alike_keep_the_label_of_their_list() -> None:
    assert LABELS[Step.VISIT] != LABELS[Channel.VISIT]
    assert LABELS[Step.TRANSFER] != LABELS[Channel.TRANSFER]
    assert LABELS[Outcome.REPEAT] != LABELS[LinkKind.REPEAT]


def test_a_word_with_two_labels_is_an_error() -> None:
    with pytest.raises(ValueError, match="two labels"):
        Labels((Step.VISIT, "a"), (Step.VISIT, "b"))

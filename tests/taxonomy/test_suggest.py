"""Suggested classes."""

import pytest

from suqing.taxonomy import reference
from suqing.taxonomy.text.suggest import METHOD, shipped, suggest


@pytest.mark.parametrize(
    ("said", "kind", "first"),
    [
        ("药店口罩涨到30元一只", "object", "11001"),
        ("药店口罩涨到30元一只", "issue", "1102"),
        ("酒店不给退款", "object", "S0103"),
        ("机票退票手续费太高", "object", "S1201"),
        ("超市没有标价", "issue", "1103"),
        ("牛奶过期", "issue", "1501"),
        ("哄抬口罩价格", "report_issue", "R0501"),
        ("饭店卖野生动物", "report_issue", "R12"),
    ],
)
def test_words_lead_to_the_class(said: str, kind: str, first: str) -> None:
    best = suggest(said, kind)[0]
    assert best.code == first
    assert best.method == METHOD == "rules"
    assert all(word in said for word in best.words)


def test_at_most_three_and_none_without_a_word() -> None:
    assert len(suggest("口罩酒精体温计蔬菜猪肉涨价", "object")) == 3
    assert suggest("你好", "object") == ()


def test_a_word_inside_a_longer_one_counts_once() -> None:
    assert suggest("医用口罩", "object")[0].words == ("医用口罩",)


@pytest.mark.parametrize("kind", ["object", "issue", "report_issue"])
def test_every_class_of_the_word_lists_is_in_the_active_tree(kind: str) -> None:
    tree = next(tree for tree in reference.trees() if tree.kind == kind and tree.is_active)
    codes = {code for codes in shipped(kind).codes.values() for code in codes}
    assert codes <= {node.code for node in tree.nodes}


def test_a_kind_without_word_lists_is_an_error() -> None:
    with pytest.raises(KeyError):
        suggest("口罩", "channel")

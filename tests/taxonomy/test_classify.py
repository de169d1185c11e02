"""Learning classes from texts: features, calibration, the tree, the file, the table, the figures."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.taxonomy.text.classify.evaluation import (
    calibration_error,
    cross_validated,
    difference,
    evaluated,
    macro_f1,
)
from suqing.taxonomy.text.classify.features import learn_features, readable
from suqing.taxonomy.text.classify.model import Model
from suqing.taxonomy.text.classify.model_file import BrokenModel, digest_of, read, written
from suqing.taxonomy.text.classify.table import BadTable, distinct, read_table
from suqing.taxonomy.text.classify.training import CannotLearn, Settings, folds, learn

GOODS = {
    "food.milk": ["牛奶", "酸奶", "奶粉"],
    "food.meat": ["猪肉", "牛肉", "羊肉"],
    "house.shade": ["窗帘", "灯罩", "屏风"],
}
PARENTS = {"food.milk": "food", "food.meat": "food", "house.shade": "house"}
SAID = [
    "{}过期了没人管",
    "买的{}有质量问题",
    "{}价格涨得太高",
    "商家卖的{}不给退",
    "网上订的{}没有收到",
    "{}少给了两斤",
]


def narratives() -> tuple[list[str], list[str]]:
    pairs = [(said.format(word), code) for code, words in GOODS.items() for word in words for said in SAID]
    return [text for text, _code in pairs], [code for _text, code in pairs]


@pytest.fixture(scope="module")
def model() -> Model:
    return learn(*narratives(), parents=PARENTS)


def test_held_out_sentences_are_told() -> None:
    texts, codes = narratives()
    held = set(range(0, len(texts), 7))
    taught = [i for i in range(len(texts)) if i not in held]
    model = learn([texts[i] for i in taught], [codes[i] for i in taught], parents=PARENTS)
    told = [model.guess(texts[i])[0].code for i in sorted(held)]
    assert told == [codes[i] for i in sorted(held)]


def test_the_words_that_decided_stand_in_the_text(model: Model) -> None:
    text = "这家超市的牛奶不新鲜"
    best = model.guess(text)[0]
    assert best.code == "food.milk"
    assert best.words[0] == "牛奶"
    assert all(word in text for word in best.words)


def test_a_parent_has_what_its_children_have(model: Model) -> None:
    shares = dict(zip(model.codes, model.probabilities(["猪肉和牛奶"])[0].tolist(), strict=True))
    assert shares["food"] == pytest.approx(shares["food.milk"] + shares["food.meat"], abs=1e-5)
    assert shares["food"] + shares["house"] == pytest.approx(1.0, abs=1e-5)


def test_unsure_of_the_child_it_names_the_parent(model: Model) -> None:
    sure = model.guess("牛奶猪肉")
    assert sure[0].code in ("food.milk", "food.meat")
    share = {guess.code: guess.probability for guess in sure}
    between = (max(share.values()) + share["food.milk"] + share["food.meat"]) / 2
    assert model.guess("牛奶猪肉", back_off=between)[0].code == "food"


def test_nobody_is_offered_a_class_and_the_one_above_it(model: Model) -> None:
    told = model.guess("这家超市的牛奶不新鲜", 3, back_off=0.3)
    assert told[0].code == "food.milk" and told[0].probability > 0.3
    assert "food" not in [guess.code for guess in told]
    assert len({guess.code for guess in told}) == len(told) == 3


@pytest.mark.parametrize("text", ["", "   ", "。，！", "\u200b"])
def test_nothing_readable_gets_no_guess(model: Model, text: str) -> None:
    assert model.guess(text) == []


@given(st.text(max_size=200))
def test_any_text_gets_probabilities_that_add_up(text: str) -> None:
    shares = MODEL.probabilities([text])[0]
    assert float(
        sum(shares[list(group.members)].sum() for group in MODEL.groups if group.parent is None)
    ) == (pytest.approx(1.0, abs=1e-4))
    plain = readable(text)
    assert all(word in plain for guess in MODEL.guess(text) for word in guess.words)


MODEL = learn(*narratives(), parents=PARENTS)


def test_one_text_and_a_batch_are_told_alike(model: Model) -> None:
    texts, _codes = narratives()
    for text, shares in zip(texts, model.probabilities(texts), strict=True):
        best = model.guess(text, 1)[0]
        assert best.probability == pytest.approx(float(shares[model.codes.index(best.code)]), abs=1e-5)


def test_learning_twice_gives_the_same_file() -> None:
    first, second = (learn(*narratives(), parents=PARENTS) for _time in range(2))
    assert np.array_equal(first.weights, second.weights)
    assert first.codes == second.codes and first.groups == second.groups


def test_rare_features_are_forgotten() -> None:
    space = learn_features(["口罩", "口罩", "酒精"], at_least=2)
    assert set(space.names) == {"口", "罩", "口罩", " 口罩"}


def test_numbers_and_veiled_places_are_one_sign() -> None:
    assert readable("A市 Ｂ7县 涨了30.5元！") == "市县涨了00元"


def test_nothing_to_tell_apart() -> None:
    with pytest.raises(CannotLearn):
        learn(["口罩", "酒精"], ["a", "a"])
    with pytest.raises(CannotLearn):
        learn(["口罩", "酒精"], ["a", "b"], settings=Settings(at_least=3))


def test_a_class_above_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="above itself"):
        learn(["口罩", "酒精"], ["a", "b"], parents={"a": "b", "b": "a"})


def test_a_file_is_read_as_it_was_written(model: Model) -> None:
    data = written(model)
    again = read(io.BytesIO(data), digest_of(data))
    texts, _codes = narratives()
    assert again.codes == model.codes and again.groups == model.groups and again.facts == model.facts
    assert np.allclose(again.probabilities(texts), model.probabilities(texts), atol=0.01)


def test_a_broken_file_is_refused(model: Model) -> None:
    data = written(model)
    for broken in (b"", data[:-10], data[: len(data) // 2], b"PK\x03\x04 nothing"):
        with pytest.raises(BrokenModel, match="digest"):
            read(io.BytesIO(broken), digest_of(data))
        with pytest.raises(BrokenModel):
            read(io.BytesIO(broken), digest_of(broken))


def test_folds_have_each_class_as_often_as_can_be() -> None:
    codes = ["a"] * 50 + ["b"] * 20 + ["c"] * 7
    parts = folds(codes, 5, 0)
    assert sorted(np.concatenate(parts).tolist()) == list(range(77))
    for code, times in (("a", 50), ("b", 20), ("c", 7)):
        held = [sum(codes[i] == code for i in part) for part in parts]
        assert max(held) - min(held) <= 1 and sum(held) == times


def test_macro_f1_and_differences_by_hand() -> None:
    truth, told = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    assert macro_f1(truth, told, 2) == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert macro_f1(truth, told, 3) == pytest.approx((2 / 3 + 4 / 5) / 2)
    same = difference(truth, told, told, 2)
    assert (same.value, same.low, same.high) == (0, 0, 0)


def test_calibration_error_by_hand() -> None:
    half = np.full(100, 0.75, np.float32)
    right = np.arange(100) % 4 != 0
    assert calibration_error(half, right) < 0.1
    assert calibration_error(np.ones(100, np.float32), np.zeros(100, bool)) == pytest.approx(1.0)


def test_every_text_is_told_by_models_that_had_not_seen_it() -> None:
    texts, codes = narratives()
    figures = evaluated(cross_validated(texts, codes))
    assert figures.texts == len(texts) and len(figures.folds) == 5
    assert figures.macro.low <= figures.macro.value <= figures.macro.high
    assert figures.macro.value > 0.9
    assert figures.abstention[0].answered == 1.0


def test_repeats_and_contradictions_are_left_out() -> None:
    found = distinct(["口罩，涨价", "口罩 涨价!", "酒精", "酒 精", "牛奶"], ["a", "a", "a", "b", "b"])
    assert found.texts == ("口罩，涨价", "牛奶")
    assert (found.repeats, found.contradictory) == (2, 1)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is empty"),
        (b"text,label\n", "no rows"),
        (b"a,b\nx,y\n", "row 1: name the column with --text; the columns are a, b"),
        ("text,label\n口罩,a\n酒精,\n".encode(), "row 3, column label: empty"),
        ("text,label\n口罩,a\n酒精,a\n".encode(), "at least two different labels"),
        ("text,label\n口罩,a\n".encode() + "酒精,乙\n".encode("gb18030"), "row 3: not utf-8"),
        ('text,label\n口罩,a\n"酒精,b\n'.encode(), "row"),
    ],
)
def test_a_bad_table_says_where(tmp_path: Path, content: bytes, fault: str) -> None:
    path = tmp_path / "told.csv"
    path.write_bytes(content)
    with pytest.raises(BadTable, match=fault):
        read_table(path)


def test_a_table_of_another_encoding_and_other_names(tmp_path: Path) -> None:
    path = tmp_path / "told.csv"
    path.write_bytes("编号,说的,类\n1,口罩,甲\n\n2,酒精,乙\n".encode("gb18030"))
    assert read_table(path, "说的", "类", "gb18030").labels == ("甲", "乙")
    with pytest.raises(BadTable, match="there is no column text"):
        read_table(path, "text", "类", "gb18030")
    with pytest.raises(BadTable, match="cannot open"):
        read_table(tmp_path / "none.csv")

"""Names without a cue: the tagger's sums, and what comes of its answers."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.taxonomy.text import person_tagger, persons
from suqing.taxonomy.text.normalise import normalise

CLAUSE = "钱转给了陈志远和王小明"
FIRSTS, FURTHER = (16, 48), (17, 49)  # tags of the first and the further characters of a person


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in persons.scan(text)]


def every_path(reading: person_tagger.Reading) -> dict[tuple[int, ...], float]:
    """The weight of every way to tag a text of three characters, by the definition of a linear-chain CRF."""
    model = person_tagger._model()
    return {
        (a, b, c): float(
            model.start[a]
            * reading.emitted[0, a]
            * model.step[a, b]
            * reading.emitted[1, b]
            * model.step[b, c]
            * reading.emitted[2, c]
            * model.end[c]
        )
        for a, b, c in product(range(reading.emitted.shape[1]), repeat=3)
    }


@pytest.mark.parametrize("text", ["陈志远", "找张伟", "王芳说"])
def test_a_probability_is_the_share_of_all_paths_that_make_exactly_these_characters_a_person(
    text: str,
) -> None:
    reading = person_tagger.read([text])[0]
    paths = every_path(reading)
    whole = sum(paths.values())
    for start, end in ((0, 2), (0, 3), (1, 3)):
        wanted = sum(
            weight
            for tags, weight in paths.items()
            if tags[start] in FIRSTS
            and all(tag in FURTHER for tag in tags[start + 1 : end])
            and (end == 3 or tags[end] not in FURTHER)
        )
        assert reading.person(start, end) == pytest.approx(wanted / whole, abs=1e-4)


def test_what_is_read_beside_it_changes_nothing() -> None:
    alone = person_tagger.read([CLAUSE])[0]
    beside = person_tagger.read(["由", CLAUSE, CLAUSE * 5, "张伟把我拉黑了"])[1]
    for start, end in ((4, 7), (8, 11), (0, 2)):
        assert beside.person(start, end) == pytest.approx(alone.person(start, end), abs=1e-4)


def test_the_file_names_where_it_is_from_and_its_licence() -> None:
    from importlib.resources import files

    with files("suqing.taxonomy").joinpath("data", "person_tagger.npz").open("rb") as file:
        source = str(np.load(file, allow_pickle=False)["source"])
    assert "PaddlePaddle" in source and "Apache License 2.0" in source


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (CLAUSE, ["陈志远", "王小明"]),
        ("当时欧阳雪也在场", ["欧阳雪"]),
        ("由赵海明接待,后来孙丽娟不认账", ["赵海明", "孙丽娟"]),
        ("我和许国燕一起去的", ["许国燕"]),  # 许国 is a place of the dictionary
        ("后来找到吴桂芳家里", ["吴桂芳"]),
        ("在苏州买的口罩", []),
        ("麻烦查处理一下周末的高价", []),
        ("住在王家庄的时候", []),
        ("李书记和张主任都知道", []),  # a surname alone
        ("金龙鱼和康师傅都涨价", []),
        ("去张家港市场买的", []),
        ("高明白天才来", []),
    ],
)
def test_names_are_found_and_words_stay(text: str, names: list[str]) -> None:
    assert found(text) == names


def test_a_long_clause_is_read_in_parts_that_lose_no_name() -> None:
    names = ["陈志远", "王小明", "孙丽娟", "赵海明"] * 40
    text = "和".join(f"{one}在店里" for one in names)
    assert found(text) == names
    gap = "在店里买了东西以后发现不对就去退货但是没有人理" * 4
    assert found(f"{gap}钱转给了陈志远{gap}") == ["陈志远"]


@given(st.text(alphabet="陈志远王小明张伟和在店里说了,。我苏州金龙 a1", max_size=200))
def test_places_are_in_order_apart_and_names_of_two_to_four_characters(text: str) -> None:
    plain = normalise(text).text
    last = 0
    for start, end in persons.scan(plain):
        assert last <= start and 2 <= end - start <= 4
        assert plain[start] in persons.SURNAMES or plain[start : start + 2] in persons.COMPOUND_SURNAMES
        last = end


def test_the_tagger_reads_only_what_may_be_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def count(pieces: list[str]) -> list[person_tagger.Reading]:
        read.extend(pieces)
        return person_tagger.read(pieces)

    monkeypatch.setattr(persons, "read", count)
    assert found("我于上周在商场买了一个口罩,回家发现是假货,要求退款。" * 20) == []
    assert read == []
    assert found("口罩是假货," * 50 + "钱转给了陈志远") == ["陈志远"]
    assert len(read) == 1 and len(read[0]) <= person_tagger.LONGEST

"""Rules and texts made at random, and a plain evaluator that looks for each word anew."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from suqing.taxonomy.text.normalise import fold_case
from suqing.taxonomy.text.rules.matching import Facts, Place
from suqing.taxonomy.text.rules.reading import all_of, any_of
from suqing.taxonomy.text.rules.tree import (
    All,
    Any,
    Between,
    FactName,
    Is,
    Near,
    Not,
    Rule,
    Word,
    WordList,
    words_of,
)

LISTS = {"口罩": ("口罩", "n95", "罩"), "涨价": ("涨价", "涨", "高价")}
WORDS = ["口罩", "罩", "口", "涨价", "涨", "价", "高价", "n95", "面膜", "30 元", "ab", "b"]
LETTERS = "口罩涨价高面膜n95 30元abB，"
KINDS = ["complaint", "report"]

words = st.sampled_from(WORDS).map(Word) | st.sampled_from(sorted(LISTS)).map(
    lambda name: WordList(name, LISTS[name])
)
facts_asked = st.one_of(
    st.sampled_from(KINDS).map(lambda one: Is(FactName.KIND, one)),
    st.sampled_from(["320508", "320506"]).map(lambda one: Is(FactName.DISTRICT, one)),
    st.sampled_from(["药房", "药"]).map(lambda one: Is(FactName.OPERATOR, one)),
    st.tuples(st.sampled_from([None, Decimal(10)]), st.sampled_from([Decimal(20), Decimal("30.50")])).map(
        lambda pair: Between(FactName.AMOUNT, *pair)
    ),
    st.just(Between(FactName.TIME, date(2020, 1, 24), None)),
)
facts = st.builds(
    Facts,
    kind=st.sampled_from(KINDS),
    districts=st.sampled_from([frozenset[str](), frozenset({"320508"})]),
    operator=st.sampled_from(["", "某药房", "百货"]),
    amount=st.sampled_from([None, Decimal(10), Decimal(25), Decimal(40)]),
    day=st.sampled_from([None, date(2020, 1, 23), date(2020, 1, 24)]),
)
texts = st.text(alphabet=LETTERS, max_size=40) | st.lists(
    st.sampled_from([*WORDS, "，", "的"]), max_size=12
).map("".join)


@st.composite
def nears(draw: st.DrawFn) -> Rule:
    sides = [draw(words | st.lists(words, min_size=2, max_size=3).map(any_of))]
    gaps = []
    for _number in range(draw(st.integers(1, 2))):
        side = draw(words | st.lists(words, min_size=2, max_size=3).map(any_of))
        if set(words_of(side)) & set(words_of(sides[-1])):
            continue
        sides.append(side)
        gaps.append(draw(st.integers(1, 6)))
    return Near(tuple(sides), tuple(gaps)) if gaps else sides[0]


rules = st.recursive(
    words | nears() | facts_asked,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(any_of),
        st.lists(inner, min_size=2, max_size=4).map(all_of),
        inner.map(Not),
    ),
    max_leaves=8,
)


def holds(rule: Rule, text: str, known: Facts) -> bool:  # noqa: C901  (one line for each kind of part)
    """Whether the rule holds, looked up word by word."""
    match rule:
        case Word() | WordList():
            return bool(places(rule, text))
        case Not(part):
            return not holds(part, text, known)
        case All(parts):
            return all(holds(part, text, known) for part in parts)
        case Any(parts):
            return any(holds(part, text, known) for part in parts)
        case Near(sides, gaps):
            return _stand_near([places(side, text) for side in sides], list(gaps))
        case Is():
            return _is(rule, known)
        case Between(FactName.AMOUNT, least, most):
            return (
                known.amount is not None and (least is None or known.amount >= least) and known.amount <= most
            )  # type: ignore[operator]
        case Between(_, least, _):
            return known.day is not None and known.day >= least  # type: ignore[operator]


def places(side: Rule, text: str) -> list[Place]:
    folded = fold_case(text)
    return [
        (start, start + len(word))
        for word in set(words_of(side))
        for start in range(len(folded))
        if folded.startswith(word, start)
    ]


def _stand_near(found: list[list[Place]], gaps: list[int]) -> bool:
    if len(found) == 1:
        return bool(found[0])
    left, right, *others = found
    kept = [one for one in right if any(_apart(one, other) <= gaps[0] for other in left)]
    return _stand_near([kept, *others], gaps[1:])


def _apart(one: Place, other: Place) -> int:
    return max(0, one[0] - other[1], other[0] - one[1])


def _is(rule: Is, known: Facts) -> bool:
    if rule.fact is FactName.KIND:
        return known.kind == rule.value
    return rule.value in (known.districts if rule.fact is FactName.DISTRICT else known.operator)

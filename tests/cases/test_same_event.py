"""Same event: what joins, what speaks against it, and that the index behind the groups holds what they hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.cases import same_event
from suqing.cases.same_event import FACT, Finder, Matter, Placing, clues_of

AT = datetime(2020, 1, 27, 9, tzinfo=UTC)
DAY = timedelta(days=1)
PARKING = (
    "开发商把车位和房子捆绑销售，不买车位就取消购房资格，请管一管",
    "买房必须捆绑买车位，否则取消购房资格，这样捆绑销售合法吗",
    "楼盘捆绑销售车位，不认购车位不给购房资格",
)
OTHERS = (
    "快递放在门口丢了，网点不肯赔偿",
    "健身房关门，年卡的钱退不回来",
    "电水壶用三天就漏水，店家不肯换",
    "超市买的面包发霉，要求十倍赔偿",
    "理发店办卡之后换了老板不认账",
)


def finder(common: int = 200) -> Finder:
    """A finder that knows what is said every day."""
    made = Finder()
    for number in range(common):
        made.learn(clues_of(OTHERS[number % len(OTHERS)]))
    return made


def placed(into: Finder, *told: str | Matter) -> list[Placing]:
    found = []
    for number, one in enumerate(told, start=len(into) + 1):
        matter = (
            one if isinstance(one, Matter) else Matter(number, AT + timedelta(hours=number), clues_of(one))
        )
        found.append(into.place(matter))
    return found


def matter(case: int, text: str, *, days: float = 0, **facts: str | int) -> Matter:
    return Matter(case, AT + days * DAY, clues_of(text, facts))


def test_cases_that_tell_of_one_thing_come_together_and_others_wait_alone() -> None:
    made = finder()
    first, alone, second, third = placed(made, PARKING[0], OTHERS[0], PARKING[1], PARKING[2])
    assert first.group == second.group == third.group != alone.group
    assert made.members(first.group) == (1, 3, 4)
    assert first.likeness == 0 and second.likeness >= same_event.PAIRS
    assert "捆绑" in second.shared
    assert "车位" in made.common(first.group)


def test_everyday_words_alone_make_no_event() -> None:
    made = Finder()
    for _number in range(300):
        made.learn(clues_of("口罩 退款"))
    one, other = placed(made, "要求口罩退款", "口罩退款")
    assert one.group != other.group


def test_words_that_are_short_and_few_are_no_evidence() -> None:
    made = Finder()
    for number in range(100):
        made.learn(frozenset({f"无关{number}"}))
    one, other = placed(made, "发霉", "发霉")
    assert one.group != other.group, "one word that one case in a hundred has"
    assert made.alike(clues_of("发霉"), clues_of("发霉")) == pytest.approx(1)


def test_the_same_words_about_another_operator_are_another_event() -> None:
    made = finder()
    mine, theirs, again = placed(
        made,
        matter(1, PARKING[0], operator=7, district="320507"),
        matter(2, PARKING[1], operator=8, district="320508"),
        matter(3, PARKING[2], operator=7, district="320507"),
    )
    assert mine.group == again.group != theirs.group
    unknown = made.place(matter(4, PARKING[0]))
    assert unknown.group == mine.group, "nothing known of the operator speaks against nothing"


def test_an_operator_alone_makes_no_event() -> None:
    made = finder()
    one, other = placed(made, matter(1, OTHERS[1], operator=7), matter(2, OTHERS[3], operator=7))
    assert one.group != other.group


def test_words_of_names_that_are_known_as_facts_count_once() -> None:
    told = clues_of("平江大药房卖口罩", {"operator": 3, "street": ""}, named=["苏州平江大药房有限公司"])
    assert told == {"口罩", f"{FACT}operator:3"}


def test_an_event_is_over_after_a_window_without_a_case() -> None:
    made = finder()
    first = made.place(matter(1, PARKING[0]))
    made.forget(AT + same_event.WINDOW - DAY)
    assert made.has(first.group)
    made.forget(AT + same_event.WINDOW + DAY)
    assert not made.has(first.group) and made.group_of(1) is None and len(made) == 0
    later = made.place(matter(2, PARKING[1], days=same_event.WINDOW.days + 1))
    assert made.members(later.group) == (2,)


def test_time_between_them_makes_cases_less_alike() -> None:
    likeness = []
    for days in (0, 40):
        made = finder()
        made.place(matter(1, PARKING[0]))
        likeness.append(made.place(matter(2, PARKING[0], days=days)).likeness)
    assert likeness[1] == pytest.approx(likeness[0] * 0.5 ** (40 / 60))


def test_a_case_is_never_put_beside_one_it_was_told_apart_from() -> None:
    made = finder()
    first = made.place(matter(1, PARKING[0]))
    apart = made.place(matter(2, PARKING[1]), never=[1])
    assert apart.group != first.group
    third = made.place(matter(3, PARKING[2]))
    assert {first.group, apart.group} >= {third.group}
    assert not third.merged or len(made.members(third.group)) == 3


def test_a_case_that_was_taken_out_waits_alone_and_may_stand_for_a_new_event() -> None:
    made = finder()
    first, *_rest = placed(made, *PARKING)
    made.part(2)
    assert made.members(first.group) == (1, 3)
    assert made.members(made.group_of(2) or 0) == (2,)
    made.part(2)
    assert made.members(made.group_of(2) or 0) == (2,), "a second time changes nothing"


def test_two_groups_that_turn_out_to_be_one_are_one_and_what_people_made_stays() -> None:
    made = finder()
    early = made.remember([matter(1, PARKING[0]), matter(2, PARKING[1])])
    people = made.remember([matter(3, PARKING[1]), matter(4, PARKING[2])], is_fixed=True)
    told = made.place(matter(5, PARKING[0]))
    assert told.group == people and told.merged == (early,)
    assert sorted(made.members(people)) == [1, 2, 3, 4, 5]
    assert not made.has(early)


def test_cases_that_are_known_can_be_held_as_one_event_as_people_say() -> None:
    made = finder()
    first, *_rest = placed(made, PARKING[0], OTHERS[0], OTHERS[1])
    group = made.gather([2, 3, 99], is_fixed=True)
    assert made.members(group) == (2, 3), "case 99 was never seen"
    assert made.gather([1], group, is_fixed=True) == group
    assert made.members(group) == (2, 3, 1) and not made.has(first.group)


def test_two_events_of_people_are_never_made_one() -> None:
    made = finder()
    one = made.remember([matter(1, PARKING[0]), matter(2, PARKING[1])], is_fixed=True)
    other = made.remember([matter(3, PARKING[1]), matter(4, PARKING[2])], is_fixed=True)
    told = made.place(matter(5, PARKING[0]))
    assert told.merged == () and made.has(one) and made.has(other)


def test_a_case_that_is_known_stays_where_it_is() -> None:
    made = finder()
    first = made.place(matter(1, PARKING[0]))
    assert made.place(matter(1, OTHERS[0])) == Placing(first.group)
    assert len(made) == 1


def test_however_many_cases_wait_a_case_is_compared_with_a_bounded_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(same_event, "COMPARED", 5)
    monkeypatch.setattr(same_event, "REACH", 50)
    compared: list[int] = []
    plain = Finder._likeness
    monkeypatch.setattr(Finder, "_likeness", lambda self, *a: compared.append(1) or plain(self, *a))
    made = Finder()
    for number in range(400):
        before = len(compared)
        made.place(
            Matter(number, AT, frozenset({"车位", f"词{number % 40}", f"名{number % 30}", f"事{number}"}))
        )
        assert len(compared) - before <= 5


words = st.sampled_from([f"词{number}" for number in range(12)] + [f"{FACT}operator:{one}" for one in (1, 2)])
steps = st.lists(
    st.tuples(
        st.sampled_from(["place", "place", "place", "part", "forget", "gather"]),
        st.frozensets(words, min_size=1, max_size=6),
        st.integers(0, 30),
    ),
    max_size=40,
)


@given(steps)
def test_every_case_is_in_one_group_and_the_index_leads_to_what_groups_hold(
    told: list[tuple[str, frozenset[str], int]],
) -> None:
    made = Finder()
    for number in range(40):
        made.learn(frozenset({f"词{number % 12}", f"无关{number}"}))
    came: set[int] = set()
    for number, (step, clues, value) in enumerate(told):
        at = AT + timedelta(days=5 * number)
        if step == "place":
            made.place(Matter(number, at, clues))
            came.add(number)
        elif step == "forget":
            made.forget(at)
        elif step == "part":
            made.part(value)
        else:
            made.gather([value, value + 1], made.group_of(number % 7), is_fixed=number % 2 == 0)
        known = {case: made.group_of(case) for case in came if made.group_of(case) is not None}
        assert len(known) == len(made)
        assert all(group is not None and case in made.members(group) for case, group in known.items())
        for key, group in [(key, group) for key, group in made._groups.items() if group.cases]:
            assert set(group.cases) == {case for case, of in known.items() if of == key}
            assert all(key in made._holding[clue] for clue in group.counts)
        for clue, holding in made._holding.items():
            assert all(clue in made._groups[key].counts for key in holding), "no group is found that is gone"

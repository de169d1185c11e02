"""Days that people name, against the day on which they tell it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.taxonomy.text.dates import find_dates

TOLD = date(2020, 2, 5)  # a Wednesday


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("2020年1月27日买的", date(2020, 1, 27), date(2020, 1, 27)),
        ("２０２０年１月２７号", date(2020, 1, 27), date(2020, 1, 27)),
        ("二零一九年九月五号", date(2019, 9, 5), date(2019, 9, 5)),
        ("2019-12-31到期", date(2019, 12, 31), date(2019, 12, 31)),
        ("2018年12月份", date(2018, 12, 1), date(2018, 12, 31)),
        ("2017年度", date(2017, 1, 1), date(2017, 12, 31)),
        ("1月27日", date(2020, 1, 27), date(2020, 1, 27)),
        ("12月3号", date(2019, 12, 3), date(2019, 12, 3)),
        ("去年", date(2019, 1, 1), date(2019, 12, 31)),
        ("去年国庆前，去年9月", date(2019, 1, 1), date(2019, 12, 31)),
        ("昨天", date(2020, 2, 4), date(2020, 2, 4)),
        ("上周六", date(2020, 2, 1), date(2020, 2, 1)),
        ("上个月20号", date(2020, 1, 20), date(2020, 1, 20)),
        ("三天前", date(2020, 2, 2), date(2020, 2, 2)),
        ("三个月前", date(2019, 11, 1), date(2019, 11, 30)),
        ("两年前", date(2018, 1, 1), date(2018, 12, 31)),
    ],
)
def test_a_day_is_read_against_the_day_it_was_told_on(said: str, first: date, last: date) -> None:
    found = find_dates(said, TOLD)[0]
    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize(
    "said", ["2月30日", "2019年13月5日起的13月5日", "3个月", "月饼", "10元一年", "半年前", "12315"]
)
def test_what_is_no_day_is_left_out(said: str) -> None:
    assert all(one.first.year == 2019 and one.last.month == 12 for one in find_dates(said, TOLD))


def test_a_day_stands_where_the_given_text_has_it() -> None:
    said = "我\u200b在２０２０年１月\u200b２７日买了口罩"
    found = find_dates(said, TOLD)[0]
    assert said[found.start : found.end] == "２０２０年１月\u200b２７日"


@given(st.text(alphabet="0123456789年月日号上周六前天去今三十个-/.\u200b😀", max_size=60))
def test_nothing_anybody_writes_breaks_it(text: str) -> None:
    past = 0
    for found in find_dates(text, TOLD):
        assert found.first <= found.last
        assert past <= found.start < found.end <= len(text)
        past = found.end

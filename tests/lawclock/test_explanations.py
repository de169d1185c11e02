"""An explanation tells the whole count and says it in the reader's language."""

from __future__ import annotations

import gettext
from datetime import date

import pytest
from django.utils import translation
from django.utils.translation import trans_real

from suqing.config import catalogue
from suqing.lawclock.arithmetic import explain
from suqing.lawclock.calendars import DayRule, shipped_calendar
from suqing.lawclock.deadlines import Explanation
from suqing.lawclock.limits import limit, limits
from suqing.lawclock.policies import LocalLimit, Policy, Rolling, Unit
from suqing.lawclock.queries import say, say_day
from suqing.lawclock.spans import Extension, Span

CALENDAR = shipped_calendar()


@pytest.fixture(scope="module", autouse=True)
def _compiled_catalogue() -> None:
    catalogue.compile(catalogue.PACKAGE / "lawclock")
    # An earlier test may have loaded the translations before the catalogue was compiled: forget them.
    gettext._translations.clear()  # type: ignore[attr-defined]
    trans_real._translations.clear()


def told(explanation: Explanation) -> list[str]:
    return [say(sentence) for sentence in explanation.sentences]


def test_the_count_across_the_long_spring_festival_is_told_day_by_day() -> None:
    days = explain(limit("D1", "O20"), date(2020, 1, 23), CALENDAR).days
    assert [(line.day.isoformat()[5:], line.number, line.reason) for line in days] == [
        ("01-23", None, "start"),
        *((f"01-{day}", None, "holiday") for day in range(24, 32)),
        ("02-01", None, "holiday"),
        ("02-02", None, "holiday"),
        *((f"02-0{day}", day - 2, "working_day") for day in range(3, 8)),
        ("02-08", None, "weekend"),
        ("02-09", None, "weekend"),
        ("02-10", 6, "working_day"),
        ("02-11", 7, "working_day"),
    ]


def test_a_make_up_working_day_is_named() -> None:
    line = explain(limit("D1", "O20"), date(2020, 1, 17), CALENDAR).days[2]
    assert (line.day, line.number, line.reason, line.name) == (date(2020, 1, 19), 1, "makeup_day", "春节")


def test_an_ordinary_monday_that_a_notice_names_as_worked_bears_no_holiday_name() -> None:
    explanation = explain(limit("D1", "O20"), date(2020, 1, 25), CALENDAR)
    monday = next(line for line in explanation.days if line.day == date(2020, 2, 3))
    with translation.override("zh-hans"):
        assert say_day(monday) == "工作日"


def test_a_moved_last_day_shows_the_days_it_moved_past() -> None:
    days = explain(limit("D2b", "O121"), date(2026, 8, 3), CALENDAR).days
    assert (days[60].day, days[60].number) == (date(2026, 10, 2), 60)
    assert [(line.day.day, line.reason) for line in days[61:]] == [
        *((day, "rolled_past") for day in range(3, 8)),
        (8, "rolled_to"),
    ]


def test_an_excluded_day_names_every_kind_that_covers_it() -> None:
    spans = [
        Span("testing", date(2026, 5, 6), date(2026, 5, 8)),
        Span("appraisal", date(2026, 5, 8), date(2026, 5, 11)),
    ]
    days = {line.day: line for line in explain(limit("D2b", "O121"), date(2026, 5, 5), CALENDAR, spans).days}
    assert days[date(2026, 5, 8)].span_kinds == ("testing", "appraisal")
    with translation.override("zh-hans"):
        assert say_day(days[date(2026, 5, 8)]) == "不计入（检测、鉴定）"
        assert say_day(days[date(2026, 5, 12)]) == "自然日"


def test_years_are_told_by_anniversaries() -> None:
    explanation = explain(limit("D14", "O20"), date(2017, 1, 28), CALENDAR)
    counted = [(line.day.isoformat(), line.number) for line in explanation.days if line.is_counted]
    assert counted == [("2018-01-28", 1), ("2019-01-28", 2), ("2020-01-28", 3)]
    assert explanation.days[-1].day == explanation.deadline.due_on == date(2020, 2, 3)


def test_the_explanation_in_chinese_cites_the_articles() -> None:
    span = Span("testing", date(2026, 4, 20), date(2026, 4, 24))
    with translation.override("zh-hans"):
        sentences = told(explain(limit("D2b", "O121"), date(2026, 7, 29), CALENDAR, [span]))
        assert sentences == [
            "期间自2026-07-29开始，开始的当日不计入（《市场监督管理投诉举报处理办法》第四十五条）。",
            "期限为60日，按自然日计算，含周末和节假日（《市场监督管理投诉举报处理办法》第二十三条第一款第（五）项、"
            "《中华人民共和国消费者权益保护法实施条例》第四十六条）。",
            "期间届满的最后一日2026-09-27是法定节假日（中秋节），以节假日后的第一日为届满日期"
            "（《市场监督管理投诉举报处理办法》第四十五条）。",
            "届满日为2026-09-28，至当日二十四时（北京时间）止。",
            "内部期限：2026-09-27，即顺延前的日期。",
            "届时未能达成调解协议的，终止调解。",
        ]


def test_the_explanation_in_english_tells_spans_extensions_and_local_days() -> None:
    closed = CALENDAR.with_day(
        DayRule(date(2020, 2, 7), is_off=True, name="停工", notice="通告", is_local=True)
    )
    span = Span("testing", date(2020, 2, 5), date(2020, 2, 6))
    granted = Extension(date(2020, 2, 20), "局长")
    with translation.override("en"):
        sentences = told(explain(limit("D5", "O20"), date(2020, 1, 25), closed, [span], granted))
    assert sentences[1:4] == [
        "The limit is 15 working days (PROC art. 18).",
        "An extension of 15 working days was granted on 2020-02-20 (PROC art. 18).",
        "The days from 2020-02-05 to 2020-02-06 are not counted: testing (PROC art. 18).",
    ]
    assert "The calendar has local edits between the start and the last day." in sentences


def test_local_policy_is_called_local_policy() -> None:
    tight = Policy(rolling=Rolling.EVERY_OFF_DAY, local_limits=(LocalLimit("D1", 5, Unit.WORKING_DAY),))
    with translation.override("en"):
        acceptance = told(explain(limit("D1", "O20"), date(2020, 2, 3), CALENDAR, policy=tight))
        dispatch = told(explain(limit("D15", "O20"), date(2020, 2, 3), CALENDAR))
        weekend = told(explain(limit("D2b", "O121"), date(2026, 4, 15), CALENDAR, policy=tight))
    assert "Internal due date: 2020-02-10, by local policy (5 working days)." in acceptance
    assert "The law says “promptly” (O20 art. 37); local policy sets 1 working days." in dispatch
    assert "The last day would be 2026-06-14; by local policy it moves to the next working day." in weekend


def test_a_recusal_is_left_out_by_local_policy() -> None:
    span = Span("recusal", date(2026, 5, 11), date(2026, 5, 15))
    policy = Policy(recusal_stops_mediation=True)
    with translation.override("zh-hans"):
        sentences = told(explain(limit("D2b", "O121"), date(2026, 4, 15), CALENDAR, [span], policy=policy))
    assert "2026-05-11至2026-05-15为因回避中止调解时间，按本地设定不计入期限。" in sentences


def test_a_provisional_deadline_says_which_year_is_missing() -> None:
    with translation.override("en"):
        sentences = told(explain(limit("D1", "O121"), date(2026, 12, 28), CALENDAR.assuming(2027)))
    assert any(sentence.startswith("Provisional: the calendar of 2027 is missing") for sentence in sentences)


@pytest.mark.parametrize("one", limits(), ids=lambda one: one.key)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_limit_explains_itself_with_every_span_and_extension(one: object, language: str) -> None:
    chosen = next(each for each in limits() if each is one)
    start = date(2020, 2, 3) if chosen.regime != "O121" else date(2026, 4, 15)
    spans = [Span(kind, date(2020, 2, 4), date(2020, 2, 10)) for kind in chosen.excluded]
    granted = [Extension(start, "局长", 10 if step.amount is None else None) for step in chosen.extensions]
    explanation = explain(chosen, start, CALENDAR, spans, granted)
    with translation.override(language):
        words = [*told(explanation), *(say_day(line) for line in explanation.days)]
    assert explanation.days[-1].day == explanation.deadline.due_on
    assert all(words)
    assert not any("%(" in text for text in words)

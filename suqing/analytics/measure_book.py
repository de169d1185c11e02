"""The book of measures: every measure with its definition, formula and source in both languages, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import override

from suqing.analytics.registry import BASIS_LABELS, STAGE_LABELS, UNIT_LABELS, Basis, Measure, all_measures

CHINESE = "zh-hans"
PREFACE = """# Measures

Every figure of Suqing is one of these measures over a period, narrowed by filters. This page is written by
`suqing measures`; a test holds it to the code.

**Whose formula.** The regulators publish names of indicators and their values, hardly ever formulas. Each measure says
which of these holds:

| basis | meaning |
|---|---|
| count | a count or sum of exactly what the definition says; nothing to choose |
| published | name and formula are published |
| named | the name is published, the formula is not; what stands here is ours, marked as local policy on every page |
| local | name and formula are ours |

Names of indicators are those of published reports of market regulators and hotlines of 2018 to 2024; GB/T 33358-2016 and
the hotline standard were read in secondary sources, not in their official print. Articles of law are cited as in
`docs/law.md`.

**Placed by.** A row belongs to the period in which its moment lies: receipt, decision, filing, end, or the day on which
a limit ends. So "accepted in May" and "registered in May" are different cases, and rates over them are not each other's parts.

**Never added.** 件 (cases), 人次 (contacts), 人 (persons), 起 (events) and 次 (calls) count different things.

## Periods

Days are local (Asia/Shanghai) and begin at midnight; what happens on the stroke belongs to the day that begins.

| kind | code | before it (环比) | a year before (同比) |
|---|---|---|---|
| day | `2020-01-27` | the day before | the same day; 29 February: the 28th |
| ISO week | `2020-W05` | the week before | the same number; week 53 has none after a year of 52 |
| ten days (旬) | `2020-01-T1`, `T2`, `T3` | the 旬 before, however long | the same 旬 of the same month |
| month, quarter, year | `2020-01`, `2020-Q1`, `2020` | the one before, however long | the same one |
| week of the lunar year | `2020-L1`, `2020-L-1` | the one before | the same calendar days |
| chosen days | `2020-01-20..2020-02-03` | as many days just before | the same calendar days |

- **A third switch** compares with the days as far from 正月初一 of the year before: 27 January 2020 is the third day of the
  new year and is compared with 7 February 2019. For days with a new year among them that one counts, for others the one
  whose weeks they lie in.
- **Weeks of the lunar year** are counted from 正月初一 (`L1` begins on it, `L-1` ends on the eve). 26 weeks lead up to each new
  year; the week before those, in July or August, is cut short.
- **Not over yet:** as much of the other period is the base: this month until the 23rd at ten o'clock with last month until its
  23rd at ten. Where the other one is too short, all of it.
- **New year's days** of 1990 to 2051 are known; a day outside is refused, not guessed. ICU, which browsers use, has other days
  for 2027 and 2030 (new moons minutes from midnight); a test reckons every day from the sun and the moon.
- A rise is given *by* so many per cent; a share and its base differ by percentage points. A base of no records is no zero:
  the comparison says that there is none.

## What is not here

| indicator | why |
|---|---|
| 短信回复率 (reply rate of text messages) | messages are not taken in yet |
| 首呼解决率, 服务差错率 (first-call resolution, service errors) | nothing records whether a call settled the matter, or errors |
| median times | a median of parts is no part of the median of the whole; the means can be summed over days and districts |

## The measures

"""


def book() -> str:
    """The whole page; measures in the order of registration."""
    measures = list(all_measures())
    return PREFACE + "\n".join([_summary(measures), *map(_chapter, measures)])


def in_chinese(text: str) -> str:
    """An English message id in Chinese, whatever language is active."""
    with override(CHINESE):
        return _(text)


def _summary(measures: Iterable[Measure]) -> str:
    lines = [
        f"| `{one.code}` | {one.name} | {in_chinese(one.name)} | {one.unit} | {one.basis} |"
        for one in measures
    ]
    return "\n".join(["| code | name | 名称 | unit | basis |", "|---|---|---|---|---|", *lines, ""])


def _chapter(one: Measure) -> str:
    placed = f"{STAGE_LABELS[one.stage]} (`{one.moment}`)" if one.stock is None else "what stands at the end"
    facts = [
        f"counts {one.counts} in {UNIT_LABELS[one.unit]} ({one.unit}), from {one.source.name}",
        f"placed by: {placed}",
        f"basis: {one.basis}, {BASIS_LABELS[one.basis]}" if one.basis is not Basis.COUNT else "basis: count",
    ]
    if one.by_policy is not None:
        facts.append("local policy sets its seconds and times")
    if one.reference:
        facts.append(f"elsewhere: {one.reference}")
    return "\n".join(
        [
            f"### {one.name} · {in_chinese(one.name)}",
            "",
            f"`{one.code}`: {'; '.join(facts)}.",
            "",
            f"- Definition: {one.definition}",
            f"- 定义：{in_chinese(one.definition)}",
            f"- Formula: {one.formula}",
            f"- 公式：{in_chinese(one.formula)}",
            "",
        ]
    )

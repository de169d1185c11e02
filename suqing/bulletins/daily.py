"""The text of 「12315每日重热点快报」, composed from figures alone, in the order reports of such centres keep.  Pure.

No number is written that is not a figure; dates and the name of the line are the only other digits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from suqing.bulletins.blocks import Block, Curve, FigureTable, TypicalCase
from suqing.bulletins.documents import Heading, Lead, Note, Paragraph, Run, Text, Title
from suqing.bulletins.documents.model import chinese_number
from suqing.bulletins.wording import FigureFact, cell, change, counted, ref

SERIES_CODE = "daily"
SERIES_NAME = "12315每日重热点快报"
UNKNOWN_LABEL, REST_LABEL, TOTAL_LABEL = "未注明", "其他", "合计"


@dataclass(frozen=True, slots=True)
class DailyFacts:
    """Everything the composition reads.  ``lists`` maps a table ("issue") to the keys of its lines in order;
    ``until`` is set while the day is not over; ``history`` is the number of days rises are measured against."""

    day: date
    until: datetime | None
    figures: Mapping[str, FigureFact]
    lists: Mapping[str, Sequence[str]]
    curve_days: Sequence[date]
    history: int
    cases: Sequence[TypicalCase]
    marks: Sequence[tuple[date, str]] = ()

    @property
    def base_word(self) -> str:
        return "前一日同期" if self.until else "前一日"

    @property
    def last_year_word(self) -> str:
        return "上年同日同期" if self.until else "上年同日"

    @property
    def day_word(self) -> str:
        """1月27日, and until when it is counted."""
        told = f"{self.day.month}月{self.day.day}日"
        return told + (f"（截至{self.until:%H:%M}）" if self.until else "")


def title(day: date) -> str:
    """The title of the body, on one line."""
    return f"{day.year}年{day.month}月{day.day}日12315投诉举报重热点情况"


def compose(facts: DailyFacts) -> tuple[Block, ...]:
    """All blocks of the bulletin between its head and its foot."""
    return (
        # Broken where the sense allows it: 12315 and what follows belong together.
        Title(title(facts.day).replace("日12315", "日\n12315")),
        _lead(facts),
        *_overall(facts),
        *_hot(facts),
        *_rising(facts),
        *_prices(facts),
        *_typical(facts),
        *_handling(facts),
    )


def sentence(*parts: str | Run | Sequence[Run]) -> tuple[Run, ...]:
    """Runs from words, figures and lists of both."""
    made: list[Run] = []
    for part in parts:
        made += [Text(part)] if isinstance(part, str) else [part] if isinstance(part, Run) else part
    return tuple(made)


def _is_zero(fact: FigureFact) -> bool:
    return not fact.value


def _lead(facts: DailyFacts) -> Lead:
    figures = facts.figures
    registered, prices = figures["cases"], figures["price_reports"]
    parts: list[str | Run | Sequence[Run]] = [
        f"{facts.day_word}，12315共接收群众诉求", counted(figures["contacts"]), "，登记咨询、投诉、举报", counted(registered),
        "，", change(registered, "previous", facts.base_word),
    ]  # fmt: skip
    if not _is_zero(registered):
        parts += [
            "；其中疫情相关",
            counted(figures["epidemic_cases"]),
            "，占",
            ref(figures["epidemic_share"]),
        ]
    parts += ["。登记价格举报", counted(prices), "，", change(prices, "previous", facts.base_word), "。"]
    leading = [figures[key].label for key in facts.lists["leading_topic"][:3]]
    if leading:
        parts += [f"诉求较集中的方面为：{'、'.join(leading)}。"]
    return Lead(sentence(*parts))


def _overall(facts: DailyFacts) -> list[Block]:
    figures = facts.figures
    keys = ("consultations", "complaints", "reports", "cases")
    names = ("咨询", "投诉", "举报", TOTAL_LABEL)
    base, last_year = facts.base_word, facts.last_year_word
    rows = tuple(
        (Text(name), cell(fact), cell(fact, "previous.value"), cell(fact, "previous.signed"),
         cell(fact, "last_year.value"), cell(fact, "last_year.signed"))
        for name, fact in ((name, figures[key]) for name, key in zip(names, keys, strict=True))
    )  # fmt: skip
    told: list[str | Run | Sequence[Run]] = [f"{facts.day_word}，登记"]
    for name, key in zip(names[:3], keys[:3], strict=True):
        fact = figures[key]
        told += [
            name,
            counted(fact),
            "，",
            change(fact, "previous", base),
            "，",
            change(fact, "last_year", last_year),
            "；",
        ]
    told[-1] = "。"
    return [
        Heading(1, "总体情况"),
        Paragraph(sentence(*told)),
        FigureTable("各类诉求登记情况（单位：件）", ("类型", "登记", base, "环比", last_year, "同比"), rows),
        _epidemic(facts),
        Note(
            "登记数按诉求接收时间统计，不等同于受理数、办结数；接收群众诉求含未形成登记件的来电，以人次计，与件不相加。"
        ),
    ]


def _epidemic(facts: DailyFacts) -> Paragraph:
    figures = facts.figures
    overall, reports = figures["epidemic_share"], figures["epidemic_report_share"]
    if overall.value is None:
        return Paragraph(sentence("当日无登记，疫情相关占比无从计算。"))
    parts: list[str | Run | Sequence[Run]] = [
        "疫情相关诉求登记", ref(overall, "numerator"), "件，占登记总量", ref(overall, "denominator"), "件的",
        ref(overall), "，占比", change(overall, "previous", facts.base_word),
    ]  # fmt: skip
    if reports.value is None:
        return Paragraph(sentence(*parts, "。当日未登记举报。"))
    parts += [
        "；其中疫情相关举报",
        ref(reports, "numerator"),
        "件，占举报",
        ref(reports, "denominator"),
        "件的",
        ref(reports),
        "。",
    ]
    return Paragraph(sentence(*parts))


def _hot(facts: DailyFacts) -> list[Block]:
    made: list[Block] = [Heading(1, "投诉举报热点")]
    cuts = (
        ("issue", "问题类别", "反映问题"),
        ("object", "客体类别", "涉及商品和服务"),
        ("district", "地区", "涉及地区"),
    )
    for name, column, heading in cuts:
        made.append(Heading(2, heading))
        made += _ranking(facts, name, column, "投诉举报登记", "hot")
    made += [Heading(2, "热点专题"), _topics(facts)]
    return made


def _ranking(facts: DailyFacts, name: str, column: str, what: str, total: str) -> list[Block]:
    """A sentence about the leading lines and the table of all."""
    figures, keys = facts.figures, facts.lists[name]
    whole = figures[total]
    if not keys or _is_zero(whole):
        return [Paragraph(sentence(f"{facts.day_word}无{what}。"))]
    leading = [figures[key] for key in keys if not key.endswith((".unknown", ".rest"))][:3]
    told: list[str | Run | Sequence[Run]] = [what, counted(whole)]
    if leading:
        told += ["，居前的为"]
        for fact in leading:
            told += [fact.label, counted(fact), "、"]
        told.pop()
    lines = [(figures[key], figures[key].label) for key in keys] + [(whole, TOTAL_LABEL)]
    rows = tuple(
        (Text(label), cell(fact), cell(fact, "previous.value"), cell(fact, "previous.signed"))
        for fact, label in lines
    )
    header = (column, "登记", facts.base_word, "环比")
    return [
        Paragraph(sentence(*told, "。")),
        FigureTable(f"{what}按{column}（单位：件）", header, rows, (3, 1, 1.2, 1.2)),
    ]


def _topics(facts: DailyFacts) -> Paragraph:
    found = [facts.figures[key] for key in facts.lists["topic"]]
    if not found:
        return Paragraph(sentence(f"{facts.day_word}登记的投诉举报未涉及已设专题。"))
    told: list[str | Run | Sequence[Run]] = ["按专题统计，投诉举报登记"]
    for fact in found:
        told += [fact.label, counted(fact), "、"]
    return Paragraph(sentence(*told[:-1], "。一件诉求可涉及多个专题，各专题数不相加。"))


def _rising(facts: DailyFacts) -> list[Block]:
    made: list[Block] = [Heading(1, "上升较快")]
    if facts.history < 1:
        return [*made, Paragraph(sentence("系统内尚无此前数据，暂不作比较。"))]
    before = f"前{chinese_number(facts.history)}日日均" + ("（同时段）" if facts.until else "")
    keys = facts.lists["rising"]
    if not keys:
        made.append(Paragraph(sentence(f"与{before}相比，未发现明显上升的类别。")))
    else:
        told: list[str | Run | Sequence[Run]] = [f"与{before}相比，登记明显上升的有："]
        for fact in (facts.figures[key] for key in keys):
            told += [f"{fact.label}", counted(fact), "（日均", ref(fact, "mean"), "件）、"]
        told[-1] = "件）。"
        made.append(Paragraph(sentence(*told)))
    made.append(
        Note(
            "判别方法为两个泊松均值的条件检验，数量很少的类别不作判别，未考虑节假日因素，仅供研判参考（本地设定）。"
        )
    )
    return made


def _prices(facts: DailyFacts) -> list[Block]:
    figures = facts.figures
    whole, epidemic = figures["price_reports"], figures["epidemic_price_reports"]
    told = sentence(
        f"{facts.day_word}，登记价格举报", counted(whole), "，", change(whole, "previous", facts.base_word), "，",
        change(whole, "last_year", facts.last_year_word), "；其中疫情相关价格举报", counted(epidemic), "，",
        change(epidemic, "previous", facts.base_word), "。",
    )  # fmt: skip
    made: list[Block] = [Heading(1, "价格举报"), Paragraph(told)]
    if not _is_zero(whole):
        made += [Heading(2, "涉及商品"), *_ranking(facts, "goods", "商品", "价格举报登记", "price_reports")]
        made += [
            Heading(2, "所在地区"),
            *_ranking(facts, "price_district", "地区", "价格举报登记", "price_reports"),
        ]
    made += [Heading(2, "变化趋势"), _curve(facts)]
    made.append(
        Note(
            "价格举报指问题类别属于价格，或者内容涉及口罩价格、价格上涨专题的举报（本地设定）；按登记数统计，不是受理数。"
        )
    )
    return made


def _curve(facts: DailyFacts) -> Curve:
    figures = facts.figures
    points = []
    for day in facts.curve_days:
        fact = figures.get(f"price_day.{day.isoformat()}")
        points.append(ref(fact) if fact else None)
    note = "按登记统计" + (f"，末日截至{facts.until:%H:%M}" if facts.until else "")
    return Curve(
        "价格举报每日登记量",
        "价格举报",
        "件",
        tuple(facts.curve_days),
        tuple(points),
        tuple(facts.marks),
        note,
    )


def _typical(facts: DailyFacts) -> list[Block]:
    made: list[Block] = [Heading(1, "典型诉求")]
    if not facts.cases:
        return [*made, Paragraph(sentence(f"{facts.day_word}无可刊载的典型诉求。"))]
    return [
        *made,
        *facts.cases,
        Note("典型诉求为群众反映内容的摘录，尚未经核实；已隐去个人信息和经营者名称。"),
    ]


def _handling(facts: DailyFacts) -> list[Block]:
    figures = facts.figures
    recovered, on_time, overdue = figures["recovered"], figures["on_time"], figures["overdue"]
    told = sentence(
        f"{facts.day_word}，受理投诉", counted(figures["accepted"]), "，不予受理", counted(figures["refused"]),
        "；举报立案", counted(figures["filed"]), "；办结各类诉求", counted(figures["closed"]), "，",
        change(figures["closed"], "previous", facts.base_word), "，为消费者挽回经济损失", counted(recovered), "。",
    )  # fmt: skip
    due = (
        sentence("期限在当日届满的投诉受理决定", ref(on_time, "denominator"), "件，其中按时作出", ref(on_time, "numerator"),
                 "件，按时率", ref(on_time), "。")
        if on_time.value is not None
        else sentence("当日无期限届满的投诉受理决定。")
    )  # fmt: skip
    late = sentence("截至统计时点，超期未办诉求", counted(overdue), "。")
    return [
        Heading(1, "办理情况"),
        Paragraph(told),
        Paragraph((*due, *late)),
        Note(
            "受理、立案、办结按决定和办结时间统计，含此前登记的诉求，与当日登记数不是同一批次；按时率计算方法为本地设定。"
        ),
    ]

"""The row of the national export that a case makes: what an export writes and the import reads back equal.

What a row said and the case cannot hold stands in ``told``: under the column's name the cell as it was, under
``=name`` what would have been written instead then.  As long as that is what would be written now, the cell goes out
as it came in; once somebody has changed the case, the case speaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from suqing.cases.importing.amounts import amount_text
from suqing.cases.importing.standing import status_cells
from suqing.cases.vocabulary import Channel, Kind, Outcome, State

# domain 5.1, data/fields/national_12315_export_columns.csv: the columns that two public programs read.
COLUMNS = (
    "登记编号", "类型", "接收方式", "企业名称", "企业地址", "诉求内容", "问题类别", "问题类别全称", "客体类别全称", "事发地",
    "具体问题", "初查受理状态", "办理情况状态", "处理机构", "处理部门", "反馈内容", "销售方式", "消费金额(单位:元)",
    "挽回经济损失(单位:元)", "罚款金额(单位:元)", "没收金额(单位:元)",
)  # fmt: skip
SHEET = "业务信息"

# Cells that are no fact of a case here: they live in ``told`` alone.
ONLY_TOLD = ("处理部门", "销售方式")
ADDRESS_COLUMN = "企业地址"  # an operator has one address here; what a row said of it stays with the row
OPERATOR_KEY = "@operator"  # whose address that was

_KIND = {Kind.COMPLAINT: "投诉", Kind.REPORT: "举报", Kind.CONSULTATION: "咨询"}
_CHANNEL = {
    Channel.PHONE: "电话",
    Channel.WEB: "互联网",
    Channel.LETTER: "来函",
    Channel.VISIT: "来人",
    Channel.TRANSFER: "上级交办",
    Channel.OTHER: "其它",
}


@dataclass(frozen=True, slots=True)
class NationalFacts:
    """What the row says of a case.  Names are as printed in Chinese; class paths are joined by ``->``.

    ``number``: the one over there where the case came from there.  ``was_accepted`` and ``was_filed``: None for a case
    that was imported (its moments are not known).  ``told``: of its ImportedCase.
    """

    number: str
    kind: Kind
    state: State
    outcome: Outcome | None = None
    channel: Channel = Channel.OTHER
    narrative: str = ""
    entity_name: str = ""
    entity_address: str = ""
    requests: tuple[str, ...] = ()
    request_note: str = ""
    issue_path: str = ""
    object_path: str = ""
    place_name: str = ""  # full name of the division
    address: str = ""
    unit_name: str = ""
    result_note: str = ""
    amount: Decimal | None = None
    recovered_amount: Decimal | None = None
    penalty_amount: Decimal | None = None
    confiscated_amount: Decimal | None = None
    was_accepted: bool | None = None
    was_filed: bool | None = None
    told: Mapping[str, str] = field(default_factory=dict)


def row_of(facts: NationalFacts) -> tuple[str, ...]:
    """Give the 21 cells, in the order of COLUMNS.  The file's writer makes formulas harmless (``safe_cells``)."""
    written = _written(facts)
    told = facts.told
    if not told:
        return written
    return tuple(_cell(name, text, facts) for name, text in zip(COLUMNS, written, strict=True))


def remembered(said: Mapping[str, str], facts: NationalFacts) -> dict[str, str]:
    """Give the ``told`` that makes ``row_of`` write ``said`` again.  ``said``: column -> cell, of columns there are.

    Narrative and reply are never told twice: they are personal and live in the case alone.
    """
    told: dict[str, str] = {}
    for name, would_be in zip(COLUMNS, _written(facts), strict=True):
        text = said.get(name)
        if text is None or name in ("具体问题", "反馈内容"):
            continue
        if name == ADDRESS_COLUMN and text:
            told[name], told[OPERATOR_KEY] = text, facts.entity_name
        elif text != would_be:
            told[name] = text
            if would_be:
                told[f"={name}"] = would_be
    return told


def shown_told(told: Mapping[str, str]) -> dict[str, str]:
    """Give what a person is shown of ``told``: the cells by their columns' names."""
    return {name: text for name, text in told.items() if text and name[:1] not in ("=", "@")}


def place_text(place_name: str, address: str) -> str:
    """Write a place in one cell: the address alone where it names its division already."""
    if not place_name or (address and _last_part(place_name) in address):
        return address
    return f"{place_name}{address}"


def _cell(name: str, text: str, facts: NationalFacts) -> str:
    told = facts.told
    if name not in told:
        return text
    if name in ONLY_TOLD:
        return told[name]
    if name == ADDRESS_COLUMN:
        return told[name] if told.get(OPERATOR_KEY) == facts.entity_name else text
    return told[name] if told.get(f"={name}", "") == text else text


def _written(facts: NationalFacts) -> tuple[str, ...]:
    check, progress = status_cells(
        facts.kind, facts.state, facts.outcome, was_accepted=facts.was_accepted, was_filed=facts.was_filed
    )
    requests = [*facts.requests, *([facts.request_note] if facts.request_note else [])]
    return (
        facts.number,
        _KIND[facts.kind],
        _CHANNEL[facts.channel],
        facts.entity_name,
        facts.entity_address,
        ",".join(requests),
        facts.issue_path.rpartition("->")[2],
        facts.issue_path,
        facts.object_path,
        place_text(facts.place_name, facts.address),
        facts.narrative,
        check,
        progress,
        facts.unit_name,
        "",
        facts.result_note,
        "",
        amount_text(facts.amount),
        amount_text(facts.recovered_amount),
        amount_text(facts.penalty_amount),
        amount_text(facts.confiscated_amount),
    )


def _last_part(place_name: str) -> str:
    """Give the name of the division itself out of its full name (江苏省苏州市姑苏区 -> 姑苏区)."""
    for mark in ("省", "市"):
        head, _, tail = place_name.partition(mark)
        if head and len(tail) >= 2:
            place_name = tail
    return place_name

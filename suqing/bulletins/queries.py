"""Bulletins for pages and files: lists, the text with its figures, and the cases behind each number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import override

from suqing.accounts.models import Person, Unit
from suqing.analytics.periods import CENTRE_ZONE
from suqing.analytics.queries import rounded, share
from suqing.analytics.registry import get
from suqing.bulletins import documents
from suqing.bulletins.blocks import Block, for_document, from_json
from suqing.bulletins.documents import Document, Masthead, Tail, Title
from suqing.bulletins.local_policy import COMPILED_BY, DISTRIBUTE_TO, REPORT_TO, SEND_TO
from suqing.bulletins.models import Bulletin, BulletinFigure, State
from suqing.bulletins.sections import FigureName
from suqing.cases.models import Case, CaseQuerySet, Submission
from suqing.cases.queries import visible_cases
from suqing.kit.dates import local_day
from suqing.ledger.queries import setting

DRAFT_MARK = "草稿　未签发"
INTERNAL = "内部资料　注意保存"


def bulletins(series: str = "") -> QuerySet[Bulletin]:
    """Bulletins, newest day first, without their files."""
    rows = Bulletin.objects.select_related(
        "series",
        "snapshot",
        "drafted_by",
        "submitted_by",
        "approved_by",
        "issued_by",
        "withdrawn_by",
        "corrects",
    )
    rows = rows.filter(series__code=series) if series else rows
    return rows.defer("document", "corrects__document", "corrects__text").order_by("-day", "-id")


REGISTER_FILTERS = ("series", "year", "state", "q")


def register(asked: Mapping[str, str]) -> QuerySet[Bulletin]:
    """The register narrowed by series, year (of the issue, of the day before there is one), state and words."""
    rows = bulletins(asked.get("series", ""))
    year = asked.get("year", "")
    if year:
        number = int(year) if year.isdecimal() and len(year) == 4 else 0
        of_year = Q(issue_year=number) | Q(issue_year=None, day__year=number)
        rows = rows.filter(of_year) if 2000 <= number <= 2100 else rows.none()
    if asked.get("state"):
        rows = rows.filter(state=asked["state"])
    if words := asked.get("q", ""):
        # What the database compares is the text as it writes JSON, where Chinese stands as it is.
        told = rows.annotate(words=Cast("text", TextField()))
        rows = told.filter(
            Q(words__icontains=words) | Q(title__icontains=words) | Q(withdrawn_reason__icontains=words)
        )
    return rows


def issue_years(this_year: int) -> list[int]:
    """The years of which there are bulletins, newest first, this one always."""
    years = Bulletin.objects.order_by().values_list("day__year", flat=True).distinct()
    return sorted({*years, this_year}, reverse=True)


def current(series: str, day: date) -> Bulletin | None:
    """The bulletin of the day that is not withdrawn."""
    return bulletins(series).filter(day=day).exclude(state=State.WITHDRAWN).first()


def compiled_by() -> str:
    """Who compiles: as set, else the centre."""
    named: str = setting(COMPILED_BY.key)
    centre = Unit.objects.filter(kind=Unit.Kind.CENTRE, is_active=True).order_by("path").first()
    return named or (centre.name if centre else "12315投诉举报中心")


def tail_in_force() -> dict[str, list[str]]:
    """Whom bulletins go to, as set now."""
    keys = {"report_to": REPORT_TO.key, "send_to": SEND_TO.key, "distribute_to": DISTRIBUTE_TO.key}
    return {name: setting(key) for name, key in keys.items()}


def figures_without_rows(bulletin: Bulletin) -> list[BulletinFigure]:
    """The figures in the order of their numbers, without the rows behind them.  One query."""
    rows = bulletin.figures.defer("case_ids", "submission_ids", "numerator_ids", "amounts")
    return list(rows.order_by("number", "id"))


def figure_names(bulletin: Bulletin) -> list[FigureName]:
    """What the texts call each figure; figures from before there were numbers are numbered by their place."""
    with override("zh-hans"):
        return [
            FigureName(row.key, row.number or place, row.label or _(get(row.measure).name))
            for place, row in enumerate(figures_without_rows(bulletin), start=1)
        ]


@dataclass(frozen=True, slots=True)
class BulletinPage:
    """A bulletin for its page: head, blocks, foot, and its figures by key."""

    bulletin: Bulletin
    blocks: tuple[Block, ...]
    figures: dict[str, BulletinFigure]
    compiled_by: str
    tail: Tail

    def figure(self, key: str) -> BulletinFigure | None:
        """The figure that a run points at: its key is what stands before the colon."""
        return self.figures.get(key.partition(":")[0])


def page(bulletin: Bulletin) -> BulletinPage:
    """The stored text with its figures; the rows behind them stay in the database.  One query."""
    rows = bulletin.figures.defer("case_ids", "submission_ids", "numerator_ids", "amounts")
    text = bulletin.text
    return BulletinPage(
        bulletin, from_json(text["blocks"]), {row.key: row for row in rows.order_by("id")}, text["compiled_by"],
        _tail(text["tail"]),
    )  # fmt: skip


def _tail(data: dict[str, list[str]]) -> Tail:
    return Tail(tuple(data["report_to"]), tuple(data["send_to"]), tuple(data["distribute_to"]))


def document_of(bulletin: Bulletin, *, signed_on: date | None = None) -> Document:
    """The bulletin as the typesetter takes it; a draft says so at its head and has no number."""
    text, is_draft = bulletin.text, bulletin.issue_no is None
    masthead = Masthead(
        series=bulletin.series.name,
        issue_no=bulletin.issue_no,
        total_no=bulletin.total_no,
        compiled_by=text["compiled_by"],
        date=signed_on or local_day(bulletin.issued_at or bulletin.drafted_at, CENTRE_ZONE),
        classification=f"{DRAFT_MARK}　{INTERNAL}" if is_draft else INTERNAL,
        synthetic=bulletin.is_synthetic,
    )
    created = bulletin.issued_at or bulletin.drafted_at
    return Document(masthead, for_document(from_json(text["blocks"])), _tail(text["tail"]), created)


def notice_of(bulletin: Bulletin) -> Document:
    """The notice of a withdrawal, to all whom the bulletin went to."""
    assert (
        bulletin.issued_at is not None and bulletin.withdrawn_at is not None
    )  # only withdrawn ones are asked for
    name = f"《{bulletin.series.name}》{bulletin.issue_year}年第{bulletin.issue_no}期"
    issued, withdrawn = (local_day(at, CENTRE_ZONE) for at in (bulletin.issued_at, bulletin.withdrawn_at))
    text = bulletin.text
    masthead = Masthead(
        series=bulletin.series.name, issue_no=bulletin.issue_no, total_no=bulletin.total_no,
        compiled_by=text["compiled_by"], date=withdrawn, classification=INTERNAL, synthetic=bulletin.is_synthetic,
    )  # fmt: skip
    said = (
        f"{issued.year}年{issued.month}月{issued.day}日签发的{name}（总第{bulletin.total_no}期）"
        f"自{withdrawn.year}年{withdrawn.month}月{withdrawn.day}日起撤回。"
    )
    reason = bulletin.withdrawn_reason
    blocks = (
        Title(f"关于撤回{name}的通知"),
        documents.paragraph(said),
        documents.paragraph(f"撤回原因：{reason}{'' if reason[-1] in '。！？' else '。'}"),
        documents.paragraph("请停止引用该期数据并妥善处理已收到的文本。如另发更正期，将在更正期中注明。"),
    )
    return Document(masthead, blocks, _tail(text["tail"]), bulletin.withdrawn_at)


def file_of(bulletin: Bulletin) -> bytes:
    """The .docx: what was stored at the issue, or the draft as it stands."""
    stored = bulletin.document
    return bytes(stored) if stored is not None else documents.typeset(document_of(bulletin))


def file_name(bulletin: Bulletin) -> str:
    """What the file is called: 12315每日重热点快报（2020年第4期）.docx."""
    if bulletin.issue_no is None:
        return f"{bulletin.series.name}（{bulletin.day:%Y-%m-%d}草稿）.docx"
    return f"{bulletin.series.name}（{bulletin.issue_year}年第{bulletin.issue_no}期）.docx"


@dataclass(frozen=True, slots=True)
class Behind:
    """What one person may see of the rows behind a figure; ``total`` is how many there are."""

    figure: BulletinFigure
    cases: CaseQuerySet
    submissions: QuerySet[Submission]
    total: int

    @property
    def counts_contacts(self) -> bool:
        return bool(self.figure.submission_ids)


def behind(figure: BulletinFigure, person: Person) -> Behind:
    """The rows that were counted then, newest first: exactly the stored ones, less those this person may not see."""
    cases = visible_cases(person).filter(pk__in=figure.case_ids).newest_first()
    submissions = Submission.objects.filter(pk__in=figure.submission_ids).order_by("-received_at", "-id")
    if figure.submission_ids:
        hidden = Case.objects.filter(submission__in=figure.submission_ids).exclude(
            pk__in=visible_cases(person).values("pk")
        )
        submissions = submissions.exclude(pk__in=hidden.values("submission"))
    return Behind(figure, cases, submissions, len(figure.case_ids) + len(figure.submission_ids))


def recomputed(figure: BulletinFigure) -> Decimal | None:
    """The value once more from the stored rows alone, for the proof that nothing was changed."""
    measure = get(figure.measure)
    if measure.is_share:
        found = share(len(figure.numerator_ids), len(figure.case_ids), measure)
    elif measure.summed:
        found = rounded(sum(figure.amounts, Decimal(0)), measure)
    else:
        found = len(figure.case_ids) + len(figure.submission_ids)
    return None if found is None else Decimal(found)

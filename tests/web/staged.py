"""A small centre with at least one of everything that a page can show, for the crawls over all pages."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from suqing.accounts.models import Passkey
from suqing.bulletins.actions import draft_daily
from suqing.cases.actions import complaints, dispatching, groups, mediation
from suqing.cases.actions.catalogue import RuleInput, save_rule
from suqing.cases.actions.event_search import forget_memory, search_some
from suqing.cases.actions.orders import issue_order
from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind, State
from suqing.inbox.actions import save_view
from suqing.ledger.actions import set_centre_clock
from suqing.surveillance.actions import ignore_word, look_at_words
from suqing.surveillance.models import WEEK, RisingWord, WordLook
from suqing.taxonomy.models import Division
from tests.analytics.days import MONDAY, load, make_week, moment
from tests.bulletins.steps import issued
from tests.cases.endings import refused
from tests.cases.examples import one_case
from tests.cases.imported import national
from tests.cast import SYSTEM, Cast
from tests.web.seats import seat
from tests.web.test_case_files import attached
from tests.web.test_imports import begun, table, worked_off
from tests.web.test_uploads import begin

TOLD = "我昨天在姑苏区观前街的平江大药房买了十只口罩，一只要三十元，平时只要五元。店员不肯退款，要求退还差价250元。"
NOW = moment(MONDAY + timedelta(days=1), "10:00")


def stage(cast: Cast) -> None:
    """Make them.  Files go where settings.SUQING_FILES says; the clock stands at NOW afterwards."""
    load(cast)
    make_week(cast)
    set_centre_clock(mode="rehearsal", centre=NOW, speed=0.0001, by=SYSTEM)
    refused(cast, at=NOW - timedelta(hours=1))
    for _number in range(4):
        _in_gusu(cast)
    mediated = complaints.accept(case=_in_gusu(cast), by=cast.handler, at=NOW)
    mediation.mediate(case=mediated, both_consent=True, by=cast.handler, at=NOW)
    _in_gusu(cast, Kind.REPORT)
    furnish(cast, NOW, days=(MONDAY - timedelta(days=1), MONDAY))
    Passkey.objects.create(
        person=cast.inspector,
        name="蓝色安全密钥",
        credential_id=b"staged",
        public_key=b"",
        created_at=timezone.now(),
        used_at=timezone.now(),
    )


def furnish(cast: Cast, now: datetime, *, days: tuple[date, date], photo: bytes = b"") -> None:
    """What stands around the cases of a centre: an event, a file, a paper, an order, lists, tables, calls, bulletins."""
    waiting, *alike = _alike(cast)
    attached(cast, waiting, photo)
    groups.make_group(cases=alike[:2] or [waiting], title="同一经营者的投诉", by=cast.supervisor, at=now)
    forget_memory()
    while search_some(at=now):
        pass
    _paper(
        cast,
        Case.objects.filter(state=State.MEDIATING, responsible_unit=cast.gusu, documents=None).latest("pk"),
        "acceptance",
    )
    _supervision(cast, now)
    _lists(cast, now)
    _words(cast, now)
    _tables(cast)
    _call(cast)
    issued(draft_daily(day=days[0], by=SYSTEM, at=now), cast, now)
    draft_daily(day=days[1], by=SYSTEM, at=now)


def _alike(cast: Cast) -> list[Case]:
    """Complaints against one operator that wait in Gusu for their decision, in no event yet: as many as there are."""
    waiting = Case.objects.filter(
        kind=Kind.COMPLAINT, state=State.DISPATCHED, responsible_unit=cast.gusu, events=None
    ).exclude(entity=None)
    most = waiting.values("entity").annotate(count=Count("pk")).order_by("-count", "entity")[0]
    return list(waiting.filter(entity=most["entity"]).order_by("-pk"))


def _in_gusu(cast: Cast, kind: Kind = Kind.COMPLAINT) -> Case:
    case = one_case(cast.call_taker, kind, at=NOW - timedelta(hours=2))
    return dispatching.dispatch(case=case, to_unit=cast.gusu, by=cast.dispatcher, at=NOW)


def _words(cast: Cast, now: datetime) -> None:
    """A look at the words of a week, with one word at least; and one that is told no more."""
    look = look_at_words(days=WEEK, at=now)
    if not look.words.exists():
        cases = list(Case.objects.order_by("-pk").values_list("pk", flat=True)[:40])
        WordLook.objects.filter(pk=look.pk).update(voices=[*[14] * 8, 40], looked_at=900, found=1)
        RisingWord.objects.create(
            look=look, rank=1, word="口罩", beside=["平江大药房", "差价"], cases=cases, curve=[*[0] * 7, 2, 40],
            expected=0.4, surprise=21.0,
        )  # fmt: skip
    ignore_word(word="春晚", by=cast.supervisor, at=now)


def _paper(cast: Cast, case: Case, form: str) -> None:
    client, address = seat(cast.handler), reverse("document-new", args=[case.number, form])
    given = dict(client.get(address).context["form"].initial)
    answer = client.post(address, {**given, "do": "issue", "revision": Case.objects.get(pk=case.pk).revision})
    assert answer.status_code == 302, answer.content.decode()


def _supervision(cast: Cast, now: datetime) -> None:
    waiting = Case.objects.filter(responsible_unit=cast.gusu, closed_at=None).first()
    assert waiting is not None
    issue_order(
        title="口罩价格联动督办", text="请会同价格监管处核查。", trigger="hot_topic", lead=cast.gusu, assistants=[],
        due_on=now.date() + timedelta(days=7), cases=[waiting], by=cast.supervisor, at=now,
    )  # fmt: skip
    rule = RuleInput(
        unit=cast.gusu,
        valid_from=now.date(),
        rank=5,
        kind=Kind.REPORT,
        place=Division.objects.get(code="320508"),
        note="按属地",
    )
    save_rule(rule=rule, by=cast.supervisor, at=now)


def _lists(cast: Cast, now: datetime) -> None:
    save_view(name="姑苏的投诉", list_code="cases", query={"kind": "complaint"}, by=cast.supervisor, at=now)
    waiting = Case.objects.filter(closed_at=None, kind=Kind.COMPLAINT, responsible_unit=cast.gusu)
    number = waiting.latest("pk").number
    seat(cast.supervisor).post("/bulk-changes/new/", {"kind": "remind", "list": "", "case": [number]})
    answer = seat(cast.supervisor).post("/exports/new/", {"list": "cases", "query": "view=all", "way": "csv"})
    assert answer.status_code in (200, 302)  # at once, or where many are listed when it is written
    if answer.streaming:
        b"".join(answer.streaming_content)


def _tables(cast: Cast) -> None:
    """An import whose columns are not known yet, one that was checked and holds a mistake, a file on its way."""
    row = national(1)
    begun(cast.supervisor, table(row, header=tuple(f"列{number}" for number in range(len(row)))), "生表.csv")
    wrong = national(2, 登记编号="")
    worked_off(begun(cast.supervisor, table(national(3), wrong), "导出.csv"))
    begin(seat(cast.supervisor), 10)


def _call(cast: Cast) -> None:
    """A call with its draft half written, and one that was registered."""
    client = seat(cast.call_taker)
    for number in ("13800001234", "13911112222"):
        address = str(client.post(reverse("call-open"), {"number": number})["Location"])
        client.post(f"{address}draft/", {"narrative": TOLD, "m0-kind": "complaint", "party-name": "王小明"})
    matter = {
        "m0-kind": "complaint",
        "m0-entity": "平江大药房",
        "m0-place": "320508",
        "m0-requests": "refund",
    }
    told = {"narrative": TOLD, "party-name": "王小明", "ref": str(uuid4()), **matter}
    answer = client.post(address, told)
    assert answer.status_code == 302, answer.content.decode()

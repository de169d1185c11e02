"""Nobody who does not handle a report learns of it: neither its number, nor its words, nor that there is one.

O20 art. 33, O121 art. 37.  For a contact that holds a complaint and a report, everything that three people without the
right can reach is fetched by following every address on every page, searched for what must not be there, and compared
with what they reach where the report was never made.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections import deque
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import zip_longest
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from suqing.bulletins.actions import draft_daily
from suqing.cases.actions import complaints, dispatching, handling, orders, reports
from suqing.cases.intake import EntityInput
from suqing.cases.models import Case
from suqing.cases.oversight import Trigger
from suqing.cases.result_details import ResultDetails
from suqing.cases.vocabulary import Kind, Outcome
from suqing.ledger.actions import set_centre_clock
from tests.cases.examples import WANG, matter, registered
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db

SECRET = "后巷仓库夜里换标签"
OPERATOR = "镜湖秘记药材行"
NOTE = "立案后已查封两箱"
NOW = AT + timedelta(days=1)
# Who may not know: two who read everything but reports, and the handlers and the head of other units.
OUTSIDERS = ("inspector", "leader", "handler", "head", "price_handler")
MOST = 12  # addresses followed under one first part of the path
_LINK = re.compile(r'(?:href|hx-get|src|data-url)="(/[^"#]*)')
_LEAVING = ("/static/", "/sign-out", "/language", "/theme", "/password")


@pytest.fixture
def centre(centre: Cast) -> Cast:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=NOW, speed=1.0, by=SYSTEM)
    return centre


def mixed(centre: Cast, *, with_report: bool = True) -> tuple[Case, Case | None]:
    """A contact of Wang: a complaint in the hands of Gusu, and a report that Wuzhong has handled to its end."""
    said = (matter(narrative="口罩太贵要退款"),)
    if with_report:
        said += (matter(Kind.REPORT, narrative=SECRET, entity=EntityInput(OPERATOR)),)
    contact = registered(centre.call_taker, *said, narrative="口罩太贵要退款")
    complaint = contact.cases.get(kind=Kind.COMPLAINT)
    complaint = dispatching.dispatch(case=complaint, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    complaint = complaints.accept(case=complaint, by=centre.handler, at=AT)
    if not with_report:
        return complaint, None
    report = contact.cases.get(kind=Kind.REPORT)
    report = dispatching.dispatch(case=report, to_unit=centre.wuzhong, by=centre.dispatcher, at=AT)
    report = reports.check(case=report, by=centre.other_handler, at=AT)
    report = reports.file_case(case=report, note=NOTE, by=centre.other_handler, at=AT)
    report = reports.investigate(
        case=report, event="on_site_record", on=AT.date(), note=NOTE, by=centre.other_handler, at=AT
    )
    handling.record_notice(case=report, by=centre.other_handler, at=AT)
    report = handling.close(
        case=report,
        outcome=Outcome.PENALTY,
        note=NOTE,
        penalty_amount=Decimal("54321.09"),
        details=ResultDetails(filing_number="苏吴市监案〔2020〕77号"),
        by=centre.other_handler,
        at=AT,
    )
    return complaint, report


def secrets_of(report: Case) -> tuple[str, ...]:
    return (report.number, SECRET[:6], OPERATOR[:4], NOTE[:6], "54,321", "54321", "〔2020〕77号")


def starts() -> Iterator[str]:
    """Where a person may begin: the desks, and what somebody curious would type."""
    yield from ("/", "/cases/", "/figures/", "/bulletins/", "/supervision/", "/visits/", "/inbox/", "/desk/")
    for view in ("all", "overdue", "due_soon", "to_decide", "archived"):
        yield f"/cases/?view={view}"
    for words in (SECRET[:6], OPERATOR, "立案", "JB20200127"):
        yield f"/cases/?view=all&words={words}"
        yield f"/cases/?view=all&q={words}"
    yield from ("/cases/?view=all&kind=report", "/cases/?view=all&state=closed")
    yield "/figures/?from=2020-01-27&to=2020-01-27&measure=reports_registered"
    for measure in ("reports_registered", "reports_filed", "cases_closed", "cases_registered"):
        yield f"/figures/cases/?measure={measure}&from=2020-01-27&to=2020-01-27"
        yield f"/figures/cases/?measure={measure}&from=2020-01-27&to=2020-01-27&where.kind=report"
        yield f"/figures/table.csv?measure={measure}&from=2020-01-27&to=2020-01-27&by=kind"


def text_of(content: bytes) -> str:
    """What a file says: the parts of a .docx, or the text as it stands."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = [packed.read(name).decode("utf-8", "ignore") for name in packed.namelist()]
        return re.sub(r"<[^>]+>", "", "".join(parts))
    return html.unescape(content.decode("utf-8", "ignore"))


def reachable(client: Client, first: Iterator[str]) -> dict[str, str]:
    """Everything this person gets to see by following every address, each once."""
    seen: dict[str, str] = {}
    spent: dict[str, int] = {}
    queue = deque(first)
    while queue:
        address = queue.popleft()
        place = address.strip("/").split("/")[0].split("?")[0]
        if address in seen or address.startswith(_LEAVING) or spent.get(place, 0) >= MOST:
            continue
        spent[place] = spent.get(place, 0) + 1
        answer = client.get(address)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        seen[address] = text_of(content) if answer.status_code in (200, 422) else ""
        if answer.status_code == 200:
            found = _LINK.findall(content.decode("utf-8", "ignore"))
            queue.extend(html.unescape(link) for link in dict.fromkeys(found))
    return seen


@pytest.mark.parametrize("name", OUTSIDERS)
def test_no_address_that_an_outsider_reaches_tells_of_the_report(centre: Cast, name: str) -> None:
    _complaint, report = mixed(centre)
    assert report is not None
    draft_daily(day=date(2020, 1, 27), by=centre.editor, at=NOW)
    pages = reachable(seat(getattr(centre, name)), starts())
    assert sum(1 for page in pages.values() if page) >= 5, "the walk must have gone somewhere"
    # An address that was typed and is told back (a search for these very words) tells nothing new.
    own = {address for address in pages if any(word in unquote(address) for word in (SECRET[:6], OPERATOR))}
    found = [
        (address, word)
        for address, page in pages.items()
        for word in secrets_of(report)
        if word in page and address not in own
    ]
    assert found == []
    for address in own:
        assert report.number not in pages[address]
        assert NOTE[:6] not in pages[address]


@pytest.mark.parametrize("name", OUTSIDERS)
def test_every_address_of_the_report_is_one_that_does_not_exist(centre: Cast, name: str) -> None:
    _complaint, report = mixed(centre)
    assert report is not None
    client = seat(getattr(centre, name))
    clock = report.clocks.first()
    assert clock is not None
    rest = ("", "preview/", "steps/close/", "steps/notice/", "steps/archive/", f"clocks/{clock.pk}/")
    for part in rest:
        answer = client.get(f"/cases/{report.number}/{part}")
        assert answer.status_code in (403, 404), part
        missing = client.get(f"/cases/JB20200127999999/{part}")
        assert answer.status_code == missing.status_code, part
        told = [page.content.decode().replace(number, "") for page, number in (
            (answer, report.number), (missing, "JB20200127999999"))]  # fmt: skip
        assert [SECRET in page for page in told] == [False, False]
    for part in ("steps/close/", "steps/visit/", "steps/archive/", "person/"):
        answer = client.post(f"/cases/{report.number}/{part}", {"reason": "我想看看这件举报"})
        assert answer.status_code in (403, 404), part
        assert SECRET not in answer.content.decode()


def plain(page: str) -> str:
    """A page without what differs between two runs of anything: keys of rows, numbers, the time of day."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken":[^}]+|nonce="[^"]+"', "", page)
    page = re.sub(r"(?:TS|JB|ZX)?20200\d{9,11}", "N", page)
    page = re.sub(
        r"/(?:clocks|figures|bulletins|entities)/\d+|(?:[?&]|&amp;|where\.)entity=\d+|(?:id|for|data-id)=\"[^\"]*\d+[^\"]*\"",
        "",
        page,
    )
    page = "\n".join(line for line in page.splitlines() if "sq-clock" not in line)
    return re.sub(r"\d{2}:\d{2}:\d{2}(?:\.\d+)?|eyJ[\w-]+|after=[\w%-]+|before=[\w%-]+", "", page)


COMPARED = (
    "/",
    "/cases/",
    "/cases/?view=all",
    "/cases/?view=all&words=口罩",
    "/cases/?view=all&kind=report",
    "/figures/?from=2020-01-27&to=2020-01-27",
    "/figures/cases/?measure=cases_registered&from=2020-01-27&to=2020-01-27",
    "/figures/cases/?measure=contacts&from=2020-01-27&to=2020-01-27",
    "/figures/table.csv?measure=cases_registered&from=2020-01-27&to=2020-01-27&by=kind",
    "/supervision/",
    "/visits/",
    "/inbox/",
    "/clock-changes/",
    "/entities/",
    "/entities/?q=大药房",
    "/events/",
)


@pytest.mark.parametrize("name", ["inspector", "leader", "handler", "head"])
def test_lists_counts_and_figures_are_those_of_a_world_without_the_report(centre: Cast, name: str) -> None:
    """Both worlds stand on two days side by side: whoever counts, counts the same."""
    worlds = []
    for with_report in (True, False):
        with transaction.atomic():
            complaint, _report = mixed(centre, with_report=with_report)
            client = seat(getattr(centre, name))
            own = (f"/cases/{complaint.number}/", f"/submissions/{complaint.submission.number}/")
            answers = [client.get(address) for address in (*COMPARED, *own)]
            worlds.append([(a.status_code, plain(text_of(a.content))) for a in answers])
            transaction.set_rollback(True)
    for address, with_it, without in zip((*COMPARED, "case", "contact"), *worlds, strict=True):
        assert with_it[0] == without[0], address
        assert _different(with_it[1], without[1]) == [], address


_MARK = re.compile(r'data-present-token="[0-9a-f]{20}"')


def _different(one: str, other: str) -> list[tuple[str, str]]:
    # Each opening of a case has a mark of its own by which its page leaves; it says nothing.
    lines = zip_longest(*(_MARK.sub("", text).splitlines() for text in (one, other)), fillvalue="")
    return [(left.strip(), right.strip()) for left, right in lines if left != right][:3]


def test_what_is_written_about_the_complaint_does_not_know_the_report(centre: Cast) -> None:
    """Events, links and orders of the complaint: what other parts of the program tell from."""
    complaint, report = mixed(centre)
    assert report is not None
    order = orders.issue_order(
        title="专项督办",
        text="按期办结",
        trigger=Trigger.OTHER,
        due_on=date(2020, 2, 10),
        lead=centre.gusu,
        by=centre.supervisor,
        at=NOW,
        cases=(complaint, report),
    )
    for name in ("handler", "inspector", "leader"):
        page = seat(getattr(centre, name)).get(f"/supervision/{order.number}/")
        told = text_of(page.content) if page.status_code == 200 else ""
        assert [word for word in secrets_of(report) if word in told] == []


def test_those_who_handle_it_do_see_the_report(centre: Cast) -> None:
    """The walk would find it: the audit above is not blind."""
    _complaint, report = mixed(centre)
    assert report is not None
    pages = reachable(seat(centre.other_handler), starts())
    told = "".join(pages.values())
    assert report.number in told
    assert SECRET in told


def test_the_reporters_data_are_for_those_who_handle_it(centre: Cast) -> None:
    _complaint, report = mixed(centre)
    assert report is not None
    address = f"/cases/{report.number}/"
    assert WANG.phone in seat(centre.other_handler).get(address).content.decode()
    for person in (centre.analyst, centre.editor, centre.dispatcher, centre.call_taker):
        page = seat(person).get(address).content.decode()
        assert WANG.phone not in page
        assert WANG.name not in page

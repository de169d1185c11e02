"""Every page of the permission table with an address that shows something: what the crawls, the pictures and
``benchmarks/pages.py`` go through.  A page without parts in its address is crawled without being named here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Count
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from suqing.accounts.models import Passkey, Person, Unit
from suqing.analytics.models import Export
from suqing.bulletins.models import Bulletin
from suqing.bulletins.models import State as Stage
from suqing.cases.models import (
    BulkChange,
    Case,
    CaseAttachment,
    CaseDocument,
    ClassReview,
    Clock,
    DispatchRule,
    Draft,
    EventGroup,
    EventProposal,
    ImportRun,
    MarketEntity,
    SensitiveFlag,
    Submission,
    SupervisionOrder,
)
from suqing.cases.vocabulary import Kind, State
from suqing.config.idle_sessions import KEY
from suqing.files.models import Upload
from suqing.inbox.models import Message, SavedView
from suqing.surveillance.models import IgnoredWord, RisingWord
from suqing.web.context import may_open
from suqing.web.permission_table import PAGES, Door
from suqing.web.session_marks import BEGAN, ENDS, LISTED
from tests.cast import Cast

NOBODY = ""
TAKERS = ("call_taker", "taker01")  # of the tests, of a rehearsal
# Who opens a page, where the first of EVERYBODY who may is not the one whom it is made for.
WHO = {
    "sign-in": NOBODY, "second-step": NOBODY, "home": "stranger", "change-password": "handler", "inbox": "handler",
    **dict.fromkeys(("security", "second-factor", "passkey-new", "sessions"), "handler"),
    "passkey-remove": "inspector",
    **dict.fromkeys(("call-desk", "call", "call-similar", "call-done", "call-beside", "call-fill-in"), "call_taker"),
    **dict.fromkeys(("case", "case-step", "case-facts", "case-files", "case-file", "case-file-page", "case-file-read",
                     "case-file-download", "clock-explained", "document-new", "document-file", "document-void",
                     "case-similar", "case-beside", "case-event", "unmask", "unmask-beside"), "handler"),
}  # fmt: skip
EVERYBODY = (
    "supervisor", "editor", "administrator", "handler", "call_taker", "dispatcher", "analyst", "leader", "head",
    "inspector", "stranger",
)  # fmt: skip
# What else stands in the address of a page that shows nothing without it.
QUERIES = {
    "cases": "view=all",
    "events": "view=all",
    "supervision": "view=all",
    "new-words": "days=7",
    "topic-trial": "rule=口罩 (涨价 OR 太贵) NOT 面膜",
    "topic-exact": "rule=口罩 涨价",
    "topic-words": "rule=口罩 涨价",
    "radar-rule": "code=injury",
    "figures": "from=2020-01-27&to=2020-01-27",
    "figure-cases": "measure=cases_registered&from=2020-01-27&to=2020-01-27",
    "figure-pivot": "from=2020-01-27&to=2020-01-27&rows=district&columns=kind",
    "figure-table": "measure=cases_registered&from=2020-01-27&to=2020-01-27&by=issue",
    "quality": "from=2020-01-27&to=2020-01-27",
    "quality-cases": "from=2020-01-27&to=2020-01-27",
    "prices": "day=2020-01-27",
    "price-cases": "day=2020-01-27",
    "price-list": "day=2020-01-27&by=goods",
    "export-new": "list=cases&query=view%3Dall",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page by the name of its address, who opens it (an attribute of the cast, or nobody), and where it is."""

    name: str
    who: str
    address: str


class NotStaged(LookupError):
    """The centre holds nothing that this page could show."""


def people_of(cast: Cast) -> dict[str, Person]:
    """The people of a cast by the names of their attributes."""
    found = {one.name: getattr(cast, one.name) for one in fields(cast)}
    return {name: one for name, one in found.items() if isinstance(one, Person)}


def pages(people: Mapping[str, Person], *, strict: bool = True) -> list[Page]:
    """The addresses that answer a plain request with a whole page, and further states of some of them.

    Without ``strict`` pages that have nothing to show in this centre are left out.
    """
    found = [*everything(people, strict=strict), *further()]
    return [page for page in found if is_whole_page(opened(people, page))]


def opened(people: Mapping[str, Person], page: Page) -> Any:
    """The answer to a plain request of who opens the page."""
    client = Client(raise_request_exception=False)
    if page.who:
        client.force_login(people[page.who], backend="django.contrib.auth.backends.ModelBackend")
        _at_work(client)
    answer = client.get(page.address)
    if answer.streaming:
        b"".join(answer.streaming_content)  # to its end, as browsers do
    return answer


def _at_work(client: Client) -> None:
    """Somebody who signed in a moment ago: the first page after that also enters the session in the list."""
    session, now = client.session, int(time.time())
    session.update({KEY: now, BEGAN: now, ENDS: now + 3600, LISTED: session.session_key})
    session.save()


def is_whole_page(answer: Any) -> bool:
    """Whether a browser shows it as a page of its own."""
    return answer.status_code == 200 and not answer.streaming and b"<!doctype html>" in answer.content[:200]


def further() -> list[Page]:
    """More than one state of the pages that look different in each."""
    mediating = _case(state=State.MEDIATING)
    report = _case(kind=Kind.REPORT, responsible_unit__code="sz-gusu")
    refused = _case(state=State.REFUSED)
    columns = ImportRun.objects.earliest("pk").ref
    steps = f"/cases/{mediating.number}/steps"
    return [
        Page("case-mediating", "handler", f"/cases/{mediating.number}/"),
        Page("case-report", "handler", f"/cases/{report.number}/"),
        Page("case-refused", "supervisor", f"/cases/{refused.number}/"),
        Page("case-of-others", "analyst", f"/cases/{mediating.number}/"),
        Page("case-step-schedule", "handler", f"{steps}/schedule/"),
        Page("case-step-terminate", "handler", f"{steps}/terminate/"),
        Page("case-step-refuse", "handler", f"/cases/{_waiting().number}/steps/refuse/"),
        Page("case-step-return", "handler", f"/cases/{_waiting().number}/steps/return/"),
        Page("cases-mine", "handler", "/cases/"),
        Page("home-taker", "call_taker", "/"),
        Page("bulletin-draft-seen", "editor", f"/bulletins/{_draft().pk}/"),
        Page("import-columns-first", "supervisor", f"/imports/{columns}/"),
        Page("security-passkey", "inspector", "/security/"),
        Page("inbox-supervisor", "supervisor", "/inbox/"),
        Page("visits-taker", "call_taker", "/visits/"),
        Page("figures-empty", "analyst", "/figures/?from=2019-05-01&to=2019-05-01"),
        Page("figure-contacts", "analyst", "/figures/cases/?measure=contacts&from=2020-01-27&to=2020-01-27"),
        Page(
            "figure-calls", "analyst", "/figures/cases/?measure=calls_received&from=2020-01-27&to=2020-01-27"
        ),
        Page("figure-month", "analyst", "/figures/?from=2020-01-27&period=month&against=lunar_year"),
        Page("figure-share", "analyst", "/figures/table/?from=2020-01-27&measure=epidemic_share&rows=topic"),
        Page("cases-none", "supervisor", "/cases/?view=all&q=%E7%81%AB%E6%98%9F%E4%B8%8A%E7%9A%84%E6%B5%B7"),
    ]


def everything(people: Mapping[str, Person], *, strict: bool = True) -> Iterator[Page]:
    """Every address of the permission table, pages or not, with what the centre holds.  Raise NotStaged."""
    for name, pattern in sorted(_patterns(get_resolver()).items()):
        parts = list(pattern.pattern.converters)
        try:
            given = {part: PARTS[name, part]() if (name, part) in PARTS else COMMON[part]() for part in parts}
        except KeyError as missing:
            raise NotStaged(f"say in tests/web/crawled.py what {name!r} opens as {missing}") from None
        except (ObjectDoesNotExist, AttributeError, IndexError, TypeError) as missing:
            if not strict:
                continue
            raise NotStaged(f"{name!r}: {missing}") from missing
        query = QUERIES.get(name, "")
        yield Page(name, _who(name, people), reverse(name, kwargs=given) + (f"?{query}" if query else ""))


def _who(name: str, people: Mapping[str, Person]) -> str:
    meant = WHO.get(name, "supervisor" if PAGES[name] is Door.PUBLIC else None)
    if meant == NOBODY or meant in people:
        return str(meant)
    return next(who for who in EVERYBODY if who in people and may_open(people[who], name))


def _patterns(resolver: URLResolver) -> dict[str, URLPattern]:
    found: dict[str, URLPattern] = {}
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            found |= _patterns(one)
        elif one.name in PAGES:
            found[str(one.name)] = one
    return found


def _case(**where: Any) -> Case:
    found = Case.objects.filter(**where).exclude(entity=None).order_by("-pk").first()
    if found is None:
        raise AttributeError(f"no case with {where}")
    return found


def _waiting() -> Case:
    """A complaint that waits for its decision in Gusu and has a file."""
    return CaseAttachment.objects.filter(removed_at=None, case__kind=Kind.COMPLAINT).latest("pk").case


def _alike(case: Case) -> Case:
    """Another complaint in the same unit, against the same operator if there is one."""
    others = Case.objects.filter(kind=Kind.COMPLAINT, responsible_unit=case.responsible_unit).exclude(
        pk=case.pk
    )
    return others.filter(entity=case.entity).order_by("pk").last() or others.latest("pk")


def _operator() -> MarketEntity:
    """The operator with the most cases."""
    return MarketEntity.objects.alias(count=Count("cases")).order_by("-count", "pk")[0]


def _draft() -> Bulletin:
    return Bulletin.objects.filter(state=Stage.DRAFT).latest("pk")


def _typical() -> str:
    """The number of a complaint of the day of the draft."""
    return _case(kind=Kind.COMPLAINT, received_at__date=_draft().day).number


def _issued() -> int:
    return Bulletin.objects.filter(state=Stage.ISSUED).latest("pk").pk


def _handler() -> int:
    """A handler of Gusu."""
    return (
        Person.objects.filter(appointments__unit__code="sz-gusu", appointments__role="handler")
        .earliest("pk")
        .pk
    )


def _open_call() -> Any:
    return Draft.objects.latest("pk").ref


# What a part of an address is, whichever page it belongs to; then for single pages.
COMMON: dict[str, Callable[[], object]] = {
    "number": lambda: _waiting().number,
    "step": lambda: "accept",
    "form": lambda: "acceptance",
    "clock": lambda: Clock.objects.filter(case=_waiting()).latest("pk").pk,
    "page": lambda: 1,
    "other": lambda: _alike(_waiting()).number,
    "act": lambda: "none",
    "year": lambda: 2020,
    "party": lambda: _waiting().party_id,
    "tree": lambda: "object",
    "kind": lambda: "complaint",
    "ref": _open_call,
    "key": lambda: "web.centre_name",
    "code": lambda: "accounts_unit",
}
_FILES = (
    "case-file",
    "case-file-page",
    "case-file-download",
    "case-file-remove",
    "case-file-restore",
    "case-file-read",
)
_RULES = ("dispatch-rule", "dispatch-rule-change", "dispatch-rule-end")
_OPERATORS = (
    "entity",
    "entity-correct",
    "entity-others",
    "entity-compare",
    "entity-split",
    "entity-act",
    "entity-unmask",
)
_EDITED = ("edit", "section", "arrange", "figures", "refresh", "cases", "case", "review", "issue", "pages")
PARTS: dict[tuple[str, str], Callable[[], object]] = {
    **{(name, "pk"): (lambda: CaseAttachment.objects.filter(removed_at=None).latest("pk").pk) for name in _FILES},
    **{(name, "pk"): (lambda: DispatchRule.objects.filter(valid_until=None).latest("pk").pk) for name in _RULES},
    **{(name, "pk"): (lambda: _operator().pk) for name in _OPERATORS},
    ("administration-table-row", "key"): lambda: Unit.objects.get(code="sz-gusu").pk,
    ("passkey-remove", "pk"): lambda: Passkey.objects.latest("pk").pk,
    ("session-end", "session"): lambda: 0,
    ("help-topic", "code"): lambda: "case",
    **{(f"topic-{part}", "code"): (lambda: "mask_price")
       for part in ("sample", "sample-draw", "sample-label", "end", "resume")},
    **{(name, "pk"): (lambda: RisingWord.objects.latest("pk").pk) for name in ("new-word", "new-word-ignore")},
    ("new-word-heed", "pk"): lambda: IgnoredWord.objects.latest("pk").pk,
    ("class-review-act", "pk"): lambda: ClassReview.objects.latest("pk").pk,
    ("class-review-act", "act"): lambda: "reopen",
    ("radar-act", "pk"): lambda: SensitiveFlag.objects.latest("pk").pk,
    ("radar-act", "act"): lambda: "reopen",
    ("entity-compare", "other"): lambda: MarketEntity.objects.exclude(pk=_operator().pk).latest("pk").pk,
    **{(f"bulletin-{part}", "pk"): (lambda: _draft().pk) for part in _EDITED},
    **{(name, "pk"): _issued for name in ("bulletin", "bulletin-file", "bulletin-notice", "bulletin-figure",
                                          "bulletin-withdraw")},
    ("bulletin-section", "number"): lambda: 1,
    ("bulletin-case", "number"): _typical,
    ("bulletin-figure", "key"): lambda: Bulletin.objects.get(pk=_issued()).figures.order_by("pk")[0].key,
    ("document-new", "number"): lambda: _case(state=State.REFUSED, responsible_unit__code="sz-gusu").number,
    ("document-new", "form"): lambda: "refusal",
    ("document-file", "pk"): lambda: CaseDocument.objects.latest("pk").pk,
    ("document-file", "number"): lambda: CaseDocument.objects.latest("pk").case.number,
    ("document-void", "pk"): lambda: CaseDocument.objects.latest("pk").pk,
    ("document-void", "number"): lambda: CaseDocument.objects.latest("pk").case.number,
    **{(name, "pk"): (lambda: EventProposal.objects.latest("pk").pk) for name in ("event-proposal", "event-proposal-act")},
    **{(name, "number"): (lambda: EventGroup.objects.latest("pk").number) for name in ("event", "event-act")},
    **{(name, "number"): (lambda: SupervisionOrder.objects.latest("pk").number)
       for name in ("supervision-order", "supervision-act")},
    ("submission", "number"): lambda: Submission.objects.filter(cases=_waiting()).latest("pk").number,
    ("saved-view-act", "pk"): lambda: SavedView.objects.latest("pk").pk,
    **{(name, "pk"): (lambda: Message.objects.latest("pk").pk) for name in ("inbox-open", "inbox-read")},
    ("duty-end", "pk"): lambda: 1,
    **{(name, "ref"): (lambda: BulkChange.objects.latest("pk").ref)
       for name in ("bulk-change", "bulk-change-preview", "bulk-change-make", "bulk-change-undo")},
    **{(name, "ref"): (lambda: ImportRun.objects.latest("pk").ref)
       for name in ("import", "import-columns", "import-confirm", "import-stop", "import-corrections")},
    ("import-columns", "ref"): lambda: ImportRun.objects.earliest("pk").ref,
    **{(name, "ref"): (lambda: Export.objects.latest("pk").ref) for name in ("export-file", "export-remove")},
    ("upload", "ref"): lambda: Upload.objects.latest("pk").ref,
    ("call-done", "ref"): lambda: Submission.objects.filter(call__agent__username__in=TAKERS).latest("pk").ref,
    ("case-own-event", "event"): lambda: EventGroup.objects.latest("pk").number,
    ("call-beside", "number"): lambda: _alike(_waiting()).number,
    **{(name, "pk"): _handler
       for name in ("administration-person", "administration-person-act")},
    **{(name, "pk"): (lambda: Unit.objects.get(code="sz-gusu").pk)
       for name in ("administration-unit", "administration-unit-act")},
}  # fmt: skip

"""The permission table over every address: who gets in, who gets 403, and that visitors are sent to the door.

The groups are written out by hand, not read from the table under test.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter

from tests.cast import Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db

TAKERS = {"call_taker", "other_call_taker", "supervisor"}
HEADS = {"head", "superior"}
HANDLERS = {"handler", "other_handler", "price_handler"} | HEADS
CASE_PEOPLE = TAKERS | HANDLERS | {"dispatcher", "analyst", "editor", "leader", "inspector"}
WORKING = TAKERS | HANDLERS | {"dispatcher"}
COUNTING = {"dispatcher", "supervisor", "analyst", "editor", "leader", "inspector"} | HEADS
READING = COUNTING - HEADS - {"dispatcher"}
KEEPERS = {"supervisor", "administrator"}  # of the dispatch catalogue
EVERYBODY = CASE_PEOPLE | {"administrator", "stranger"}

ALLOWED: dict[str, set[str]] = {
    "change-password": EVERYBODY,
    **dict.fromkeys(("security", "second-factor", "second-factor-act"), EVERYBODY),
    **dict.fromkeys(("passkey-new", "passkey-options", "passkey-remove"), EVERYBODY),
    **dict.fromkeys(("sessions", "sessions-end-others", "session-end"), EVERYBODY),
    "home": EVERYBODY,
    "live-counts": EVERYBODY,
    "jump": EVERYBODY,
    **dict.fromkeys(("help", "help-topic", "tour"), EVERYBODY),
    **dict.fromkeys(("inbox", "inbox-open", "inbox-read", "inbox-read-all"), EVERYBODY),
    **dict.fromkeys(("duty", "duty-end"), HEADS | {"supervisor", "administrator"}),
    **dict.fromkeys(("cases", "case", "case-present", "case-preview", "case-marks", "clock-explained", "clock-changes", "saved-views", "list-look", "saved-view-act"), CASE_PEOPLE),
    "case-step": WORKING,
    "document-new": HANDLERS | {"dispatcher", "supervisor"},
    "document-void": HANDLERS | {"dispatcher", "supervisor"},
    "document-file": WORKING,
    **dict.fromkeys(("case-similar", "case-beside", "events", "event", "events-hot"), CASE_PEOPLE),
    **dict.fromkeys(
        ("case-pair", "case-event", "event-act", "event-proposals", "event-proposal", "event-proposal-act"),
        HANDLERS | {"dispatcher", "supervisor", "analyst"},
    ),
    "unmask": WORKING,
    "unmask-beside": WORKING,
    **dict.fromkeys(("uploads", "upload", "case-files"), WORKING),
    **dict.fromkeys(("case-file", "case-file-page", "case-file-download"), WORKING),
    **dict.fromkeys(("case-file-remove", "case-file-restore", "case-file-read"), WORKING),
    "case-facts": HANDLERS | {"dispatcher", "supervisor"},
    "erase-person": {"supervisor"},
    "submission": CASE_PEOPLE - {"leader"},
    **dict.fromkeys(
        ("call-desk", "call-open", "call", "call-save", "call-end", "call-fill-in", "call-done", "call-similar", "call-beside", "draft-discard",
         "call-offers", "credit-code", "call-natural-person", "case-own-event", "lookup-entities", "lookup-places", "lookup-classes"),
        TAKERS,
    ),
    **dict.fromkeys(("supervision", "supervision-order", "supervision-act"), HANDLERS | {"supervisor"}),
    "supervision-new": {"supervisor"},
    "today": {"supervisor"},
    **{
        key: {"dispatcher", "supervisor"}
        for key in ("imports", "import-new", "import", "import-columns", "import-confirm", "import-stop",
                    "import-corrections")
    },
    **dict.fromkeys(
        ("bulk-changes", "bulk-change-new", "bulk-change-count", "bulk-change", "bulk-change-preview",
         "bulk-change-make", "bulk-change-undo"),
        HEADS | {"dispatcher", "supervisor"},
    ),
    **dict.fromkeys(("visits", "visit-number"), TAKERS),
    **dict.fromkeys(("entities", "entity"), CASE_PEOPLE),
    "entity-unmask": HANDLERS | TAKERS | {"dispatcher"},
    **{
        key: {"dispatcher", "supervisor"}
        for key in ("entity-correct", "entity-others", "entity-compare", "entity-split", "entity-act")
    },
    **dict.fromkeys(("administration", "administration-classes", "administration-topics"), KEEPERS),
    **{
        f"administration-{part}": {"administrator"}
        for part in ("people", "person-new", "person", "person-act", "units", "unit-new", "unit", "unit-act", "roles",
                     "calendars", "calendar", "calendar-act", "policy", "prices", "setting", "tables", "table", "table-row")
    },
    "entry-standards": TAKERS | {"administrator", "analyst", "leader"},
    "entry-standard-new": {"supervisor", "administrator"},
    **dict.fromkeys(("figures", "figure-cases", "figure-table", "figure-published"), COUNTING),
    **dict.fromkeys(("figure-measures", "figure-pivot"), COUNTING),
    **{key: {"supervisor", "analyst"} for key in ("topics", "topic-trial", "topic-save", "topic-exact")},
    **{key: {"supervisor", "analyst"} for key in ("new-words", "new-word", "new-word-ignore", "new-word-heed")},
    **{key: {"supervisor", "analyst"} for key in ("topic-words", "topic-sample", "topic-sample-draw")},
    **{key: {"supervisor", "analyst"} for key in ("topic-sample-label", "topic-end", "topic-resume")},
    **{key: {"supervisor", "analyst", "leader"} for key in ("prices", "price-cases", "price-list")},
    **{key: {"supervisor", "analyst"} for key in ("class-review", "class-review-act")},
    "case-summary": HANDLERS | {"dispatcher", "supervisor", "analyst"},
    "radar": {"supervisor", "head", "superior", "analyst"},
    "radar-act": {"supervisor", "head", "superior"},
    **{key: {"supervisor", "analyst"} for key in ("radar-rules", "radar-rule", "radar-rule-save")},
    **dict.fromkeys(("quality", "quality-cases"), TAKERS | {"analyst", "leader"}),
    **dict.fromkeys(("bulletins", "bulletin", "bulletin-file", "bulletin-figure"), READING),
    **dict.fromkeys(("bulletin-pages", "bulletin-notice"), READING),
    **{
        key: {"analyst", "editor"}
        for key in ("bulletin-draft", "bulletin-edit", "bulletin-section", "bulletin-arrange", "bulletin-figures",
                    "bulletin-refresh", "bulletin-cases", "bulletin-case")
    },
    "bulletin-review": {"analyst", "editor", "leader"},
    **dict.fromkeys(
        ("exports", "export-new", "export-file", "export-remove"),
        HANDLERS | {"dispatcher", "supervisor", "analyst", "editor", "inspector"},
    ),
    **dict.fromkeys(("dispatch-rules", "dispatch-rule"), KEEPERS | {"dispatcher"}),
    **{key: KEEPERS for key in ("dispatch-rule-new", "dispatch-rule-change", "dispatch-rule-end")},
    **{key: {"editor", "leader"} for key in ("bulletin-issue", "bulletin-withdraw")},
    **{key: {"administrator"} for key in ("styleguide", "styleguide-lookup", "styleguide-autosave")},
}  # fmt: skip
PUBLIC = {
    "sign-in", "second-step", "sign-out", "language", "theme",
    "second-step-passkey", "passkey-question", "passkey-alone", "single-start", "single-return",
}  # fmt: skip
SAMPLES: dict[str, object] = {
    "number": "TS20200127000001",
    "step": "accept",
    "kind": "complaint",
    "act": "close",
    "clock": 1,
    "year": 2020,
    "verb": "forget",
    "ref": "00000000-0000-4000-8000-000000000000",
    "form": "acceptance",
    "party": 1,
    "tree": "object",
    "pk": 1,
    "session": 0,  # nobody's: who ends the own one gets into nothing more
    "other": 1,
    "event": "EV2020000001",
    "page": 1,
    "key": "total",
    "code": "accounts_unit",
}


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern)
        else:
            yield pattern


def sample(name: str, kind: object) -> object:
    """A value that fits: some addresses call a number what others call a case's number."""
    given = SAMPLES[name]
    return 1 if isinstance(kind, IntConverter) and not isinstance(given, int) else given


def addresses() -> dict[str, str]:
    """Every address by its name, with sample values."""
    return {
        str(p.name): reverse(
            str(p.name), kwargs={name: sample(name, kind) for name, kind in p.pattern.converters.items()}
        )
        for p in patterns(get_resolver())
    }


def test_every_address_is_in_the_table_of_this_test() -> None:
    assert set(addresses()) == set(ALLOWED) | PUBLIC


@pytest.mark.parametrize("name", sorted(EVERYBODY))
def test_each_person_gets_into_exactly_the_own_pages(centre: Cast, name: str) -> None:
    client = seat(getattr(centre, name), raise_request_exception=False)
    for page, address in addresses().items():
        if page in PUBLIC:
            continue
        for method in (client.get, client.post):
            status = method(address).status_code
            assert (status != 403) is (name in ALLOWED[page]), f"{name} {method.__name__} {page}: {status}"
            assert status < 500, f"{name} {method.__name__} {page}: {status}"


def test_visitors_are_sent_to_the_door(centre: Cast) -> None:
    client = Client(raise_request_exception=False)
    for page, address in addresses().items():
        if page not in PUBLIC:
            answer = client.get(address)
            assert answer.status_code == 302, page
            assert answer.headers["Location"].startswith(reverse("sign-in")), page
            assert client.post(address).status_code in (302, 401), page

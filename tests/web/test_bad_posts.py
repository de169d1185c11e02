"""What no page of ours sends to the addresses of imports, exports, bulk changes, operators, events and files: ten
thousand keys, texts without an end, characters no text can hold, keys of others.  All roles get a clear answer."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import got_request_exception
from django.http import HttpRequest
from django.test import Client

from suqing.accounts.models import Person
from suqing.cases.actions import groups
from suqing.cases.models import BulkChange, Case, CaseAttachment, ImportRun
from suqing.ledger.actions import set_centre_clock
from tests.cases.imported import national
from tests.cast import AT, SYSTEM, Cast
from tests.files import samples
from tests.web.seats import seat
from tests.web.test_case_files import attached, dispatched
from tests.web.test_imports import begun, table
from tests.web.test_uploads import begin

pytestmark = pytest.mark.django_db

TEXTS = ("a\0b\x0b<script>alert(1)</script>", "％(limit)s %(x)s %", "字" * 40_000, "9" * 30)
FIELDS = (
    "title", "note", "name", "code", "address", "seen", "other", "merge", "relation", "kind", "case", "cases", "event",
    "uploads", "purpose", "size", "reason", "way", "query", "plain", "unit", "handler", "object", "issue",
    "report_issue", "all", "list", "source", "sheet", "map-number", "map-kind", "kind-else", "word-kind-0",
    "said-kind-0", "revision", "back", "view", "after", "before", "group", "q", "place", "only", "sort", "offset",
    "mapping", "show", "run", "words",
)  # fmt: skip
ROLES = (
    "call_taker", "dispatcher", "handler", "other_handler", "head", "supervisor", "analyst", "editor", "leader",
    "inspector", "administrator", "stranger",
)  # fmt: skip
MIGHTY = ("handler", "supervisor")
LISTS = (
    "cases", "figure_cases", "figure_contacts", "orders", "visits", "dispatch_rules", "clock_changes", "operators",
    "events", "bulletin_cases", "bulletin_contacts", "\0", "none",
)  # fmt: skip


@pytest.fixture
def centre(centre: Cast, settings: Any, tmp_path: Path) -> Cast:
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.SUQING_FILES = tmp_path / "files"
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def places(centre: Cast) -> Iterator[str]:
    """The addresses that take something, each with things that are there."""
    case, other = dispatched(centre), dispatched(centre)
    group = groups.make_group(cases=[case], title="口罩", by=centre.supervisor, at=AT)
    file, entity = attached(centre, case), case.entity_id
    yield from (
        f"/cases/{case.number}/files/{file.pk}/{tail}"
        for tail in ("", "download/", "remove/", "restore/", "read/")
    )
    yield from (
        f"/cases/{case.number}/{tail}/" for tail in ("files", "event", "similar", f"beside/{other.number}")
    )
    acts = ("join", "merge", "apart", "together", "nothing")
    yield from (f"/cases/{case.number}/beside/{other.number}/{act}/" for act in acts)
    acts = ("join", "leave", "merge", "undo-merge", "rename", "close", "reopen", "nothing")
    yield from ("/events/", f"/events/{group.number}/", *(f"/events/{group.number}/{act}/" for act in acts))
    acts = ("merge", "undo", "apart", "together", "name", "relate", "unrelate", "nothing")
    yield from ("/entities/", *(f"/entities/{entity}/acts/{act}/" for act in acts))
    yield from (f"/entities/{entity}/{tail}/" for tail in ("correct", "others", "split", f"others/{entity}"))
    seat(centre.supervisor).post(
        "/bulk-changes/new/", {"kind": "reclassify", "list": "", "case": [case.number]}
    )
    bulk = BulkChange.objects.latest("pk").ref
    yield from ("/bulk-changes/", "/bulk-changes/new/", "/bulk-changes/count/")
    yield from (f"/bulk-changes/{bulk}/{tail}" for tail in ("", "preview/", "make/", "undo/"))
    run = begun(
        centre.supervisor, table(national(1), header=tuple(f"列{n}" for n in range(len(national(1)))))
    ).ref
    yield from ("/imports/", "/imports/new/", f"/imports/{run}/")
    yield from (f"/imports/{run}/{tail}/" for tail in ("columns", "confirm", "stop", "corrections"))
    upload = begin(seat(centre.handler), 10).json()["url"]
    yield from (
        "/uploads/",
        upload,
        "/exports/",
        "/exports/new/",
        f"/exports/{uuid4()}/file/",
        f"/exports/{uuid4()}/remove/",
    )


@pytest.fixture
def faults() -> Iterator[set[str]]:
    """What went wrong in the views, each place told once."""
    found: set[str] = set()

    def note(request: HttpRequest, **_more: Any) -> None:
        wrong = sys.exc_info()[1]
        assert wrong is not None
        ours = [one for one in traceback.extract_tb(wrong.__traceback__) if "/suqing/" in one.filename]
        place = f"{ours[-1].filename.rpartition('/suqing/')[2]}:{ours[-1].lineno}" if ours else ""
        found.add(
            f"{request.method} {request.resolver_match and request.resolver_match.url_name} {place} {wrong!r:.90}"
        )

    got_request_exception.connect(note)
    yield found
    got_request_exception.disconnect(note)


def quiet(person: Person) -> Client:
    """A seat at which a fault is an answer too, so that all of them are told at once."""
    return seat(person, raise_request_exception=False)


def closed(answer: Any) -> None:
    """Read a file to its end, as browsers do."""
    if answer.streaming:
        b"".join(answer)


@pytest.mark.parametrize("name", ROLES)
def test_no_role_brings_an_address_down(centre: Cast, faults: set[str], name: str) -> None:
    client = quiet(getattr(centre, name))
    for address in list(places(centre)):
        for text in TEXTS if name in MIGHTY else TEXTS[:1]:
            data = dict.fromkeys(FIELDS, text)
            closed(client.post(address, data))
            if len(text) < 100:  # no server takes an address of 40,000 characters
                closed(client.get(address, data))
    assert not faults


@pytest.mark.parametrize("code", LISTS)
def test_no_list_is_asked_for_wrongly_with_a_fault(centre: Cast, faults: set[str], code: str) -> None:
    dispatched(centre)
    pieces = (
        "\0",
        "%",
        "x" * 5000,
        "view=%00",
        "unit=99999999999999999999",
        "from=0000-00-00&measure=x",
        "q=%00&place=%00",
    )
    for client in (quiet(centre.supervisor), quiet(centre.analyst)):
        for query in pieces:
            for way in ("csv", "xlsx", "national-csv", "\0"):
                data = {"list": code, "query": query, "way": way}
                closed(client.post("/exports/new/", data))
    assert not faults


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 100, b"\xff\xfe\0", samples.jpg(), b"a,b\n" * 3, "登记编号\n\0".encode()]
)
def test_no_file_brings_the_pages_that_take_files_down(centre: Cast, data: bytes) -> None:
    case = dispatched(centre)
    for name in ("a\0.csv", "\r\nX: y.xlsx", "." * 300, "../../etc/passwd", '"><img src=x>.jpg'):
        sent = {"uploads-file": SimpleUploadedFile("x", data)}
        sent["uploads-file"]._name = name  # as a client that cleans nothing sends it
        assert seat(centre.supervisor).post("/imports/new/", sent).status_code < 500
        sent["uploads-file"].seek(0)
        assert seat(centre.handler).post(f"/cases/{case.number}/files/", sent).status_code < 500
    assert all("\r" not in name for name in ImportRun.objects.values_list("file_name", flat=True))


def test_what_is_not_the_case_s_is_not_there(centre: Cast) -> None:
    """Keys that exist, but belong to something else."""
    case, other = dispatched(centre), dispatched(centre)
    file = attached(centre, case)
    for tail in ("", "download/", "pages/0/", "pages/1/", "pages/99/"):
        assert seat(centre.handler).get(f"/cases/{other.number}/files/{file.pk}/{tail}").status_code == 404
    for tail in ("remove/", "restore/", "read/"):
        assert seat(centre.handler).post(f"/cases/{other.number}/files/{file.pk}/{tail}").status_code == 404
    assert CaseAttachment.objects.filter(removed_at=None).count() == 1
    assert Case.objects.filter(entity_id=case.entity_id).count() == 2

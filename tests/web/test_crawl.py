"""Every answer of every address: the strict policy, nothing inline, nothing from elsewhere, no fault."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from tests.cast import Cast
from tests.web.crawled import Page, everything, further, is_whole_page, opened, people_of
from tests.web.seats import seat
from tests.web.staged import stage

pytestmark = pytest.mark.django_db

# What these answer to a plain request is no page: files, parts of pages, answers for scripts, ways on.
NO_PAGES = {
    "topic-exact", "topic-words",
    "bulletin-file", "figure-table", "price-list", "case-file-download", "case-file-page", "document-file", "import-corrections",
    "bulk-change-count", "bulletin-section", "case-preview", "case-similar", "credit-code",
    "live-counts", "case-marks", "lookup-classes", "lookup-entities", "lookup-places", "styleguide-lookup", "upload",
    "administration-calendars", "case-files", "entity-unmask", "jump", "language", "second-step",
}  # fmt: skip
# Where nothing is there to be shown: an issue that was not withdrawn, a file that went with the answer, acts of others,
# single sign-on that is not set up.
NOT_THERE = {
    "single-start",
    "single-return",
    "bulletin-notice",
    "export-file",
    "supervision-act",
    "unmask-beside",
    "inbox-open",
}
INLINE = (
    re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", re.I),
    re.compile(r"<style\b", re.I),
    re.compile(r"<[^>]+\sstyle=", re.I),
    re.compile(r"<[^>]+\son[a-z]+=", re.I),
    re.compile(r"(?:href|src|action)=[\"']?javascript:", re.I),
    re.compile(r"(?:src|srcset|poster|data|action)=[\"']?(?:https?:)?//", re.I),
    re.compile(r"<link[^>]+href=[\"']?(?:https?:)?//", re.I),
)
POLICY = {
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}
OF_FILES = {"default-src 'none'", "sandbox"}  # what people sent


@pytest.fixture
def staged(cast: Cast, settings: Any, tmp_path: Path) -> Cast:
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.SUQING_FILES = tmp_path / "files"
    stage(cast)
    return cast


def policy_of(answer: Any) -> set[str]:
    return {part.strip() for part in answer.headers.get("Content-Security-Policy", "").split(";")}


def test_every_address_is_a_page_or_named_as_none_with_the_strict_policy_and_nothing_inline(
    staged: Cast,
) -> None:
    people = people_of(staged)
    for page in everything(people):
        answer = opened(people, page)
        if page.name in NO_PAGES:
            assert answer.status_code in (200, 302) and not is_whole_page(answer), page
        elif page.name in NOT_THERE:
            assert answer.status_code == 404, page
        else:
            assert is_whole_page(answer) or answer.status_code == 405, (page, answer.status_code)
        check(page, answer)
    for page in further():
        answer = opened(people, page)
        assert is_whole_page(answer), (page, answer.status_code)
        check(page, answer)


def check(page: Page, answer: Any) -> None:
    assert policy_of(answer) in (POLICY, OF_FILES), page
    if not answer.streaming and answer.headers["Content-Type"].startswith("text/html"):
        text = answer.content.decode()
        for forbidden in INLINE:
            assert not forbidden.search(text), (page.address, forbidden.search(text))


def test_refusals_and_faults_have_the_policy_too(staged: Cast) -> None:
    stranger, visitor = seat(staged.stranger), Client()
    answers = [
        stranger.get("/nowhere/"),
        stranger.get("/figures/"),
        stranger.post("/cases/"),
        visitor.get("/cases/"),
        visitor.post("/desk/calls/", HTTP_ACCEPT="application/json"),
        Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "x"}),
        seat(staged.supervisor).get("/figures/?from=2999-01-01&to=1999-01-01"),
    ]
    assert [answer.status_code for answer in answers] == [404, 403, 403, 302, 302, 403, 422]
    for answer in answers:
        assert policy_of(answer) == POLICY
        assert not any(forbidden.search(answer.content.decode()) for forbidden in INLINE)

"""Every form of every page of the crawl, sent with what no field can be: it is refused in a summary and beside the
fields, and what was typed is still there.  Each attempt is undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from lxml import html

from suqing.accounts.models import Person
from tests.cast import Cast
from tests.web.crawled import Page, opened, pages, people_of
from tests.web.seats import seat
from tests.web.staged import stage

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

TYPED = "这里写错了 <b>&"
BAD = {
    "date": "2020-13-45",
    "time": "25:61",
    "datetime-local": "2020-13-45T25:61",
    "number": "x1",
    "month": "2020-13",
}
# What is wrong there is no field: that no case is ticked, that no device answered.
OF_THE_WHOLE = ("entity-split", "passkey-new")
# Forms without a field that a person could fill in wrongly; words to look for; and the language and theme switches.
FREE = ("password", "search", "submit", "button", "hidden", "checkbox", "radio", "file", "image", "reset")


@pytest.fixture
def staged(cast: Cast, settings: Any, tmp_path: Path) -> Cast:
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.SUQING_FILES = tmp_path / "files"
    stage(cast)
    return cast


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it stands on a page, and what is typed into it."""

    page: Page
    address: str
    data: dict[str, Any]
    typed: dict[str, str]


def forms_of(people: dict[str, Person], page: Page) -> Iterator[Form]:
    """The forms of a page that a person fills in, each filled in badly."""
    whole = html.fromstring(opened(people, page).content)
    for form in whole.xpath("//form[translate(@method, 'POST', 'post') = 'post']"):
        typed = {}
        for field in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
            kind = field.get("type", "text") if field.tag == "input" else field.tag
            if kind in FREE or field.get("disabled") is not None or field.get("readonly") is not None:
                continue
            typed[field.get("name")] = "no-such" if kind == "select" else BAD.get(kind, TYPED)
        if typed:
            data = {field.get("name"): field.get("value") or "" for field in form.xpath(".//input[@name]")
                    if field.get("type") == "hidden" or field.get("checked") is not None}  # fmt: skip
            address = urljoin(page.address, form.get("action") or "")
            yield Form(page, address, {**data, **typed}, typed)


def test_each_form_refuses_what_cannot_be_and_keeps_what_was_typed(staged: Cast) -> None:
    people = people_of(staged)
    seen: set[tuple[str, ...]] = set()
    faults: list[str] = []
    for page in pages(people):
        if not page.who:
            continue
        for form in forms_of(people, page):
            key = (form.address.split("?")[0], *sorted(form.typed))
            if key not in seen:
                seen.add(key)
                faults += [
                    f"{page.name} {form.address} {sorted(form.typed)}: {fault}"
                    for fault in sent(people, form)
                ]
    assert len(seen) > 40, "the crawl has lost its forms"
    assert not faults, "\n".join(faults)


def sent(people: dict[str, Person], form: Form) -> list[str]:
    """Send it, take it back, and tell what the answer does not do."""
    client = seat(people[form.page.who], raise_request_exception=False)
    with transaction.atomic():
        answer = client.post(form.address, form.data)
        told = _told_on_the_way(client, answer)
        transaction.set_rollback(True)
    only_chosen = all(value == "no-such" for value in form.typed.values())
    if answer.status_code in (200, 302) and (only_chosen or not told):
        return []  # free words: whatever is typed is right; of a choice nothing typed is lost
    if answer.status_code not in (400, 409, 422):
        return [f"answered {answer.status_code} {told}"]
    page = html.fromstring(answer.content)
    faults = []
    if len(form.typed) > 1 and not page.xpath("//*[@data-error-summary or contains(@class, 'sq-errors')]"):
        faults.append("no summary")
    if not page.xpath("//*[@aria-invalid='true']") and form.page.name not in OF_THE_WHOLE:
        faults.append("nothing beside a field")
    kept = {field.get("name"): field.text_content() if field.tag == "textarea" else field.get("value", "")
            for field in page.xpath("//input[@name] | //textarea[@name]")}  # fmt: skip
    lost = [
        name for name, text in form.typed.items() if text != "no-such" and kept.get(name, "").strip() != text
    ]
    return [*faults, f"lost {lost}"] if lost else faults


def _told_on_the_way(client: Any, answer: Any) -> str:
    """What a page that redirects says to be wrong; typed words would be lost there.  Choices have none."""
    if answer.status_code != 302:
        return ""
    shown = client.get(answer.headers["Location"])
    told = list(shown.context["messages"]) if shown.context else []
    return " ".join(str(one) for one in told if one.level_tag == "error")

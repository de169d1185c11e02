"""Fifty deaths in the middle of registration: nothing acknowledged is lost, and what was typed is there."""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

import pytest

from tests.resilience.program import HOST, Program, installed
from tests.resilience.seat import Contact, Seat

SEED = 12315
# The web process alone, as the units of deploy/ run it: it is back in a second.  Then all of `suqing serve`.
ALONE = ["web"] * 45
TOGETHER = ["web", "supervisor", "postmaster", "supervisor", "web"]
SEATS = ("seat-a", "seat-b")
PASSWORD = "killed-50-times-口罩"
SAVES = 3
PEOPLE = f"""
from suqing.accounts.actions import appoint, create_person
from suqing.accounts.models import Unit
from suqing.ledger.queries import centre_now
for name in {SEATS!r}:
    made = create_person(username=name, display_name=name, password={PASSWORD!r}, by="system:tests", at=centre_now())
    appoint(person=made.person, unit=Unit.objects.get(code="sz-12315"), role="call_taker", by="system:tests",
            at=centre_now())
"""
OF_CASE = """
select c.kind, (select count(*) from cases_clock k where k.case_id = c.id),
       (select count(*) from ledger_event e where e.subject_type = 'case' and e.subject_id = c.id::text
                                            and e.verb = 'case.registered')
from cases_case c where c.submission_id = %s order by c.id
"""


@dataclass
class Run:
    """The program, the people at it and everything they did."""

    program: Program
    seats: list[Seat]
    rng: random.Random = field(default_factory=lambda: random.Random(SEED))
    contacts: list[Contact] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    whole: float = 1.0  # seconds from the call to its registration
    registration: float = 0.2  # seconds of the registration itself


@pytest.fixture
def run() -> Iterator[Run]:
    with installed() as program:
        program.run("init")
        program.run("shell", "--no-imports", "-c", PEOPLE)
        yield Run(program, [Seat(HOST, program.port, name, PASSWORD) for name in SEATS])


@pytest.mark.timeout(900)  # two minutes where nothing else runs
def test_fifty_kills_lose_nothing_that_was_acknowledged(run: Run) -> None:
    assert len(ALONE) + len(TOGETHER) == 50
    try:
        _die(run, ALONE, whole=False)
        _die(run, TOGETHER, whole=True)
        _look_back(run)
    except BaseException:
        print(run.program.tell())
        raise
    print(", ".join(f"{count} {what}" for what, count in sorted(run.counts.items())))
    # The deaths fell where they should: before, within and after the registration.
    before = run.counts["killed before registration"] + run.counts["calls not yet opened"]
    assert before >= 3  # on a busy machine most of these had not even opened their call
    assert run.counts["acknowledged"] >= 3
    assert run.counts["not acknowledged"] >= 3


def _die(run: Run, victims: list[str], *, whole: bool) -> None:
    if whole:
        run.program.postgres.stop()  # from here on the program holds its database by itself
    else:
        run.program.postgres.start()
    run.program.serve(whole=whole)
    if not run.contacts:
        for seat in run.seats:
            seat.sign_in()
    _measure(run)
    began = time.monotonic()
    for victim in victims:
        _die_once(run, victim)
    seconds = round(time.monotonic() - began)
    run.counts[f"seconds of {len(victims)} deaths {'together' if whole else 'alone'}"] = seconds
    run.program.stop()


def _measure(run: Run) -> None:
    """Take a call undisturbed: how long it lasts, so that deaths fall into it."""
    contact, registering = Contact(), threading.Event()
    began = time.monotonic()
    stamp: list[float] = []
    watch = threading.Thread(target=lambda: (registering.wait(), stamp.append(time.monotonic())))
    watch.start()
    run.seats[0].take_call(contact, SAVES, registering)
    ended = time.monotonic()
    watch.join()
    assert contact.registered, run.program.tell()
    run.whole, run.registration = ended - began, ended - stamp[0]
    run.contacts.append(contact)


def _die_once(run: Run, victim: str) -> None:
    """Two people take calls; in their midst, at a random moment, the victim dies."""
    made = [Contact() for _seat in run.seats]
    signs = [threading.Event() for _seat in run.seats]
    calls = [
        threading.Thread(target=seat.take_call, args=(contact, run.rng.randint(1, SAVES + 1), sign))
        for seat, contact, sign in zip(run.seats, made, signs, strict=True)
    ]
    for call in calls:
        call.start()
    if run.rng.random() < 0.7:  # within the registration itself
        signs[0].wait()
        time.sleep(run.rng.random() * run.registration)
    else:
        time.sleep(run.rng.random() * run.whole)
    run.program.kill(victim)
    run.counts[f"kills of the {victim}"] += 1
    for call in calls:
        call.join()
    run.program.go_on(victim)
    for seat, contact in zip(run.seats, made, strict=True):
        _check(run, seat, contact)
    run.contacts += [contact for contact in made if contact.ref]


def _check(run: Run, seat: Seat, contact: Contact) -> None:
    if not contact.ref:
        run.counts["calls not yet opened"] += 1
        return
    found = _is_registered(run, contact)
    if contact.registered:
        assert found, f"acknowledged and lost: {contact}"
        run.counts["acknowledged"] += 1
        return
    if found:
        assert contact.asked
        run.counts["not acknowledged, there wholly"] += 1
    else:
        run.counts["not acknowledged" if contact.asked else "killed before registration"] += 1
        _check_draft(run, seat, contact)
    # The seat sends again what got no answer: there is one registration, not two.
    contact.sent = max(contact.sent, 1)
    seat.register(contact)
    assert _is_registered(run, contact)


def _check_draft(run: Run, seat: Seat, contact: Contact) -> None:
    """The last acknowledged save opens; a later one that was sent may have arrived."""
    page = unescape(seat.page(f"/desk/calls/{contact.ref}/"))
    kept = [int(number) for number in re.findall(r"第(\d+)次保存", page)]
    if contact.saved:
        assert kept and contact.saved <= min(kept) and max(kept) <= contact.sent, (contact, kept)
        run.counts["drafts opened"] += 1


def _is_registered(run: Run, contact: Contact) -> bool:
    """Wholly, or not at all: raise where there is a part of it."""
    found = run.program.rows("select id, number from cases_submission where ref = %s", contact.ref)
    drafts = run.program.rows("select 1 from cases_draft where ref = %s", contact.ref)
    if not found:
        assert len(drafts) <= 1 and (drafts or not contact.saved), contact
        return False
    assert len(found) == 1 and not drafts, contact
    key, _number = found[0]
    events = run.program.rows(
        "select verb from ledger_event where subject_type = 'submission' and subject_id = %s", str(key)
    )
    assert events == [("submission.registered",)], (contact, events)
    cases = run.program.rows(OF_CASE, key)
    assert [kind for kind, _clocks, _events in cases] == ["complaint", "report"], (contact, cases)
    assert all(clocks >= 1 and events == 1 for _kind, clocks, events in cases), (contact, cases)
    return True


def _look_back(run: Run) -> None:
    """After everything: each contact is there once, nothing is there that nobody sent, and the chain is whole."""
    run.program.postgres.start()
    for contact in run.contacts:
        assert contact.registered and _is_registered(run, contact), contact
    counted = run.program.rows(
        "select (select count(*) from cases_submission), (select count(*) from cases_case),"
        " (select count(*) from ledger_event where verb = 'submission.registered'),"
        " (select count(*) from ledger_event where verb = 'case.registered'),"
        " (select count(*) from cases_draft), (select count(*) from telephony_call)"
        "   - (select count(*) from ledger_event where verb = 'call.opened')"
    )
    sent = len(run.contacts)
    assert counted == [(sent, 2 * sent, sent, 2 * sent, 0, 0)]
    run.program.run("seal-events", "--once")
    said = run.program.run("verify-events")
    assert "0 events wait" in said, said
    run.counts["events verified"] = int(said.split()[0])
    run.counts["contacts"] = sent

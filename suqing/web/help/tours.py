"""The first day, step by step: for each role the pages that matter and what to look at there."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

N_ = str

_EVERYBODY = frozenset(
    {"call_taker", "dispatcher", "handler", "head", "supervisor", "analyst", "editor", "leader", "inspector", "administrator"}
)  # fmt: skip
_CASE_PEOPLE = _EVERYBODY - {"administrator"}
_COUNTING = frozenset({"supervisor", "analyst", "editor", "leader", "inspector"})


@dataclass(frozen=True, slots=True)
class Step:
    """One stop: the page, the element that is meant (a CSS selector; it may be missing there), the words.

    Texts are English message ids with ``[[words of buttons]]``.
    """

    code: str
    url_name: str
    target: str
    title: str
    text: str
    roles: frozenset[str] = _EVERYBODY
    query: str = ""


STEPS = (
    Step("start", "home", "main h1", N_("Your first page"), N_("Every morning begins here: what waits for you and what is due next. The numbers open the cases behind them."), _CASE_PEOPLE),
    Step("find", "home", ".sq-jump", N_("Find anything"), N_("Ctrl+K jumps here: a case number, a whole phone number, an operator, a page or an action.")),
    Step("call", "call-desk", "main form", N_("Take a call"), N_("Type the number and press Enter. Then write first what the caller says: class, amount and place are proposed from your words."), frozenset({"call_taker"})),
    Step("visits", "visits", "main .card", N_("Call people back"), N_("When a case has ended, its person is asked how satisfied they are."), frozenset({"call_taker"})),
    Step("centre", "today", "main .card", N_("The centre at a glance"), N_("What comes in, what waits for dispatch, which limits are at risk. Dispatch right from here."), frozenset({"supervisor"})),
    Step("to-dispatch", "cases", "main .card", N_("Cases to dispatch"), N_("Open a case and press D: the competent unit is proposed with its reason. What goes back to the centre comes to this list again."), frozenset({"dispatcher"}), "?view=to_dispatch"),
    Step("to-accept", "cases", "main .card", N_("Cases of your unit"), N_("Open a case: [[What can be done now]] shows every step with its key. Behind each limit stands how its date was counted."), frozenset({"handler", "head"})),
    Step("list", "cases", "main .card", N_("The work list"), N_("J and K move, O previews, Enter opens. Filters can be kept as a view under a name of yours."), _CASE_PEOPLE - {"dispatcher", "handler", "head"}),
    Step("operators", "entities", "main .card", N_("Operators"), N_("One file per operator: all its cases, the trend, and who is perhaps the same."), frozenset({"handler", "head", "supervisor", "analyst"})),
    Step("supervision", "supervision", "main .card", N_("Supervision orders"), N_("What was ordered, until when, and whose reply is still awaited."), frozenset({"supervisor", "handler", "head"})),
    Step("figures", "figures", "main .fg-figure", N_("Figures that can be opened"), N_("Each number opens exactly the cases it counts, with its definition. The address keeps your question."), _COUNTING),
    Step("bulletins", "bulletins", "main .card", N_("The bulletin of the day"), N_("A draft is made from the figures; a second person reviews it before it is issued."), _COUNTING - {"supervisor", "inspector"}),
    Step("people", "administration-people", "main .card", N_("People and roles"), N_("Make an account, hand over the one-time password, appoint the person to a role in a unit."), frozenset({"administrator"})),
    Step("calendar", "administration", "main ul", N_("Calendar and local policy"), N_("Load the calendar of the coming year in time: limits are counted by it. What no law fixes is decided under [[Local policy]]."), frozenset({"administrator"})),
    Step("inbox", "inbox", ".sq-bell", N_("Messages to you"), N_("Assignments, reminders and approvals arrive here by themselves.")),
    Step("help", "home", "[data-help-link]", N_("Help is on every page"), N_("F1 explains the page you are on, ? shows its keys. That was the tour: have a good first day.")),
)  # fmt: skip


def steps_for(roles: Collection[str], may_open: Callable[[str], bool]) -> list[Step]:
    """The steps of somebody with these roles, without pages that are closed to them."""
    return [step for step in STEPS if step.roles & frozenset(roles) and may_open(step.url_name)]

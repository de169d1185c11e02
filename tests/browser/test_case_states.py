"""The case page in each state of a case: it fits every screen, says everything in Chinese, no two parts overlap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from suqing.cases.actions import complaints, extensions, mediation, mediation_sessions, periods, reports
from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind
from tests.browser.walking import AFTER, english, food, let_it_be, see, with_gusu
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"desk": (1280, 800), "phone": (390, 844)}

# Pairs of steps and buttons of the decision panel whose boxes cover each other; and those that stick out of it.
OVERLAPS = """() => {
  const panel = document.querySelector("#decide").getBoundingClientRect();
  const parts = [...document.querySelectorAll("#decide .sq-step > *, #decide .sq-minor-steps > a")];
  const chips = [...document.querySelectorAll(".sq-clock-plain, .sq-badge, .badge")].filter((chip) => {
    const card = chip.closest(".card");
    return card && chip.getBoundingClientRect().right > card.getBoundingClientRect().right - 8;
  }).map((chip) => chip.innerText);
  const boxes = parts.map((part) => [part.innerText.slice(0, 20), part.getBoundingClientRect()]);
  const found = boxes.filter(([, box]) => box.right > panel.right + 1 || box.left < panel.left - 1).map(([name]) => name);
  boxes.forEach(([name, one], i) => boxes.slice(i + 1).forEach(([other, two]) => {
    if (one.left < two.right - 1 && two.left < one.right - 1 && one.top < two.bottom - 1 && two.top < one.bottom - 1)
      found.push(name + " / " + other);
  }));
  return [...found, ...chips];
}"""


def states(centre: Cast) -> dict[str, Case]:
    """One case in each state that a handler sees for long."""
    by, at = {"by": centre.handler}, AFTER
    found = {"dispatched": with_gusu(centre, at, object_class=food())}
    for name in ("mediating", "suspended", "closed"):
        case = complaints.accept(case=with_gusu(centre, at), at=at, **by)
        found[name] = mediation.mediate(case=case, both_consent=True, mediators="林调解", at=at, **by)
    mediation_sessions.schedule(
        case=found["mediating"],
        mode="phone",
        begins_at=at + timedelta(days=2),
        mediators="林调解",
        at=at,
        **by,
    )
    mediation_sessions.ask_recusal(
        case=found["suspended"], side="complainant", mediator="林调解", ground="interest", at=at, **by
    )
    mediation.conclude(case=found["closed"], note="商家退还差价", at=at, **by)
    for name in ("checking", "filed"):
        found[name] = reports.check(case=with_gusu(centre, at, Kind.REPORT), at=at, **by)
    case = found["checking"]
    extensions.ask_extension(case=case, reason="需向生产厂家核实批次", at=at, **by)
    case.refresh_from_db()
    periods.begin_period(case=case, kind="testing", first_on=at.date(), subject="过滤效率", at=at, **by)
    reports.file_case(case=found["filed"], note="过滤效率不合格", at=at, **by)
    return found


@pytest.mark.parametrize("size", list(SIZES))
def test_the_page_of_a_case_in_each_state_is_whole(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None], size: str
) -> None:
    let_it_be(AFTER + timedelta(hours=1))
    width, height = SIZES[size]
    pages = {
        name: open_page(person, viewport={"width": width, "height": height})
        for name, person in (("handler", centre.handler), ("head", centre.head))
    }
    for state, case in states(centre).items():
        for reader, page in pages.items():
            see(page, case)
            shoot(page, f"state-{state}-{reader}-{size}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (state, reader)
            assert page.evaluate(OVERLAPS) == [], (state, reader)
            assert english(page) == [], (state, reader)

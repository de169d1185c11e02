"""What becomes of a matter: the steps of its handling with their delays and results.  All shares are invented.

Delays keep within the statutory limits D1–D15, but for a few that come late on purpose: a centre without a
breach would teach nobody to look at the clocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from suqing.cases.vocabulary import Kind, Outcome, Step
from suqing.rehearsal.script.cities import city_of
from suqing.rehearsal.script.contact import Price, Stage
from suqing.rehearsal.script.days import DAY, is_office_day
from suqing.rehearsal.script.grammar import render, sections
from suqing.rehearsal.script.moments import SHANGHAI
from suqing.rehearsal.script.shares import Urn

# Order no. 20 and the class trees that hold the reasons begin here: before, nothing is refused or returned.
REGIME_BEGINS = datetime(2020, 1, 1, tzinfo=SHANGHAI)
_LATE = 0.012  # share of decisions that miss their limit
_ANSWERED_AT_ONCE = 0.90
_MISDIRECTED = 0.045
_REJECTED = 0.4  # share of objections over an address that the centre does not follow
_REFUSED = 0.12
UNFINISHED = 0.13  # share of accepted complaints that stay in mediation to the end of the script
_GROUNDS = Urn({"materials_missing": 5, "no_consumer_dispute": 2, "not_competent": 2, "handled_elsewhere": 1})
_RETURNS = Urn({"competence": 6, "address": 4})
_ENDINGS = Urn(
    {
        Outcome.MEDIATED: 50,
        Outcome.SETTLED: 20,
        Outcome.WITHDRAWN: 8,
        Outcome.NO_SETTLEMENT: 12,
        Outcome.MEDIATION_ENDED: 10,
    }
)
_ENDINGS_UNMEDIATED = Urn({Outcome.SETTLED: 70, Outcome.WITHDRAWN: 25, Outcome.MEDIATION_ENDED: 5})
# The ground of termination that leads to the result (O20 art. 21); invented like the shares.
_GROUND_OF = {
    Outcome.SETTLED: "settled",
    Outcome.WITHDRAWN: "withdrawn",
    Outcome.NO_SETTLEMENT: "no_agreement",
    Outcome.MEDIATION_ENDED: "other",
}
_RESULTS = (
    "退还全款",
    "退还差价",
    "全额退款",
    "同意延期并补偿",
    "退还部分款项",
    "换货",
    "上门维修",
    "赔礼道歉并退款",
)


@dataclass(slots=True)
class _File:
    """A handling in the making: the moment it has reached and the steps so far."""

    rng: Random
    start: datetime
    moment: datetime
    urgent: bool
    price: Price | None
    stages: list[Stage]

    def wait(self, hours: float) -> None:
        self.moment += timedelta(hours=hours)

    def wait_for_office(self, low: float, high: float) -> None:
        """Wait that long in working time: urgent matters are handled on any day, others on office days only."""
        self.wait(self.rng.uniform(low, high))
        self.moment = office_moment(self.rng, self.moment, any_day=self.urgent)

    def add(self, step: Step, note: str, **facts: object) -> None:
        text = say_note(self.rng, note, self.price) if note else ""
        self.stages.append(Stage(step, self.moment - self.start, text, **facts))  # type: ignore[arg-type]


def office_moment(rng: Random, moment: datetime, *, any_day: bool) -> datetime:
    """Return the moment itself if somebody is at work then, else one in the next working hours."""
    first, last = (8, 21) if any_day else (9, 17)
    day = moment.date()
    if first <= moment.hour < last and (any_day or is_office_day(day)):
        return moment
    if moment.hour >= first:
        day += DAY
    while not (any_day or is_office_day(day)):
        day += DAY
    opening = datetime(day.year, day.month, day.day, first, tzinfo=moment.tzinfo)
    return max(moment, opening) + timedelta(minutes=rng.randint(3, 220))


def handling(
    rng: Random, *, kind: Kind, registered_at: datetime, moment: datetime, district: str, epidemic: bool, topic: str,
    amount: Decimal | None, price: Price | None, unfinished: float = UNFINISHED,
) -> tuple[str, tuple[Stage, ...]]:  # fmt: skip
    """Return the answer given on the spot, if any, and the steps to come; delays count from ``moment``.

    ``unfinished`` is the share of accepted complaints whose end the script leaves open."""
    file = _File(rng, moment, registered_at, epidemic, price, [])
    if kind == Kind.CONSULTATION:
        return _consultation(file, district, topic), tuple(file.stages)
    _dispatch(file, district)
    if kind == Kind.COMPLAINT:
        _complaint(file, amount, unfinished)
    else:
        _report(file)
    return "", tuple(file.stages)


def say_note(rng: Random, section: str, price: Price | None) -> str:
    """Write the note of a step."""
    words = {"goods": price.goods if price else "该商品", "result": rng.choice(_RESULTS)}
    _, body = rng.choice(sections("notes.txt")[section].bodies)
    return render(body, lambda slot: words.get(slot) or str(rng.randint(2, 9)), rng)


def _consultation(file: _File, district: str, topic: str) -> str:
    section = (
        "answer.refund"
        if topic.startswith("refund")
        else "answer.price"
        if topic.endswith("_price")
        else "answer.other"
    )
    if file.rng.random() < _ANSWERED_AT_ONCE:
        return say_note(file.rng, section, None)
    _dispatch(file, district)
    file.wait_for_office(2, 40)
    file.add(Step.ANSWER, section)
    return ""


def _dispatch(file: _File, district: str) -> None:
    rng = file.rng
    file.wait(min(rng.lognormvariate(-0.9, 0.8), 9) if file.urgent else min(rng.lognormvariate(0.1, 0.9), 16))
    note = "dispatch" if rng.random() < 0.4 else ""
    if rng.random() >= _MISDIRECTED or file.start < REGIME_BEGINS:
        file.add(Step.DISPATCH, note, district=district)
        return
    reason = _RETURNS.draw(rng)
    wrong = (
        rng.choice([code for code in city_of(district).shares if code != district])
        if reason == "competence"
        else district
    )
    file.add(Step.DISPATCH, note, district=wrong)
    file.wait_for_office(2, 22)
    file.add(Step.RETURN, f"return.{reason}", reason=reason)
    file.wait(rng.uniform(0.3, 4))
    if reason == "address" and rng.random() < _REJECTED:
        file.add(Step.REJECT, "reject")
        return
    file.add(Step.UPHOLD, "")
    file.wait(rng.uniform(0.02, 0.2))
    file.add(Step.DISPATCH, "", district=district)


def _complaint(file: _File, amount: Decimal | None, unfinished: float) -> None:
    rng = file.rng
    file.wait_for_office(*((3, 60) if file.urgent else (8, 96)))
    if rng.random() < _LATE:
        file.wait_for_office(300, 400)
    if rng.random() < _REFUSED and file.start >= REGIME_BEGINS:
        ground = _GROUNDS.draw(rng)
        file.add(Step.REFUSE, f"refuse.{ground}", reason=ground)
        return
    file.add(Step.ACCEPT, "accept")
    mediated = rng.random() < 0.72
    if mediated:
        file.wait_for_office(1, 48)
        file.add(Step.MEDIATE, "mediate")
    if rng.random() < unfinished:
        return
    file.wait_for_office(*((6, 130) if file.urgent else (24, 260)))
    outcome = (_ENDINGS if mediated else _ENDINGS_UNMEDIATED).draw(rng)
    if outcome == Outcome.MEDIATION_ENDED and file.start < REGIME_BEGINS:
        # No list of grounds was in force; that nobody settles shows only in a mediation.
        outcome = Outcome.NO_SETTLEMENT if mediated else Outcome.WITHDRAWN
    recovered = _recovered(rng, outcome, amount)
    if outcome == Outcome.MEDIATED:
        file.add(Step.CLOSE, f"close.{outcome}", outcome=outcome, recovered=recovered)
        return
    ground = _GROUND_OF[outcome]
    file.add(Step.TERMINATE, f"close.{outcome}", outcome=outcome, recovered=recovered, reason=ground)


def _recovered(rng: Random, outcome: Outcome, amount: Decimal | None) -> Decimal | None:
    if outcome not in (Outcome.MEDIATED, Outcome.SETTLED) or not amount:
        return None
    share = Decimal(rng.choice((100, 100, 100, 80, 70, 50))) / 100
    return (amount * share).quantize(Decimal("0.01"))


def _report(file: _File) -> None:
    rng = file.rng
    file.wait_for_office(*((1, 26) if file.urgent else (8, 90)))
    file.add(Step.CHECK, "check")
    file.wait_for_office(*((4, 90) if file.urgent else (24, 200)))
    if rng.random() < _LATE:
        file.wait_for_office(500, 600)
    if rng.random() < (0.30 if file.urgent else 0.17):
        file.add(Step.FILE, "file")
        file.wait_for_office(120, 900)
        outcome = Outcome.PENALTY if rng.random() < 0.8 else Outcome.NO_PENALTY
        penalty = (
            Decimal(rng.choice((500, 1000, 2000, 3000, 5000, 10000, 50000)))
            if outcome == Outcome.PENALTY
            else None
        )
        file.add(Step.CLOSE, f"close.{outcome}", outcome=outcome, penalty=penalty)
        return
    file.add(Step.NOT_FILE, "not_file")
    file.wait_for_office(1, 60)
    # A price that was put right after an admonition is not punished (guidance 2020 no. 21).
    if file.price is not None and rng.random() < 0.35:
        file.add(Step.CLOSE, "close.admonition", outcome=Outcome.ADMONITION)
        return
    file.add(Step.CLOSE, "close.not_filed", outcome=Outcome.NOT_FILED)

"""Learning the radar's model from what people decided on its flags; it goes into use only if it does well on newer cases.

A case with a confirmed flag is sensitive; one whose flags were all dismissed is not.  Flags of the rule that counts
contacts teach nothing, as no words of the case speak for them.  Since dismissed cases are few and alike, closed cases
that no rule finds are added as ordinary ones: that is assumed, nobody looked at them.

Cases stand in the order of their registration, which never changes.  The newest fifth of the decided ones is held out with
the assumed ones of that time; of these only such count as were registered after the last case that taught the model in
use.  The threshold is chosen on what taught.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import MD5

from suqing.accounts.models import Person
from suqing.analytics.actions.class_training import SETTINGS, TooFew
from suqing.cases.actions.radar import SURE
from suqing.cases.models import Case, SensitiveFlag
from suqing.cases.vocabulary import FlagState
from suqing.kit.proportions import wilson
from suqing.ledger.policy import BadSetting
from suqing.ledger.policy import declare as declare_setting
from suqing.ledger.queries import setting
from suqing.taxonomy.actions import adopt_class_model
from suqing.taxonomy.class_models import adopted, bytes_read
from suqing.taxonomy.models import RADAR, ClassModel
from suqing.taxonomy.sensitive import watched_at
from suqing.taxonomy.sensitive_model import threshold_of
from suqing.taxonomy.text.classify.alarm import (
    NO,
    YES,
    Bools,
    Bounds,
    chances,
    learn_alarm,
    threshold_for,
    unseen_chances,
)
from suqing.taxonomy.text.classify.evaluation import Interval, bootstrap
from suqing.taxonomy.text.classify.model import Model
from suqing.taxonomy.text.classify.table import distinct
from suqing.taxonomy.text.classify.training import CannotLearn

MOST_DECIDED = 20_000  # the newest ones
ASSUMED_EACH, MOST_ASSUMED = 3, 20_000  # ordinary cases for each decided one, and at most
FEWEST_TAUGHT = 40  # of either side
FEWEST_HELD = 10  # of either side
N_ = str


def _percent(value: object) -> None:
    if not isinstance(value, int) or not 1 <= value <= 100:
        raise BadSetting("from 1 to 100")


def _per_thousand(value: object) -> None:
    if not isinstance(value, int) or not 1 <= value <= 1000:
        raise BadSetting("from 1 to 1000")


PRECISION = declare_setting(
    "radar.model_precision_percent",
    50,
    N_(
        "The model of the radar goes into use only if so many percent of the held-out cases it flags are sensitive"
    ),
    check=_percent,
)
ALARMS = declare_setting(
    "radar.model_alarms_per_thousand",
    20,
    N_("Of a thousand ordinary closed cases the model of the radar may flag so many"),
    check=_per_thousand,
)


@dataclass(frozen=True, slots=True)
class Trained:
    """How the new model did on held-out cases: it flagged ``told``, of which ``found`` are among the ``sensitive`` ones.

    ``ordinary`` are the held-out cases assumed to be so, ``rang`` those of them that it flagged.  ``ahead`` is its recall
    less that of the model in use (0 without one); ``adopted`` is None where it did not win.
    """

    taught: int
    held: int
    threshold: float
    sensitive: int
    told: int
    found: int
    ordinary: int
    rang: int
    ahead: Interval
    adopted: ClassModel | None

    @property
    def precision(self) -> Interval:
        return _share(self.found, self.told)

    @property
    def recall(self) -> Interval:
        return _share(self.found, self.sensitive)


def _share(found: int, of: int) -> Interval:
    return Interval(found / of if of else 0.0, *wilson(found, of))


@dataclass(frozen=True, slots=True)
class _Told:
    text: str
    is_sensitive: bool
    is_assumed: bool
    registered_at: datetime


def train_radar(
    *,
    by: Person | str,
    at: datetime,
    rehearsed: bool = False,
    say: Callable[[str], None] = lambda _line: None,
) -> Trained:
    """Learn from decided flags, test on newer ones, adopt if it does well.  Raise TooFew.

    ``rehearsed`` learns from the synthetic cases of a rehearsal instead of real ones; never from both.
    """
    decided = _decided(at, rehearsed)
    if not decided:
        raise TooFew(N_("no flag of the radar is decided yet"))
    cases = _each_text_once([*decided, *_assumed(decided, at, rehearsed)])
    cut = decided[len(decided) - max(1, len(decided) // 5)].registered_at
    before = adopted(RADAR)
    taught = [one for one in cases if one.registered_at < cut]
    held = [
        one
        for one in cases
        if one.registered_at >= cut and (before is None or one.registered_at > before.taught_until)
    ]
    _enough(taught, FEWEST_TAUGHT, N_("%(sensitive)s sensitive and %(others)s other cases to learn from; %(needed)s of each are needed"))  # fmt: skip
    _enough(held, FEWEST_HELD, N_("%(sensitive)s sensitive and %(others)s other held-out cases that no model has seen; %(needed)s of each are needed"))  # fmt: skip
    bounds = Bounds(setting(PRECISION.key) / 100, setting(ALARMS.key) / 1000)
    try:
        model, threshold = _learnt(taught, bounds, say)
    except CannotLearn as fault:
        raise TooFew(str(fault)) from fault
    if threshold is None:
        raise TooFew(
            N_("no threshold keeps the precision that is asked for, not even on the cases that taught")
        )
    return _tried(model, threshold, before, taught, held, bounds, by=by, at=at)


def _learnt(
    taught: Sequence[_Told], bounds: Bounds, say: Callable[[str], None]
) -> tuple[Model, float | None]:
    """A model of these cases, and its threshold by models that each had not seen a part of them."""
    texts, is_yes = [one.text for one in taught], [one.is_sensitive for one in taught]
    threshold = threshold_for(
        unseen_chances(texts, is_yes, settings=SETTINGS, say=say),
        np.array(is_yes, np.bool_),
        np.array([one.is_assumed for one in taught], np.bool_),
        bounds,
    )
    return learn_alarm(texts, is_yes, SETTINGS), threshold


def _enough(cases: Sequence[_Told], needed: int, message: str) -> None:
    sensitive = sum(one.is_sensitive for one in cases)
    if min(sensitive, len(cases) - sensitive) < needed:
        raise TooFew(message, sensitive=sensitive, others=len(cases) - sensitive, needed=needed)


def _tried(
    model: Model,
    threshold: float,
    before: ClassModel | None,
    taught: Sequence[_Told],
    held: Sequence[_Told],
    bounds: Bounds,
    *,
    by: Person | str,
    at: datetime,
) -> Trained:
    texts = [one.text for one in held]
    truth = np.array([one.is_sensitive for one in held], np.bool_)
    assumed = np.array([one.is_assumed for one in held], np.bool_)
    least = setting(SURE.key) / 100
    new = chances(model, texts) >= max(threshold, least)
    old = _told_before(before, texts, least)
    ahead = bootstrap(
        lambda drawn: _recall(truth[drawn], new[drawn]) - _recall(truth[drawn], old[drawn]), len(held)
    )
    found = Trained(
        taught=len(taught),
        held=len(held),
        threshold=threshold,
        sensitive=int(truth.sum()),
        told=int(new.sum()),
        found=int((new & truth).sum()),
        ordinary=int(assumed.sum()),
        rang=int((new & assumed).sum()),
        ahead=ahead,
        adopted=None,
    )
    keeps_bounds = (
        found.precision.value >= bounds.precision and wilson(found.rang, found.ordinary)[0] <= bounds.ordinary
    )
    had_bound = before is not None and _precision(truth, old) >= bounds.precision
    if not found.found or not keeps_bounds or (had_bound and ahead.value <= 0):
        return found
    facts = {
        **model.facts,
        "threshold": threshold,
        "sensitive": sum(one.is_sensitive for one in taught),
        "assumed": sum(one.is_assumed for one in taught),
        "held_out": found.held,
        "precision": round(found.precision.value, 4),
        "recall": round(found.recall.value, 4),
        "rang_on_ordinary": f"{found.rang}/{found.ordinary}",
    }
    row = adopt_class_model(
        kind=RADAR,
        model=replace(model, facts=facts),
        taught_until=max(one.registered_at for one in taught),
        by=by,
        at=at,
    )
    return replace(found, adopted=row)


def _told_before(row: ClassModel | None, texts: Sequence[str], least: float) -> Bools:
    model = bytes_read(row) if row else None
    if row is None or model is None:
        return np.zeros(len(texts), np.bool_)
    found: Bools = chances(model, texts) >= threshold_of(row, least)
    return found


def _recall(truth: Bools, told: Bools) -> float:
    return float((truth & told).sum() / max(int(truth.sum()), 1))


def _precision(truth: Bools, told: Bools) -> float:
    return float((truth & told).sum() / max(int(told.sum()), 1))


def _decided(at: datetime, rehearsed: bool) -> list[_Told]:
    """The cases of which a person decided on a flag that words or the model raised, the first registered at the front."""
    flags = SensitiveFlag.objects.filter(case=OuterRef("pk")).exclude(version__wording__has_key="repeated")
    by_state = {state: Exists(flags.filter(state=state)) for state in FlagState}
    rows = (
        Case.objects.filter(is_synthetic=rehearsed, registered_at__lte=at)
        .exclude(match_text="")
        .annotate(is_confirmed=by_state[FlagState.CONFIRMED], is_open=by_state[FlagState.OPEN])
        .filter(Q(is_confirmed=True) | Q(by_state[FlagState.DISMISSED], is_open=False))
        .order_by("-registered_at", "-pk")
        .values_list("match_text", "is_confirmed", "registered_at")
    )
    return [_Told(text, yes, False, moment) for text, yes, moment in rows[:MOST_DECIDED]][::-1]


def _assumed(decided: Sequence[_Told], at: datetime, rehearsed: bool) -> list[_Told]:
    """Closed cases since the first decided one that never had a flag and that no rule of words finds today.

    Which ones hangs on their numbers alone, so that those of a week are not preferred.
    """
    rows = (
        Case.objects.filter(
            is_synthetic=rehearsed, registered_at__gte=decided[0].registered_at, closed_at__lte=at
        )
        .exclude(match_text="")
        .filter(~Exists(SensitiveFlag.objects.filter(case=OuterRef("pk"))), is_sensitive=False)
        .order_by(MD5("number"), "pk")
        .values_list("match_text", "registered_at")
    )
    wanted = min(ASSUMED_EACH * len(decided), MOST_ASSUMED)
    watched = watched_at(at)
    return [_Told(text, False, True, moment) for text, moment in rows[:wanted] if not watched.found_in(text)]


def _each_text_once(cases: Sequence[_Told]) -> list[_Told]:
    """Each text once, and none that was decided both ways; where a text was decided, nothing is assumed of it."""
    sure = {one.text for one in cases if not one.is_assumed}
    told = [one for one in cases if not one.is_assumed or one.text not in sure]
    told.sort(key=lambda one: one.registered_at)
    kept = distinct([one.text for one in told], [YES if one.is_sensitive else NO for one in told])
    first = {one.text: one for one in reversed(told)}
    return [first[text] for text in kept.texts]

"""The radar: a case that may be sensitive is flagged in the transaction that registers it, and a person decides.

The rules read match_text, and the facts they ask for.  Where no words find a case, the learnt model is asked, if there is
one.  A flag is open until somebody confirms or dismisses it with a reason; a case counts as sensitive while one of its
flags is not dismissed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can_in, people_of, require
from suqing.cases.actions.moving import Refused
from suqing.cases.intake import local_day
from suqing.cases.models import Case, SensitiveFlag
from suqing.cases.queries.radar import earlier_contacts, visible_flags
from suqing.cases.queries.topic_facts import facts_of_new
from suqing.cases.vocabulary import FlagState, Kind
from suqing.inbox.actions import tell
from suqing.inbox.codes import Level, declare
from suqing.ledger.policy import BadSetting
from suqing.ledger.policy import declare as declare_setting
from suqing.ledger.queries import setting
from suqing.ledger.writing import one_transaction, writer
from suqing.taxonomy.models import ClassModel, SensitiveVersion
from suqing.taxonomy.sensitive import watched_at
from suqing.taxonomy.sensitive_model import chance_of, threshold_of
from suqing.taxonomy.text.redact import redact
from suqing.taxonomy.text.rules.matching import NOTHING_KNOWN

N_ = str
RAISER = "radar"  # who raises flags
LONGEST_REASON = 300
FLAGGED = declare(
    "case.flagged", N_("The case %(number)s may be sensitive: %(rules)s."), icon="alert-triangle"
)


def _from_two(value: object) -> None:
    if not isinstance(value, int) or not 2 <= value <= 100:
        raise BadSetting("from 2 to 100")


def _some_days(value: object) -> None:
    if not isinstance(value, int) or not 1 <= value <= 90:
        raise BadSetting("from 1 to 90")


TIMES = declare_setting(
    "radar.repeated_times",
    3,
    N_(
        "A case is flagged as repeated when so many contacts of one person, or with like words about one operator, come"
    ),
    check=_from_two,
)
DAYS = declare_setting(
    "radar.repeated_days", 7, N_("Within so many days they count as repeated"), check=_some_days
)


def _percent(value: object) -> None:
    if not isinstance(value, int) or not 0 <= value <= 100:
        raise BadSetting("from 0 to 100")


SURE = declare_setting(
    "radar.model_least_percent",
    0,
    N_(
        "The model of the radar flags a case only where it is so sure, in percent; at 0 the threshold found in training holds"
    ),
    check=_percent,
)


@dataclass(frozen=True, slots=True)
class Sensed:
    """A rule that found the case; ``contacts`` where it counts them, ``model`` and ``chance`` where it asks the model."""

    version: SensitiveVersion
    contacts: int | None = None
    model: ClassModel | None = None
    chance: float | None = None


def look(*, case: Case, at: datetime) -> list[Sensed]:
    """Find what is sensitive in a case that is about to be written, and mark it so.

    The model is asked only where no words found the case: a second flag would tell a supervisor nothing, and the model's
    precision is then that of what it adds.  It is the model in force at ``at``, so that a replay of days before it was
    adopted has none.  A replay in a gathered block counts no repetitions: its cases are not in the tables yet.
    """
    write = writer()
    watched = write.memo(("sensitive rules", local_day(at)), lambda: watched_at(at))
    facts = facts_of_new(case) if watched.asks_facts else NOTHING_KNOWN
    found = [Sensed(version) for version in watched.found_in(case.match_text, facts)]
    if watched.by_model is not None and watched.model is not None and not found:
        found = _by_model(watched.by_model, watched.model, case.match_text)
    if watched.counting is not None and not write.is_gathering:
        since = case.received_at - timedelta(days=setting(DAYS.key))
        contacts = 1 + earlier_contacts(case, since)
        if contacts >= setting(TIMES.key):
            found.append(Sensed(watched.counting, contacts))
    case.is_sensitive = bool(found)
    return found


def _by_model(version: SensitiveVersion, model: int, text: str) -> list[Sensed]:
    row = writer().memo(("radar model", model), lambda: ClassModel.objects.get(pk=model))
    chance = chance_of(row, text)
    if chance is None or chance < threshold_of(row, setting(SURE.key) / 100):
        return []
    return [Sensed(version, model=row, chance=chance)]


def flag_sensitive(*, case: Case, sensed: Sequence[Sensed], at: datetime) -> list[SensitiveFlag]:
    """Write the flags of a case and tell who decides in its unit; a replay tells nobody."""
    if not sensed:
        return []
    write = writer()
    flags = [
        SensitiveFlag(
            case=case,
            version=one.version,
            raised_at=at,
            contacts=one.contacts,
            model=one.model,
            chance=one.chance,
        )
        for one in sensed
    ]
    write.new_many(flags)
    codes = [one.version.rule.code for one in sensed]
    data: dict[str, object] = {"rules": codes}
    for one in sensed:
        if one.model is not None and one.chance is not None:
            data["model"] = {"number": one.model.number, "percent": round(100 * one.chance)}
    write.record("case.flagged", case, by=RAISER, at=at, data=data)
    if not write.is_gathering:
        names = "、".join(one.version.rule.name for one in sensed)
        tell(
            _deciding(case),
            FLAGGED,
            values={"number": case.number, "rules": names},
            subject=case,
            link=("case", (case.number,)),
            level=Level.SOON,
            key=f"case.flagged:{case.pk}",
            at=at,
            by=RAISER,
        )
    return flags


def _deciding(case: Case) -> list[Person]:
    people = people_of(case.responsible_unit, holding=Permission.SENSITIVE_DECIDE)
    if case.kind != Kind.REPORT:
        return people
    return [one for one in people if can_in(one, Permission.REPORT_VIEW, case.responsible_unit)]


@one_transaction
def decide_flag(
    *, flag: SensitiveFlag, is_sensitive: bool, reason: str, by: Person, at: datetime
) -> SensitiveFlag:
    """Confirm or dismiss an open flag.  Raise NotPermitted, or Refused: out of sight, decided already, no reason."""
    require(by, Permission.SENSITIVE_DECIDE)
    reason = redact(reason.strip()).text
    if not reason:
        raise Refused(N_("Say why, in a few words."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(
            N_("This field takes at most %(limit)s characters."), field="reason", limit=LONGEST_REASON
        )
    row = _locked(flag, by)
    if row.state != FlagState.OPEN:
        raise Refused(N_("Somebody decided on this flag already."))
    row.state = FlagState.CONFIRMED if is_sensitive else FlagState.DISMISSED
    row.decided_by, row.decided_at, row.reason = by, at, reason
    _decided(row, "case.flag_confirmed" if is_sensitive else "case.flag_dismissed", by, at)
    return row


@one_transaction
def reopen_flag(*, flag: SensitiveFlag, by: Person, at: datetime) -> SensitiveFlag:
    """Take a decision back: the flag is open again.  Raise NotPermitted, or Refused out of sight."""
    require(by, Permission.SENSITIVE_DECIDE)
    row = _locked(flag, by)
    if row.state == FlagState.OPEN:
        return row
    row.state, row.decided_by, row.decided_at, row.reason = FlagState.OPEN, None, None, ""
    _decided(row, "case.flag_reopened", by, at)
    return row


def _locked(flag: SensitiveFlag, by: Person) -> SensitiveFlag:
    """Today's row, its case locked first, so that two decisions on one case agree on whether it is sensitive."""
    Case.objects.select_for_update().filter(pk=flag.case_id).first()
    row = visible_flags(by).select_related("case", "version__rule").filter(pk=flag.pk).first()
    if row is None:
        raise Refused(N_("This case is not in your sight."))
    return row


def _decided(row: SensitiveFlag, verb: str, by: Person, at: datetime) -> None:
    write = writer()
    write.save(row, "state", "decided_by", "decided_at", "reason")
    others = SensitiveFlag.objects.filter(case=row.case_id).exclude(state=FlagState.DISMISSED)
    if row.case.is_sensitive != (is_sensitive := others.exists()):
        row.case.is_sensitive = is_sensitive
        write.save(row.case, "is_sensitive")
    data = {"rule": row.version.rule.code, "version": row.version.number}
    write.record(verb, row.case, by=by, at=at, data=data | ({"reason": row.reason} if row.reason else {}))

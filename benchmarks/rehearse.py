"""Rows a second of the replay: gathered in blocks against one by one, by the same actions.

python benchmarks/rehearse.py [--record]

The first 400 contacts and steps of the script are played one by one, the following days gathered.
"""

from __future__ import annotations

from datetime import datetime
from time import perf_counter

from ground.centre import throw_away_database
from ground.telling import tell

SEED, ALONE = 12315, 400
UNTIL = "2020-01-31T09:00+08:00"


def main() -> None:
    with throw_away_database():
        from suqing.rehearsal.actions import replay
        from suqing.rehearsal.script.timeline import timeline

        until = datetime.fromisoformat(UNTIL)
        replay.begin(city="suzhou", seed=SEED, with_baseline=False, clock=until)
        line = timeline(SEED, "suzhou", with_baseline=False)

        many, replay.MANY = replay.MANY, 10**9
        alone = _play(line[ALONE].moment)
        replay.MANY = many
        gathered = _play(until)
        tell(
            "rehearse",
            f"{alone[0] + gathered[0]:,} contacts and steps, sealing included",
            [
                f"one by one: {alone[1] / alone[2]:,.0f} rows/s, {alone[0] / alone[2]:,.0f} contacts and steps/s",
                f"gathered: {gathered[1] / gathered[2]:,.0f} rows/s, {gathered[0] / gathered[2]:,.0f} contacts and steps/s",
                f"gathered against one by one: {gathered[1] / gathered[2] / (alone[1] / alone[2]):.1f} times",
            ],
        )


def _play(until: datetime) -> tuple[int, int, float]:
    """Play on to that moment: what was played, rows written, seconds."""
    from suqing.rehearsal.actions.replay import play_until

    before, began = _rows(), perf_counter()
    played = play_until(until)
    return played, _rows() - before, perf_counter() - began


def _rows() -> int:
    from suqing.cases.models import Case, Clock, Dispatch, MarketEntity, Party, Submission, TopicMembership
    from suqing.ledger.models import Event, SubjectKey
    from suqing.telephony.models import Call

    models = (
        Call,
        Party,
        MarketEntity,
        Submission,
        Case,
        Clock,
        Dispatch,
        TopicMembership,
        Event,
        SubjectKey,
    )
    return sum(model.objects.count() for model in models)


if __name__ == "__main__":
    main()

"""Similar cases among 10,000, 100,000 and 1,000,000: the look-up by phone, operator and words, beside a naive one.

python benchmarks/similar.py [--record]

Cases and bands are filled by COPY and INSERT … SELECT from one registered case; their texts are narratives of the
rehearsal's script by many seeds, two of a hundred are form letters.  Asked is with a synthetic near-duplicate of a
random case (one to three words changed), its person's number and its operator.  The naive way reads the newest 10,000
texts and compares each with rapidfuzz; over all cases it would take that many times as long and more.
Quality is counted on the same ground, and on real pairs of AFQMC where ../shared/data/pairs is there.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from ground.centre import NOW, People, a_contact, make_people, throw_away_database
from ground.narratives import changed, told
from ground.telling import spread, tell, times

SEED = 12315
SIZES = (10_000, 100_000, 1_000_000)
REPEATS, NAIVE_REPEATS, NAIVE_LOOKS_AT = 200, 5, 10_000
PEOPLE, OPERATORS = 200_000, 5_000
PAIRS = Path(__file__).resolve().parents[2] / "shared" / "data" / "pairs" / "afqmc_train.tsv"
BATCH = 10_000
MANY = 200_000  # from so many on the indexes of cases are made after they are filled in


def main() -> None:
    sizes = tuple(
        size for size in SIZES if size <= int(next((a for a in sys.argv[1:] if a.isdecimal()), SIZES[-1]))
    )
    with throw_away_database():
        people = make_people()
        texts = told(sizes[-1], SEED)
        ground, done, found = Ground(people), 0, []
        for size in sizes:
            began = perf_counter()
            ground.fill(texts, size - done)
            done = size
            print(f"filled to {size:,} in {perf_counter() - began:.0f} s", flush=True)
            found += [f"{size:,} cases: {line}" for line in measured(ground)]
        found += list(real_pairs())
        tell("similar", f"{REPEATS} look-ups at each size", found)


class Ground:
    """Cases that were filled in, and what is known of them for asking."""

    def __init__(self, people: People) -> None:
        from suqing.cases.actions.registration import register
        from suqing.cases.models import Case

        self.people, self.rng, self.count = people, random.Random(SEED), 0
        register(submission=a_contact(self.rng, NOW), by=people.taker, at=NOW)
        self.template = Case.objects.get()
        _sql(PARTIES, {"people": PEOPLE})
        _sql(ENTITIES, {"operators": OPERATORS})
        Case.objects.update(kind="complaint", state="dispatched")

    def fill(self, texts: Iterator[tuple[str, list[int]]], count: int) -> None:
        """Add so many cases with their bands, spread over units, people and operators."""
        from django.db import connection

        later = _without_indexes() if count > MANY else []
        while count > 0:
            size = min(BATCH, count)
            with connection.cursor() as cursor:
                cursor.execute(
                    "CREATE TEMP TABLE IF NOT EXISTS told (n bigint, text text, keys bigint[]); TRUNCATE told"
                )
                with cursor.copy("COPY told FROM STDIN") as copy:
                    for _number in range(size):
                        text, keys = next(texts)
                        self.count += 1
                        copy.write_row((self.count, text.replace("\0", ""), keys))
                units = [unit.pk for unit in self.people.units]
                cursor.execute(_cases_sql(), {"template": self.template.pk, "units": units, "now": NOW,
                                              "people": PEOPLE, "operators": OPERATORS})  # fmt: skip
                cursor.execute(
                    "INSERT INTO cases_textband (key, case_id) SELECT unnest(keys), n + 1000000000 FROM told"
                    " ON CONFLICT DO NOTHING"
                )
            count -= size
        with connection.cursor() as cursor:
            for statement in later:
                cursor.execute(statement)
            for table in ("cases_case", "cases_textband", "cases_party", "cases_marketentity"):
                cursor.execute(f"VACUUM ANALYZE {table}")


def _without_indexes() -> list[str]:
    """Drop the plain indexes of cases, so that very many are filled in quickly; what makes them again."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'cases_case' AND indexdef NOT LIKE %s",
            ["CREATE UNIQUE%"],
        )
        found = cursor.fetchall()
        for name, _definition in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in found]


# Numbers of people and operators are keys of rows made beforehand; what is not named is as in the registered case.
PARTIES = (
    "INSERT INTO cases_party (id, ref, name_hash, name_masked, phone_hash, phone_masked, created_at)"
    " SELECT 1000000000 + n, gen_random_uuid(), md5('name' || n), '王*', md5('phone' || n), '138****0000', now()"
    " FROM generate_series(1, %(people)s) n"
)
ENTITIES = (
    "INSERT INTO cases_marketentity (id, name, uscc, address, pinyin, name_key, {more}created_at)"
    " SELECT 1000000000 + n, '苏州第' || n || '号商行', '', '', '', 'x' || n, {values}now()"
    " FROM generate_series(1, %(operators)s) n"
)


def _sql(statement: str, values: dict[str, object]) -> None:
    from django.db import connection

    from suqing.cases.models import MarketEntity

    known = {"name", "uscc", "address", "pinyin", "name_key", "created_at"}
    extra = [
        field.column
        for field in MarketEntity._meta.concrete_fields
        if field.name not in known and not field.null and not field.primary_key
    ]
    more = "".join(f"{name}, " for name in extra)
    with connection.cursor() as cursor:
        cursor.execute(statement.format(more=more, values="'', " * len(extra)), values)


def _cases_sql() -> str:
    from suqing.cases.models import Case

    own = {
        "id": "told.n + 1000000000",
        "number": "'TS' || lpad(told.n::text, 14, '0')",
        "narrative": "told.text",
        "match_text": "told.text",
        "received_at": "%(now)s::timestamptz - (1000000 - told.n) * interval '30 seconds'",
        "party_id": "1000000001 + (told.n * 7919) %% %(people)s",
        "entity_id": "1000000001 + (told.n * 104729) %% %(operators)s",
        "responsible_unit_id": "(%(units)s::bigint[])[1 + told.n %% 10]",
    }
    columns = [field.column for field in Case._meta.concrete_fields]
    values = [own.get(column, f"model.{column}") for column in columns]
    return (
        f"INSERT INTO cases_case ({', '.join(columns)}) SELECT {', '.join(values)}"
        " FROM told CROSS JOIN (SELECT * FROM cases_case WHERE id = %(template)s) model"
    )


def measured(ground: Ground) -> Iterator[str]:
    """Look-ups by the centre and by a district, the naive way, what a registration writes, room on disk, what is found."""
    from suqing.cases.models import Case

    rng = random.Random(SEED)
    keys = [1_000_000_000 + rng.randrange(1, ground.count + 1) for _ in range(REPEATS)]
    asked = list(Case.objects.filter(pk__in=keys).select_related("party"))
    for who, person in (("the centre", ground.people.taker), ("a district", ground.people.handler)):
        yield f"{who}: {spread(_look_ups(person, asked))}"
    yield f"the bands of one registration: {spread(_writing(asked))}"
    naive = times(lambda: _naive(rng.choice(asked).match_text), NAIVE_REPEATS)
    yield f"the newest {min(NAIVE_LOOKS_AT, ground.count):,} compared by rapidfuzz: {spread(naive)}"
    yield from _found_again(ground, asked)
    yield _room()


def _look_ups(person: object, asked: list[object]) -> list[float]:
    from suqing.cases.queries.similar import Asked, _found

    rng = random.Random(SEED)
    questions = [
        Asked(
            changed(case.match_text, rng, rng.randrange(1, 4)),  # type: ignore[attr-defined]
            case.received_at,  # type: ignore[attr-defined]
            phone_hash=case.party.phone_hash,  # type: ignore[attr-defined]
            entity=case.entity_id,  # type: ignore[attr-defined]
        )
        for case in asked
    ]
    _found(person, questions[0], 5)  # type: ignore[arg-type]
    rest = iter(questions)
    return times(lambda: _found(person, next(rest), 5), len(questions))  # type: ignore[arg-type]


def _writing(asked: list[object]) -> list[float]:
    from django.db import transaction

    from suqing.cases.actions.similar import write_bands
    from suqing.cases.models import Case

    rng = random.Random(SEED + 1)
    cases = [
        Case(pk=2_000_000_000 + n, match_text=changed(case.match_text, rng, 3))
        for n, case in enumerate(asked)
    ]  # type: ignore[attr-defined]
    rest = iter(cases)
    with transaction.atomic():
        found = times(lambda: write_bands(case=next(rest)), len(cases))
        transaction.set_rollback(True)
    return found


def _naive(text: str) -> list[object]:
    from rapidfuzz import fuzz, process

    from suqing.cases.models import Case

    rows = Case.objects.order_by("-received_at", "-id").values_list("match_text", flat=True)[:NAIVE_LOOKS_AT]
    return process.extract(text, list(rows), scorer=fuzz.ratio, score_cutoff=60, limit=5)


def _found_again(ground: Ground, asked: list[object]) -> Iterator[str]:
    """Of synthetic near-duplicates, how many lead back to the case they came of."""
    from suqing.cases.near_text import ALIKE, score
    from suqing.cases.queries.similar import Asked, _found

    rng = random.Random(SEED + 2)
    for words in (1, 2, 3):
        tried = hit = 0
        for case in asked:
            text = changed(case.match_text, rng, words)  # type: ignore[attr-defined]
            if text == case.match_text or score(text, case.match_text) < ALIKE:  # type: ignore[attr-defined]
                continue
            tried += 1
            best = _found(ground.people.taker, Asked(text, case.received_at), 10)  # type: ignore[attr-defined]
            # A form letter leads to another of its kind: as good.
            hit += any(one.case.match_text == case.match_text for one in best)  # type: ignore[attr-defined]
        yield f"{words} words changed (synthetic): {hit} of {tried} found again"


def _room() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_relation_size('cases_textband'), pg_indexes_size('cases_textband'), count(*) FROM cases_textband"
        )
        heap, index, rows = cursor.fetchone()
    return f"{rows:,} bands: table {heap / 2**20:,.0f} MiB, index {index / 2**20:,.0f} MiB"


def real_pairs() -> Iterator[str]:
    """Real questions that people called the same or not: same meaning is mostly not the same words."""
    if not PAIRS.exists():
        yield "real pairs: not there"
        return
    from suqing.cases.near_text import ALIKE, bands_of, score

    told_same = {"0": [0, 0, 0], "1": [0, 0, 0]}  # pairs, of them alike, of these sharing a band
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        one, other, label = line.split("\t")
        counted = told_same[label]
        counted[0] += 1
        if score(one, other) >= ALIKE:
            counted[1] += 1
            counted[2] += bool(set(bands_of(one)) & set(bands_of(other)))
    for label, words in (("1", "the same"), ("0", "not the same")):
        pairs, alike, shared = told_same[label]
        yield f"AFQMC (real), {pairs:,} pairs called {words}: {alike:,} alike by words, {shared:,} of these share a band"


if __name__ == "__main__":
    main()

"""Drawing cases of a topic to be read, and what people say of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from random import Random

from django.db import models, transaction
from django.db.models import F, Func, QuerySet

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.analytics.models import TopicBackfill, TopicLabel, TopicSample, TopicSampleItem
from suqing.analytics.rule_accuracy import Stratum
from suqing.analytics.topic_trial import Sampled
from suqing.cases.models import Case, TopicMembership
from suqing.ledger.actions import record
from suqing.taxonomy.models import Topic, TopicVersion
from suqing.taxonomy.queries import words_deciding
from suqing.taxonomy.text.normalise import fold_case
from suqing.taxonomy.text.terms import telling

SIZES = {Stratum.HIT: 20, Stratum.NEAR: 20, Stratum.KIN: 10, Stratum.FAR: 10}
KIN_TERMS = 12
LEARNED_FROM = (400, 1_600)  # hits and others that the kin's terms are learned from


class NotReady(ValueError):
    """The topic has no wording in use, earlier cases are still being looked at, or it finds nothing."""


@transaction.atomic
def draw(
    *,
    topic: Topic,
    cases: QuerySet[Case],
    total: int,
    sampled: Sequence[Sampled],
    by: Person,
    at: datetime,
) -> TopicSample:
    """Draw cases by what the topic's newest wording says of them: from all that it finds, and from the others of the fixed
    sample by how close they come.  ``cases`` are those in sight, ``total`` many.  What was drawn before for this wording
    is not drawn again.  Raise NotReady or NotPermitted.
    """
    require(by, Permission.TOPIC_MANAGE)
    version = TopicVersion.objects.filter(topic=topic, valid_from__lte=at).order_by("-number").first()
    if version is None or not topic.is_active:
        raise NotReady
    if TopicBackfill.objects.filter(version__topic=topic, ended_at=None, is_superseded=False).exists():
        raise NotReady
    members = TopicMembership.objects.filter(version=version)
    found = cases.filter(pk__in=members.values("case"))
    count = found.count()
    if not count:
        raise NotReady
    known = set(TopicSampleItem.objects.filter(sample__version=version).values_list("case_id", flat=True))
    sample = TopicSample.objects.create(version=version, drawn_by=by, drawn_at=at, strata={})
    hits = _scattered(found.exclude(pk__in=known), sample.pk, SIZES[Stratum.HIT])
    framed = {one.case for one in sampled}
    hit_ids = set(members.filter(case_id__in=framed).values_list("case_id", flat=True))
    strata = _by_closeness(topic, sampled, hit_ids, [text for _case, text in hits], at)
    others = sum(map(len, strata.values())) or 1
    reckoned = {one: round((total - count) * len(ids) / others) for one, ids in strata.items()}
    sample.strata = {Stratum.HIT: count, **reckoned}
    sample.save(update_fields=["strata"])
    drawn = {Stratum.HIT: [case for case, _text in hits]}
    chance = Random(sample.pk)
    for stratum, ids in strata.items():
        left = [case for case in ids if case not in known]
        drawn[stratum] = chance.sample(left, min(SIZES[stratum], len(left)))
    TopicSampleItem.objects.bulk_create(
        TopicSampleItem(sample=sample, case_id=case, stratum=stratum)
        for stratum, ids in drawn.items()
        for case in ids
    )
    sizes = {str(stratum): len(ids) for stratum, ids in drawn.items()}
    record(
        "topic.sample_drawn", topic, by=by, at=at,
        data={"code": topic.code, "version": version.number, "drawn": sizes},
    )  # fmt: skip
    return sample


def _scattered(cases: QuerySet[Case], seed: int, size: int) -> list[tuple[int, str]]:
    """Some of the cases in an order of its own for each seed, with their redacted texts."""
    scattered = Func(
        F("pk"), models.Value(seed), function="hashint8extended", output_field=models.BigIntegerField()
    )
    return list(
        cases.annotate(scattered=scattered).order_by("scattered", "pk").values_list("pk", "match_text")[:size]
    )


def _by_closeness(
    topic: Topic, sampled: Sequence[Sampled], hits: Collection[int], drawn: Sequence[str], at: datetime
) -> dict[Stratum, list[int]]:
    """The cases of the fixed sample that are not found: with some words of the rule, with words that found ones share,
    and the rest."""
    words = words_deciding(topic, at)
    inside = [one.text for one in sampled if one.case in hits][: LEARNED_FROM[0]] or list(drawn)
    outside = [one.text for one in sampled if one.case not in hits][: LEARNED_FROM[1]]
    kin = [term.word for term in telling(inside, outside, known=words, limit=KIN_TERMS)]
    strata: dict[Stratum, list[int]] = {Stratum.NEAR: [], Stratum.KIN: [], Stratum.FAR: []}
    for one in sampled:
        if one.case not in hits:
            text = fold_case(one.text)
            close = Stratum.KIN if _holds(text, kin) else Stratum.FAR
            strata[Stratum.NEAR if _holds(text, words) else close].append(one.case)
    return strata


def _holds(text: str, words: Iterable[str]) -> bool:
    return any(word in text for word in words)


@transaction.atomic
def label(*, item: TopicSampleItem, belongs: bool, by: Person, at: datetime) -> TopicLabel:
    """Say whether the case belongs to the topic; said again, the last word holds.  Raise NotPermitted."""
    require(by, Permission.TOPIC_MANAGE)
    found, _created = TopicLabel.objects.update_or_create(
        item=item, by=by, defaults={"belongs": belongs, "at": at}
    )
    topic = item.sample.version.topic
    record(
        "topic.labelled", topic, by=by, at=at, data={"code": topic.code, "item": item.pk, "belongs": belongs}
    )
    return found


@transaction.atomic
def unlabel(*, item: TopicSampleItem, by: Person, at: datetime) -> bool:
    """Take one's own word back; return whether there was one.  Raise NotPermitted."""
    require(by, Permission.TOPIC_MANAGE)
    taken, _by_model = TopicLabel.objects.filter(item=item, by=by).delete()
    if taken:
        topic = item.sample.version.topic
        record("topic.label_taken_back", topic, by=by, at=at, data={"code": topic.code, "item": item.pk})
    return bool(taken)

"""What labelled samples say of topics: precision, estimated recall, and how far the readers agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from suqing.analytics.models import TopicLabel, TopicSample, TopicSampleItem
from suqing.analytics.rule_accuracy import Accuracy, Agreement, Share, Stratum, accuracy, agreement


@dataclass(frozen=True, slots=True)
class Standing:
    """A wording's labelled sample: ``drawn`` cases, ``read`` of them by somebody, ``disputed`` where readers differ."""

    drawn: int
    read: int
    disputed: int
    readers: int
    shares: Mapping[Stratum, Share]
    accuracy: Accuracy
    agreement: Agreement


def standings(versions: Collection[int]) -> dict[int, Standing]:
    """By version what its samples say together; versions without a sample are left out.  Three queries."""
    totals = {
        sample.version_id: sample.strata
        for sample in TopicSample.objects.filter(version__in=versions).order_by(
            "pk"
        )  # the newest sample's hold
    }
    if not totals:
        return {}
    items = TopicSampleItem.objects.filter(sample__version__in=totals)
    said: defaultdict[int, list[tuple[int, bool]]] = defaultdict(list)
    for item, person, belongs in (
        TopicLabel.objects.filter(item__in=items).order_by("pk").values_list("item_id", "by_id", "belongs")
    ):
        said[item].append((person, belongs))
    drawn: defaultdict[int, list[tuple[str, list[tuple[int, bool]]]]] = defaultdict(list)
    for version, item, stratum in items.values_list("sample__version_id", "pk", "stratum"):
        drawn[version].append((stratum, said.get(item, [])))
    return {version: _standing(totals[version], drawn[version]) for version in totals}


def _standing(totals: Mapping[str, int], drawn: list[tuple[str, list[tuple[int, bool]]]]) -> Standing:
    read = [(stratum, [belongs for _person, belongs in labels]) for stratum, labels in drawn if labels]
    shares = {
        stratum: Share(
            totals.get(stratum, 0),
            sum(one == stratum for one, _said in read),
            sum(sum(said) / len(said) for one, said in read if one == stratum),
        )
        for stratum in Stratum
    }
    # In the order of the people, so that each stands on one side.
    both = [[belongs for _person, belongs in sorted(labels)] for _stratum, labels in drawn if len(labels) > 1]
    pairs = [(said[0], said[1]) for said in both]
    return Standing(
        drawn=len(drawn),
        read=len(read),
        disputed=sum(len(set(said)) > 1 for _stratum, said in read),
        readers=len({person for _stratum, labels in drawn for person, _belongs in labels}),
        shares=shares,
        accuracy=accuracy(shares),
        agreement=agreement(pairs),
    )

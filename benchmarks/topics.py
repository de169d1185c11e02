"""Topics: a rule tried on the sample, and brought over all cases with the memberships written and in the mirror.

python benchmarks/topics.py [--sizes 100000,1000000] [--record]

On a database that waits for the disk, in one process, without rests between the batches.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import Any

from ground.past import centre_with_past, each_size
from ground.telling import tell

SIZES = "100000,1000000"
TRIALS = 5
# Rules of few and many words, and of few and many hits among rehearsed cases.
RULES = {
    "a word": "口罩",
    "near": "(口罩 OR N95) NEAR/20 (涨价 OR 贵 OR 高价 OR 卖到 OR 要价)",
    "fifty words": (
        "退票 OR 退房 OR 退订 OR 改签 OR 机票 OR 火车票 OR 车票 OR 酒店 OR 民宿 OR 旅馆 OR 旅行社 OR 团费 OR 跟团 OR 景区"
        " OR 门票 OR 签证 OR 航班 OR 航空 OR 邮轮 OR 租车 OR 年夜饭 OR 包房 OR 聚餐 OR 婚宴 OR 酒席 OR 定金 OR 订金 OR 押金"
        " OR 违约金 OR 手续费 OR 不退 OR 拒退 OR 退款 OR 退费 OR 退钱 OR 退还 OR 全额 OR 扣款 OR 扣费 OR 改期 OR 延期 OR 取消"
        " OR 健身卡 OR 会员卡 OR 预付卡 OR 培训费 OR 学费 OR 课时 OR 月嫂 OR 影楼"
    ),
    "everything": "的 OR 我 OR 要 OR 在",
    "facts": "口罩 kind:report time:2020-01-20..2020-02-10",
}


def main() -> None:
    for size in each_size(SIZES):
        with centre_with_past(size):
            tell("topics", f"{size:,} cases; a database that waits for the disk", list(_measured()))


def _measured() -> Iterator[str]:
    from suqing.analytics.actions.mirror_building import build
    from suqing.analytics.actions.mirror_feeding import feed
    from suqing.analytics.mirror_state import mirror_row
    from suqing.analytics.topic_counts import count_all
    from suqing.analytics.topic_trial import sample, tried
    from suqing.cases.models import Case
    from suqing.cases.queries.topic_facts import facts_of
    from suqing.taxonomy.text.rules.extending import extensions
    from suqing.taxonomy.text.topics import parse_rule

    if mirror_row() is None:
        build()
    began = perf_counter()
    total, sampled = sample(Case.objects.all())
    yield f"sample of {len(sampled):,} read in {perf_counter() - began:.2f} s"
    began = perf_counter()
    facts = facts_of([one.case for one in sampled])
    yield f"its facts, at the first rule that asks any, in {perf_counter() - began:.2f} s"
    for name, text in RULES.items():
        times = []
        for _number in range(TRIALS):
            began = perf_counter()
            rule = parse_rule("rule", 0, {"text": text}).rule
            assert rule is not None
            found = tried(rule, total, sampled, facts if name == "facts" else None)
            times.append(perf_counter() - began)
        began = perf_counter()
        exact = count_all(rule, Case.objects.all(), is_wanted=lambda: True)
        counted = perf_counter() - began
        began = perf_counter()
        more = extensions(rule, [one.text for one in sampled])
        told = perf_counter() - began
        done, seconds = _backfilled(name, text)
        began = perf_counter()
        while (fed := feed()) is not None and fed.is_more:
            pass
        mirrored = perf_counter() - began
        yield (
            f"{name}: tried in {sorted(times)[TRIALS // 2] * 1000:.0f} ms ({found.matched / found.sampled:.1%} of the"
            f" sample), the exact {exact:,} in {counted:.1f} s, {len(more)} words that extend it in {told:.2f} s; backfilled in {seconds:.1f} s ({done.looked_at / seconds:,.0f} cases/s, {done.added:,} added,"
            f" {done.removed:,} removed), in the mirror {mirrored:.1f} s later"
        )


def _backfilled(name: str, text: str) -> tuple[Any, float]:
    from suqing.analytics.actions.topic_backfills import begin, go_on
    from suqing.ledger.queries import centre_now
    from suqing.taxonomy.actions import TopicDraft, change_topic

    at = centre_now()
    code = name.replace(" ", "_")
    topic = change_topic(TopicDraft(code, name, {"text": text}), by="system:benchmark", at=at).topic
    began = perf_counter()
    done = go_on(begin(topic=topic, by="system:benchmark", at=at), rests=0.0)
    return done, perf_counter() - began


if __name__ == "__main__":
    main()

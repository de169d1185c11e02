"""``suqing topic``: try a rule on a sample, save it as a topic, and bring it over all cases."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.analytics.actions.topic_backfills import RESTS, SYSTEM, NothingToDo, begin, go_on, word_topic
from suqing.analytics.figure_printing import printable, width
from suqing.analytics.models import TopicBackfill
from suqing.analytics.topic_trial import Tried, sample, tried
from suqing.cases.models import Case
from suqing.cases.queries.topic_facts import facts_of
from suqing.ledger.queries import centre_now
from suqing.taxonomy.actions import TopicDraft
from suqing.taxonomy.models import Topic
from suqing.taxonomy.queries import check_names, topics_with_versions
from suqing.taxonomy.rule_told import sentence
from suqing.taxonomy.text.rules.faults import BadRule
from suqing.taxonomy.text.rules.tree import asks_facts
from suqing.taxonomy.text.told import Told
from suqing.taxonomy.text.topics import CODE, BadList, parse_rule, read_lists, rule_text

BAR = 40


class Command(BaseCommand):
    help = "Topics: questions that cut across classes, decided by words."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        verbs.add_parser("list", help="every topic with its newest rule")
        trial = verbs.add_parser("try", help="what a rule would find, on a fixed sample of 50,000 cases")
        trial.add_argument("rule", help="such as: '@mask NEAR/20 (涨价 OR 太贵) NOT 面膜'")
        save = verbs.add_parser("save", help="add a topic, or the next version of its rule, and backfill it")
        save.add_argument("code", help="a short name in small Latin letters, such as mask_price")
        save.add_argument("--rule", required=True)
        save.add_argument("--name", help="what the topic is called; needed for a new one")
        save.add_argument("--name-en", default="")
        save.add_argument("--parent", help="the code of the topic above")
        save.add_argument("--as", dest="username", help="sign-in name of the person who words it")
        backfill = verbs.add_parser(
            "backfill", help="bring a topic's newest rule over all cases, or go on with it"
        )
        backfill.add_argument("code")
        for verb in (trial, save):
            verb.add_argument(
                "--words", action="append", default=[], metavar="NAME=WORD,WORD",
                help="a list of words that the rule calls @NAME; more than once for more lists",
            )  # fmt: skip
        for verb in (save, backfill):
            verb.add_argument(
                "--full-speed", action="store_true", help="without rests; the desks may feel it"
            )

    def handle(self, *_args: Any, verb: str, **options: Any) -> None:
        getattr(self, f"_{verb}")(**options)

    def _list(self, **_options: Any) -> None:
        for topic, versions in topics_with_versions():
            if not versions:
                continue
            text = rule_text(versions[0].rule) or "—"
            mark = "  " * bool(topic.parent_id)
            self.stdout.write(f"{mark}{topic.code}  {topic.label}  v{versions[0].number}  {printable(text)}")

    def _try(self, rule: str, words: list[str], **_options: Any) -> None:
        read = self._read(rule, words)
        assert read.rule is not None
        total, sampled = sample(Case.objects.all())
        facts = facts_of([one.case for one in sampled]) if asks_facts(read.rule) else {}
        for line in told(tried(read.rule, total, sampled, facts)):
            self.stdout.write(line)

    def _save(
        self, code: str, rule: str, words: list[str], username: str | None, *, full_speed: bool, **more: Any
    ) -> None:
        if not re.fullmatch(CODE, code):
            raise CommandError(_("A code is made of small Latin letters, digits and _: mask_price."))
        self._read(rule, words)
        by, at = self._person(username), centre_now()
        topic = Topic.objects.filter(code=code).select_related("parent").first()
        if topic is None and not more["name"]:
            raise CommandError(_("A new topic needs a name: --name."))
        if more["parent"] and not Topic.objects.filter(code=more["parent"]).exists():
            raise CommandError(_("There is no topic “%(code)s”.") % {"code": more["parent"]})
        stored: dict[str, Any] = {"text": rule, "lists": _lists(words)} if words else {"text": rule}
        name = more["name"] or (topic.name if topic else "")
        begun = word_topic(TopicDraft(code, name, stored, more["name_en"], more["parent"]), by=by, at=at)
        self.stdout.write(_("Saved as version %(number)d.") % {"number": begun.version.number})
        self._run(begun, full_speed=full_speed)

    def _backfill(self, code: str, *, full_speed: bool, **_options: Any) -> None:
        topic = Topic.objects.filter(code=code).first()
        if topic is None:
            raise CommandError(_("There is no topic “%(code)s”.") % {"code": code})
        waiting = TopicBackfill.objects.filter(
            version__topic=topic, ended_at=None, is_superseded=False
        ).first()
        try:
            found = waiting or begin(topic=topic, by=SYSTEM, at=centre_now())
        except NothingToDo:
            raise CommandError(_("The topic has no rule in use.")) from None
        self._run(found, full_speed=full_speed)

    def _run(self, found: TopicBackfill, *, full_speed: bool) -> None:
        def told(now: TopicBackfill) -> None:
            share = now.looked_at / now.total if now.total else 1.0
            self.stderr.write(f"\r{share:4.0%} {now.looked_at:,} / {now.total:,}", ending="")

        ended = go_on(found, rests=0.0 if full_speed else RESTS, told=told)
        self.stderr.write("")
        counts = {
            "cases": f"{ended.looked_at:,}",
            "added": f"{ended.added:,}",
            "removed": f"{ended.removed:,}",
        }
        self.stdout.write(
            _("%(cases)s cases looked at: %(added)s memberships added, %(removed)s removed.") % counts
        )

    def _read(self, rule: str, words: list[str]) -> Any:
        try:
            read = parse_rule("rule", 0, {"text": rule, "lists": _lists(words)})
            if read.rule is not None:
                check_names(read.rule)
            return read
        except BadRule as fault:
            lines = [sentence(fault), printable(rule), " " * width(rule[: fault.at.start]) + "^"]
            raise CommandError("\n".join(lines), returncode=2) from None

    def _person(self, username: str | None) -> Person | str:
        if username is None:
            return SYSTEM
        person = Person.objects.filter(username=username, is_active=True).first()
        if person is None:
            raise CommandError(_("Nobody signs in as “%(name)s”.") % {"name": username})
        return person


def _lists(words: Iterable[str]) -> dict[str, list[str]]:
    try:
        return read_lists(words)
    except BadList:
        raise CommandError(_("A list of words is written NAME=WORD,WORD."), returncode=2) from None


def told(found: Tried) -> list[str]:
    """The trial as lines."""
    numbers = {"matched": f"{found.matched:,}", "sampled": f"{found.sampled:,}", "cases": f"{found.cases:,}"}
    if found.sampled == found.cases:
        lines = [_("%(matched)s of all %(cases)s cases") % numbers]
    else:
        low, high = found.bounds
        numbers |= {"low": f"{low:,}", "high": f"{high:,}"}
        lines = [
            _(
                "%(matched)s of %(sampled)s sampled cases; of all %(cases)s between %(low)s and %(high)s (95 %%)"
            )
            % numbers
        ]
    most = max((count / of for _month, count, of in found.months if of), default=0.0)
    for month, count, of in found.months:
        bar = "█" * round(BAR * count / of / most) if most else ""
        lines.append(f"{month:%Y-%m}  {count:>7,} / {of:<7,} {bar}")
    for heading, texts in (
        (_("Some that it finds"), found.hits),
        (_("Some that it just misses"), found.near_misses),
    ):
        if texts:
            lines += ["", heading, *map(_line, texts)]
    return lines


def _line(one: Told) -> str:
    """What stands around the rule's words, which stand in 【】."""
    text = "".join(f"【{part}】" if is_word else part for part, is_word in one.parts())
    return f"  #{one.case}  {printable(text.replace(chr(10), ' '))}"

"""What the simulated people say is varied, of lifelike length, and names no real firm."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from suqing.rehearsal.script.speech import chinese_number
from suqing.taxonomy.text.redact import match_text
from tests.cast import SHARED_DATA
from tests.rehearsal.scripted import SEEDS, baseline, matters, replay

COMPANIES = SHARED_DATA / "companies" / "names_20000.txt"


@pytest.mark.parametrize("seed", SEEDS)
def test_almost_all_narratives_differ_even_without_their_digits(seed: int) -> None:
    texts = [re.sub(r"[0-9０-９]", "", contact.narrative) for contact in replay(seed)]
    assert len(set(texts)) / len(texts) >= 0.95


@pytest.mark.parametrize("made", [replay, baseline])
def test_no_template_has_more_than_two_in_a_hundred_texts(made: object) -> None:
    for seed in SEEDS:
        contacts = made(seed)  # type: ignore[operator]
        uses = Counter(name for contact in contacts for name in contact.templates)
        assert uses.most_common(1)[0][1] / len(contacts) <= 0.02


@pytest.mark.parametrize("seed", SEEDS)
def test_lengths_run_from_fifteen_to_six_hundred_characters(seed: int) -> None:
    lengths = [len(contact.narrative) for contact in replay(seed)]
    assert min(lengths) >= 15
    assert 300 < max(lengths) <= 600


def test_some_write_traditional_characters_and_some_slip() -> None:
    texts = [contact.narrative for contact in replay(1)]
    traditional = sum(any(c in text for c in "們還說買這給個藥價") for text in texts) / len(texts)
    assert 0.01 < traditional < 0.06
    assert any("口照" in text for text in texts) and any("囗罩" in text for text in texts)


def test_no_slot_or_choice_is_left_unfilled() -> None:
    for contact in (*replay(1), *baseline(1)):
        assert not re.search(r"[{}<>|]", contact.narrative), contact.narrative
        for matter in contact.matters:
            assert not re.search(r"[{}<>|]", matter.answer + "".join(stage.note for stage in matter.stages))


def test_phone_numbers_in_the_text_are_found_by_the_redactor() -> None:
    spoken = [c for c in replay(1) if len(c.caller.phone) > 8 and c.caller.phone in c.narrative]
    assert len(spoken) > 200
    assert not [c.narrative for c in spoken if c.caller.phone in match_text(c.narrative).text]


def test_no_operator_bears_the_name_of_a_real_firm() -> None:
    if not COMPANIES.exists():
        pytest.skip("shared/data/companies is absent: the names of real firms cannot be compared")
    real = set(COMPANIES.read_text(encoding="utf-8").split())
    for matter in matters([*replay(1), *baseline(1)]):
        if not matter.operator:
            continue
        name, brand = matter.operator.name, matter.operator.short_name[:2]
        assert brand in name
        # Some "firms" of the list are plain words (农贸市场): only parts that hold the brand can be a firm's name.
        parts = {name[start : start + size] for size in (4, 5) for start in range(len(name) - size + 1)}
        assert name not in real and not {part for part in parts if brand in part and part in real}, name


@pytest.mark.parametrize(("number", "said"), [
    (0, "零"), (10, "十"), (15, "十五"), (20, "二十"), (105, "一百零五"), (110, "一百一十"), (200, "两百"), (2020, "两千零二十"),
    (1005, "一千零五"), (12315, "一万两千三百一十五"), (20030, "两万零三十"), (300000, "三十万"),
])  # fmt: skip
def test_numbers_are_said_in_chinese(number: int, said: str) -> None:
    assert chinese_number(number) == said

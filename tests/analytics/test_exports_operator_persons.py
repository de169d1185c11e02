"""Files about operators who are natural persons: masked, but plain where the people of the case are, and logged then."""

from __future__ import annotations

import pytest

from suqing.accounts.models import PersonalLook
from suqing.cases.actions import dispatching
from suqing.cases.intake import EntityInput
from suqing.cases.models import Case
from tests.analytics.written import written
from tests.cases.examples import one_case
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db

NAME, ADDRESS = "张三丰", "江苏省苏州市姑苏区平江街道白塔东路5号301室"


@pytest.fixture
def case(centre: Cast, tmp_path: object, settings: object) -> Case:
    settings.SUQING_FILES = tmp_path  # type: ignore[attr-defined]
    made = one_case(
        centre.call_taker,
        entity=EntityInput(NAME, is_person=True),
        narrative=f"在微信群里向{NAME}买口罩，付了钱不发货",
        address=ADDRESS,
    )
    return dispatching.dispatch(case=made, to_unit=centre.gusu, by=centre.dispatcher, at=AT)


@pytest.mark.parametrize("layout", ["suqing", "national"])
def test_cases_name_the_person_by_the_mask(centre: Cast, case: Case, layout: str) -> None:
    found = written(centre.handler, layout=layout)
    assert NAME not in found.text and "白塔东路" not in found.text
    assert "张**" in found.text


@pytest.mark.parametrize("layout", ["suqing", "national"])
def test_with_personal_data_the_person_is_plain_and_the_look_is_logged(
    centre: Cast, case: Case, layout: str
) -> None:
    found = written(centre.handler, layout=layout, is_plain=True, reason="逐一联系卖家")
    assert NAME in found.text
    subjects = set(PersonalLook.objects.values_list("subject", flat=True))
    assert f"market_entity:{case.entity_id}" in subjects


def test_the_list_of_operators_is_masked_for_everybody(centre: Cast, case: Case) -> None:
    for who in (centre.handler, centre.dispatcher):
        found = written(who, "operators", {"sort": "newest"})
        assert NAME not in found.text and "白塔东路" not in found.text
        assert "张**" in found.text and "平江街道****" in found.text

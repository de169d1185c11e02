"""Tables to look at: for administrators, without a column of personal data, and nothing changes there."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.accounts.models import Person, Unit
from suqing.ledger.models import Setting
from suqing.taxonomy.models import Division
from suqing.web.desks.administration_tables import SHOWN, SIZE, TABLES
from tests.cast import AT, Cast
from tests.web.seats import seat

BASE = "/administration/tables/"


def test_every_table_opens_and_so_does_a_row_of_it(cast: Cast) -> None:
    client = seat(cast.administrator)
    index = client.get(BASE).content.decode()
    for code, table in TABLES.items():
        assert f'href="{BASE}{code}/"' in index
        page = client.get(f"{BASE}{code}/")
        assert page.status_code == 200, code
        row = table.model._default_manager.order_by("-pk").first()
        if row is not None:
            address = f"{BASE}{code}/{row.pk}/"
            assert address in page.content.decode(), code
            assert client.get(address).status_code == 200, code


def test_no_column_is_shown_that_is_not_classed_public_or_internal() -> None:
    shown = 0
    for table in TABLES.values():
        privacy = getattr(table.model, "PRIVACY", None)
        assert table.columns, table.code
        if privacy is None:
            continue
        assert {privacy[one.name] for one in table.columns} <= set(SHOWN), table.code
        shown += len(table.columns)
    assert shown > 100
    assert "password" not in [one.name for one in TABLES[Person._meta.db_table].columns]


def test_a_password_hash_stands_nowhere(cast: Cast) -> None:
    client = seat(cast.administrator)
    for address in (f"{BASE}accounts_person/", f"{BASE}accounts_person/{cast.handler.pk}/"):
        page = client.get(address).content.decode()
        assert cast.handler.username in page
        assert cast.handler.password not in page and "pbkdf2" not in page and "argon2" not in page


@pytest.mark.parametrize("who", ["handler", "supervisor", "call_taker", "analyst", "leader"])
def test_others_are_refused(cast: Cast, who: str) -> None:
    client = seat(getattr(cast, who))
    for address in (BASE, f"{BASE}accounts_unit/", f"{BASE}accounts_unit/{cast.gusu.pk}/"):
        assert client.get(address).status_code == 403, address


@pytest.mark.parametrize(
    "path",
    ["cases_case/", "cases_party/", "ledger_event/", "nowhere/", "accounts_unit/0/", "accounts_unit/abc/"],
)
def test_what_is_not_on_the_list_or_not_there_is_not_found(cast: Cast, path: str) -> None:
    assert seat(cast.administrator).get(BASE + path).status_code == 404


def test_nothing_is_changed_here(cast: Cast) -> None:
    client = seat(cast.administrator)
    for path in ("", "accounts_unit/", f"accounts_unit/{cast.gusu.pk}/"):
        assert client.post(BASE + path, {"name": "另一个名字"}).status_code == 405
    assert Unit.objects.get(pk=cast.gusu.pk).name == cast.gusu.name


def test_rows_are_found_by_a_word_and_paged_with_a_fixed_number_of_queries(cast: Cast) -> None:
    client = seat(cast.administrator)
    Setting.objects.create(key="test/with slash", value={"word": "口罩"}, changed_at=AT, changed_by="tests")
    assert client.get(f"{BASE}ledger_setting/test/with slash/").status_code == 200
    total = Division.objects.count()
    assert total > SIZE
    counts = []
    for page in (1, 2, 10**9):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"{BASE}taxonomy_division/", {"page": page})
        assert f"{total:,}" in answer.content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]
    one = Division.objects.order_by("pk").first()
    assert one is not None
    found = client.get(f"{BASE}taxonomy_division/", {"q": one.full_name}).content.decode()
    assert one.code in found
    none = client.get(f"{BASE}taxonomy_division/", {"q": "没有这样的地方"}).content.decode()
    assert 'class="sq-empty"' in none

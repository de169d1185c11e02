"""The pages of classes and topics: every version of every list, searched by pinyin; the words of each topic."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from suqing.taxonomy.models import ClassKind, ClassNode, ClassTree, Topic
from tests.cast import Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
CLASSES = "/administration/classes/"


@pytest.fixture
def client(centre: Cast) -> Client:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    return seat(centre.administrator)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("kind", ClassKind.values)
def test_every_kind_shows_the_list_in_use_and_all_its_versions(client: Client, kind: str) -> None:
    text = page(client, f"{CLASSES}?kind={kind}")
    for tree in ClassTree.objects.filter(kind=kind):
        assert f"version={tree.code}" in text
    current = ClassTree.objects.filter(kind=kind).open_now(kind).first()
    if current is not None:
        assert f"{current.label} · {current.version}" in text
        assert f"{current.nodes.count()} 类" in text


def test_classes_are_searched_by_pinyin_in_the_version_shown(client: Client) -> None:
    node = ClassNode.objects.filter(tree__in=ClassTree.objects.open_now("issue"), parent__isnull=False)[0]
    initials = "".join(part[0] for part in node.pinyin.split())
    text = page(client, f"{CLASSES}?kind=issue&q={initials}")
    assert f">{node.label}</span>" in text
    assert "没有符合" in page(client, f"{CLASSES}?kind=issue&q=zzzzqqqq")


def test_an_older_version_can_still_be_read(client: Client) -> None:
    for tree in ClassTree.objects.all():
        assert f"{tree.label} · {tree.version}" in page(
            client, f"{CLASSES}?kind={tree.kind}&version={tree.code}"
        )


def test_a_list_costs_the_same_however_long_it_is(client: Client) -> None:
    page(client, CLASSES)
    with CaptureQueriesContext(connection) as long:
        page(client, f"{CLASSES}?kind=object")
    with CaptureQueriesContext(connection) as short:
        page(client, f"{CLASSES}?kind=channel")
    assert len(long) == len(short) <= 10


def test_each_topic_shows_the_words_that_decide(client: Client) -> None:
    text = page(client, "/administration/topics/")
    for topic in Topic.objects.all():
        assert topic.label in text
    assert "口罩" in text


def test_addresses_of_nothing_are_not_found(client: Client) -> None:
    assert client.get(f"{CLASSES}?kind=nix").status_code == 404
    assert client.get(f"{CLASSES}?kind=issue&version=nix").status_code == 404
    assert client.get(f"{CLASSES}?kind=issue&q=%00").status_code == 200

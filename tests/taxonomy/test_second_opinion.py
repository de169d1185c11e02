"""The client against a real local server: what is sent, what is believed, and every way to fail."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from suqing.taxonomy.second_opinion import LONGEST_REASON, NoOpinion, Server, opinion_on, readied
from tests.taxonomy.opinion_server import Speaking, speaking

CLASSES = {"A1": "食品", "B2": "住宿"}


@pytest.fixture
def there() -> Iterator[Speaking]:
    with speaking() as found:
        yield found


def asked(there: Speaking, timeout: float = 5) -> Server:
    return Server(there.url, "small", "secret", timeout)


def test_a_class_with_its_reason(there: Speaking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # no proxy of the environment is used
    there.says = '```json\n{"code": "B2", "reason": "说的是\\u0000房费\\n退款"}\n```'
    found = opinion_on(asked(there), "酒店不退房费", CLASSES)
    assert (found.code, found.reason, found.host) == ("B2", "说的是 房费 退款", there.url.split("/")[2])
    [(path, headers, body)] = there.asked
    assert path == "/v1/chat/completions" and headers["Authorization"] == "Bearer secret"
    sent = json.loads(body)
    assert sent["model"] == "small" and sent["stream"] is False
    assert "酒店不退房费" in sent["messages"][1]["content"] and "A1 食品" in sent["messages"][1]["content"]
    assert "secret" not in repr(asked(there))


def test_a_long_reason_is_cut_and_one_that_is_no_text_left_out(there: Speaking) -> None:
    there.says = json.dumps({"code": "A1", "reason": "长" * 5000})
    assert len(opinion_on(asked(there), "面包", CLASSES).reason) == LONGEST_REASON
    there.says = json.dumps({"code": "A1", "reason": {"a": 1}})
    assert opinion_on(asked(there), "面包", CLASSES).reason == ""


@pytest.mark.parametrize(
    ("way", "says", "message"),
    [
        ("failing", "", "The server refused or failed."),
        ("moved", "", "The server refused or failed."),
        ("broken", "", "The server's answer could not be read."),
        ("odd", "", "The server's answer could not be read."),
        ("huge", '{"code": "A1"}', "The server's answer is too long."),
        ("well", "no idea", "The server's answer could not be read."),
        ("well", '{"code": ["A1"]}', "The server named a class that does not exist."),
        ("well", '{"code": "C3", "reason": ""}', "The server named a class that does not exist."),
        ("silent", "", "The server did not answer in time."),
    ],
)
def test_what_fails_is_told_after_one_request(there: Speaking, way: str, says: str, message: str) -> None:
    there.way, there.says = way, says
    with pytest.raises(NoOpinion) as told:
        opinion_on(asked(there, 0.5 if way == "silent" else 5), "面包", CLASSES)
    assert told.value.message == message and len(there.asked) == 1


def test_nobody_there_and_no_tls() -> None:
    with speaking() as gone:
        url = gone.url
    with pytest.raises(NoOpinion, match="cannot be reached"):
        opinion_on(Server(url, "small", timeout=2), "面包", CLASSES)
    with pytest.raises(NoOpinion, match="TLS"):
        opinion_on(Server("http://192.0.2.1/v1", "small"), "面包", CLASSES)


def test_a_certificate_that_nobody_vouches_for_is_refused(there: Speaking) -> None:
    with pytest.raises(NoOpinion, match="cannot be reached"):  # and one that speaks no TLS at all
        opinion_on(Server(there.url.replace("http:", "https:"), "small", timeout=2), "面包", CLASSES)


def test_what_leaves_is_redacted_and_cut() -> None:
    text = readied("我叫王小明，电话13800001234，身份证110101199003077758" + "面包" * 9000)
    assert "13800001234" not in text and "110101199003077758" not in text and "王小明" not in text
    assert len(text) == 4000

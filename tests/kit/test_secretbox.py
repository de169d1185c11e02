"""Sealed boxes and keyed hashes."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.kit import secretbox

KEY = bytes(range(32))


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_what_was_sealed_comes_back(plain: bytes, label: bytes) -> None:
    assert secretbox.open(KEY, secretbox.seal(KEY, plain, label), label) == plain


def test_the_same_text_is_never_sealed_the_same_way_twice() -> None:
    assert secretbox.seal(KEY, b"x", b"") != secretbox.seal(KEY, b"x", b"")


@given(st.integers(0, 10**6), st.binary(max_size=50))
def test_any_changed_byte_is_noticed(place: int, plain: bytes) -> None:
    sealed = bytearray(secretbox.seal(KEY, plain, b"party:1"))
    sealed[place % len(sealed)] ^= 1
    with pytest.raises(secretbox.BadSeal):
        secretbox.open(KEY, bytes(sealed), b"party:1")


def test_another_key_label_or_a_stump_does_not_open() -> None:
    sealed = secretbox.seal(KEY, b"secret", b"party:1")
    for key, box, label in [
        (secretbox.new_key(), sealed, b"party:1"),
        (KEY, sealed, b"party:2"),
        (KEY, b"short", b"party:1"),
    ]:
        with pytest.raises(secretbox.BadSeal):
            secretbox.open(key, box, label)


def test_a_key_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        secretbox.seal(b"short", b"", b"")


def test_a_keyed_hash_is_hmac_and_differs_by_purpose_and_key() -> None:
    expected = hmac.new(KEY, b"phone\x0013812345678", hashlib.sha256).hexdigest()
    assert secretbox.keyed_hash(KEY, "phone", "13812345678") == expected
    assert secretbox.keyed_hash(KEY, "contact", "13812345678") != expected
    assert secretbox.keyed_hash(secretbox.new_key(), "phone", "13812345678") != expected
    assert len(secretbox.new_key()) == 32

"""The storage on an S3-compatible service, against a real server on the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from suqing.files.actions import keep
from suqing.files.previews import preview_of
from suqing.files.queries import local_path, opened
from suqing.files.storage import Missing, S3Storage, client, object_key, storage
from tests.cast import AT, Cast
from tests.files import samples

moto = pytest.importorskip("moto.server", reason="moto is not installed")
pytest.importorskip("boto3", reason="the extra s3 is not installed")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(address: str, settings: Any, tmp_path: Path) -> S3Storage:
    settings.SUQING_FILES = tmp_path
    settings.SUQING_STORAGE = "s3"
    settings.SUQING_S3 = {
        "bucket": "suqing",
        "endpoint": address,
        "region": "us-east-1",
        "prefix": f"{tmp_path.name}/",
        "key": "a",
        "secret": "b",
    }
    client().create_bucket(Bucket="suqing")
    found = storage()
    assert isinstance(found, S3Storage)
    return found


def test_bytes_come_back_as_they_went(bucket: S3Storage, tmp_path: Path) -> None:
    data = bytes(range(256)) * 50_000  # 12.8 MB: sent in parts
    (tmp_path / "x").write_bytes(data)
    bucket.put("objects/aa/x", tmp_path / "x")
    with bucket.opened("objects/aa/x") as stream:
        assert stream.read(10) == data[:10]
        assert stream.read() == data[10:]
    with bucket.local("objects/aa/x") as path:
        assert path.read_bytes() == data
    assert not path.exists()
    assert bucket.has("objects/aa/x") and not bucket.has("objects/aa/")
    assert [one.key for one in bucket.keys("objects")] == ["objects/aa/x"]
    bucket.delete("objects/aa/x")
    with pytest.raises(Missing):
        bucket.opened("objects/aa/x")


@pytest.mark.django_db
def test_files_and_previews_work_from_a_bucket(cast: Cast, bucket: S3Storage) -> None:
    data = samples.jpg("maroon")
    file = keep(BytesIO(data), purpose="attachment", name="x", by=cast.supervisor, at=AT)
    assert bucket.has(object_key(file.digest))
    with opened(file) as stream:
        assert stream.read() == data
    with local_path(file) as path:
        assert path.read_bytes() == data
    assert preview_of(file).is_drawn

"""Where bytes lie: a folder of this computer, or a bucket of an S3-compatible service.  Settings choose.

Keys are made by us ("objects/…", "exports/…"), never by people.  Nothing here holds a whole file in memory.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO, Protocol, cast

from django.conf import settings

_KEY = re.compile(r"[a-z0-9][a-z0-9_./-]{0,110}")


class Missing(LookupError):
    """Nothing is stored under this key."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A key that holds bytes, and since when."""

    key: str
    at: datetime


class Storage(Protocol):
    """What both kinds of storage can do."""

    def put(self, key: str, source: Path) -> None:
        """Keep a copy of the file under the key, whole or not at all; what was there before is replaced."""

    def opened(self, key: str) -> BinaryIO:
        """Return the bytes as a stream; the caller closes it.  Raise Missing."""

    def local(self, key: str) -> AbstractContextManager[Path]:
        """A file of this computer with the bytes, to be read only inside the block.  Raise Missing."""

    def has(self, key: str) -> bool:
        """Whether something is kept under the key."""

    def delete(self, key: str) -> None:
        """Remove it; nothing happens where there is nothing."""

    def keys(self, prefix: str) -> Iterator[Stored]:
        """Everything under a prefix."""


def storage() -> Storage:
    """The storage that the settings name."""
    if settings.SUQING_STORAGE == "s3":
        return S3Storage(settings.SUQING_S3["bucket"], settings.SUQING_S3.get("prefix", ""), client())
    return DiskStorage(root() / "store")


def root() -> Path:
    """The folder for bytes on this computer: uploads on their way, previews, and the storage itself if it is a disk."""
    return Path(settings.SUQING_FILES)


def private_folder(path: Path) -> Path:
    """Make the folder, and those above it, for nobody but us."""
    if not path.is_dir():
        # Not mkdir(parents=True): that gives those above the usual rights.
        private_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def object_key(digest: str) -> str:
    """The key of bytes that are known by their SHA-256."""
    return f"objects/{digest[:2]}/{digest[2:4]}/{digest}"


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key) or ".." in key:
        raise ValueError(f"not a key of the storage: {key!r}")
    return key


class DiskStorage:
    """Files under one folder, 0600 in folders 0700; each appears by a rename, after its bytes are on the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, key: str, source: Path) -> None:
        target = self._path(key)
        private_folder(target.parent)
        half = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(4).hex()}")
        try:
            with source.open("rb") as given, os.fdopen(_new(half), "wb") as file:
                shutil.copyfileobj(given, file, 1024 * 1024)
                file.flush()
                os.fsync(file.fileno())
            os.replace(half, target)
        finally:
            half.unlink(missing_ok=True)
        _sync_folder(target.parent)

    def opened(self, key: str) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise Missing(key) from None

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        path = self._path(key)
        if not path.is_file():
            raise Missing(key)
        yield path

    def has(self, key: str) -> bool:
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        # The folder stays: somebody may be about to put a file into it.
        self._path(key).unlink(missing_ok=True)

    def keys(self, prefix: str) -> Iterator[Stored]:
        for path in (self.folder / _checked(prefix)).rglob("*"):
            if path.is_file() and not path.name.startswith("."):
                at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                yield Stored(path.relative_to(self.folder).as_posix(), at)

    def _path(self, key: str) -> Path:
        return self.folder / _checked(key)


def _new(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class S3Storage:
    """Objects of a bucket.  An object appears whole: S3 shows nothing of an upload that was broken off."""

    def __init__(self, bucket: str, prefix: str, service: Any) -> None:
        self.bucket, self.prefix, self.service = bucket, prefix, service

    def put(self, key: str, source: Path) -> None:
        # boto3 sends large files in parts of 8 MB.
        self.service.upload_file(str(source), self.bucket, self._name(key))

    def opened(self, key: str) -> BinaryIO:
        try:
            answer = self.service.get_object(Bucket=self.bucket, Key=self._name(key))
        except self.service.exceptions.NoSuchKey:
            raise Missing(key) from None
        return cast(BinaryIO, answer["Body"])

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        with NamedTemporaryFile(dir=private_folder(root() / "incoming"), prefix="s3-") as copy:
            with self.opened(key) as stream:
                shutil.copyfileobj(stream, copy, 1024 * 1024)
            copy.flush()
            yield Path(copy.name)

    def has(self, key: str) -> bool:
        found = self.service.list_objects_v2(Bucket=self.bucket, Prefix=self._name(key), MaxKeys=1)
        return any(one["Key"] == self._name(key) for one in found.get("Contents", ()))

    def delete(self, key: str) -> None:
        self.service.delete_object(Bucket=self.bucket, Key=self._name(key))

    def keys(self, prefix: str) -> Iterator[Stored]:
        pages = self.service.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=self._name(prefix)
        )
        for page in pages:
            for one in page.get("Contents", ()):
                yield Stored(one["Key"].removeprefix(self.prefix), one["LastModified"])

    def _name(self, key: str) -> str:
        return self.prefix + _checked(key)


def client() -> Any:
    """The client of the service that the settings name, one for each set of settings."""
    given = settings.SUQING_S3
    return _client(given["endpoint"], given["region"], given["key"], given["secret"])


@lru_cache(maxsize=4)
def _client(endpoint: str, region: str, key: str, secret: str) -> Any:
    # The extra "s3" brings it; a centre with a disk of its own does without.
    import boto3
    from botocore.config import Config

    return boto3.client(
        "s3",
        endpoint_url=endpoint or None,
        region_name=region or None,
        aws_access_key_id=key or None,
        aws_secret_access_key=secret or None,
        config=Config(
            connect_timeout=5,
            read_timeout=60,
            retries={"max_attempts": 4, "mode": "standard"},
            # Many compatible services do not know the checksums that boto3 adds by itself since 1.36.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )

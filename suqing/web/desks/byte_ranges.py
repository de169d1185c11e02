"""A stream of known length, whole or the one range that was asked for; never held in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


def ranged(stream: BinaryIO, size: int, wanted: str, content_type: str) -> HttpResponseBase:
    """200 with everything, 206 with one range (RFC 9110 §14), 416 for a range that is not there."""
    match = _RANGE.fullmatch(wanted)
    if match is None or not (match[1] or match[2]):
        answer: HttpResponseBase = _streaming(stream, 0, size, content_type, 200)
    else:
        first, last = _bounds(match[1], match[2], size)
        if first >= size or last < first:
            stream.close()
            answer = HttpResponse(status=416)
            answer["Content-Range"] = f"bytes */{size}"
            return answer
        answer = _streaming(stream, first, last - first + 1, content_type, 206)
        answer["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer["Accept-Ranges"] = "bytes"
    return answer


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _streaming(
    stream: BinaryIO, first: int, length: int, content_type: str, status: int
) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(_Pieces(stream, first, length), content_type=content_type, status=status)
    answer["Content-Length"] = str(length)
    return answer


class _Pieces:
    """The bytes of a range.  Django closes it with the answer, also when nobody read from it."""

    def __init__(self, stream: BinaryIO, first: int, length: int) -> None:
        self._stream, self._first, self._left = stream, first, length
        self.close = stream.close

    def __iter__(self) -> Iterator[bytes]:
        _skip(self._stream, self._first)
        while self._left > 0 and (piece := self._stream.read(min(CHUNK, self._left))):
            self._left -= len(piece)
            yield piece


def _skip(stream: BinaryIO, count: int) -> None:
    """Go to the beginning of the range; the stream of a bucket can only be read on."""
    if count and getattr(stream, "seekable", lambda: False)():
        stream.seek(count)
        return
    while count > 0 and (piece := stream.read(min(CHUNK, count))):
        count -= len(piece)

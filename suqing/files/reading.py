"""Text out of pictures, where the extra ``ocr`` is installed; its absence is normal and said on the page.

The child reads the preview, which we have drawn ourselves, never the file that was sent.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

from suqing.files import children
from suqing.files.models import StoredFile
from suqing.files.previews import preview_of

SECONDS = 60
MEMORY = 6 * 1024 * 1024 * 1024  # of addresses, not of memory in use: that is about 350 MB
THREADS = 2


@cache
def is_available() -> bool:
    """Whether text can be read here."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def read_text(file: StoredFile) -> str:
    """The lines that stand on the picture or on the first page, from top to bottom; "" where there are none."""
    preview = preview_of(file)
    if not preview.is_drawn or not is_available():
        return ""
    page = str(preview.pages[0])
    found = children.run("recognising.py", page, seconds=SECONDS, memory=MEMORY, threads=THREADS)
    return "\n".join(str(line) for line in found.facts.get("lines", ())) if found.is_good else ""

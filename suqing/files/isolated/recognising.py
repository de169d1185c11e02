"""Print the lines of text on a picture as JSON: ``recognising.py PICTURE``.  Runs as a script (files.children)."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

LEAST_SURE = 0.6  # of 1; what is less sure is noise of the paper


def main() -> None:
    logging.disable(logging.INFO)
    # It loads for a second and a half; nothing else of ours needs it.
    from rapidocr import RapidOCR

    found: Any = RapidOCR()(sys.argv[1])
    lines = zip(found.txts or (), found.scores or (), strict=True)
    print(json.dumps({"lines": [text for text, sure in lines if sure >= LEAST_SURE]}))


if __name__ == "__main__":
    main()

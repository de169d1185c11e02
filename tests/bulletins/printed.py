"""Print a .docx with LibreOffice and measure what came out; tests skip, saying so, where it is absent."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest

MISSING = [name for name in ("soffice", "pdftotext", "pdftoppm") if shutil.which(name) is None]
needs_libreoffice = pytest.mark.skipif(
    bool(MISSING),
    reason=f"cannot print: {', '.join(MISSING)} missing (apt install libreoffice-writer poppler-utils)",
)
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')


@dataclass(frozen=True)
class Word:
    """A printed word; distances in points from the upper left corner of the page."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


Page = list[Word]


def to_pdf(folder: Path, files: dict[str, bytes]) -> dict[str, Path]:
    """Print all files in one run of LibreOffice; give the PDF of each name."""
    for name, data in files.items():
        (folder / f"{name}.docx").write_bytes(data)
    command = ["soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
    command += ["--convert-to", "pdf", "--outdir", str(folder)]
    sources = [str(folder / f"{name}.docx") for name in files]
    subprocess.run([*command, *sources], check=True, capture_output=True, timeout=240)
    return {name: folder / f"{name}.pdf" for name in files}


def pages(pdf: Path) -> list[Page]:
    """The words of each page in the order they are read."""
    found = subprocess.run(
        ["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True, timeout=60
    )
    return [
        [Word(*(float(number) for number in hit[:4]), unescape(hit[4])) for hit in WORD.findall(page)]
        for page in found.stdout.split("<page ")[1:]
    ]


def lines(page: Page) -> list[tuple[float, str]]:
    """Upper edge and text of each line, words on one height joined."""
    made: dict[float, list[Word]] = {}
    for word in page:
        key = next((top for top in made if abs(top - word.top) < 3), word.top)
        made.setdefault(key, []).append(word)
    return [
        (top, "".join(word.text for word in sorted(words, key=lambda word: word.left)))
        for top, words in sorted(made.items())
    ]

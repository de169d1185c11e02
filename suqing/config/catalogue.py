"""Translation catalogues without gettext's binaries: ``compile``, ``update`` and ``check`` them, app by app.

Every package of ``suqing`` that says something to a person has a catalogue of its own in
``locale/zh_Hans/LC_MESSAGES/django.po``.  Django merges them all, so an id translated differently by two
packages would show whichever comes first: ``check`` reports that too.
"""

from __future__ import annotations

import argparse
import fcntl
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parent.parent
CATALOGUE = Path("locale/zh_Hans/LC_MESSAGES/django.po")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|\{(\w*)[^{}]*\}|(?<!%)%([sdif])")

Id: TypeAlias = str | tuple[str, ...]
Key: TypeAlias = tuple[str | None, str]


@dataclass(frozen=True)
class Found:
    """One place in the program where an id is said."""

    id: Id
    context: str | None
    path: Path
    line: int

    @property
    def key(self) -> Key:
        return key_of(self.id, self.context)

    @property
    def place(self) -> str:
        return f"{self.path.relative_to(PACKAGE.parent)}:{self.line}"


def key_of(id: Id | list[str], context: str | None) -> Key:
    """Return what makes two messages the same one: the context and the (singular) id."""
    return context, id if isinstance(id, str) else id[0]


def packages() -> list[Path]:
    """Return the packages under ``suqing`` that may say something."""
    return sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))


def said_in(package: Path) -> list[Found]:
    """Return every id that the package's Python files and templates say, in reading order."""
    found: list[Found] = []
    for path in sorted(package.rglob("*")):
        if "migrations" in path.parts or "static" in path.parts or "node_modules" in path.parts:
            continue
        if path.suffix == ".py":
            found.extend(_extract(path, path.read_bytes()))
        elif path.suffix in (".html", ".txt") and "templates" in path.parts:
            found.extend(_extract(path, _as_python(path)))
    return found


def _as_python(template: Path) -> bytes:
    """Return the template as Python calls, line for line, the way Django's makemessages sees it."""
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    code = templatize(template.read_text(encoding="utf-8"), origin=str(template))
    # Python's tokenizer minds indentation, which means nothing here.
    return "\n".join(line.lstrip() for line in code.split("\n")).encode()


def _extract(path: Path, code: bytes) -> Iterator[Found]:
    source = io.BytesIO(code)
    for line, function, arguments, _comments in extract_python(source, KEYWORDS, [], {"encoding": "utf-8"}):
        words = arguments if isinstance(arguments, list | tuple) else (arguments,)
        message = _message(str(function), list(words))
        if message is not None:
            yield Found(message[1], message[0], path, line)


def _message(function: str, words: list[str | None]) -> tuple[str | None, Id] | None:
    """Return context and id of one call, or None when its id is not written out."""
    context = words.pop(0) if "pgettext" in function and words else None
    wanted = 2 if "ngettext" in function or "npgettext" in function else 1
    texts = [word for word in words[:wanted] if isinstance(word, str) and word]
    if len(texts) < wanted:
        return None
    return context, texts[0] if wanted == 1 else (texts[0], texts[1])


def load(package: Path) -> Catalog:
    """Return the package's catalogue, an empty one where there is no file yet."""
    path = package / CATALOGUE
    if not path.exists():
        return Catalog(locale="zh_Hans", project="Suqing", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def missing(found: Iterable[Found], catalogue: Catalog) -> list[Found]:
    """Return the first place of each id that the catalogue does not have."""
    known = {key_of(message.id, message.context) for message in catalogue if message.id}
    first: dict[Key, Found] = {}
    for one in found:
        if one.key not in known:
            first.setdefault(one.key, one)
    return list(first.values())


def update(package: Path) -> int:
    """Append the package's missing ids to its catalogue, untranslated, and return how many.

    Several people may do this at once: the file is locked, what stands in it is kept as it is, and new
    entries go to the end.
    """
    found = said_in(package)
    path = package / CATALOGUE
    if not missing(found, load(package)):
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if path.stat().st_size == 0:
            write_po(file, Catalog(locale="zh_Hans", project="Suqing", charset="utf-8"), width=110)
            file.flush()
        new = missing(found, load(package))
        entries = Catalog(locale="zh_Hans")
        for one in new:
            place = (str(one.path.relative_to(PACKAGE.parent)), one.line)
            entries.add(one.id, context=one.context, locations=[place], flags=_flags(one.id))
        file.write(b"\n")
        write_po(file, entries, width=110, omit_header=True, include_lineno=False)
    return len(new)


def _flags(id: Id) -> list[str]:
    return ["python-format"] if "%(" in "".join(id) else []


def compile(package: Path) -> bool:
    """Write the package's ``.mo`` where the ``.po`` is newer; return whether there was anything to do."""
    source = package / CATALOGUE
    target = source.with_suffix(".mo")
    if not source.exists():
        return False
    if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
        return False
    half = target.with_suffix(f".{os.getpid()}.tmp")
    with half.open("wb") as file:
        write_mo(file, load(package))
    half.replace(target)
    return True


def faults(package: Path) -> list[str]:
    """Return one line for each id that is missing, untranslated, doubtful, or has other placeholders."""
    catalogue = load(package)
    places: dict[Key, str] = {}
    for one in said_in(package):
        places.setdefault(one.key, one.place)
    messages = {key_of(message.id, message.context): message for message in catalogue if message.id}
    lines = []
    for key, place in places.items():
        message = messages.get(key)
        fault = "is missing from the catalogue" if message is None else _fault(message)
        if fault:
            lines.append(f"{place}: {key[1]!r} {fault}")
    return lines


def _fault(message: Message) -> str | None:
    strings = [message.string] if isinstance(message.string, str) else list(message.string)
    if not all(strings):
        return "is not translated"
    if message.fuzzy:
        return "is marked fuzzy"
    said = {
        name
        for text in ([message.id] if isinstance(message.id, str) else message.id)
        for name in _names(text)
    }
    translated = {name for text in strings for name in _names(text)}
    if not translated <= said or (isinstance(message.id, str) and translated != said):
        return f"has other placeholders in Chinese: {sorted(translated ^ said)}"
    return None


def _names(text: str) -> set[str]:
    return {match.group(0) for match in PLACEHOLDER.finditer(text)}


def conflicts() -> list[str]:
    """Return one line for each id that two packages translate differently."""
    seen: dict[Key, tuple[str, object]] = {}
    lines = []
    for package in packages():
        for message in load(package):
            if not message.id or not message.string:
                continue
            key = key_of(message.id, message.context)
            owner, string = seen.setdefault(key, (package.name, message.string))
            if string != message.string:
                lines.append(
                    f"suqing/{package.name}: {key[1]!r} is {message.string!r} here and {string!r} in {owner};"
                    " give one of them a context (pgettext)"
                )
    return lines


def unused(package: Path) -> list[str]:
    """Return the ids of the catalogue that the package no longer says."""
    said = {one.key for one in said_in(package)}
    keys = [key_of(message.id, message.context) for message in load(package) if message.id]
    return [f"suqing/{package.name}: {key[1]!r} is no longer said" for key in keys if key not in said]


def _check(chosen: list[Path]) -> int:
    lines = [line for package in chosen for line in faults(package)] + conflicts()
    for line in lines:
        print(line)
    for line in [line for package in chosen for line in unused(package)]:
        print(f"note: {line}")
    print(f"{len(lines)} faults in the catalogues" if lines else "the catalogues are complete")
    return 1 if lines else 0


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m suqing.config.catalogue", description=__doc__)
    parser.add_argument("verb", choices=["compile", "update", "check"])
    parser.add_argument("package", nargs="*", help="packages under suqing/; all of them by default")
    given = parser.parse_args(arguments)
    chosen = [path for path in packages() if not given.package or path.name in given.package]
    if given.verb == "check":
        return _check(chosen)
    for package in chosen:
        if given.verb == "compile" and compile(package):
            print(f"compiled suqing/{package.name}")
        elif given.verb == "update" and (count := update(package)):
            print(f"suqing/{package.name}: {count} new ids to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main())

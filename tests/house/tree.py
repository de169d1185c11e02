"""The source tree as the house tests see it."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "suqing"


@cache
def committed() -> list[Path]:
    """Return the files git knows, or every file where the tree is no clone."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = [name for name in done.stdout.split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


@cache
def sources() -> list[Path]:
    """Return the Python files of the program, without migrations."""
    return sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, line: int | None = None) -> str:
    """Return ``path:line`` from the root, to click on."""
    return f"{path.relative_to(ROOT)}" + (f":{line}" if line else "")


def pyproject() -> dict[str, Any]:
    """Return what pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def layers() -> list[set[str]]:
    """Return the layers of the contract, topmost first, each with its packages."""
    contracts = pyproject()["tool"]["importlinter"]["contracts"]
    lines = next(contract["layers"] for contract in contracts if contract.get("id") == "layers")
    return [{name.strip(" ()") for name in line.split("|")} for line in lines]


def level(package: str) -> int:
    """Return how high a package stands; kit is 0."""
    for height, names in enumerate(reversed(layers())):
        if package in names:
            return height
    raise LookupError(f"{package} stands in no layer")

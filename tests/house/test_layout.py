"""The folders are the layers, names say what is inside, and nothing grows beyond its budget."""

from __future__ import annotations

import ast
import re
from statistics import median, quantiles

from tests.house.tree import PACKAGE, ROOT, committed, layers, parsed, place, pyproject, sources

SWAMP = {"utils", "util", "helpers", "helper", "common", "misc", "base", "tools", "shared", "stuff"}
# Files of an app that have a fixed meaning; all others are named by their content.
LONGEST_FUNCTION = 80
LONGEST_FILE = 600


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    named = {path: {part.removesuffix(".py") for part in path.relative_to(ROOT).parts} for path in sources()}
    assert [place(path) for path, parts in named.items() if parts & SWAMP] == []


def test_every_folder_of_the_package_stands_in_the_layers() -> None:
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders - set().union(*layers()) == set()


def test_no_contract_ignores_an_import() -> None:
    contracts = pyproject()["tool"]["importlinter"]["contracts"]
    ignoring = [contract["name"] for contract in contracts if contract.get("ignore_imports")]
    assert ignoring == []
    assert next(contract for contract in contracts if contract["id"] == "layers")["exhaustive"] is True


def test_every_app_is_held_to_the_order_inside_an_app() -> None:
    contracts = pyproject()["tool"]["importlinter"]["contracts"]
    held = next(contract["containers"] for contract in contracts if contract["id"] == "inside-an-app")
    paths = [*PACKAGE.glob("*/models.py"), *(path.parent for path in PACKAGE.glob("*/models/__init__.py"))]
    apps = {f"suqing.{path.parent.name}" for path in paths}
    assert apps - set(held) == set()


def test_functions_keep_to_their_budget() -> None:
    lengths = {
        place(path, node.lineno) + f" {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    print(
        f"functions: median {median(lengths.values())}, p95 {quantiles(lengths.values(), n=20)[-1]:.0f} lines"
    )
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}
    assert median(lengths.values()) <= 12
    assert quantiles(lengths.values(), n=20)[-1] <= 40


def test_files_keep_to_their_budget() -> None:
    lengths = {place(path): path.read_text(encoding="utf-8").count("\n") for path in sources()}
    print(f"files: median {median(lengths.values())}, p95 {quantiles(lengths.values(), n=20)[-1]:.0f} lines")
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_kit_stays_small() -> None:
    modules = [path for path in (PACKAGE / "kit").glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= 10
    assert [place(path) for path in modules if path.read_text().count("\n") > 150] == []


def test_nothing_of_ours_is_imported_inside_a_function() -> None:
    found = [
        place(path, inner.lineno)
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.ImportFrom) and (inner.module or "").startswith("suqing")
    ]
    assert found == []


def test_requirements_are_pinned_and_name_no_address() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text().splitlines()
        wanted = [line for line in lines if line and not line.lstrip().startswith("#")]
        assert [line for line in wanted if not re.match(r"^[a-z0-9._-]+==", line)] == []
        assert [
            line for line in lines if "://" in line or "--index-url" in line or "--find-links" in line
        ] == []


def test_every_dependency_has_its_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    dependencies = [line for line in lines if re.match(r'^    "[a-z0-9-]+(\[[a-z,]+\])?[><=]', line)]
    assert len(dependencies) > 20
    assert [line for line in dependencies if "#" not in line] == []


def test_no_committed_file_names_a_machine_or_a_registry() -> None:
    # Written in pieces, so that this file does not find itself.
    words = [
        "/" + "work/",
        "/" + "root/",
        "py" + "pi.org",
        "python" + "hosted.",
        "registry." + "npm",
        "deb." + "debian",
    ]
    found = []
    for path in committed():
        if path.suffix in (".png", ".docx", ".woff2", ".svg", ".gz"):
            continue
        text = path.read_bytes().decode("utf-8", errors="ignore")
        found.extend(f"{place(path)}: {word}" for word in words if word in text)
    assert found == []


def test_what_the_readme_tells_to_type_exists() -> None:
    verbs = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    documents = [
        path for path in committed() if path.suffix == ".md" and path.parent in (ROOT, ROOT / "docs")
    ]
    told = {
        (place(path), verb)
        for path in documents
        for verb in re.findall(r"(?:^|`)\s*make ([a-z0-9-]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {(name, verb) for name, verb in told if verb not in verbs} == set()

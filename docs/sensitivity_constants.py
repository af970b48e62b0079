"""The numbers that the code gives names: found, and set to others while it runs. docs/sensitivity.py measures what each is worth."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from index.embedding.calibration import calibration  # noqa: E402 (the project is not installed)
from index.embedding.models import DEFAULT_EMBEDDER  # noqa: E402

BITS = "written as bits: a flag or a size"
UNMEASURED = {
    "index.fetching": "the network",
    "index.readers": "formats and limits of files; all sets are plain text",
    "index.embedding": "how the model is computed; its calibration is measured",
    "index.build": "batches, waiting, and links between articles, of which docs/stories.md has figures",
    "index.store.schema": "formats and batches",
    "index.store.manifest": "formats and batches",
    "index.store.archive": "formats and batches",
    "index.store.tokens": "formats and batches",
    "index.store.vectors": "formats and batches",
    "index.store.fulltext": "formats and batches",
    "index.store.store": "formats and batches",
    "index.articles": "how far ahead is read",
    "index.commandline": "exit codes",
    "index.text.decode": "bytes",
    "index.text.column_dates": "columns of tables",
    "index.text.direction": "drawing",
    "qa.__main__": "drawing and limits",
    "qa.evaluate": "the measures themselves",
    "qa.export": "drawing",
    "qa.library": "the page's store",
    "qa.writing": "needs a language model",
    "qa.conversation.rewrite": "needs a language model",
}


@dataclass(frozen=True)
class Constant:
    """A number with a name; `module` is the calibration's table where `node` is None."""

    module: str
    name: str
    value: float
    line: int
    node: ast.expr | None = None

    @property
    def id(self) -> str:
        return f"{self.module}.{self.name}"

    @property
    def unmeasured(self) -> str | None:
        """Why it is not measured, if it is not."""
        if self.node is not None and any(isinstance(one, ast.LShift) for one in ast.walk(self.node)):
            return BITS
        return next((why for part, why in UNMEASURED.items() if f"{self.module}.".startswith(f"{part}.")), None)

    @property
    def places(self) -> list[tuple[str, str]]:
        """Every module that has it, and the name there."""
        return [(self.module, self.name), *imports().get((self.module, self.name), ())]

    @property
    def used_at_import(self) -> bool:
        return self.node is not None and any(name in read_at_import(module) for module, name in self.places)

    @property
    def read_as(self) -> set[tuple[str, str]]:
        """The names by which code reads it, with its file; of the calibration, the table."""
        if self.node is None:
            return {("calibration", self.module.removeprefix("calibration."))}
        return {(str(import_module(module).__file__), name) for module, name in self.places}

    def source_with(self, source: str, value: float) -> str:
        """The module's source with another value; `source` is what the constant was found in."""
        assert self.node is not None and self.node.end_col_offset is not None and self.node.lineno == self.node.end_lineno
        lines = source.splitlines(keepends=True)
        line = lines[self.line - 1].encode()
        lines[self.line - 1] = b"".join((line[: self.node.col_offset], repr(value).encode(), line[self.node.end_col_offset :])).decode()
        return "".join(lines)

    def changes(self) -> Iterator[float]:
        """By a third down and up; at least by one; from 0 to a tenth. What was at most 1 stays so."""
        if isinstance(self.value, int):
            yield from (min(self.value - 1, round(0.75 * self.value)), max(self.value + 1, round(1.33 * self.value)))
        elif self.value == 0:
            yield 0.1
        else:
            higher = self.value * 1.33
            yield from (self.value * 0.75, min(higher, 1.0) if 0 < self.value < 1 else higher)

    def set(self, value: float) -> None:
        if self.node is None:
            calibration(DEFAULT_EMBEDDER, "late_interaction")[self.module.split(".")[-1]][self.name] = value  # type: ignore[index]
        else:
            for module, name in self.places:
                setattr(import_module(module), name, value)
        forget(("index", "qa") if self.module.startswith("index.") else ("qa",))  # index/ knows nothing of qa/


@cache
def trees() -> dict[str, ast.Module]:
    files = sorted(path for part in ("index", "qa") for path in (ROOT / part).rglob("*.py"))
    return {".".join(path.relative_to(ROOT).with_suffix("").parts): ast.parse(path.read_text(encoding="utf-8")) for path in files}


@cache
def imports() -> Mapping[tuple[str, str], list[tuple[str, str]]]:
    """What is imported, by module and name: the modules that have it, and the name there."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for module, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    found.setdefault((node.module, alias.name), []).append((module, alias.asname or alias.name))
    return found


def constants() -> Iterator[Constant]:
    for module, tree in trees().items():
        for name, node in assigned(tree):
            value = number(node)
            if value is not None:
                yield Constant(module, name, value, node.lineno, node)
    for table, values in calibration(DEFAULT_EMBEDDER, "late_interaction").items():
        for name, value in values.items():
            yield Constant(f"calibration.{table}", name, float(value), 0)


def assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=True))
                yield from ((one.id, value) for one, value in pairs if isinstance(one, ast.Name))


def number(node: ast.expr) -> float | None:
    """What an expression of digits and operators alone is."""
    allowed = (ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop)
    if not all(isinstance(one, allowed) for one in ast.walk(node)):
        return None
    value = eval(compile(ast.Expression(node), "constant", "eval"))
    return value if type(value) in (int, float) else None


@cache
def read_at_import(module: str) -> frozenset[str]:
    """The names that a module's own lines, class bodies, decorators and defaults read."""

    def names(node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        within = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            within = [*node.args.defaults, *filter(None, node.args.kw_defaults), *getattr(node, "decorator_list", [])]
        for one in within:
            yield from names(one)

    return frozenset(names(trees()[module]))


def forget(parts: Sequence[str] = ("index", "qa")) -> None:
    """Empties what functions remember, but for models and their calibration."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in parts:
            for value in vars(module).values():
                if hasattr(value, "cache_clear") and not value.__module__.startswith("index.embedding"):
                    value.cache_clear()

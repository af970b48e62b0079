"""docs/constants.md: the results of docs/sensitivity.py as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sensitivity_constants import BITS, UNMEASURED, Constant

Row = Mapping[str, Any]

_BEGINNING = """# What the numbers in the code are worth

`docs/sensitivity.py` writes this page. It sets each number that the code gives a name about a third lower and higher (a whole number by at
least one), and compares what the program makes. A number that moves no figure here does not matter to these sets; it may matter to texts
that they do not hold. The sets are small: most figures move by one or two records, which on other articles may move the other way. So a
number is not better because a figure is higher here.
"""


def report(rows: Sequence[Row], known: Sequence[Constant]) -> str:
    """The page. `rows` are the lines of the results, `known` the constants as they are now."""
    base = next(row for row in rows if "items" in row)
    changes = {one.id: sorted((row for row in rows if row.get("id") == one.id), key=lambda row: row["set_to"]) for one in known}
    measured = [one for one in known if changes[one.id] and not one.unmeasured]
    moving = [one for one in measured if any(moved(row, base) for row in changes[one.id])]
    moving.sort(key=lambda one: -max(distance(row, base) for row in changes[one.id]))
    rest = [one for one in measured if one not in moving]
    read = [one for one in rest if any(row["reads"] for row in changes[one.id])]
    changing = [one for one in read if any(any(row["changed"].values()) for row in changes[one.id])]
    parts = [
        _BEGINNING,
        *figures_now(base),
        f"## {len(moving)} that move a figure\n",
        "Those that move the most come first. Each figure is given as it is, with the number lower, and higher.\n",
        "| number | value | lower, higher | figure | as it is | lower | higher |",
        "| --- | ---: | ---: | --- | ---: | ---: | ---: |",
        *(line for one in moving for line in table_rows(one, changes[one.id], base)),
        f"\n## {len(changing)} that change something, and move no figure\n",
        "At most, lower or higher:\n",
        *(f"- {shown(one)}: {what_changed(changes[one.id], base)}" for one in changing),
        f"\n## {len(read) - len(changing)} that change nothing\n",
        "They are read, and nothing that is made of these sets depends on them by a third:\n",
        *(f"- {shown(one)}" for one in read if one not in changing),
        f"\n## {len(rest) - len(read)} that nothing here reads\n",
        "The functions that use them are not called: they need a language model, a draft, or texts that these sets do not hold.\n",
        *(f"- {shown(one)}" for one in rest if one not in read),
        *left_out(known, changes),
    ]
    return "\n".join(parts) + "\n"


def figures_now(base: Row) -> Iterator[str]:
    items = ", ".join(f"{count} {kind}" for kind, count in base["items"].items())
    yield f"Measured on: {items}.\n"
    yield "| figure | as it is |"
    yield "| --- | ---: |"
    yield from (f"| {name} | {ratio(pair)} |" for name, pair in base["figures"].items())
    yield ""


def moved(row: Row, base: Row) -> list[str]:
    """The figures that a change moves; of one that could not run, none is known."""
    return [name for name, pair in base["figures"].items() if not row["errors"] and row["figures"][name] != pair]


def distance(row: Row, base: Row) -> float:
    """How far a change moves the figure that it moves the most."""
    return max((abs(share(row["figures"][name]) - share(base["figures"][name])) for name in moved(row, base)), default=0.0)


def share(pair: Sequence[float]) -> float:
    return pair[0] / pair[1] if pair[1] else 0.0


def ratio(pair: Sequence[float]) -> str:
    return f"{pair[0]:g}/{pair[1]:g}"


def table_rows(one: Constant, changes: Sequence[Row], base: Row) -> Iterator[str]:
    lower, higher = (next((row for row in changes if (row["set_to"] < one.value) == is_lower), None) for is_lower in (True, False))
    names = [name for name in base["figures"] if any(name in moved(row, base) for row in changes)]
    set_to = ", ".join("" if row is None else f"{row['set_to']:.4g}" for row in (lower, higher))
    for number, name in enumerate(names):
        cells = ["" if row is None else "breaks" if row["errors"] else ratio(row["figures"][name]) for row in (lower, higher)]
        beginning = (f"`{one.id}`", f"{one.value:.6g}", set_to) if number == 0 else ("", "", "")
        yield f"| {' | '.join((*beginning, name, ratio(base['figures'][name]), *cells))} |"


def shown(one: Constant) -> str:
    return f"`{one.id}` ({one.value:.6g})"


def what_changed(changes: Iterable[Row], base: Row) -> str:
    most: Counter[str] = Counter()
    for row in changes:
        most |= Counter(row["changed"])
    errors = [error for row in changes for error in row["errors"]]
    told = ", ".join(f"{count} of {base['items'][kind]} {kind}" for kind, count in sorted(most.items()) if count)
    return f"breaks ({errors[0]})" if errors else told


def left_out(known: Sequence[Constant], changes: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    counts = Counter(one.unmeasured for one in known if one.unmeasured)
    waiting = [one for one in known if not one.unmeasured and not changes[one.id]]
    yield f"\n## {counts.total()} that are left out\n"
    yield "What they set is no matter of what is found, read, checked or attributed, or no set here could tell.\n"
    reasons: dict[str, list[str]] = {BITS: ["anywhere"]}
    for part, why in UNMEASURED.items():
        reasons.setdefault(why, []).append(f"`{part}`")
    yield from (f"- {', '.join(parts)}: {counts[why]} ({why})" for why, parts in reasons.items() if counts[why])
    if waiting:
        yield f"\n## {len(waiting)} that are not yet measured\n"
        yield from (f"- {shown(one)}" for one in waiting)

"""python -m index build | fetch | list | show | remove | verify | stats | export | import"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

from tqdm import tqdm

from index.articles import Article
from index.build.build import BuildReport, build, expected, refresh, repair, restore
from index.build.watch import watch
from index.commandline import Parser, add_json, add_store, run, visible
from index.embedding.models import DEFAULT_EMBEDDER, load_embedder
from index.errors import InputError, OnRecordError, StoreDamaged
from index.readers.columns import parse_columns
from index.store.archive import count_articles, read_archive, write_archive
from index.store.catalogue import Catalogue
from index.store.manifest import Manifest
from index.store.store import Store, set_aside_damaged, writing

if TYPE_CHECKING:
    from index.fetching.fetch import Fetched


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    status: int = options.command(options)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m index", description="Articles to a store that can be searched.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, action: Callable[[argparse.Namespace], int], help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(command=action)
        add_store(sub)
        return sub

    sub = command("build", _build, "make the store hold exactly the articles under PATH…")
    sub.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a folder, or a file of any kind that is read")
    sub.add_argument(
        "--columns",
        action="append",
        default=[],
        metavar="FIELD=COLUMN,…",
        help="which column of a table holds the text, title, publisher, author, date, language, url or id: text=body,title=headline",
    )
    sub.add_argument("--watch", action="store_true", help="stay, and keep the store in step with PATH… until Ctrl-C")
    _add_embedder(sub)
    add_json(sub)
    sub = command("fetch", _fetch, "get pages, and those that feeds and sitemaps list, keep them as received, and index them")
    sub.add_argument("urls", nargs="+", metavar="URL", help="a page, an RSS or Atom feed, or a sitemap")
    sub.add_argument("--into", type=Path, default=Path("fetched"), metavar="DIR", help="the folder to keep them in (default: fetched)")
    sub.add_argument("--every", metavar="TIME", help="stay, and fetch again so often until Ctrl-C: 15m, 2h, 1d")
    sub.add_argument("--allow-private", action="store_true", help="ask this machine and private networks too, at any port")
    _add_embedder(sub)
    add_json(sub)
    add_json(command("list", _list, "a row for each article"))
    sub = command("show", _show, "an article's stored text, and what of it is story")
    sub.add_argument("article", metavar="ARTICLE", help="an article's id, as `list` prints it")
    add_json(sub)
    command("remove", _remove, "forget articles (their files stay; a build of their folder brings them back)").add_argument(
        "articles", nargs="+", metavar="ARTICLE"
    )
    command("verify", _verify, "compare catalogue, Chroma and full-text index; exit 1 where they differ").add_argument(
        "--repair", action="store_true", help="make again what is missing or damaged, from the catalogue's own texts"
    )
    add_json(command("stats", _stats, "what the store holds"))
    command("export", _export, "write the articles, with all that is known of them, to one file").add_argument(
        "file", type=Path, metavar="FILE", help="the archive to write, such as articles.jsonl.gz"
    )
    sub = command("import", _import, "make a store of the articles that `export` wrote")
    sub.add_argument("file", type=Path, metavar="FILE", help="the archive")
    _add_embedder(sub)
    return parser


def _add_embedder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--embedder", metavar="NAME", help=f"embedding model: {DEFAULT_EMBEDDER} (default), huggingface:…, ollama:… or openai:…"
    )


def _build(options: argparse.Namespace) -> int:
    columns = parse_columns(*options.columns)
    embedder = load_embedder(options.embedder) if options.embedder else None
    with _progress("Indexing", expected(options.paths)) as progress:
        report = build(options.store, options.paths, embedder, progress=progress, chroma=options.chroma, columns=columns)
    _print_skipped(report, options.json)
    _print_report(report, options.json)
    if options.watch:

        def said(outcome: BuildReport | OnRecordError) -> None:
            if isinstance(outcome, BuildReport):
                _print_report(outcome, options.json)
            else:
                print(" ".join(str(outcome).split()), file=sys.stderr, flush=True)

        watch(options.store, options.paths, said, embedder, options.chroma, columns)
    return 0


def _fetch(options: argparse.Namespace) -> int:
    from index.fetching.fetch import fetch, interval  # noqa: PLC0415  # what the network needs is loaded only when it is asked for

    seconds = interval(options.every) if options.every else None
    embedder = load_embedder(options.embedder) if options.embedder else None

    def said(page: Fetched) -> None:
        if options.json:
            _print_json({"url": page.url, "outcome": page.outcome, "path": page.path and str(page.path), "reason": page.reason})
        else:
            line = f"{page.outcome} {page.url}" + (f": {page.reason}" if page.reason else "")
            print(visible(line), file=sys.stderr if page.outcome == "refused" else sys.stdout, flush=True)

    while True:
        pages = fetch(options.urls, options.into, allow_private=options.allow_private, said=said)
        if all(page.outcome == "refused" for page in pages) and seconds is None:
            raise InputError("No page was fetched. What was there before is kept.")
        with _progress("Indexing", None) as progress:
            report = refresh(options.store, [options.into], embedder, progress, options.chroma)
        _print_skipped(report, options.json)
        _print_report(report, options.json)
        if seconds is None:
            return 0
        sleep(seconds)


def _print_skipped(report: BuildReport, as_json: bool) -> None:
    if not as_json:
        for skipped in report.skipped:
            print(f"skipped {visible(_printable(skipped.path))}: {visible(skipped.reason)}", file=sys.stderr)


@contextmanager
def _progress(what: str, total: int | None) -> Iterator[Callable[[BuildReport], None]]:
    """A bar with rate and, where there is a total, the time left; none where the output is no terminal."""
    with tqdm(total=total, unit=" articles", desc=what, disable=None, leave=False) as bar:

        def progress(report: BuildReport) -> None:
            bar.update(report.added + report.changed + report.unchanged + len(report.skipped) - bar.n)

        yield progress
        bar.refresh()  # tqdm does not draw what comes within a tenth of a second


def _print_report(report: BuildReport, as_json: bool) -> None:
    if as_json:
        _print_json(asdict(report))
    else:
        print(
            f"{report.articles} articles, {report.passages} passages: {report.added} added, {report.changed} changed, "
            f"{report.removed} removed, {report.unchanged} unchanged, {len(report.skipped)} skipped, in {report.seconds:.1f} s"
        )
    sys.stdout.flush()  # with --watch, the reader of a pipe waits for the line


def _list(options: argparse.Namespace) -> int:
    store = Store.open(options.store, chroma=options.chroma)
    counts = store.catalogue.passage_counts()
    stories = store.catalogue.links.stories()
    rows = [
        {
            "article": article.id,
            **{name: getattr(article, name) for name in ("title", "publisher", "author", "date", "language", "url")},
            "passages": counts.get(article.id, 0),
            "same_story_as": [id for id in stories.get(article.id, ()) if id != article.id],
        }
        for article in store.catalogue.all_articles()
    ]
    for row in rows:
        if options.json:
            _print_json(row)
        else:
            facts = [str(row[name]) for name in ("publisher", "author", "date", "language") if row[name]]
            title = row["title"] or "(no title)"
            others = [_printable(id) for id in stories.get(str(row["article"]), ()) if id != row["article"]]
            columns = [_printable(str(row["article"])), str(title), ", ".join(facts), f"{row['passages']} passages"]
            print(visible("\t".join([*columns, f"same story as {', '.join(others)}"] if others else columns)))
    return 0


def _show(options: argparse.Namespace) -> int:
    article = _article(Store.open(options.store, chroma=options.chroma), options.article)
    if options.json:
        story = [[span.start, span.end] for span in article.story]
        _print_json({"article": article.id, "text": article.text, "story": story, "pages": list(article.pages)})
    else:
        print(visible(article.text))
    return 0


def _remove(options: argparse.Namespace) -> int:
    Manifest.read(options.store)
    with writing(options.store):
        store = Store.open(options.store, chroma=options.chroma)
        for id in options.articles:
            _article(store, id)  # all or none: a slip in the last name must not cost the others
        store.remove(options.articles)
        store.close()
    print(f"{len(options.articles)} removed")
    return 0


def _verify(options: argparse.Namespace) -> int:
    if options.repair:
        Manifest.read(options.store)
        with writing(options.store):
            for line in set_aside_damaged(options.store):
                print(line)
        with _progress("Repairing", None) as progress:
            report = repair(options.store, progress=progress, chroma=options.chroma)
        print(f"{report.changed} articles made again.")
    store = Store.open(options.store, whole=False, chroma=options.chroma)
    differences = store.differences()
    store.close()
    for line in differences:
        print(line)
    if differences:
        print(
            f"{len(differences)} differences. Run: python -m index verify --repair, or python -m index build with the same folders; "
            "either mends them.",
            file=sys.stderr,
        )
        return 1
    print("Catalogue, Chroma and full-text index agree.")
    return 0


def _export(options: argparse.Namespace) -> int:
    """Needs neither the model nor any part of the store but the catalogue."""
    Manifest.read(options.store)
    path = options.store / "catalogue.sqlite3"
    if not path.exists():
        raise StoreDamaged(f"The store at {options.store} has lost its catalogue. Run: python -m index build with the same folders")
    catalogue = Catalogue(path)
    count = write_archive(catalogue, options.file)
    catalogue.close()
    print(f"{count} articles, {options.file.stat().st_size:,} bytes")
    return 0


def _import(options: argparse.Namespace) -> int:
    embedder = load_embedder(options.embedder) if options.embedder else None
    with _progress("Importing", count_articles(options.file)) as progress:
        report = restore(options.store, lambda: read_archive(options.file), embedder, progress, options.chroma)
    _print_report(report, as_json=False)
    return 0


def _stats(options: argparse.Namespace) -> int:
    store = Store.open(options.store, chroma=options.chroma)
    passages, sentences = store.catalogue.unit_counts()
    stats = {
        "articles": sum(store.catalogue.languages().values()),
        "passages": passages,
        "sentences": sentences,
        "languages": store.catalogue.languages(),
        "bytes": sum(path.stat().st_size for path in options.store.rglob("*") if path.is_file()),
        **asdict(store.manifest),
    }
    if options.json:
        _print_json(stats)
    else:
        for name, value in stats.items():
            print(f"{name}: {value}")
    return 0


def _article(store: Store, id: str) -> Article:
    article = store.catalogue.article(id)
    if article is None:
        raise InputError(f"There is no article {id!r} in this store. `python -m index list` names them.")
    return article


def _printable(id: str) -> str:
    """An id may hold a line break, which must not look like the end of a row."""
    return id if id.isprintable() else json.dumps(id, ensure_ascii=False)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False))


if __name__ == "__main__":
    run(main, sys.argv[1:])

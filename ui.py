"""python ui.py: the page, on 127.0.0.1. The command line; what serves the page is in page/serve/, what draws it in page/draw/."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from index.commandline import Parser, add_store, run
from index.errors import SettingError
from page.draw.model import Manner
from page.serve.app import make_app
from page.serve.listening import LOCAL, address, is_local, listen, serve
from page.serve.passwords import Password, new_password, read_users
from page.serve.samples import sample_questions
from qa.library.library import Library
from qa.reader.readers import DEFAULT_READER, add_reader, load_reader
from qa.writing.model_loader import NamedModel

_PORT = 7860


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    if options.new_password is not None:
        new_password(options.new_password)
        return 0
    users = _users(options)
    # The default is loaded with the first question, as the embedding model is; what somebody names is looked at before anybody asks.
    reader = None if options.reader == DEFAULT_READER else load_reader(options.reader)
    library = Library(options.store, options.articles, sample_questions(), options.added, options.chroma, reader)
    named = NamedModel(os.environ.get("OPENAI_API_KEY") or None)
    if options.model:
        named.begin(options.model)
    with listen(options.host, options.port) as listening:
        if options.articles is not None:
            library.start_indexing()
        manner = Manner(bool(options.model), options.judge, options.struck == "dropped")
        app = make_app(library, options.judged, users, options.host, named, manner)
        print(f"On Record: {address(options.host, listening.getsockname()[1])}", flush=True)
        if not is_local(options.host):
            print("Passwords and questions travel unencrypted. Put the page behind HTTPS: a reverse proxy.", file=sys.stderr, flush=True)
        serve(app, listening)
    return 0


def _users(options: argparse.Namespace) -> dict[str, Password]:
    if options.auth and options.without_auth:
        raise SettingError("--auth and --without-auth exclude each other. Leave one of them out.")
    if not (options.auth or options.without_auth or is_local(options.host)):
        raise SettingError(
            f"At {options.host!r} others can come in. Name who may, with --auth USER:FILE, or let everybody in, with --without-auth."
        )
    return read_users(options.auth)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python ui.py", description="The page: questions, answers, quotes checked, sources.")
    add_store(parser)
    parser.add_argument("--host", default=LOCAL, help=f"where to listen (default: {LOCAL}, which only this machine reaches)")
    parser.add_argument("--port", type=int, default=_default_port(), metavar="N", help=f"default: $PORT, else {_PORT}")
    parser.add_argument(
        "--auth", action="append", default=[], metavar="USER:FILE", help="who may come in, with the password in FILE; once for each user"
    )
    parser.add_argument("--without-auth", action="store_true", help="let everybody in who reaches another --host")
    parser.add_argument("--new-password", type=Path, metavar="FILE", help="ask for a password, write its hash to FILE for --auth, and end")
    parser.add_argument("--articles", type=Path, metavar="DIR", help="bring the store in step with this folder first, while the page runs")
    parser.add_argument(
        "--added", type=Path, default=Path("added"), metavar="DIR", help="where articles added on the page are kept (default: added)"
    )
    parser.add_argument(
        "--judged", type=Path, default=Path("judged"), metavar="DIR", help="where answers called right or wrong are kept (default: judged)"
    )
    parser.add_argument(
        "--model",
        default=os.environ.get("ONRECORD_MODEL"),
        metavar="ADDRESS",
        help="the language model that writes answers: URL, URL#NAME or a .gguf file (default: $ONRECORD_MODEL, else none);"
        " a server's key is taken from $OPENAI_API_KEY",
    )
    add_reader(parser)
    parser.add_argument("--judge", action="store_true", help="have the model check each statement that it wrote, once more")
    parser.add_argument(
        "--struck",
        choices=("shown", "dropped"),
        default="shown",
        help="whether statements that the articles do not bear out are shown struck through (default) or left out",
    )
    return parser


def _default_port() -> int:
    port = os.environ.get("PORT") or str(_PORT)
    if not port.isdecimal():
        raise SettingError(f"PORT is {port!r}, not a number. Set it to one, such as {_PORT}.")
    return int(port)


if __name__ == "__main__":
    run(main, sys.argv[1:])

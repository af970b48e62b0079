"""A page as a browser saves it: its story as text, and what the page says of it.

trafilatura says which of the page's blocks are the story; what they say is taken from the page itself, so that nothing is lost on the way:
its own text drops joiners and other invisible letters, adds signs of lists and tables, and is put together anew. A block (a paragraph, an
item, a heading, a row of a table, what stands between two line breaks) is a line. Blank lines stand between blocks; none between the rows
of a table, the items of a list and the lines of a paragraph.

White space is as a browser shows it. Soft hyphens are left out: they say where a word may be broken, and a reader who copies or searches
the word does not know of them. Every other character stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from index.errors import InputError
from index.readers.source import Document, Facts, ReaderOutput, SourceFile
from index.readers.web.blocks import blocks_of, prune, text_of, unwrapped
from index.readers.web.page_tree import decode_page, tree_of
from index.readers.web.stated import Stated
from index.readers.web.story_blocks import chosen_blocks, completed, headline_of, stands_below, without_boxes, without_frame

# Beyond these, a page's blocks are taken as they stand: trafilatura copies the tree several times and calls itself a level at a time.
LARGEST_ANALYSED = 3_000_000  # code points of markup; a page of 100 kB takes it 20 ms
MOST_TAGS = 200_000  # "<" in the page; so many take 10 s on a busy machine, and a page of a thousand lines has 5,000
MOST_ANALYSED = 20_000  # tags; 300,000 of them take it 20 s
DEEPEST_ANALYSED = 300  # tags within tags

HEAD_LENGTH = 3_000  # code points between the headline and the story that are read for a byline; no figure


def read(source: SourceFile) -> Iterator[ReaderOutput]:
    """The page's story, with the facts that the page states. Raises InputError where there is no text in it."""
    yield read_page(source.bytes(), source.name, source.facts, source.charset, xml=source.suffix == ".xhtml")


def read_page(data: bytes, name: str, facts: Facts, charset: str | None = None, xml: bool = False) -> Document:
    """The document of a page's bytes. `charset` is what came with them, `facts.url` where they were found; `xml` says that they are XHTML.

    Raises InputError where there is no text in the page, or it is in no encoding that is known.
    """
    markup = decode_page(data, charset)
    if markup.count("<") > MOST_TAGS:
        raise InputError(f"more than {MOST_TAGS:,} tags in the page")
    tree = tree_of(markup, xml)
    stated = Stated(tree, facts.url)
    prune(tree)
    lines, number, depth = blocks_of(tree)
    blocks = list(unwrapped(lines))
    if not blocks:
        text = stated.body
        if not text:
            raise InputError("no text in the page")
        return Document(name, text, stated.facts(text, None, ""))
    headline = headline_of(blocks, stated)
    small = len(markup) <= LARGEST_ANALYSED and number <= MOST_ANALYSED and depth <= DEEPEST_ANALYSED
    kept = chosen_blocks(tree, blocks) if small else []
    kept = without_boxes(blocks, kept or without_frame(blocks))
    if headline is not None and stands_below(blocks, kept, headline):
        headline = None
    kept = completed(blocks, kept, headline)
    text = text_of([blocks[index] for index in kept])
    head = "" if headline is None else text_of(blocks[headline : max(kept[min(1, len(kept) - 1)], headline) + 1])[:HEAD_LENGTH]
    title = None if headline is None else blocks[headline].text.replace("\n", " ")
    return Document(name, text, stated.facts(text, title, head))

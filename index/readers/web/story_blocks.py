"""Which of a page's blocks are its story: those that trafilatura takes, without the page's boxes, completed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from itertools import chain, islice
from typing import Any

import trafilatura

from index.readers.web.blocks import Block, labels, letters_of, within
from index.readers.web.stated import Stated, same_title

LONGEST_LABEL = 60  # code points: a line without a full stop that is as long as this is a paragraph's; no figure
HIGHEST_BOX = 30  # tags above a line, among which its box is looked for; no figure
LARGEST_BOX = 0.5  # of the text: where boxes of one kind hold more of it, they hold the story; no figure

_PREFIX = 12  # letters by which a block is found; no figure
_NEAR = 12  # blocks around the last one that was found, among which a line is looked for; no figure


def chosen_blocks(tree: Any, blocks: Sequence[Block]) -> list[int]:
    """The blocks that trafilatura takes for the story, by their numbers in order; none where it finds nothing, or breaks."""
    try:
        extracted = trafilatura.bare_extraction(tree, include_comments=False, include_tables=True, deduplicate=False)
    except Exception:  # a malicious page can make it raise anything, and the page's blocks are still there
        return []
    if extracted is None or isinstance(extracted, dict) or not extracted.text:
        return []
    return sorted(_Placed(blocks).place([key for line in extracted.text.splitlines() if (key := letters_of(line))]))


class _Placed:
    """Finds the blocks that lines were made of. A line may be several blocks, or a part of one."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._keys = [block.key for block in blocks]
        self._by_prefix: dict[str, list[int]] = defaultdict(list)
        for index, key in enumerate(self._keys):
            self._by_prefix[key[:_PREFIX]].append(index)
        self._taken: set[int] = set()
        self._last = -1

    def place(self, lines: Sequence[str]) -> set[int]:
        self._last = self._before_first(lines)
        for line in lines:
            at = 0
            while at < len(line) and (index := self._find(line[at:])) is not None:
                self._taken.add(index)
                self._last = index
                at += len(self._keys[index])
        return self._taken

    def _before_first(self, lines: Sequence[str]) -> int:
        """The number of the block before the first line, reckoned from the first line that is on the page once."""
        for number, line in enumerate(lines):
            same = self._by_prefix.get(line[:_PREFIX], ())
            if len(line) > _PREFIX and len(same) == 1:
                return max(-1, same[0] - number - 1)
        return -1

    def _find(self, rest: str) -> int | None:
        """The block that `rest` begins with, or begins; the nearest after the last one, where there are several."""
        for length in range(min(_PREFIX, len(rest)), 0, -1):
            alike = self._by_prefix.get(rest[:length], [])
            middle = bisect_right(alike, self._last)
            nearest = alike[max(0, middle - _NEAR) : middle + _NEAR]
            fitting = [index for index in nearest if self._fits(index, rest, length)]
            if fitting:
                return min(fitting, key=lambda index: index - self._last if index > self._last else 4 * (self._last - index) + 4)
        if len(rest) < _PREFIX:
            return None
        near = range(max(0, self._last), min(len(self._keys), self._last + _NEAR))
        return next((index for index in near if index not in self._taken and rest in self._keys[index]), None)

    def _fits(self, index: int, rest: str, length: int) -> bool:
        key = self._keys[index]
        if index in self._taken or not key or (length < _PREFIX and len(key) > length):
            return False
        if rest.startswith(key):
            return True
        # The line begins the block, or is the block with something left out or decoded twice.
        return length == _PREFIX and (key.startswith(rest) or 0.8 <= len(key) / len(rest) <= 1.25)


_FRAME_TAGS = frozenset(("nav", "header", "footer", "aside", "form", "menu"))
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:ads?|advert\w*|banner|breadcrumbs?|byline|caption|comments?|consent|cookies?|credit|modal|nav\w*|newsletter|paywall|popup|"
    r"promo\w*|recirc\w*|recommend\w*|related|share|sharing|sidebar|social|sponsor\w*|subscri\w*|sign-?up|tags?|teasers?|toolbar|trending|"
    r"most-?read|widget)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BOX = re.compile(
    r"(?:^|[\s_-])(?:ads?|advert\w*|consent|cookies?|newsletter|paywall|promo|share|sharing|social|subscri\w*|sign-?up)(?:$|[\s_-])",
    re.IGNORECASE,
)
_STANDFIRST = re.compile(
    r"(?:^|[\s_-])(?:standfirst|subtitle|sub-?head(?:line|ing)?|sub-?title|deck?|lead|lede|strap\w*|summary|intro|chapo|kurzfassung)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_ENDS_SENTENCE = re.compile(r"[.!?…؟۔:]['\"’”»)\]]{0,3}$")


def without_frame(blocks: Sequence[Block]) -> list[int]:
    """All blocks but those of the page's frame; all of them, where there is nothing else."""
    frame: dict[Any, bool] = {}
    kept = [index for index, block in enumerate(blocks) if not _in_frame(block.holder, frame)]
    return kept or list(range(len(blocks)))


def _in_frame(element: Any, known: dict[Any, bool]) -> bool:
    above = []
    while element is not None and element not in known:
        above.append(element)
        if element.tag in _FRAME_TAGS:
            known[element] = True
            break
        element = element.getparent()
    answer = element is not None and known[element]
    for passed in above:
        known[passed] = answer
    return answer


def without_boxes(blocks: Sequence[Block], kept: Sequence[int]) -> list[int]:
    """`kept` without what stands in the page's own boxes: offers, letters to subscribe to, links to share."""
    lengths: dict[str | None, int] = defaultdict(int)
    box_of: dict[int, str | None] = {}
    for index in kept:
        box_of[index] = _box_of(blocks[index].holder)
        lengths[box_of[index]] += len(blocks[index].text)
    small = LARGEST_BOX * sum(lengths.values())
    outside = [index for index in kept if box_of[index] is None or lengths[box_of[index]] > small]
    return outside if sum(len(blocks[index].text) for index in outside) >= small else list(kept)


def _box_of(element: Any) -> str | None:
    """The labels of the box that an element is in, or that it is if it is no paragraph; None without a box."""
    above = islice(element.iterancestors(), HIGHEST_BOX)
    around = above if element.tag in ("p", "li", *_HEADINGS) else chain([element], above)
    return next((labels(box) for box in around if box.tag == "amp-ad" or (box.attrib and _BOX.search(labels(box)))), None)


def headline_of(blocks: Sequence[Block], stated: Stated) -> int | None:
    """The number of the block that is the page's headline: of its <h1> that which the page states as its title, else the first that is not
    the site's name; without an <h1> the first block that is that title."""
    titles = {letters_of(title) for title in stated.titles}
    headings = [
        index for index, block in enumerate(blocks) if within(block.holder, "h1") and letters_of(block.text) not in stated.site_keys
    ]
    alike = [index for index in headings if any(same_title(blocks[index].key, title) for title in titles)]
    if alike or headings:
        return (alike or headings)[0]
    bare = (index for index, block in enumerate(blocks) if block.linked < 0.5 and any(_begins_title(block.key, title) for title in titles))
    return next(bare, None)


def _begins_title(key: str, title: str) -> bool:
    """Whether a line is a title, or all of it but the site's name behind it."""
    return len(key) <= len(title) and same_title(key, title)


def stands_below(blocks: Sequence[Block], kept: Sequence[int], headline: int) -> bool:
    """Whether more of the story is above a heading than below it: that of a box, then, or of another story."""
    above = sum(len(blocks[index].text) for index in kept if index < headline)
    return above > sum(len(blocks[index].text) for index in kept if index > headline)


def completed(blocks: Sequence[Block], kept: Sequence[int], headline: int | None) -> list[int]:
    """`kept`, with the headline as the first, the standfirst below it, and the paragraphs and headings that stand between those kept."""
    chosen = list(kept)
    if headline is not None:
        below = [index for index in chosen if index > headline]
        if below:
            chosen = below
        title = blocks[headline].key
        chosen = [index for place, index in enumerate(chosen) if place > 3 or blocks[index].key != title]
        first = chosen[0] if chosen else headline
        stands = [index for index in range(headline + 1, first) if _is_standfirst(blocks[index])]
        chosen = [headline, *stands, *chosen]
    parents = {blocks[index].holder.getparent() for index in chosen[1:]} - {None}
    inside = set(chosen)
    filled = [
        index
        for index in range(chosen[0], chosen[-1])
        if index not in inside
        and blocks[index].holder.getparent() in parents
        and _is_story(blocks[index])
        and (index > chosen[1] or len(blocks[index].text) >= LONGEST_LABEL)  # above the story's beginning stand bylines and dates
    ]
    rest = sorted({*chosen, *filled} - {chosen[0]})
    return [chosen[0], *rest]


def _is_standfirst(block: Block) -> bool:
    return _STANDFIRST.search(labels(block.holder)) is not None and block.linked < 0.5


def _is_story(block: Block) -> bool:
    """Whether a block among the story's, that trafilatura left out, is a paragraph or a heading of it."""
    tag = block.holder.tag
    if block.linked > 0.5 or _ASIDE.search(labels(block.holder)):
        return False
    if tag in _HEADINGS:
        return True
    return tag in ("p", "blockquote", "div", "li") and (len(block.text) >= LONGEST_LABEL or _ENDS_SENTENCE.search(block.text) is not None)

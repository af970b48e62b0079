"""The page as a person uses it, in a real browser."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PHONE, ROOT, Visit, serving
from playwright.sync_api import Page, expect

from index.store.store import Store
from qa.answer import answer

ENGLISH = "How many passengers was the Nawras licensed to carry?"
ARABIC = "كم مدرسة توقفت عن العمل بحسب مديرية التعليم؟"
OUTSIDE = "At what temperature does molybdenum melt?"

HOSTILE_TITLE = "<img src=x onerror=\"window.harmed='title'\"> The orchard of Tamsin"
HOSTILE = f"""{HOSTILE_TITLE}\r
\r
The gardener planted 613 pear trees <script>window.harmed='script'</script><img src="http://evil.example/a.png" onerror="harmed=1"> here.\r
<iframe src="http://evil.example/frame"></iframe><svg onload="window.harmed='svg'"><style>@import "http://evil.example/b.css";</style>\r
![pears](http://evil.example/c.png) [pick](javascript:window.harmed='link') <a href="javascript:window.harmed='a'">pick</a>\r
${{window.harmed='template'}} `{{{{value}}}}` {{{{#each value}}}} &lt;b&gt; &amp;amp; &#x41; </div></article></mark>\r
\u202eThe wall of the orchard \u2066is made of 48 blocks of slate, \u202d said the gardener, and never closed what he opened.\r
After the wall the text goes on as before.\r
A line that ends alone\rand one with a \x0cform feed, \u2028a separator, a \U0001f350, e\u0301 and a \ufeff mark.
"""


# 250 small articles take 5 s to index with VNNI, 61 s without and more beside another process of tests.
INDEXING_SECONDS = 240


def ask(page: Page, question: str) -> None:
    page.get_by_label("Question").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn .question").last).to_have_text(question)
    expect(page.locator(".turn").last.locator(".answer, .abstention, .trouble")).to_be_visible(timeout=30_000)


def harm(page: Page) -> object:
    return page.evaluate("window.harmed")


def wait_until_ready(page: Page) -> None:
    expect(page.locator("#index-state")).to_contain_text("Ready", timeout=INDEXING_SECONDS * 1000)


def marked(page: Page) -> str:
    return str(page.evaluate("[...document.querySelectorAll('#source mark')].map(mark => mark.textContent).join('')"))


def shown_text(page: Page) -> str:
    return str(page.evaluate("document.querySelector('#source .article').textContent"))


def is_in_sight(page: Page, selector: str) -> bool:
    return bool(
        page.evaluate(
            """selector => {
                const place = document.querySelector(selector), box = place.getClientRects()[0];
                const x = box.left + Math.min(box.width, 20) / 2, y = box.top + Math.min(box.height, 10) / 2;
                return place.contains(document.elementFromPoint(x, y));
            }""",
            selector,
        )
    )


def overflow(page: Page) -> int:
    """How many pixels can be scrolled sideways, of the page or of a pane."""
    panes = "['html', '#asking', '#scroll', '#source-pane'].map(name => document.querySelector(name))"
    return int(page.evaluate(f"Math.max(...{panes}.map(pane => pane.scrollWidth - pane.clientWidth))"))


@pytest.mark.parametrize(("question", "direction"), [(ENGLISH, "ltr"), (ARABIC, "rtl")])
def test_each_citation_opens_its_file_at_exactly_the_cited_characters(
    visit: Visit, samples_address: str, samples_store: Store, samples: Path, question: str, direction: str
) -> None:
    citations = answer(samples_store, question).citations
    assert citations
    page = visit(samples_address)
    ask(page, question)
    assert page.locator(".turn .question").get_attribute("dir") == direction
    assert page.locator(".statement").first.get_attribute("dir") == direction
    markers = page.locator(".statement .marker")
    assert markers.all_inner_texts() == [f"[{citation.number}]" for citation in citations]
    for citation, marker in zip(citations, markers.all(), strict=True):
        marker.click()
        expect(page.locator("#source h2 .number")).to_have_text(f"[{citation.number}]")
        text = (samples / "articles" / citation.article.id).read_bytes().decode("utf-8")
        assert marked(page) == text[citation.span.start : citation.span.end]
        assert shown_text(page) == text
        assert is_in_sight(page, "#cited")
        expect(page.locator("#source .place")).to_contain_text(citation.article.id)


def test_a_listed_source_opens_the_same_place_as_its_marker(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    ask(page, ENGLISH)
    page.locator(".marker").first.click()
    page.wait_for_selector("#cited")
    from_marker = marked(page)
    page.locator(".source-line").first.click()
    assert from_marker
    assert marked(page) == from_marker


def test_what_is_not_story_is_set_apart(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    ask(page, ENGLISH)
    page.locator(".marker").first.click()
    page.wait_for_selector("#cited")
    story, clutter = page.evaluate(
        "['#source .line:not(:has(.clutter))', '#source .clutter'].map(s => getComputedStyle(document.querySelector(s)).color)"
    )
    assert story != clutter


def test_an_example_is_asked_with_a_click(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    examples = page.locator(".examples button")
    assert {example.get_attribute("dir") for example in examples.all()} == {"ltr", "rtl"}
    question = examples.last.inner_text()
    examples.last.click()
    expect(page.locator(".turn .question")).to_have_text(question)
    expect(page.locator(".turn .answer")).to_be_visible(timeout=30_000)


def test_the_state_of_the_index_is_in_sight(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    expect(page.locator("#index-state")).to_have_text("Ready17 articles · English 10, Arabic 7")


def test_a_question_outside_the_articles_is_said_to_be_so(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    ask(page, OUTSIDE)
    expect(page.locator(".abstention h3")).to_have_text("No clear answer")
    assert page.locator(".statement, .short").count() == 0
    page.locator(".nearest button").first.click()
    page.wait_for_selector("#cited")
    assert marked(page)


def test_an_empty_question_is_no_question(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    page.get_by_label("Question").fill("   ")
    page.keyboard.press("Enter")
    page.wait_for_timeout(1_000)  # nothing is to come, so there is nothing to wait for
    assert page.locator(".turn").count() == 0
    ask(page, ENGLISH)
    assert page.locator(".turn").count() == 1


def test_all_of_it_works_from_the_keyboard(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    expect(page.get_by_label("Question")).to_be_focused()
    page.keyboard.type(ENGLISH)
    page.keyboard.press("Enter")
    expect(page.locator(".turn .answer")).to_be_visible(timeout=30_000)
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('.marker[data-number=\"1\"]')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#cited")).to_be_focused()
    assert marked(page)
    page.keyboard.press("Escape")
    expect(page.locator(".marker").first).to_be_focused()


def test_visitors_do_not_see_each_others_questions(visit: Visit, samples_address: str) -> None:
    one, other = visit(samples_address), visit(samples_address)
    ask(one, ENGLISH)
    ask(other, ARABIC)
    ask(one, OUTSIDE)
    assert one.locator(".turn .question").all_inner_texts() == [ENGLISH, OUTSIDE]
    assert other.locator(".turn .question").all_inner_texts() == [ARABIC]


@pytest.mark.parametrize("question", [ENGLISH, ARABIC])
def test_on_a_phone_nothing_runs_out_of_the_page_and_the_source_is_one_tap_away(visit: Visit, samples_address: str, question: str) -> None:
    page = visit(samples_address, PHONE)
    page.wait_for_selector(".examples")
    assert overflow(page) <= 0
    ask(page, question)
    assert overflow(page) <= 0
    page.locator(".marker").first.click()
    page.wait_for_selector("#cited")
    assert overflow(page) <= 0
    assert is_in_sight(page, "#cited")
    page.get_by_text("Back to the answer").click()
    assert is_in_sight(page, ".marker")


def test_on_a_desk_the_source_stands_to_the_right_of_the_answer(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    ask(page, ENGLISH)
    page.locator(".marker").first.click()
    page.wait_for_selector("#cited")
    answer_box, source_box = page.locator(".turn").bounding_box(), page.locator("#source").bounding_box()
    assert answer_box and source_box
    assert answer_box["x"] + answer_box["width"] <= source_box["x"]
    assert is_in_sight(page, ".turn .question")


def test_the_page_lives_under_a_policy_that_lets_nothing_out(visit: Visit, samples_address: str) -> None:
    with urllib.request.urlopen(samples_address) as response:
        policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    page = visit(samples_address, policy=True)
    ask(page, ENGLISH)
    page.locator(".marker").first.click()
    page.wait_for_selector("#cited")


def test_no_link_of_the_page_leads_elsewhere(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    links = page.evaluate("[...document.querySelectorAll('[href], [src]')].map(part => part.href || part.src)")
    assert links
    assert [link for link in links if not link.startswith((samples_address, "data:", "blob:"))] == []


def test_another_host_name_is_refused(samples_address: str) -> None:
    request = urllib.request.Request(samples_address, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(request)


def write_hostile_articles(articles: Path, samples: Path) -> Path:
    """Two sample articles and hostile ones."""
    articles.mkdir()
    for name in ("salt-museum-reopens.md", "teachers-strike-ar.txt"):
        shutil.copy(samples / "articles" / name, articles)
    (articles / "a <b onclick=alert(1)>'\" name.txt").write_bytes(HOSTILE.encode())
    record = {
        "id": "nul\"><script>window.harmed='id'</script>",
        "text": "A barge of Ostrell\r\ncarried 77 bells\0 up the river.",
        "title": "Bells",
    }
    (articles / "corpus.jsonl").write_text(json.dumps(record))
    (articles / "picture.png").write_bytes(b"\x89PNG")
    return articles


@pytest.fixture(scope="module")
def hostile_address(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Iterator[str]:
    """A page that was started on an empty store."""
    folder = tmp_path_factory.mktemp("hostile")
    with serving(folder / "store", "--articles", str(write_hostile_articles(folder / "articles", samples))) as address:
        yield address


def test_the_page_answers_while_it_indexes_and_becomes_ready_by_itself(visit: Visit, tmp_path: Path, samples: Path) -> None:
    articles = write_hostile_articles(tmp_path / "articles", samples)
    for n in range(250):  # five seconds of embedding on two cores, and a page is open in one or two
        rows = " ".join(f"Row {k} of the field {n} had {n * k} bushes of currants in the autumn of that year." for k in range(16))
        (articles / f"field-{n}.txt").write_text(f"Field {n}\n\n{rows}\n", encoding="utf-8")
    with serving(tmp_path / "store", "--articles", str(articles)) as address:
        becomes_ready(visit(address))


def becomes_ready(page: Page) -> None:
    expect(page.locator("#index-state")).to_contain_text("Indexing: ")
    expect(page.get_by_text("Reading the articles")).to_be_visible()
    wait_until_ready(page)
    expect(page.locator("#index-state")).to_contain_text("254 articles")
    page.get_by_text("1 file skipped").click()
    expect(page.get_by_text("picture.png")).to_be_visible()
    expect(page.locator(".examples button")).not_to_have_count(0)
    ask(page, "How many pear trees were planted?")
    expect(page.locator(".answer")).to_contain_text("613 pear trees")


def test_an_article_full_of_code_is_text_and_nothing_else(visit: Visit, hostile_address: str) -> None:
    page = visit(hostile_address)
    wait_until_ready(page)
    ask(page, "How many pear trees were planted?<img src=x onerror=window.harmed='question'>")
    page.locator("[data-start]").first.click()
    page.wait_for_selector("#cited")
    assert shown_text(page) == HOSTILE
    start, end = (int(page.locator("[data-start]").first.get_attribute(f"data-{name}") or "") for name in ("start", "end"))
    assert marked(page) == HOSTILE[start:end]
    assert "<script>" in marked(page)
    assert (
        page.evaluate("document.querySelectorAll(':is(#source, #conversation, #masthead) :is(script, img, iframe, svg, style, a)').length")
        == 0
    )
    page.wait_for_timeout(300)
    assert harm(page) is None


def test_a_direction_that_is_never_closed_ends_with_its_line(visit: Visit, hostile_address: str) -> None:
    page = visit(hostile_address)
    wait_until_ready(page)
    ask(page, "Of how many blocks of slate is the wall of the orchard made?")
    page.locator("[data-start]").first.click()
    page.wait_for_selector("#cited")
    # Left to right the first letter stands left of the last; in the overridden line it does not.
    left = page.evaluate(
        """() => [...document.querySelectorAll('#source .line')].filter(line => /slate|goes on/.test(line.textContent)).map(line => {
            const text = line.textContent, box = word => {
                const range = document.createRange(), walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
                for (let node; (node = walker.nextNode()); ) {
                    const at = node.data.indexOf(word);
                    if (at >= 0) { range.setStart(node, at); range.setEnd(node, at + 1); return range.getBoundingClientRect().left; }
                }
            };
            return text.includes('slate') ? box('The') < box('wall') : box('After') < box('wall');
        })"""
    )
    assert left == [False, True]
    first = page.locator(".turn .question").first
    assert first.evaluate("e => getComputedStyle(e).direction") == "ltr"


def test_what_html_cannot_carry_is_shown_as_one_character(visit: Visit, hostile_address: str) -> None:
    page = visit(hostile_address)
    wait_until_ready(page)
    ask(page, "How many bells did the barge of Ostrell carry?")
    page.locator("[data-article^=nul]").first.click()
    page.wait_for_selector("#cited")
    assert shown_text(page) == "A barge of Ostrell\r\ncarried 77 bells\ufffd up the river."
    assert harm(page) is None


def test_a_place_that_does_not_exist_is_a_line_on_the_page(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    ask(page, ENGLISH)
    marker = page.locator(".marker").first
    for change, line in (
        ({"end": "99999999"}, "is not in"),
        ({"start": "-1"}, "not a span"),
        ({"version": "0"}, "has changed since"),
        ({"article": "no such"}, "no longer in the store"),
    ):
        before = marker.evaluate(
            "(marker, change) => { const kept = {...marker.dataset}; Object.assign(marker.dataset, change); return kept }", change
        )
        marker.click()
        expect(page.locator("#source .trouble")).to_contain_text(line)
        marker.evaluate("(marker, kept) => Object.assign(marker.dataset, kept)", before)


def test_without_a_store_the_page_says_how_to_make_one_and_follows_what_other_processes_make(
    visit: Visit, samples: Path, samples_store_folder: Path, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    with serving(store) as address:
        page = visit(address)
        expect(page.locator("#welcome")).to_contain_text("make run ARTICLES=FOLDER")
        expect(page.get_by_label("Question")).to_be_hidden()
        shutil.copytree(samples_store_folder, tmp_path / "copy")
        (tmp_path / "copy").rename(store)
        wait_until_ready(page)
        ask(page, ENGLISH)
        articles = tmp_path / "articles"
        shutil.copytree(samples / "articles", articles)
        (articles / "late.txt").write_text("The harp of Ulmarra\n\nThe harp of Ulmarra has 39 strings of copper.\n")
        subprocess.run([sys.executable, "-m", "index", "build", str(articles), "--store", str(store)], check=True, cwd=ROOT)
        expect(page.locator("#index-state")).to_contain_text("18 articles", timeout=15_000)
        ask(page, "How many strings has the harp of Ulmarra?")
        expect(page.locator(".turn").last.locator(".statement").first).to_contain_text("39 strings")


def test_a_store_that_cannot_be_read_is_a_line_on_the_page(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("nothing of the kind")
    with serving(tmp_path) as address:
        page = visit(address)
        expect(page.locator("#welcome .trouble")).to_contain_text("Move the store away and build it again.")
        assert "Traceback" not in page.content()


def test_a_port_in_use_is_a_line_in_the_terminal(samples_address: str, tmp_path: Path) -> None:
    port = samples_address.rstrip("/").rpartition(":")[2]
    command = [sys.executable, str(ROOT / "ui.py"), "--store", str(tmp_path), "--port", port]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Port {port} cannot be used")
    assert done.stderr.count("\n") == 1

"""The tab Check quotes as a person uses it, in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PHONE, Visit, serving
from make_docx import word_document
from playwright.sync_api import Locator, Page, expect
from test_browser import ENGLISH, ask, harm, is_in_sight, marked, overflow

VERBATIM = "I signed eleven certificates with my own hand"
ALTERED = "I signed twelve certificates with my own hand"
ARABIC = "السد ليس آمنا تماما، وما نفعله اليوم هو ما صُمم من أجله"
INVENTED = "We will raise the Nawras before the end of the summer"
DRAFT = f"""Kessa counts its dead again

“{ALTERED},” said Dr. Sami Orkand on Friday.

"There is no hiding here," Sami Orkand said. Captain Yusra Delmani promised: “{INVENTED}.”
"""
DRAFT_ARABIC = f"قال ليث صندور: «{ARABIC}». وقال صندور لإذاعة BBC: «لن نوقّع أي اتفاق قبل أن يستقيل الوزير».\n"
HOSTILE_DRAFT = (
    f"<script>window.harmed='text'</script> <b>“{VERBATIM}”</b> said <img src=x onerror=\"window.harmed='image'\">Orkand &amp; co.\n"
)


@pytest.fixture
def page(visit: Visit, samples_address: str) -> Page:
    return visit(f"{samples_address}#check")


def box(page: Page) -> Locator:
    return page.get_by_label("Paste a quote, or a draft with quotations in it")


def check(page: Page, text: str, speaker: str = "") -> None:
    box(page).fill(text)
    page.get_by_label("Said by").fill(speaker)
    page.get_by_role("button", name="Check", exact=True).click()


def verdicts(page: Page) -> list[str]:
    expect(page.locator("#checked .checked")).to_be_visible(timeout=30_000)
    return [text.partition(" ")[2] for text in page.locator("#checked .verdict").all_inner_texts()]


def drop(page: Page, name: str, content: bytes, kind: str = "text/plain") -> None:
    page.set_input_files("#draft-file", files=[{"name": name, "mimeType": kind, "buffer": content}])


def test_a_quote_gets_its_verdict_and_its_place_opens_the_article_at_exactly_these_words(page: Page, samples: Path) -> None:
    check(page, VERBATIM, "Orkand")
    assert verdicts(page) == ["Verbatim"]
    place = page.locator(".place").first
    expect(place.locator(".speaker")).to_contain_text("Sami Orkand")
    place.get_by_role("button").click()
    expect(page.locator("#cited")).to_be_focused()
    assert marked(page) == VERBATIM
    assert VERBATIM in (samples / "articles" / "ferry-toll-radio.txt").read_text()
    assert is_in_sight(page, "#cited")
    expect(place.get_by_role("button")).to_have_attribute("data-open", "")
    page.keyboard.press("Escape")
    expect(place.get_by_role("button")).to_be_focused()


def test_a_changed_word_is_marked_in_the_sources_words(page: Page) -> None:
    check(page, f"“{ALTERED}”", "Orkand")
    assert verdicts(page) == ["Altered"]
    assert page.locator(".source-words del").text_content() == "[in the source: eleven]"
    assert page.locator(".source-words ins").text_content() == "[in the quote: twelve]"
    expect(page.locator(".read-as")).to_have_text("Read as one quote.")


def test_words_of_another_are_given_back_to_them(page: Page) -> None:
    check(page, "There is no hiding here", "Sami Orkand")
    assert verdicts(page) == ["Misattributed"]
    expect(page.locator(".remark").first).to_contain_text("Pell Garrody")


def test_words_that_turn_the_sense_are_said(page: Page) -> None:
    check(page, "ظهور شقوق في جسم السد")
    assert verdicts(page) == ["Verbatim"]
    expect(page.locator(".mind")).to_contain_text("Mind the words before it: ونفى صندور")


def test_an_arabic_quote_reads_from_the_right(page: Page) -> None:
    check(page, ARABIC, "ليث صندور")
    assert verdicts(page) == ["Altered"]
    for name in (".asked", ".source-words"):
        assert page.locator(name).first.evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert box(page).evaluate("e => getComputedStyle(e).unicodeBidi") == "plaintext"
    page.locator(".place button").first.click()
    page.wait_for_selector("#cited")
    assert marked(page).startswith("السد آمن تماما")


def test_a_draft_with_three_quotations_shows_each_in_its_place_and_leads_to_its_check_and_back(page: Page) -> None:
    check(page, DRAFT)
    assert verdicts(page) == ["Altered", "Misattributed", "Not found"]
    expect(page.locator(".tally")).to_have_text("≈ 1 Altered? 1 Misattributed× 1 Not found")
    quoted = page.locator(".draft a.quoted")
    assert quoted.locator(".words").all_inner_texts() == [f"{ALTERED},", "There is no hiding here,", f"{INVENTED}."]
    tones = quoted.locator(".words").evaluate_all("all => all.map(e => getComputedStyle(e).textDecorationColor)")
    assert len(set(tones)) == 3
    quoted.nth(2).click()
    expect(page.locator("#check-3")).to_be_focused()
    assert is_in_sight(page, "#check-3")
    page.locator("#check-3 .number").click()
    expect(quoted.nth(2)).to_be_focused()
    assert is_in_sight(page, "#quoted-3 .badge")
    assert page.url.endswith("#check")


def test_an_arabic_draft_reads_from_the_right_and_names_its_speakers(page: Page) -> None:
    check(page, DRAFT_ARABIC)
    assert verdicts(page) == ["Altered", "Not found"]
    assert page.locator(".draft .line").first.get_attribute("dir") == "rtl"
    expect(page.locator("#check-1 .claimed")).to_contain_text("ليث صندور")


def test_a_draft_can_be_checked_as_one_quote_all_the_same(page: Page) -> None:
    check(page, f"“{VERBATIM},” Orkand said.")
    assert verdicts(page) == ["Verbatim"]
    page.get_by_role("button", name="Check all of it as one quote").click()
    expect(page.locator(".read-as")).to_have_text("Read as one quote.", timeout=30_000)


def test_a_chosen_word_document_is_checked_and_its_name_shown(page: Page) -> None:
    drop(page, "مسودة of mine.docx", word_document("A line before.", f"“{VERBATIM},” said Orkand."))
    assert verdicts(page) == ["Verbatim"]
    expect(page.locator(".read-as")).to_have_text("Read as the draft مسودة of mine.docx with 1 quotation.")


def test_a_file_dropped_anywhere_is_checked(page: Page) -> None:
    page.locator("#source-pane").evaluate(
        """(pane, text) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([text], "dropped.html", { type: "text/html" }));
            const how = { dataTransfer, bubbles: true, cancelable: true };
            for (const name of ["dragover", "drop"]) pane.dispatchEvent(new DragEvent(name, how));
        }""",
        f"<p>&ldquo;{ALTERED}&rdquo;, said <i>Orkand</i>.",
    )
    assert verdicts(page) == ["Altered"]
    expect(page.locator(".read-as")).to_contain_text("dropped.html")


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("picture.png", b"\x89PNG", "picture.png is no draft that can be read. Name a .txt, .md, .html, .htm or .docx file."),
        ("broken.docx", b"PK nothing", "broken.docx cannot be read as a draft (not a whole .docx: File is not a zip file)."),
        ("empty.txt", b"", "empty.txt holds no text."),
        ("../../samples/README.md", b"", "../../samples/README.md holds no text."),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line_and_what_was_pasted_stays(page: Page, name: str, content: bytes, line: str) -> None:
    box(page).fill(DRAFT)
    drop(page, name, content)
    expect(page.locator("#checked .trouble")).to_have_text(line, timeout=30_000)
    assert box(page).input_value() == DRAFT


@pytest.mark.parametrize(("text", "line"), [("  \n", "There is nothing to check yet"), ("…", "The quote is empty")])
def test_a_text_without_words_is_one_line(page: Page, text: str, line: str) -> None:
    check(page, text)
    expect(page.locator("#checked .trouble")).to_contain_text(line)
    assert box(page).input_value() == text


def test_markup_in_a_quote_or_a_draft_is_text(page: Page) -> None:
    check(page, f"<img src=x onerror=\"window.harmed='quote'\"> {VERBATIM}", "<b>Orkand</b>")
    verdicts(page)
    expect(page.locator(".asked")).to_contain_text("<img src=x onerror=")
    expect(page.locator(".claimed")).to_have_text("Attributed to <b>Orkand</b>")
    check(page, HOSTILE_DRAFT)
    expect(page.locator(".draft")).to_contain_text("<script>window.harmed='text'</script>")
    assert page.locator("#checked :is(script, img, b.x, iframe, style)").count() == 0
    page.wait_for_timeout(300)
    assert harm(page) is None


def test_a_new_check_stops_a_long_one_whose_progress_is_shown(page: Page) -> None:
    check(page, " ".join(f"Orkand said on day {n}: “{ALTERED} {n}.”" for n in range(3_000)))
    expect(page.locator("#checked .pending")).to_contain_text(" of 3,000 …", timeout=30_000)
    box(page).fill(VERBATIM)
    page.get_by_role("button", name="Check", exact=True).click()
    assert verdicts(page) == ["Verbatim"]
    page.wait_for_timeout(1_500)  # time enough for the old one to show itself
    assert verdicts(page) == ["Verbatim"]


def test_a_question_is_answered_while_a_long_draft_is_checked(page: Page) -> None:
    check(page, " ".join(f"Orkand said on day {n}: “{ALTERED} {n}.”" for n in range(3_000)))
    expect(page.locator("#checked .pending")).to_contain_text(" of 3,000 …", timeout=30_000)
    page.get_by_role("tab", name="Ask").click()
    ask(page, ENGLISH)
    page.get_by_role("tab", name="Check quotes").click()
    check(page, VERBATIM)
    assert verdicts(page) == ["Verbatim"]


def test_the_tabs_turn_by_mouse_by_keyboard_and_by_address(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    asking, checking = page.get_by_role("tab", name="Ask"), page.get_by_role("tab", name="Check quotes")
    expect(page.get_by_role("tabpanel", name="Ask")).to_be_visible()
    assert (asking.get_attribute("aria-selected"), checking.get_attribute("aria-selected")) == ("true", "false")
    expect(box(page)).to_be_hidden()
    checking.click()
    expect(box(page)).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Check quotes")).to_be_visible()
    expect(page.get_by_label("Question")).to_be_hidden()
    assert page.url == f"{samples_address}/#check"
    page.reload()
    expect(box(page)).to_be_focused()
    checking.focus()
    page.keyboard.press("ArrowLeft")
    expect(asking).to_be_focused()
    expect(asking).to_have_attribute("aria-selected", "true")
    assert (asking.get_attribute("tabindex"), checking.get_attribute("tabindex")) == ("0", "-1")
    assert page.url == f"{samples_address}/"
    page.keyboard.press("End")
    expect(page.get_by_role("tab", name="Evaluate")).to_be_focused()
    assert page.url == f"{samples_address}/#evaluate"
    page.keyboard.press("ArrowRight")
    expect(asking).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(checking).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Question")).to_be_focused()


def test_all_of_it_works_from_the_keyboard(page: Page) -> None:
    expect(box(page)).to_be_focused()
    page.keyboard.insert_text(DRAFT)
    page.keyboard.press("Control+Enter")
    assert len(verdicts(page)) == 3
    page.locator("#quoted-1").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#check-1")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#cited")).to_be_focused()
    assert marked(page).startswith(VERBATIM)


def test_what_was_asked_and_what_was_checked_both_stay_when_the_tab_turns(page: Page) -> None:
    check(page, VERBATIM)
    verdicts(page)
    page.get_by_role("tab", name="Ask").click()
    ask(page, ENGLISH)
    page.locator(".marker").first.click()
    page.wait_for_selector("#cited")
    expect(page.get_by_text("Back to the answer")).to_be_visible()
    page.get_by_role("tab", name="Check quotes").click()
    assert verdicts(page) == ["Verbatim"]
    assert box(page).input_value() == VERBATIM
    page.get_by_role("tab", name="Ask").click()
    expect(page.locator(".turn .answer")).to_be_visible()


@pytest.mark.parametrize("text", [DRAFT, DRAFT_ARABIC])
def test_on_a_phone_nothing_runs_out_of_the_page_and_the_source_is_one_tap_away(visit: Visit, samples_address: str, text: str) -> None:
    page = visit(f"{samples_address}#check", PHONE)
    assert overflow(page) <= 0
    check(page, text)
    verdicts(page)
    wide = "['html', '#checking', '#checked', '.draft'].map(name => document.querySelector(name))"
    assert page.evaluate(f"Math.max(...{wide}.map(pane => pane.scrollWidth - pane.clientWidth))") <= 0
    page.locator(".place button").first.click()
    page.wait_for_selector("#cited")
    assert is_in_sight(page, "#cited")
    for place in ("#quoted-text", "#said-by", "#masthead"):
        assert not is_in_sight(page, f"{place} :is(span, h1)")
    page.get_by_text("Back to the check").click()
    expect(page.locator(".place button").first).to_be_focused()
    assert is_in_sight(page, ".place button")


def test_it_all_happens_under_the_policy_that_lets_nothing_out(visit: Visit, samples_address: str) -> None:
    page = visit(f"{samples_address}#check", policy=True)
    check(page, DRAFT)
    assert len(verdicts(page)) == 3
    drop(page, "draft.txt", DRAFT.encode())
    expect(page.locator(".read-as")).to_contain_text("draft.txt", timeout=30_000)


def test_visitors_do_not_see_or_stop_each_others_checks(visit: Visit, samples_address: str) -> None:
    one, other = visit(f"{samples_address}#check"), visit(f"{samples_address}#check")
    check(one, " ".join(f"Orkand said on day {n}: “{ALTERED} {n}.”" for n in range(100)))
    check(other, VERBATIM)
    assert verdicts(other) == ["Verbatim"]
    assert len(verdicts(one)) == 100


@pytest.fixture(scope="module")
def gone_address(tmp_path_factory: pytest.TempPathFactory, samples_store_folder: Path) -> Iterator[tuple[str, Path]]:
    store = tmp_path_factory.mktemp("gone") / "store"
    shutil.copytree(samples_store_folder, store)
    with serving(store) as address:
        yield address, store


def test_a_store_that_is_gone_is_one_line_and_what_was_pasted_stays(visit: Visit, gone_address: tuple[str, Path]) -> None:
    address, store = gone_address
    page = visit(f"{address}#check")
    check(page, VERBATIM)
    assert verdicts(page) == ["Verbatim"]
    store.rename(store.with_name("away"))
    check(page, DRAFT)
    expect(page.locator("#checked .trouble")).to_contain_text("python -m index build", timeout=30_000)
    assert box(page).input_value() == DRAFT

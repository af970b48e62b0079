"""Who may come in: signing in, sessions, and what slows a guesser down."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor, as_completed
from statistics import median
from threading import Event
from time import perf_counter
from typing import Any
from urllib.parse import quote

import pytest
from page_visitor import JOIN, JSON, PAGE, PASSWORD, enter, visitor
from starlette.testclient import TestClient

from page.draw.phrases import CODES, phrases
from page.serve import passwords, sign_in
from page.serve.passwords import Password
from page.serve.sign_in import COOKIE, Sessions


@pytest.fixture(scope="module")
def mina() -> dict[str, Password]:
    return {"mina": Password.new(PASSWORD)}


def test_without_a_session_there_is_the_sign_in_page_and_nothing_else(mina: dict[str, Password]) -> None:
    client = visitor(mina)
    assert (client.get("/", headers=PAGE).status_code, client.get("/", headers=PAGE).headers["location"]) == (303, "/sign-in")
    for method, path in [
        ("GET", "/config"),
        ("GET", "/gradio_api/queue/data?session_hash=x"),
        ("POST", JOIN),
        ("POST", "/"),
    ]:
        response = client.request(method, path, headers=JSON)
        assert (response.status_code, response.text.count("\n")) == (401, 1), path
    client.cookies[COOKIE] = "guessed"
    assert client.get("/config").status_code == 401


def test_a_right_password_opens_the_page_until_the_visitor_signs_out(mina: dict[str, Password]) -> None:
    client = visitor(mina)
    response = enter(client)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    cookie = response.headers["set-cookie"]
    assert {"httponly", "samesite=strict", "path=/", "max-age=43200"} <= set(cookie.lower().split("; "))
    assert "secure" not in cookie.lower()
    token = client.cookies[COOKIE]
    assert client.get("/", headers=PAGE).status_code == client.post(JOIN, headers=JSON).status_code == 200
    assert client.get("/sign-in", headers=PAGE).headers["location"] == "/"
    assert client.get("/sign-out", headers=PAGE).status_code == 405
    for _ in range(2):
        assert client.post("/sign-out").headers["location"] == "/sign-in"
        assert COOKIE not in client.cookies
    client.cookies[COOKIE] = token
    assert client.get("/config").status_code == 401


def test_behind_https_the_cookie_travels_by_https_alone(mina: dict[str, Password]) -> None:
    client = visitor(mina)
    client.base_url = client.base_url.copy_with(scheme="https")
    assert "secure" in enter(client).headers["set-cookie"].lower().split("; ")


def test_sign_in_is_refused_without_telling_what_was_wrong(mina: dict[str, Password]) -> None:
    wrong = [enter(visitor(mina), *given) for given in (("mina", "wrong"), ("nobody", PASSWORD), ("", ""), ("MINA", PASSWORD))]
    assert [response.status_code for response in wrong] == [403] * 4
    assert len({response.text for response in wrong}) == 1
    assert "The name or the password is wrong." in wrong[0].text
    assert not any("set-cookie" in response.headers for response in wrong)


@pytest.mark.parametrize(
    "body", [b"x" * 20_000, b"&".join([b"name=x"] * 50), b"\xff\xfe\x00", b""], ids=["long", "many", "no text", "empty"]
)
def test_what_is_no_form_is_refused_in_words(mina: dict[str, Password], body: bytes) -> None:
    assert visitor(mina).post("/sign-in", content=body).status_code in (400, 403)


@pytest.mark.parametrize("wanted", ["/?q=" + quote("كم مدرسة أغلقت؟"), "/?q=a%26b+c&article=x.txt&start=1&end=2", "/?__theme=light"])
def test_the_address_that_was_asked_for_survives_the_sign_in(mina: dict[str, Password], wanted: str) -> None:
    client = visitor(mina)
    there = client.get(wanted, headers=PAGE).headers["location"]
    assert there.startswith("/sign-in?next=")
    assert client.get(there, headers=PAGE).status_code == 200
    response = client.post(there, data={"name": "mina", "password": PASSWORD})
    assert response.headers["location"] == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        *("//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "https:evil.example", "javascript:alert(1)"),
        *("/\t/evil.example", "/\n/evil.example", " //evil.example", "evil.example", "/a\r\nset-cookie: x=y", "/?q=\udcff", "/ü"),
    ],
)
def test_sign_in_leads_to_no_other_host(mina: dict[str, Password], wanted: str) -> None:
    client = visitor(mina)
    asked = f"/sign-in?next={quote(wanted, errors='surrogatepass')}"
    response = client.post(asked, data={"name": "mina", "password": PASSWORD})
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert client.get(asked, headers=PAGE).headers["location"] == "/"


def test_a_path_that_names_another_host_leads_to_the_page(mina: dict[str, Password]) -> None:
    assert visitor(mina).get("http://testserver//evil.example", headers=PAGE).headers["location"] == "/sign-in"


def test_a_link_from_another_site_is_led_on_by_ourselves(mina: dict[str, Password]) -> None:
    """The browser sends no strict cookie with it."""
    response = visitor(mina).get("/?q=%22%3C/script%3E", headers=PAGE | {"sec-fetch-site": "cross-site"})
    assert response.status_code == 200
    assert re.findall(r'location\.replace\("(.*?)" \+', response.text) == ["/sign-in?next=%2F%3Fq%3D%2522%253C%2Fscript%253E"]
    assert response.text.count("</script>") == 1


def test_each_failure_makes_its_client_wait_longer_and_no_other(mina: dict[str, Password]) -> None:
    client = visitor(mina)
    for least in (0, 0.25, 0.5, 1):
        start = perf_counter()
        assert enter(client, password="wrong").status_code == 403
        assert perf_counter() - start > least
    start = perf_counter()
    assert enter(client).status_code == 303
    slowed = perf_counter() - start
    start = perf_counter()
    other = TestClient(client.app, follow_redirects=False, client=("10.0.0.2", 50_000))
    assert enter(other).status_code == 303
    assert slowed > 2 > perf_counter() - start


def test_waiting_grows_no_longer_than_is_bearable() -> None:
    client = sign_in._ClientFailures()
    assert client.wait() == 0
    waits = []
    for _ in range(2000):
        client.fail()
        waits.append(client.wait())
    assert waits == sorted(waits)
    assert waits[-1] == sign_in._LONGEST_WAIT


def test_tries_side_by_side_wait_for_their_turn_or_are_refused(mina: dict[str, Password], monkeypatch: pytest.MonkeyPatch) -> None:
    hash_of, may_begin = passwords._scrypt, Event()

    def when_told(*given: Any) -> bytes:
        assert may_begin.wait(60)
        return hash_of(*given)

    monkeypatch.setattr(sign_in, "_MOST_WAITING", 3)
    monkeypatch.setattr(passwords, "_scrypt", when_told)
    with visitor(mina) as client, ThreadPoolExecutor(8) as crowd:
        answers = as_completed([crowd.submit(enter, client, password="wrong") for _ in range(8)], timeout=60)
        assert [next(answers).result().status_code for _ in range(5)] == [429] * 5
        start = perf_counter()
        may_begin.set()
        assert [answer.result().status_code for answer in answers] == [403] * 3
    assert perf_counter() - start > 0.25 + 0.5


def test_twenty_people_of_one_office_may_sign_in_at_once(mina: dict[str, Password]) -> None:
    with visitor(mina) as client, ThreadPoolExecutor(20) as crowd:
        assert list(crowd.map(lambda _: enter(client).status_code, range(20))) == [303] * 20


def test_the_page_answers_while_a_password_is_checked(mina: dict[str, Password]) -> None:
    with visitor(mina) as client, ThreadPoolExecutor(5) as crowd:
        began, durations = perf_counter(), []
        signing_in = [crowd.submit(enter, client) for _ in range(5)]
        while not all(one.done() for one in signing_in):
            start = perf_counter()
            assert client.get("/favicon.ico").status_code == 200
            durations.append(perf_counter() - start)
        seconds_each = (perf_counter() - began) / 5
    assert median(durations) < seconds_each / 2


def test_an_unknown_name_takes_as_long_as_a_wrong_password(mina: dict[str, Password]) -> None:
    def seconds(name: str) -> float:
        start = perf_counter()
        enter(visitor(mina), name, "wrong")
        return perf_counter() - start

    known, unknown = (min(seconds(name) for _ in range(3)) for name in ("mina", "nobody"))
    assert 1 / 3 < unknown / known < 3


def test_a_session_ends_after_twelve_hours() -> None:
    now = 0.0
    sessions = Sessions(lambda: now)
    token = sessions.begin()
    now = 12 * 3600 - 1
    assert sessions.holds(token)
    now = 12 * 3600
    assert not sessions.holds(token)


def test_of_too_many_sessions_the_oldest_ends() -> None:
    sessions = Sessions()
    first, second = sessions.begin(), sessions.begin()
    for _ in range(9_999):
        sessions.begin()
    assert (sessions.holds(first), sessions.holds(second)) == (False, True)


@pytest.mark.parametrize("language", CODES)
def test_the_sign_in_page_speaks_the_language_of_the_browser(mina: dict[str, Password], language: str) -> None:
    page = visitor(mina).get("/sign-in", headers=PAGE | {"accept-language": f"{language}-XX,de;q=0.3"})
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page.text
    assert page.headers["vary"] == "accept-language"
    assert "<script" not in page.text


def test_what_a_visitor_sends_does_not_stand_in_the_sign_in_page(mina: dict[str, Password]) -> None:
    assert "<img" not in visitor(mina).post('/sign-in?next=/"><img src=x>', data={"name": '"><img src=x>', "password": "wrong"}).text


def test_signing_out_is_a_button_that_is_posted() -> None:
    assert sign_in.sign_out(phrases("en")) == '<form class="sign-out" method="post" action="/sign-out"><button>Sign out</button></form>'

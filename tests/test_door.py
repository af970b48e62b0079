"""Who may come in, from where, with how much: the middlewares around a small application, and the command line of ui.py."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from threading import Event
from time import perf_counter
from typing import Any
from urllib.parse import quote

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

import ui
from index.commandline import run
from page import door
from page.door import COOKIE, MOST_BYTES, Password, Sessions
from page.phrases import CODES, phrases

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "a harp of copper"
PAGE = {"accept": "text/html"}
JSON = {"content-type": "application/json"}
JOIN = "/gradio_api/queue/join"


@pytest.fixture(scope="module")
def mina() -> dict[str, Password]:
    return {"mina": Password.new(PASSWORD)}


def visitor(users: Mapping[str, Password] | None = None, host: str = "10.0.0.1", hosts: Sequence[str] = ("testserver",)) -> TestClient:
    """Somebody at the door of an application that answers every request with the number of bytes that it read of it."""

    async def count(request: Request) -> Response:
        arrived = 0
        async for part in request.stream():
            arrived += len(part)
        return PlainTextResponse(str(arrived))

    application = Starlette(
        routes=[Route("/{path:path}", count, methods=["GET", "POST", "PUT", "DELETE"])], middleware=door.guards(users or {}, hosts)
    )
    return TestClient(application, follow_redirects=False, client=(host, 50_000))


def sign_in(client: TestClient, name: str = "mina", password: str = PASSWORD) -> Any:
    return client.post("/sign-in", data={"name": name, "password": password})


# What every response says.


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", PAGE, 303),
        ("/sign-in", PAGE, 200),
        ("/config", {}, 401),
        ("/favicon.ico", {}, 200),
        ("/", {"host": "evil.example"}, 400),
        ("/", {"host": ""}, 400),
    ],
)
def test_every_response_even_a_refusal_keeps_the_browser_to_what_is_ours(
    mina: dict[str, Password], path: str, headers: dict[str, str], status: int
) -> None:
    response = visitor(mina).get(path, headers=headers)
    assert response.status_code == status
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "same-origin"
    assert response.headers["cross-origin-opener-policy"] == response.headers["cross-origin-resource-policy"] == "same-origin"
    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(response.headers["permissions-policy"].split(", "))


def test_browsers_keep_nothing_but_what_holds_no_article() -> None:
    client = visitor()
    assert {
        path: client.get(path).headers.get("cache-control") for path in ("/", "/config", "/assets/index-1a2b.js", "/fonts/a.woff2")
    } == {
        "/": "no-store",
        "/config": "no-store",
        "/assets/index-1a2b.js": None,
        "/fonts/a.woff2": None,
    }


# From where.


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://testserver"}, 200),
        ({"sec-fetch-site": "same-origin", "origin": "https://news.example"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://testserver.evil.example"}, 403),
        ({"origin": "http://testserver:8080"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://["}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site", "origin": "http://testserver"}, 403),
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_only_the_page_itself_or_a_program_changes_something(method: str, headers: dict[str, str], status: int) -> None:
    response = visitor().request(method, JOIN, headers=headers | JSON)
    assert response.status_code == status
    assert (response.text.count("\n") == 1) == (status == 403)


def test_a_page_elsewhere_may_lead_here() -> None:
    assert visitor().get("/?q=who", headers={"sec-fetch-site": "cross-site", "origin": "http://evil.example"}).status_code == 200


@pytest.mark.parametrize("hosts", [("testserver",), ()], ids=["on this machine alone", "elsewhere"])
def test_a_name_that_is_not_ours_is_refused_where_only_this_machine_comes_in(hosts: tuple[str, ...]) -> None:
    assert visitor(hosts=hosts).get("/", headers={"host": "evil.example"}).status_code == (400 if hosts else 200)


# With how much.


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read() -> None:
    response = visitor().post(JOIN, content=b"{}", headers=JSON | {"content-length": str(MOST_BYTES + 1)})
    assert (response.status_code, len(response.text.splitlines())) == (413, 1)


def test_a_body_that_hides_its_length_is_counted() -> None:
    mebibyte = b" " * 2**20

    def body(mebibytes: int) -> Iterator[bytes]:
        for _ in range(mebibytes):
            yield mebibyte

    assert visitor().post(JOIN, content=body(MOST_BYTES // 2**20), headers=JSON).text == str(MOST_BYTES // 2**20 * 2**20)
    assert visitor().post(JOIN, content=body(MOST_BYTES // 2**20 + 1), headers=JSON).status_code == 413


def test_the_largest_file_that_is_read_comes_through() -> None:
    whole = json.dumps({"data": base64.b64encode(bytes(ui.MAX_BYTES + 1)).decode(), "name": "ن" * 255})
    assert visitor().post(JOIN, content=whole, headers=JSON).text == str(len(whole))


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/upload/",
        "http://testserver//gradio_api/upload",
        "/%67radio_api/upload",
        "/gradio_api/proxy=http://evil.example/",
        "/gradio_api/file=/etc/hostname",
        "/gradio_api/stream/x",
        "/gradio_api/deep_link?session_hash=x",
        "/gradio_api/run/ask",
        "/gradio_api/call/ask",
        "/gradio_api/process_recording",
        "/gradio_api/vibe-edit",
        "/gradio_api/custom_component/x/client/y/z.js",
        "/gradio_api/info",
        "/gradio_api/queue/join/../../upload",
    ],
)
def test_routes_that_the_page_does_not_use_are_closed(path: str) -> None:
    client = visitor()
    assert [client.get(path).status_code, client.post(path, headers=JSON).status_code] == [404, 404]


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "text/plain", "application/x-www-form-urlencoded", ""])
def test_nothing_is_taken_as_a_form_that_would_be_written_to_files(kind: str) -> None:
    assert visitor().post("/gradio_api/component_server/", content=b"x", headers={"content-type": kind}).status_code == 415


# Who.


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
    response = sign_in(client)
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
    assert "secure" in sign_in(client).headers["set-cookie"].lower().split("; ")


def test_sign_in_is_refused_without_telling_what_was_wrong(mina: dict[str, Password]) -> None:
    wrong = [sign_in(visitor(mina), *given) for given in (("mina", "wrong"), ("nobody", PASSWORD), ("", ""), ("MINA", PASSWORD))]
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
        assert sign_in(client, password="wrong").status_code == 403
        assert perf_counter() - start > least
    start = perf_counter()
    assert sign_in(client).status_code == 303
    slowed = perf_counter() - start
    start = perf_counter()
    other = TestClient(client.app, follow_redirects=False, client=("10.0.0.2", 50_000))
    assert sign_in(other).status_code == 303
    assert slowed > 2 > perf_counter() - start


def test_waiting_grows_no_longer_than_is_bearable() -> None:
    client = door._Client()
    assert client.wait() == 0
    waits = []
    for _ in range(2000):
        client.fail()
        waits.append(client.wait())
    assert waits == sorted(waits)
    assert waits[-1] == door._LONGEST_WAIT


def test_tries_side_by_side_wait_for_their_turn_or_are_refused(mina: dict[str, Password], monkeypatch: pytest.MonkeyPatch) -> None:
    hash_of, may_begin = door._scrypt, Event()

    def when_told(*given: Any) -> bytes:
        assert may_begin.wait(60)
        return hash_of(*given)

    monkeypatch.setattr(door, "_MOST_WAITING", 3)
    monkeypatch.setattr(door, "_scrypt", when_told)
    with visitor(mina) as client, ThreadPoolExecutor(8) as crowd:
        answers = as_completed([crowd.submit(sign_in, client, password="wrong") for _ in range(8)], timeout=60)
        assert [next(answers).result().status_code for _ in range(5)] == [429] * 5
        start = perf_counter()
        may_begin.set()
        assert [answer.result().status_code for answer in answers] == [403] * 3
    assert perf_counter() - start > 0.25 + 0.5


def test_twenty_people_of_one_office_may_sign_in_at_once(mina: dict[str, Password]) -> None:
    with visitor(mina) as client, ThreadPoolExecutor(20) as crowd:
        assert list(crowd.map(lambda _: sign_in(client).status_code, range(20))) == [303] * 20


def test_the_page_answers_while_a_password_is_checked(mina: dict[str, Password]) -> None:
    with visitor(mina) as client, ThreadPoolExecutor(5) as crowd:
        began, durations = perf_counter(), []
        signing_in = [crowd.submit(sign_in, client) for _ in range(5)]
        while not all(one.done() for one in signing_in):
            start = perf_counter()
            assert client.get("/favicon.ico").status_code == 200
            durations.append(perf_counter() - start)
        seconds_each = (perf_counter() - began) / 5
    assert median(durations) < seconds_each / 2


def test_an_unknown_name_takes_as_long_as_a_wrong_password(mina: dict[str, Password]) -> None:
    def seconds(name: str) -> float:
        start = perf_counter()
        sign_in(visitor(mina), name, "wrong")
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
    assert door.sign_out(phrases("en")) == '<form class="sign-out" method="post" action="/sign-out"><button>Sign out</button></form>'


# Passwords and their files.


def test_a_password_is_kept_as_scrypt_keeps_it_with_a_salt_of_its_own() -> None:
    one, other = Password.new(PASSWORD), Password.new(PASSWORD)
    assert one.salt != other.salt
    assert one.hash == hashlib.scrypt(PASSWORD.encode(), salt=one.salt, n=2**14, r=8, p=5, maxmem=2**26, dklen=32)
    assert Password.read(one.line()) == one
    assert re.fullmatch(r"scrypt\$16384\$8\$5\$[\w+/=]{24}\$[\w+/=]{44}\n", one.line())
    assert one.matches(PASSWORD)
    assert not one.matches(PASSWORD + " ")


def test_letters_that_keyboards_send_in_two_ways_are_the_same() -> None:
    assert Password.new("caf\u00e9 au lait").matches("cafe\u0301 au lait")


def new_password(path: Path, typed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    return command_line(["--new-password", str(path)], capsys)


def command_line(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    """The exit status and what was printed of errors. Were nothing wrong with the arguments, there would still be no such port."""
    with pytest.raises(SystemExit) as ended:
        run(ui.main, ["--port", "65536", *arguments])
    return ended.value.code, capsys.readouterr().err


def test_a_new_password_is_written_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mina.password"
    for password in (PASSWORD, "another harp"):
        assert new_password(path, f"{password}\n", monkeypatch, capsys) == (0, "")
        assert path.stat().st_mode & 0o777 == 0o600
        assert door.read_users([f"mina:{path}"])["mina"].matches(password)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("typed", ["", "\n", "seven77\n", "x" * 201 + "\n"], ids=["nothing", "empty", "short", "long"])
def test_a_password_that_is_too_short_or_long_leaves_the_file_as_it_was(
    tmp_path: Path, typed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mina.password"
    new_password(path, PASSWORD, monkeypatch, capsys)
    before = path.read_text()
    status, said = new_password(path, typed, monkeypatch, capsys)
    assert (status, said.count("\n")) == (2, 1)
    assert "8 to 200 characters" in said
    assert path.read_text() == before


def test_a_file_that_holds_something_else_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("The harp has 39 strings.\n")
    assert new_password(path, PASSWORD, monkeypatch, capsys) == (
        2,
        f"{path} is there and is no password file of ours. Name another file.\n",
    )
    assert path.read_text() == "The harp has 39 strings.\n"


def test_a_folder_that_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = new_password(tmp_path / "gone" / "x", PASSWORD, monkeypatch, capsys)
    assert (status, said.count("\n")) == (2, 1)
    assert "cannot be written" in said


WEAK = f"scrypt$2$8$1${base64.b64encode(bytes(16)).decode()}${base64.b64encode(bytes(32)).decode()}\n"
COSTLY = WEAK.replace("$2$8$", "$9999999$999$")


@pytest.mark.parametrize("content", [None, b"", b"a harp of copper\n", b"\xff\xfe", b"scrypt$$$$$", WEAK.encode(), COSTLY.encode()])
def test_a_password_file_that_is_none_is_a_line_that_says_how_to_make_one(
    tmp_path: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mina.password"
    if content is not None:
        path.write_bytes(content)
    status, said = command_line(["--auth", f"mina:{path}", "--store", str(tmp_path)], capsys)
    assert (status, said.count("\n")) == (2, 1)
    assert said.endswith(f"Make one with: python ui.py --new-password {path}\n")
    assert PASSWORD not in said


# The command line.


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "0.0.0.0"], r"--auth USER:FILE.*--without-auth"),
        (["--host", "::"], r"--auth USER:FILE.*--without-auth"),
        (["--host", ""], r"--auth USER:FILE.*--without-auth"),
        (["--host", "news.example"], r"--auth USER:FILE.*--without-auth"),
        (["--host", "0.0.0.0", "--auth", "mina:{file}", "--without-auth"], "exclude each other"),
        (["--auth", "mina"], "--auth takes USER:FILE, not 'mina'"),
        (["--auth", ":{file}"], "--auth takes USER:FILE"),
        (["--auth", "mina:"], "--auth takes USER:FILE"),
        (["--auth", "mina:{file}", "--auth", "mina:{file}"], "--auth names 'mina' twice"),
        (["--host", "256.256.256.256", "--without-auth", "--port", "0"], "Port 0 cannot be used at '256.256.256.256'"),
        (["--host", "192.0.2.1", "--without-auth", "--port", "0"], "Port 0 cannot be used at '192.0.2.1'"),
        (["--host", "x" * 70, "--without-auth", "--port", "0"], "Port 0 cannot be used"),
        (["--host", "fe80:::1", "--without-auth", "--port", "0"], "Port 0 cannot be used"),
    ],
    ids=str,
)
def test_what_cannot_be_opened_safely_is_not_opened(
    tmp_path: Path, arguments: Sequence[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mina.password"
    file.write_text(Password.new(PASSWORD).line())
    given = [argument.replace("{file}", str(file)) for argument in arguments]
    status, line = command_line([*given, "--store", str(tmp_path)], capsys)
    assert (status, line.count("\n")) == (2, 1)
    assert re.search(said, line)


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[str, str]]:
    """The address that a `python ui.py` prints, and what it says of it on standard error."""
    command = [sys.executable, str(ROOT / "ui.py"), "--store", str(folder), "--port", "0", *options]
    with (
        (folder / "said").open("w") as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            address = process.stdout.readline().removeprefix("On Record: ").strip()
            request = urllib.request.Request(f"{address}/favicon.ico")
            with urllib.request.urlopen(request):
                yield address, (folder / "said").read_text()
        finally:
            process.terminate()


def status_of(address: str, headers: Mapping[str, str], body: bytes | None = None) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, dict(headers))) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_page_that_others_reach_prints_an_address_warns_and_lets_in_who_signs_in(tmp_path: Path) -> None:
    file = tmp_path / "mina.password"
    file.write_text(Password.new(PASSWORD).line())
    with serving(tmp_path, "--host", "0.0.0.0", "--auth", f"mina:{file}") as (address, said):
        assert address.startswith("http://127.0.0.1:")
        assert said.count("\n") == 1
        assert "unencrypted" in said
        assert "HTTPS" in said
        assert status_of(f"{address}/config", {"host": "news.example"}) == 401
        assert status_of(f"{address}/sign-in", {"host": "news.example"}) == 200
        assert status_of(f"{address}/gradio_api/component_server", JSON, b"{}") == 401


def test_a_page_on_ipv6_prints_an_address_that_opens_without_a_warning(tmp_path: Path) -> None:
    with serving(tmp_path, "--host", "::1") as (address, said):
        assert address.startswith("http://[::1]:")
        assert said == ""
        assert status_of(f"{address}/config", {}) == 200
        assert status_of(f"{address}/config", {"host": "evil.example"}) == 400
        for path in ("upload", "info", "deep_link?session_hash=x"):
            assert status_of(f"{address}/gradio_api/{path}", {}) == 404

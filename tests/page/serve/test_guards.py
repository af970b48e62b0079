"""From where one may come in, with how much, and what every response says: the middlewares around a small application."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest
from page_visitor import JOIN, JSON, PAGE, PASSWORD, visitor

from index.readers.source import MAX_BYTES
from page.serve.guards import MOST_BYTES
from page.serve.passwords import Password


@pytest.fixture(scope="module")
def mina() -> dict[str, Password]:
    return {"mina": Password.new(PASSWORD)}


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
    whole = json.dumps({"data": base64.b64encode(bytes(MAX_BYTES + 1)).decode(), "name": "ن" * 255})
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

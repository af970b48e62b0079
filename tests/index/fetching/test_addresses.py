"""Which addresses are asked for anything, and which machines are connected to."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import httpx
import pytest

from index.fetching.addresses import AddressGuard, Refused, any_network, is_global, is_this_machine, open_network, parse, why_not_a_server

# From the registries of special addresses (https://www.iana.org/assignments/iana-ipv4-special-registry, -ipv6-), and what embeds one.
NOT_IN_THE_OPEN_NETWORK = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:0:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::127.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::8.8.8.8",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]


@pytest.mark.parametrize("address", NOT_IN_THE_OPEN_NETWORK)
def test_no_address_of_a_machine_or_network_of_its_own_is_in_the_open_network(address: str) -> None:
    assert not is_global(ip_address(address))
    with pytest.raises(Refused, match="not in the open network; --allow-private"):
        AddressGuard(open_network().why_not, lambda host, port: [address]).addresses("news.example", 443)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "172.32.0.1", "192.0.3.1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2606:4700::1111", "2a00:1450::1"]
)
def test_addresses_of_the_open_network_are_in_it(address: str) -> None:
    assert is_global(ip_address(address))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "::1", "::ffff:127.0.0.1", "0", "0.0.0.0"]
)
def test_this_machine_is_refused_however_it_is_spelled(host: str) -> None:
    with pytest.raises(Refused, match="--allow-private"):
        open_network().addresses(host, 80)


def test_one_private_address_among_those_of_a_host_is_enough_to_refuse_it() -> None:
    guard = AddressGuard(open_network().why_not, lambda host, port: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        guard.addresses("news.example", 443)


def test_an_address_of_this_machine_is_known_as_such() -> None:
    assert is_this_machine(ip_address("127.0.0.1"))
    assert not is_this_machine(ip_address("127.0.0.2"))  # this machine as well, but packets leave from 127.0.0.1


@pytest.mark.parametrize("address", ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1"])
def test_where_machines_in_a_cloud_are_told_their_passwords_nothing_is_asked_at_all(address: str) -> None:
    assert why_not_a_server(ip_address(address)) is not None
    with pytest.raises(Refused, match="no page comes from"):
        any_network().addresses(address, 80)


def test_private_networks_are_asked_where_that_is_allowed() -> None:
    assert any_network().addresses("127.0.0.1", 8000) == ["127.0.0.1"]
    assert any_network().addresses("10.0.0.1", 8000) == ["10.0.0.1"]


def test_only_the_ports_of_the_web_are_asked_unless_private_networks_are() -> None:
    for address in ("http://news.example/", "https://news.example/", "http://news.example:443/"):
        open_network().check_port(parse(address))
    with pytest.raises(Refused, match="port 22 is none of the web"):
        open_network().check_port(parse("http://news.example:22/"))
    any_network().check_port(parse("http://news.example:22/"))


def test_a_host_that_has_no_address_is_said_to_be_none() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def unanswered(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    for resolve, reason in ((unknown, "no host of that name"), (unanswered, "cannot be looked up now"), (lambda *_: [], "no address")):
        with pytest.raises(Refused, match=reason):
            AddressGuard(lambda _: None, resolve).addresses("news.example", 80)


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("https://news.example", "https://news.example/"),
        ("https://news.example?p=7", "https://news.example/?p=7"),
        ("https://NEWS.example:443/a/../b", "https://news.example/b"),
        ("http://news.example:8080/", "http://news.example:8080/"),
        ("https://news.example/a#top", "https://news.example/a"),
        ("https://news.example/a?utm_source=x&UTM_Medium=y&fbclid=1&gclid=2&at_campaign=3", "https://news.example/a"),
        ("https://news.example/a?id=1&utm_source=x&b=%2F&&c", "https://news.example/a?id=1&b=%2F&&c"),
        ("https://news.example/a?my_utm_source=1", "https://news.example/a?my_utm_source=1"),
        ("https://news.example/a%2Fb%20c;d=1", "https://news.example/a%2Fb%20c;d=1"),
        ("https://مثال.إختبار/خبر عاجل", "https://xn--mgbh0fb.xn--kgbechtv/%D8%AE%D8%A8%D8%B1%20%D8%B9%D8%A7%D8%AC%D9%84"),
        ("  https://news.example/a\t", "https://news.example/a"),
    ],
)
def test_a_page_has_one_address(written: str, named: str) -> None:
    assert str(parse(written)) == named
    assert parse(named) == parse(written)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", "http:// or https://"),
        ("news.example/feed", "http:// or https://"),
        ("//news.example/feed", "http:// or https://"),
        ("ftp://news.example/feed", "http:// or https://"),
        ("file:///etc/passwd", "http:// or https://"),
        ("javascript:alert(1)", "http:// or https://"),
        ("http://reader:secret@news.example/", "user name or password"),
        ("http://news.example\\@127.0.0.1/", "user name or password"),
        ("http:///feed", "no host"),
        ("http://../feed", "no host"),
        ("http://%31%32%37.0.0.1/", "no host"),
        ("http://news.example:0/", "no host"),
        ("http://news.example:99999/", "no host"),
        ("http://[::1/", "not the address"),
        ("http://news.example/a\r\nHost: other.example", "not the address"),
        ("http://news.example/\ud800", "not the address"),
        ("http://news.example/" + "a" * 8000, "too long"),
    ],
)
def test_what_is_no_address_of_a_page_is_refused(address: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        parse(address)


def test_a_link_is_read_from_where_it_stands() -> None:
    base = httpx.URL("https://news.example/a/feed.xml")
    assert str(parse("b?utm_source=x", base)) == "https://news.example/a/b"
    assert str(parse("//other.example/b", base)) == "https://other.example/b"
    with pytest.raises(Refused, match="user name"):
        parse("//reader@other.example/", base)

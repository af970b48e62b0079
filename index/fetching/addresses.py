"""Which addresses may be fetched: what a URL may look like, and which machines may be connected to.

The owner of a name decides what it resolves to, which may change between two look-ups. So the name is never judged: the
addresses that it resolves to are, all of them, and the connection is made to one of those very addresses (client.py).
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpx

IPAddress = IPv4Address | IPv6Address

_PORTS = {"http": 80, "https": 443}
# Longer ones are no address of a page. The limit of most servers and caches; not measured.
_MOST_CHARACTERS = 8000
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
# What tells a site where a reader came from, and changes nothing on the page: the parameters of the large mail, search and social networks,
# and those of the BBC's feeds. A short list on purpose: one that is left on costs a second copy, one too many the wrong page.
_TRACKING = re.compile(rb"utm_\w+|(fb|g|d|y|tw|tt|ms)clid|[gw]braid|mc_[ce]id|igshid|at_(medium|campaign)", re.IGNORECASE)

# All of IPv6 that has been given out for use between networks: https://www.iana.org/assignments/ipv6-unicast-address-assignments
_GLOBAL_IPV6 = IPv6Network("2000::/3")
# Given out there, and yet not the address of one machine in the open network: Teredo and its like, 6to4, documentation.
_NOT_GLOBAL_IPV6 = (IPv6Network("2001::/23"), IPv6Network("2001:db8::/32"), IPv6Network("2002::/16"), IPv6Network("3fff::/20"))
# An IPv4 address as a network that has IPv6 alone spells it (RFC 6052).
_NAT64 = IPv6Network("64:ff9b::/96")
_6TO4_RELAYS = IPv4Network("192.88.99.0/24")


class Refused(Exception):
    """What is not fetched: `str(refused)` says why, in one line without an address in it."""


@dataclass(frozen=True)
class AddressGuard:
    """Who may be asked. `why_not` gives the reason against an address, or None; `resolve` the addresses of a host, as text, and may raise
    OSError; `any_port` lets other ports be asked than those of the web."""

    why_not: Callable[[IPAddress], str | None]
    resolve: Callable[[str, int], Sequence[str]]
    any_port: bool = False

    def check_port(self, url: httpx.URL) -> None:
        """Raises Refused where the port is not one of the web's."""
        if not self.any_port and url.port not in (None, *_PORTS.values()):
            raise Refused(f"port {url.port} is none of the web; with --allow-private every port is asked")

    def addresses(self, host: str, port: int) -> list[str]:
        """Where the host may be connected to now. Raises Refused where it has no address, or any of them may not be asked."""
        try:
            addresses = list(dict.fromkeys(self.resolve(host, port)))
        except socket.gaierror as error:
            known = error.errno == socket.EAI_NONAME
            raise Refused("there is no host of that name" if known else "its name cannot be looked up now") from error
        except (OSError, UnicodeError) as error:
            raise Refused("its name cannot be looked up") from error
        if not addresses:
            raise Refused("its host has no address")
        for address in addresses:
            reason = self.why_not(ip_address(address))
            if reason is not None:
                raise Refused(reason)
        return addresses


def open_network() -> AddressGuard:
    """Only machines in the open network, and never this one."""
    return AddressGuard(why_not_public, resolved)


def any_network() -> AddressGuard:
    """This machine and its own network as well. What a link alone leads to is still refused: there, machines in a cloud are told their
    passwords."""
    return AddressGuard(why_not_a_server, resolved, any_port=True)


def resolved(host: str, port: int) -> list[str]:
    """The addresses that the system has for a host. Raises OSError, or UnicodeError where the name is none."""
    return [str(place[0]) for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def why_not_public(address: IPAddress) -> str | None:
    """The reason why this is not a machine in the open network, or None.

    >>> why_not_public(ip_address("10.1.2.3")) is None, why_not_public(ip_address("::ffff:10.1.2.3")) is None
    (False, False)
    """
    if not is_global(address):
        return f"its host leads to {address}, which is not in the open network; --allow-private lets it be asked"
    if is_this_machine(address):
        return f"its host leads to {address}, which is this machine; --allow-private lets it be asked"
    return None


def why_not_a_server(address: IPAddress) -> str | None:
    """The reason why no page can come from there, whatever the network, or None."""
    plain = (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
    if plain.is_link_local or plain.is_multicast or plain.is_unspecified:
        return f"its host leads to {address}, where no page comes from"
    return None


def is_global(address: IPAddress) -> bool:
    """Whether it is one machine's address in the open network.

    The registries' special ranges are the standard library's, of which releases differ; what none of them has is named above. A range of
    a network's own that hides IPv4 addresses in IPv6 (RFC 6052, section 2.2) cannot be recognised.
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and address not in _6TO4_RELAYS
    if address.ipv4_mapped is not None:
        return is_global(address.ipv4_mapped)
    if address in _NAT64:
        return is_global(IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _GLOBAL_IPV6 and address.is_global and not any(address in network for network in _NOT_GLOBAL_IPV6)


def is_this_machine(address: IPAddress) -> bool:
    """Whether the address belongs to this machine: its packets would leave from there. Nothing is sent."""
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as unsent:
            unsent.connect((str(address), 9))
            return ip_address(unsent.getsockname()[0]) == address
    except OSError:  # no way there: nor will there be one for the request
        return False


def parse(text: str, base: httpx.URL | None = None) -> httpx.URL:
    """The address of a page, in the one form in which we name it: without fragment, default port or tracking parameters.

    Raises Refused where it is none that can be asked: another scheme than http and https, a user name or password in it, no host.

    >>> str(parse("HTTP://Example.ORG:80/a?id=7&utm_source=feed#top"))
    'http://example.org/a?id=7'
    """
    if len(text) > _MOST_CHARACTERS:
        raise Refused("its address is too long")
    try:
        url = httpx.URL(text.strip()) if base is None else base.join(text.strip())
        host, port = url.raw_host.decode("ascii"), url.port
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused("it is not the address of a page") from error
    if url.scheme not in _PORTS:
        raise Refused("it is not an address that begins with http:// or https://")
    if url.userinfo:
        raise Refused("its address holds a user name or password")
    if not (_is_host(host) and (port is None or 0 < port < 65536)):
        raise Refused("its address names no host")
    return url.copy_with(port=None if port == _PORTS[url.scheme] else port, raw_path=_untracked(url.raw_path), fragment=None)


def _untracked(raw_path: bytes) -> bytes:
    """Path and query as they were written, but for tracking parameters."""
    path, _, query = raw_path.partition(b"?")
    kept = b"&".join(part for part in query.split(b"&") if not _TRACKING.fullmatch(part.partition(b"=")[0]))
    return path + b"?" + kept if kept else path


def _is_host(host: str) -> bool:
    if ":" not in host:
        return _HOST.fullmatch(host) is not None
    try:
        return ip_address(host).version == 6
    except ValueError:
        return False

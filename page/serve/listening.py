"""The page's network address: hosts, accepted host names, the socket and the server."""

from __future__ import annotations

import logging
import socket
from ipaddress import ip_address
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from index.errors import SettingError

LOCAL = "127.0.0.1"


def listen(host: str, port: int) -> socket.socket:
    """Raises SettingError if the address cannot be bound."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError, UnicodeError) as error:
        raise SettingError(f"Port {port} cannot be used at {host!r} ({error}). Name another with --port, or another --host.") from error


def serve(app: ASGIApp, listening: socket.socket) -> None:
    """Serves the application on a socket until the process is terminated."""
    _Server(uvicorn.Config(app, log_level="warning", server_header=False, timeout_graceful_shutdown=1)).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Stops without logging: open pages hold streams, and closing them is not an error."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        super().handle_exit(sig, frame)


def is_local(host: str) -> bool:
    """Whether a host is reachable from this machine only.

    >>> [is_local(host) for host in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "::", "news.example", "")]
    [True, True, True, False, False, False, False]
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def local_names(host: str) -> tuple[str, ...]:
    """The accepted host names of a page that is reachable from this machine only."""
    return (LOCAL, "localhost", "[::1]", _bracketed(host))


def address(host: str, port: int) -> str:
    """The URL for a browser on this machine.

    >>> address("0.0.0.0", 7860), address("::", 7860), address("news.example", 80)
    ('http://127.0.0.1:7860', 'http://[::1]:7860', 'http://news.example:80')
    """
    return f"http://{_bracketed({'0.0.0.0': LOCAL, '::': '::1'}.get(host, host))}:{port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host

"""Connections that are made to an address that was checked, and end at a set time."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from time import monotonic
from typing import Any

import httpcore

from index.fetching.addresses import AddressGuard


class Connecting(httpcore.SyncBackend):
    """Looks a host up once, has all its addresses checked, and connects to one of those. `until` is by the monotonic clock."""

    def __init__(self, guard: AddressGuard, until: float) -> None:
        self._guard = guard
        self._until = until

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Raises Refused where the guard refuses, httpcore.ConnectError or ConnectTimeout where none of the addresses answers."""
        addresses = self._guard.addresses(host, port)
        while True:
            address = addresses.pop(0)
            left = self._until - monotonic()
            if left <= 0:
                raise httpcore.ConnectTimeout
            try:
                # An equal part of the time that is left: of two addresses, the first may be one that swallows all that is sent to it.
                stream = super().connect_tcp(address, port, left / (len(addresses) + 1), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not addresses:
                    raise
            else:
                return _StreamUntil(stream, self._until)


class _StreamUntil(httpcore.NetworkStream):
    """A stream on which no reading or writing outlasts the end: a limit for each alone would let a slow server drip for ever."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream = stream
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _StreamUntil(self._stream.start_tls(ssl_context, server_hostname, self._left()), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _left(self) -> float:
        left = self._until - monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left

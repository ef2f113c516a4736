"""Messages over a stream socket: JSON objects, each after its length in four bytes; and a fork server's requests."""

from __future__ import annotations

import json
import re
import socket
import struct
from collections.abc import Mapping
from time import monotonic
from typing import Any

PING = b"ping"
"""A request to a fork server that is only to be answered."""
PREPARE = b"prepare "
"""How a request begins that brings a cell of the lesson's: see `kernel.prepare`. It has no answer."""
LONGEST_REQUEST = 1 << 16
"""Bytes of a request."""
LONGEST = 32 * 2**20
"""A longer message is not read."""
LONGEST_START = 256 * 2**20
"""The same for a kernel's first message, which brings all files that lie beside a notebook."""
AHEAD = 1 << 16
"""Bytes that a `Reader` takes at once, if they have come: most messages are shorter."""
CONTAINER = 500
"""Bytes that each list and object in a message takes in memory: two bytes of text, and hundreds there."""
TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""A text of JSON, to its end or, where it has none, to that of the message."""


class TooLong(ValueError):
    """A message that was not read, because it would take more memory than it may."""


def send(connection: socket.socket, message: Mapping[str, object]) -> None:
    """Send one message; blocks while the other side does not read. Half characters become "?"."""
    body = json.dumps(message, ensure_ascii=False, default=str).encode("utf-8", "replace")
    connection.sendall(struct.pack("!I", len(body)) + body)


def receive(connection: socket.socket, longest: int = LONGEST) -> dict[str, Any] | None:
    """The next message, with its size in bytes as "size"; or None where the other side has gone.

    Args:
        connection: where from.
        longest: bytes of a message that is read.

    Raises:
        ValueError: what came is not a message.
        TimeoutError: it did not come within the connection's time.
    """
    head = _exactly(connection, 4)
    if head is None:
        return None
    body = _exactly(connection, _size(head, longest))
    return None if body is None else _parse(body)


class Reader:
    """Reads messages from a side that is not trusted, and loses none where the time is over in the midst of one.

    Args:
        connection: where from; its time limit is changed.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._come = connection, bytearray()

    def receive(self, until: float, longest: int = LONGEST) -> dict[str, Any] | None:
        """The next message, with its size in bytes as "size"; or None where the other side has gone.

        Args:
            until: by `time.monotonic`, when to give up.
            longest: bytes of a message that is read, each list and object in it counted as `CONTAINER` in addition.

        Raises:
            TooLong: it is longer, found before it is received whole or, for lists and objects, before it is parsed.
            ValueError: what came is not a message.
            TimeoutError: it did not come in time; the next call goes on where this one stopped.
        """
        if not self._has(4, until):
            return None
        size = _size(self._come[:4], longest)
        if not self._has(4 + size, until):
            return None
        body = bytes(self._come[4 : 4 + size])
        del self._come[: 4 + size]
        if size + CONTAINER * containers(body, (longest - size) // CONTAINER) > longest:
            raise TooLong(f"a message of {size} bytes whose lists and objects take too much memory")
        return _parse(body)

    def _has(self, size: int, until: float) -> bool:
        """Wait until so many bytes have come; False where the other side has gone."""
        while len(self._come) < size:
            left = until - monotonic()
            if left <= 0:
                raise TimeoutError
            self._connection.settimeout(left)
            part = _some(self._connection, max(size - len(self._come), AHEAD))
            if not part:
                return False
            self._come += part
        return True


def containers(body: bytes, few: int = 0) -> int:
    """How many lists and objects there are in JSON, without parsing it. Up to ``few`` may be too many by some."""
    most = body.count(b"[") + body.count(b"{")
    if most <= few:
        return most
    outside = TEXT.sub(b"", body)
    return outside.count(b"[") + outside.count(b"{")


def _size(head: bytes | bytearray, longest: int) -> int:
    (size,) = struct.unpack("!I", head)
    if size > longest:
        raise TooLong(f"a message of {size} bytes; at most {longest} are read")
    return int(size)


def _parse(body: bytes) -> dict[str, Any]:
    message = json.loads(_whole_characters(body))
    if not isinstance(message, dict):
        raise ValueError("a message that is not an object")
    message["size"] = len(body)
    return message


def _whole_characters(body: bytes) -> bytes:
    """The same JSON with "?" for every half of a character, which JSON can spell and no file can hold."""
    if b"\\ud" not in body and b"\\uD" not in body:
        return body
    return json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "replace")


def _exactly(connection: socket.socket, size: int) -> bytes | None:
    parts = []
    while size:
        part = _some(connection, size)
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _some(connection: socket.socket, most: int) -> bytes:
    """At least one byte, or none where the other side has gone."""
    try:
        return connection.recv(min(most, 1 << 20))
    except ConnectionResetError:
        return b""

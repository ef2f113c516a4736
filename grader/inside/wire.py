"""Messages over a stream socket: JSON objects, each after its length in four bytes."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from typing import Any

LONGEST = 32 * 2**20
"""A longer message is not read."""
LONGEST_START = 256 * 2**20
"""The same for a kernel's first message, which brings all files that lie beside a notebook."""


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
    (size,) = struct.unpack("!I", head)
    if size > longest:
        raise ValueError(f"a message of {size} bytes; at most {longest} are read")
    body = _exactly(connection, size)
    if body is None:
        return None
    message = json.loads(_whole_characters(body))
    if not isinstance(message, dict):
        raise ValueError("a message that is not an object")
    message["size"] = size
    return message


def _whole_characters(body: bytes) -> bytes:
    """The same JSON with "?" for every half of a character, which JSON can spell and no file can hold."""
    if b"\\ud" not in body and b"\\uD" not in body:
        return body
    return json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "replace")


def _exactly(connection: socket.socket, size: int) -> bytes | None:
    parts = []
    while size:
        try:
            part = connection.recv(min(size, 1 << 20))
        except ConnectionResetError:
            return None
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)

"""Does every message arrive whole, late or not, and is what takes too much memory refused before it is parsed?"""

from __future__ import annotations

import json
import socket
import struct
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.inside import wire
from grader.marking.sandbox.job import containers_in

plain = st.recursive(
    st.none() | st.integers() | st.text() | st.sampled_from(["[", '{"', '\\"', "\\", '"[']),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def soon():
    return monotonic() + 0.1


def test_a_message_in_two_halves_is_read_when_both_have_come(ends):
    ours, theirs = ends
    reader, body = wire.Reader(ours), b'{"text": "abc"}'
    whole = struct.pack("!I", len(body)) + body
    for part in (whole[:2], whole[2:9]):
        theirs.sendall(part)
        with pytest.raises(TimeoutError):
            reader.receive(soon())
    theirs.sendall(whole[9:] + whole)
    assert reader.receive(soon()) == reader.receive(soon()) == {"text": "abc", "size": len(body)}
    theirs.close()
    assert reader.receive(soon()) is None


def test_who_sends_byte_by_byte_does_not_get_more_time(ends):
    ours, theirs = ends
    theirs.sendall(struct.pack("!I", 1000) + b" " * 500)
    with pytest.raises(TimeoutError):
        wire.Reader(ours).receive(monotonic())


def test_a_message_that_is_too_long_is_not_received(ends):
    ours, theirs = ends
    theirs.sendall(struct.pack("!I", 2**31))
    with pytest.raises(wire.TooLong, match="at most 1000"):
        wire.Reader(ours).receive(soon(), 1000)


def test_lists_and_objects_are_counted_before_they_are_parsed(ends, monkeypatch):
    ours, theirs = ends
    wire.send(theirs, {"content": [{}] * 1000})
    wire.send(theirs, {"content": "[{" * 1000})
    monkeypatch.setattr(wire, "_parse", lambda body: {"parsed": len(body)})
    reader = wire.Reader(ours)
    with pytest.raises(wire.TooLong, match="too much memory"):
        reader.receive(soon(), 100_000)
    assert reader.receive(soon(), 100_000)["parsed"] > 2000


@given(plain)
def test_counting_without_parsing_finds_the_same_number(value):
    for spelled in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        assert wire.containers(spelled.encode()) == containers_in(value)

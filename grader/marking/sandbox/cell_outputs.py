"""A cell's outputs, from the messages that a kernel sends. No message is trusted: each is validated."""

from __future__ import annotations

import re
from typing import Any

NOT_JUPYTERS = "a message that is not of Jupyter's form"
OUTPUTS = ("stream", "display_data", "execute_result", "error")
UPDATED = ("display_data", "execute_result")
"""Outputs that a later message may update."""
JSON = re.compile(r"application/(.*\+)?json")
"""MIME types whose data may be anything; that of others is text."""
DEEPEST = 100
"""Lists and objects inside each other in a message: whatever copies, checks or writes it later recurses."""


class CellOutputs:
    """Turns messages into the outputs that nbformat stores: joins streams, updates displays, clears outputs.

    Attributes:
        outputs: the outputs so far, plain dictionaries; until `finish`, a stream's text is a list.
        shown: display's id → its outputs, of all cells of the notebook.
    """

    def __init__(self, shown: dict[str, list[dict[str, Any]]]) -> None:
        self.outputs: list[dict[str, Any]] = []
        self.shown = shown
        self._clear = False

    def add(self, message: dict[str, Any]) -> None:
        """Take one message.

        Raises:
            ValueError: it is not what a kernel sends.
        """
        kind, content = message.get("msg_type"), message.get("content")
        if not isinstance(content, dict):
            raise ValueError(NOT_JUPYTERS)
        _require(depth_of(content) <= DEEPEST)
        if kind == "clear_output":
            self._clear = bool(content.get("wait"))
            if not self._clear:
                self._empty()
        elif kind == "update_display_data":
            fresh = _OUTPUT["display_data"](content)
            for output in self.shown.get(_display_id(content), []):
                output.update(data=fresh["data"], metadata=fresh["metadata"])
        elif kind in OUTPUTS:
            self._put(_OUTPUT[kind](content), _display_id(content) if kind in UPDATED else "")
        else:
            raise ValueError(f"a message of the kind {kind!r:.50}")

    def places(self, message: dict[str, Any]) -> int:
        """In how many outputs a message's content is stored: an update is in each display of that id."""
        content = message.get("content")
        if message.get("msg_type") != "update_display_data" or not isinstance(content, dict):
            return 1
        return max(1, len(self.shown.get(_display_id(content), [])))

    def finish(self) -> None:
        """Join the parts of each stream to one text, after the last message."""
        for output in self.outputs:
            if output["output_type"] == "stream":
                output["text"] = "".join(output["text"])

    def _put(self, output: dict[str, Any], display: str) -> None:
        if self._clear:
            self._empty()
        last = self.outputs[-1] if self.outputs else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            last["text"] += output["text"]  # a list of parts until the end: joining each time takes quadratic time
            return
        self.outputs.append(output)
        if display:
            self.shown.setdefault(display, []).append(output)

    def _empty(self) -> None:
        gone = {id(output) for output in self.outputs}
        for name, shown in self.shown.items():  # what is cleared is updated no more
            self.shown[name] = [output for output in shown if id(output) not in gone]
        self.outputs.clear()
        self._clear = False


def _stream(content: dict[str, Any]) -> dict[str, Any]:
    _require(content.get("name") in ("stdout", "stderr") and isinstance(content.get("text"), str))
    return {"output_type": "stream", "name": content["name"], "text": [content["text"]]}


def _display(content: dict[str, Any]) -> dict[str, Any]:
    data, metadata = content.get("data"), content.get("metadata", {})
    if not (isinstance(data, dict) and isinstance(metadata, dict)):
        raise ValueError(NOT_JUPYTERS)
    for kind, value in data.items():
        _require(isinstance(value, str) or JSON.fullmatch(kind) is not None)
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def _result(content: dict[str, Any]) -> dict[str, Any]:
    count = content.get("execution_count")
    _require(count is None or type(count) is int)
    count = None if count is None or count < 0 else count  # a cell may set IPython's number to anything
    return {**_display(content), "output_type": "execute_result", "execution_count": count}


def _error(content: dict[str, Any]) -> dict[str, Any]:
    lines = content.get("traceback")
    _require(isinstance(lines, list) and all(isinstance(line, str) for line in lines))
    _require(isinstance(content.get("ename"), str) and isinstance(content.get("evalue"), str))
    return {"output_type": "error", "ename": content["ename"], "evalue": content["evalue"], "traceback": lines}


_OUTPUT: dict[str, Any] = {"stream": _stream, "display_data": _display, "execute_result": _result, "error": _error}


def _display_id(content: dict[str, Any]) -> str:
    transient = content.get("transient")
    name = transient.get("display_id") if isinstance(transient, dict) else None
    return name if isinstance(name, str) else ""


def depth_of(content: object) -> int:
    """How many lists and objects lie inside each other in something that was JSON; 0 for a value alone."""
    depth, level = 0, [content]
    while level := [value for value in level if isinstance(value, dict | list)]:
        level = [inner for value in level for inner in (value.values() if isinstance(value, dict) else value)]
        depth += 1
    return depth


def _require(fact: bool) -> None:
    if not fact:
        raise ValueError(NOT_JUPYTERS)

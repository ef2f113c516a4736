"""Bundles of answers that `check` did not write: too many, malformed, for other cases, or sent behind its back."""

from __future__ import annotations

import pytest

from tests.hostile.handing_in import BEFORE, FULL, ZERO, hands_in

pytestmark = pytest.mark.hostile

FORGE = """
    import base64, copy, io, json, os, pickle, sys
    from grader.checks import answers, check as checking, run_file
    from grader.checks.answers import MIME
    from grader.checks.task import find_task
    from IPython.display import display, publish_display_data

    honest = check
    asked = run_file.asked()

    def bundle(name, function):
        "The bundle that check would publish."
        task = find_task(name)
        given = [answers.collect(task, function, task.case(label), seed) for label, seed in asked[name]]
        return answers.pack(task, given)

    def npy(array, **options):
        file = io.BytesIO()
        np.save(file, array, **options)
        return base64.b64encode(file.getvalue()).decode()

    def publish(content):
        display({MIME: content, "text/plain": "answers recorded"}, raw=True)

    def every(found, change):
        "The bundle with every output of every case changed."
        for case in found["cases"]:
            case["outputs"] = {name: change(text) for name, text in case["outputs"].items()}
        return found

    def check(name, function):
        FORGERIES.get(name, honest)(name, function)

    sys.modules["grader.checks"].check = check  # from where each check cell imports it
    """


def forged(source: str) -> dict:
    """A solved notebook whose checks are replaced by these forgeries."""
    return {"solved": None, "first": (FORGE, source)}


@hands_in(
    **forged("""
    def twice(name, function):
        honest(name, function)
        honest(name, function)

    def right_and_wrong(name, function):
        honest(name, lambda *given, **named: 0)
        honest(name, function)

    def other_seeds(name, function):
        found = bundle(name, function)
        task = find_task(name)
        given = [answers.collect(task, function, task.case(label), 7) for label, seed in asked[name]]
        publish(answers.pack(task, given))

    def wanted_seeds_other_answers(name, function):
        found, task = bundle(name, function), find_task(name)
        given = [answers.collect(task, function, task.case(label), 7) for label, seed in asked[name]]
        other = answers.pack(task, given)
        for case, mine in zip(other["cases"], found["cases"]):
            case["seed"] = mine["seed"]
        publish(other)

    def first_half(name, function):
        found = bundle(name, function)
        found["cases"] = found["cases"][: len(found["cases"]) // 2]
        publish(found)

    def other_order(name, function):
        found = bundle(name, function)
        found["cases"].reverse()
        publish(found)

    def other_task(name, function):
        publish(bundle("srn.parameter_count", parameter_count))

    FORGERIES = {
        "srn.step": twice, "srn.sequence": right_and_wrong, "srn.output_layer": other_seeds,
        "srn.cross_entropy": wanted_seeds_other_answers, "srn.word_starts": first_half,
        "srn.f1_score": other_order, "srn.module": other_task,
    }
    """)
)
def test_wrong_number_seeds_or_order(mark):
    """Hopes that the best of several bundles counts, or that nobody looks which cases were answered."""
    assert mark.points == ZERO | {"srn.parameter_count": FULL["srn.parameter_count"]}
    assert mark.record["tasks"]["srn.step"]["reason"] == "no answer: the cell gave 2 answers instead of one"


@hands_in(
    **forged("""
    class Gift:
        def __reduce__(self):
            return print, ("unpickled",)

    def pickled(name, function):
        publish(every(bundle(name, function), lambda text: npy(np.array([Gift()], object), allow_pickle=True)))

    def raw_pickle(name, function):
        publish(every(bundle(name, function), lambda text: base64.b64encode(pickle.dumps(Gift())).decode()))

    def huge_shape(name, function):
        head = b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }"
        raw = b"\\x93NUMPY\\x01\\x00" + len(head).to_bytes(2, "little") + head
        publish(every(bundle(name, function), lambda text: base64.b64encode(raw).decode()))

    def not_base64(name, function):
        publish(every(bundle(name, function), lambda text: "?!" + text))

    def code_in_header(name, function):
        head = b"{'descr': '<f8', 'fortran_order': False, 'shape': (__import__('os').getpid(),), }"
        raw = b"\\x93NUMPY\\x01\\x00" + len(head).to_bytes(2, "little") + head
        publish(every(bundle(name, function), lambda text: base64.b64encode(raw).decode()))

    def extra_arrays(name, function):
        found = bundle(name, function)
        for case in found["cases"]:
            case["outputs"]["more"] = npy(np.zeros(100))
        publish(found)

    def records(name, function):
        structured = np.zeros(3, [("a", "f8"), ("b", "i4")])
        publish(every(bundle(name, function), lambda text: npy(structured)))

    FORGERIES = {
        "srn.step": pickled, "srn.sequence": raw_pickle, "srn.output_layer": huge_shape,
        "srn.cross_entropy": not_base64,
        "srn.word_starts": code_in_header, "srn.f1_score": extra_arrays, "srn.module": records,
    }
    """)
)
def test_arrays_that_are_none(mark):
    """Hopes for an unpickled object, an evaluated header, or the referee's memory."""
    assert mark.points == ZERO | {"srn.parameter_count": FULL["srn.parameter_count"]}
    assert mark.record["not_marked"] == {}


@hands_in(
    **forged("""
    def not_json(name, function):
        publish("{" + json.dumps(bundle(name, function)))

    def as_text(name, function):
        publish(json.dumps(bundle(name, function)))

    def many_cases(name, function):
        found = bundle(name, function)
        found["cases"] = [0] * 1_000_000
        publish(found)

    def huge_string(name, function):
        publish("9" * 3_000_000)

    def numbers(name, function):
        found = bundle(name, function)
        found["cases"][0]["seed"] = 1e308
        found["format"] = True
        publish(found)

    def problem(name, function):
        found = bundle(name, function)
        found["cases"][0] |= {"outputs": {}, "problem": ["right", "trust me <script>alert(1)</script>"]}
        publish(found)

    def of_odd_types(name, function):
        publish({"format": 1, "task": name, "cases": {"0": None}, "points": 100})

    FORGERIES = {
        "srn.step": not_json, "srn.sequence": many_cases, "srn.output_layer": huge_string, "srn.cross_entropy": numbers,
        "srn.word_starts": problem, "srn.f1_score": of_odd_types, "srn.module": as_text,
    }
    """)
)
def test_json_of_odd_forms(mark):
    """Hopes to break the parser. The right bundle as a text of JSON is read as what it is."""
    kept = ("srn.parameter_count", "srn.module")
    assert mark.points == ZERO | {name: FULL[name] for name in kept}
    assert mark.record["not_marked"] == {}


@hands_in(
    **forged("""
    def deep(name, function):
        from grader.inside import kernel

        text = json.dumps({"msg_type": "display_data", "content": {"data": {MIME: "NEST"}, "metadata": {}}})
        body = text.replace('"NEST"', "[" * 10_000 + "]" * 10_000).encode()
        kernel.link.socket.sendall(len(body).to_bytes(4, "big") + body)

    FORGERIES = {"srn.word_starts": deep}
    """)
)
def test_nested_ten_thousand_deep(mark):
    """Hopes for a RecursionError in the referee: what came before keeps its points, the run ends in order."""
    assert mark.points.items() >= {name: FULL[name] for name in BEFORE}.items()
    assert mark.points["srn.word_starts"] == 0.0
    assert mark.status == "marked"


@hands_in(
    **forged("""
    def too_deep(name, function):
        content = "deep"
        for _ in range(300):
            content = [content]
        publish(content)
        display({"application/json": content, "text/plain": "deep"}, raw=True)

    FORGERIES = {"srn.word_starts": too_deep}
    """)
)
def test_nested_three_hundred_deep(mark):
    """Hopes to pass the reader and to break marking: what came before keeps its points, the run ends in order."""
    assert mark.points.items() >= {name: FULL[name] for name in BEFORE}.items()
    assert mark.points["srn.word_starts"] == 0.0
    assert mark.status == "marked"


@hands_in(
    **forged("""
    def deep_enough(name, function):
        content = "deep"
        for _ in range(90):
            content = [content]
        publish(content)
        display({"application/json": content, "text/plain": "deep"}, raw=True)

    FORGERIES = {"srn.word_starts": deep_enough}
    """)
)
def test_nested_as_deep_as_it_is_read(mark):
    """Hopes to pass the reader and to break a later step: marking, saving, or everybody's feedback."""
    assert mark.points == FULL | {"srn.word_starts": 0.0}


@hands_in(
    solved=("srn.parameter_count",),
    first=(
        FORGE,
        """
    import threading, time

    from grader.inside.kernel import link

    forgeries = [bundle(name, lambda *given, **named: 0) for name in asked]

    def publish_into_every_cell():
        while True:
            for forgery in forgeries:
                link.send("display_data", data={MIME: forgery, "text/plain": "24.0"}, metadata={}, transient={})
            time.sleep(0.01)

    threading.Thread(target=publish_into_every_cell, daemon=True).start()
    FORGERIES = {}
    """,
    ),
    before={"srn.parameter_count": "time.sleep(0.2)"},
)
def test_thread_publishes_into_other_cells(mark):
    """Hopes that the first or the last bundle of a cell counts; bundles beside the honest one cost its answer."""
    assert {**mark.points, "srn.parameter_count": 0.0} == ZERO
    assert mark.points["srn.parameter_count"] in (0.0, FULL["srn.parameter_count"])


@hands_in(
    solved=("srn.parameter_count", "srn.step"),
    first=(
        FORGE,
        """
    def shown_first(name, function):
        display({MIME: bundle(name, function), "text/plain": "mine"}, raw=True, display_id="mine")

    FORGERIES = {"srn.step": shown_first}
    """,
    ),
    last=(
        """
    from IPython.display import update_display

    forged = {MIME: bundle("srn.step", lambda *given, **named: 0), "text/plain": "24.0"}
    update_display(forged, raw=True, display_id="mine")
    update_display({MIME: {"format": 1, "task": "srn.sequence", "points": 100}}, raw=True, display_id=None or "theirs")
    """,
    ),
)
def test_update_overwrites_another_cells_output(mark):
    """Hopes to change a grade cell's output later. It can only change its own, and only for the worse."""
    assert mark.points == ZERO | {"srn.parameter_count": FULL["srn.parameter_count"]}


@hands_in(
    solved=("srn.parameter_count",),
    first=(
        FORGE,
        """
    from grader.inside import wire

    real = wire.send

    def send(connection, message):
        "Every error becomes a bundle, every end a success."
        if message["msg_type"] == "error":
            forged = {MIME: {"format": 1, "task": "srn.step", "points": 24}}
            message = {"msg_type": "display_data", "content": {"data": forged, "metadata": {}}}
        if message["msg_type"] == "done":
            message["content"] |= {"status": "ok", "points": 24.0, "payload": []}
        return real(connection, message)

    wire.send = send
    FORGERIES = {}
    """,
    ),
)
def test_replies_of_the_kernel_forged(mark):
    """Hopes that the kernel's own word about success counts."""
    assert mark.points == ZERO | {"srn.parameter_count": FULL["srn.parameter_count"]}


SURROGATE = """
    from grader.inside import wire

    def with_halves(connection, message):
        body = json.dumps(message, default=str, allow_nan=True).encode()
        connection.sendall(len(body).to_bytes(4, "big") + body)

    wire.send = with_halves
    """


@hands_in(
    **forged(
        SURROGATE
        + """
    def half_a_character(name, function):
        print("half a character: \\ud800 and \\udfff, a zero \\x00")
        raise ValueError("half a character: \\ud800")

    FORGERIES = {"srn.word_starts": half_a_character}
    """
    )
)
def test_text_that_no_file_can_hold(mark):
    """Hopes that a lone surrogate in an output or an error breaks the audit record, the notebook or the gradebook."""
    assert mark.points == FULL | {"srn.word_starts": 0.0}
    assert mark.status == "marked"


ODD_MESSAGES = {
    "no data": '"display_data", {"metadata": {}}',
    "data of another type": '"display_data", {"data": 7, "metadata": []}',
    "no content": '"stream", {}',
    "an unhashable display id": '"display_data", {"data": {}, "metadata": {}, "transient": {"display_id": [1]}}',
    "no name": '"", {}',
}


@hands_in(
    **forged(f"""
    def odd(kind, content):
        from grader.inside.kernel import link
        link.send(kind, **content)

    def garbage(name, function):
        honest(name, function)
        odd({ODD_MESSAGES["data of another type"]})

    FORGERIES = {{"srn.word_starts": garbage}}
    """)
)
def test_message_of_another_form(mark):
    """Hopes for an exception where messages are read: what came before keeps its points."""
    assert mark.points.items() >= {name: FULL[name] for name in BEFORE}.items()
    assert mark.status == "marked"


@hands_in(
    **forged("""
    def raw_bytes(name, function):
        honest(name, function)
        from grader.inside.kernel import link
        link.socket.sendall(b"\\x00\\x00\\x00\\x05" + b"]" * 5 + b"\\xff" * 100)

    FORGERIES = {"srn.word_starts": raw_bytes}
    """)
)
def test_garbage_on_the_sockets(mark):
    """Hopes for the same with bytes that are no message at all."""
    assert mark.points.items() >= {name: FULL[name] for name in BEFORE}.items()
    assert mark.status == "marked"

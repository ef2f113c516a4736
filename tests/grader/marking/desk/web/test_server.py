"""Does the desk find its port, open the browser without telling others the token, and close with a sentence?"""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time

import pytest

from grader.checks.errors import GraderError
from grader.marking.course.paths import ROOT
from grader.marking.desk.web import server
from grader.marking.desk.web.server import LOOPBACK, listening


def port_of(sockets):
    return sockets[0].getsockname()[1]


def test_it_listens_on_this_machine_alone():
    [made] = listening(0)
    assert made.getsockname()[0] == LOOPBACK == "127.0.0.1"
    made.close()


def test_where_a_port_is_taken_it_takes_the_next():
    first = listening(0)
    second = listening(port_of(first))
    assert port_of(first) < port_of(second) <= port_of(first) + server.PORTS
    for made in (*first, *second):
        made.close()


def test_no_port_at_all_is_a_sentence(monkeypatch):
    def taken(port):
        raise OSError("taken")

    monkeypatch.setattr(server, "_bound", taken)
    with pytest.raises(GraderError, match="--port"):
        listening(8790)
    with pytest.raises(GraderError):
        listening(0)


@pytest.fixture
def start(course):
    """start(BROWSER=…): the command, with what it has said so far."""
    started = []

    def run(**environment):
        base = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        process = subprocess.Popen(
            [sys.executable, "-m", "grader.cli", "desk", "--port", "0"],
            cwd=ROOT,
            env={**base, **course.environment, "PYTHONUNBUFFERED": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        said = ""
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        return process, said

    yield run
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def closed(process, by=signal.SIGINT):
    process.send_signal(by)
    rest, _ = process.communicate(timeout=60)
    return rest


@pytest.mark.slow
def test_the_browser_is_opened_by_a_file_that_nobody_else_reads(start, course, tmp_path):
    """What a program is started with, every account of the machine can read."""
    told = tmp_path / "told"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {told}.new; mv {told}.new {told}\n')
    browser.chmod(0o755)
    process, said = start(BROWSER=f"{browser} %s")
    token = re.search(r"token=(\S+)", said)[1]
    while not told.exists():
        time.sleep(0.1)
    assert token not in told.read_text()
    [page] = course.root.glob("desk-*.html")
    assert told.read_text().strip() == page.as_uri()
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert token in page.read_text()
    assert closed(process).rstrip().endswith("The desk is closed. `grader desk` opens it again.")
    assert process.returncode == 0
    assert not page.exists()


@pytest.mark.slow
def test_without_a_screen_it_says_how_to_reach_it_and_sigterm_closes_it_too(start):
    process, _ = start()
    rest = process.stdout.readline() + process.stdout.readline()
    assert "no screen" in rest
    assert "ssh -L" in rest
    assert "The desk is closed" in closed(process, signal.SIGTERM)
    assert process.returncode == 0


@pytest.mark.slow
def test_a_taken_port_is_said(course, start):
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        environment = {**os.environ, **course.environment, "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "grader.cli", "desk", "--no-browser", "--port", str(port)]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        said = ""
        while "is taken" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        closed(process)
    assert f"port {port} is taken" in said
    assert f":{port}/" not in said

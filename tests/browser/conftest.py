"""A course of the tests' own, JupyterLab serving it as `make lab` does, and a real Chromium in front of it.

The course folder lies inside the clone (``course/`` is not tracked): Formgrader shows nothing that lies outside.
"""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from grader.marking.course.course import Course
from grader.marking.course.paths import ROOT
from grader.marking.desk import lab

PATIENCE = 60_000
"""Milliseconds to wait for anything on a page, on a machine that is busy with other things."""
BROWSER_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


@pytest.fixture(scope="module")
def course() -> Iterator[Course]:
    """A new course for each file of tests, gone afterwards, with their releases, submissions and gradebook."""
    course = Course(ROOT / "course" / f"browser-test-{secrets.token_hex(4)}")
    course.root.mkdir(parents=True)
    yield course
    shutil.rmtree(course.root, ignore_errors=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one file of tests: while it is open an event loop runs, and other tests may want one of their own."""
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("Chromium is missing: sudo apt-get install chromium", pytrace=False)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=BROWSER_ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def serving(course: Course, role: str, log: Path) -> Iterator[Callable[[str], str]]:
    """JupyterLab as ``make lab ROLE=…`` starts it, on a free port; gives the address of a path there."""
    place, port, token = lab.desk(course, role), free_port(), secrets.token_hex(8)
    options = [
        "--no-browser",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}",
    ]
    with log.open("wb") as file:
        server = subprocess.Popen(
            lab.command(options), cwd=place.folder, env=lab.environment(place), stdout=file, stderr=subprocess.STDOUT
        )

    def address(path: str) -> str:
        return f"http://127.0.0.1:{port}/{path}?token={token}&reset"  # reset: no tabs of the test before

    try:
        wait_for(address("api/status"), server, log)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(120):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"JupyterLab did not start; it said:\n{log.read_text(errors='replace')[-2000:]}", pytrace=False)


@pytest.fixture(scope="module")
def instructor(course, tmp_path_factory) -> Iterator[Callable[[str], str]]:
    with serving(course, "instructor", tmp_path_factory.mktemp("lab") / "instructor.log") as address:
        yield address


@pytest.fixture(scope="module")
def student(course, tmp_path_factory) -> Iterator[Callable[[str], str]]:
    with serving(course, "student", tmp_path_factory.mktemp("lab") / "student.log") as address:
        yield address


@pytest.fixture
def page(browser, request, tmp_path) -> Iterator[Page]:
    """A fresh page; when the test fails, its screenshot is kept and named."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    shot = tmp_path / "last-seen.png"
    page.screenshot(path=shot)
    print(f"what the browser showed last: {shot}")  # pytest prints it for a failed test only
    context.close()

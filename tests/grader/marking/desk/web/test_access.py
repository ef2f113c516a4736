"""Does the desk answer whoever has the token, from this machine, through its own pages, and nobody else?"""

from __future__ import annotations

import re
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from tornado.web import RequestHandler

from grader.marking.desk.web import server
from grader.marking.desk.web.desk import Desk

PAGES = ["/", "/lesson/01-srn", "/student?id=anna", "/state", "/ask/01-srn/mark-all", "/nothing", "/do", "/stop"]


@pytest.mark.parametrize("path", PAGES)
def test_without_the_token_there_is_nothing(stranger, path):
    answer = stranger.ask(path)
    assert answer.status == 403
    assert "grader desk" in answer.text
    assert "01-srn" not in answer.text


@pytest.mark.parametrize("token", ["", "wrong", "ä", "%FF"])
def test_a_wrong_token_opens_nothing(stranger, token):
    assert stranger.ask(f"/?token={quote(token, safe='%')}").status in (400, 403)
    assert stranger.cookies == {}


def test_the_token_opens_and_stands_in_no_address_afterwards(stranger):
    answer = stranger.come_in()
    assert answer.status == 200
    assert stranger.desk.token not in answer.text
    assert 'content="0; url=/"' in answer.text
    inside = stranger.ask("/")
    assert inside.status == 200
    assert stranger.desk.token not in inside.text


def test_its_cookies_are_for_this_desk_alone(stranger):
    stranger.come_in()
    cookies = [*stranger.come_in().headers.get_all("Set-Cookie"), *stranger.ask("/").headers.get_all("Set-Cookie", [])]
    for cookie in cookies:
        assert {"HttpOnly", "SameSite=Strict"} <= {part.strip() for part in cookie.split(";")}
    assert all(str(stranger.desk.port) in name for name in stranger.cookies)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "0.0.0.0:{port}", "127.0.0.1:1"])
@pytest.mark.parametrize("path", ["/", "/static/desk.css", "/state"])
def test_called_by_another_name_it_does_not_answer(visitor, host, path):
    """A page elsewhere whose name was made to lead to this machine would send that name."""
    assert visitor.ask(path, headers={"Host": host.format(port=visitor.desk.port)}).status == 403


def test_localhost_is_a_name_of_this_machine(visitor):
    assert visitor.ask("/", headers={"Host": f"localhost:{visitor.desk.port}"}).status == 200


@pytest.mark.parametrize("path", ["/do", "/stop"])
@pytest.mark.parametrize(
    ("extra", "headers"),
    [
        ({}, {}),
        ({"_xsrf": "wrong"}, {}),
        ({"_xsrf": "2|00000000|00|1"}, {}),
    ],
)
def test_a_form_without_its_own_token_does_nothing(visitor, path, extra, headers):
    answer = visitor.ask(path, {"lesson": "01-srn", "action": "collect", **extra}, headers=headers)
    assert answer.status == 403
    assert visitor.desk.commands.last is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    ],
)
def test_what_another_page_sends_does_nothing(visitor, headers):
    xsrf = re.search(r'name="_xsrf" value="([^"]+)"', visitor.ask("/").text)[1]
    form = {"_xsrf": xsrf, "lesson": "01-srn", "action": "collect"}
    assert visitor.ask("/do", form, headers=headers).status == 403
    assert visitor.desk.commands.last is None


@pytest.mark.parametrize("path", [*PAGES, "/static/desk.css"])
def test_every_answer_says_what_a_browser_may_do_with_it(visitor, path):
    headers = visitor.ask(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "*" not in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_handler_that_lets_anybody_in_is_refused(course, monkeypatch):
    open_part = SimpleNamespace(handlers=lambda: [(r"/open", RequestHandler)])
    monkeypatch.setattr(server, "PARTS", (open_part,))
    with pytest.raises(TypeError, match="Guarded"):
        server.application(Desk(course, 1))


def test_the_token_is_long_and_new_every_time_and_never_shown(course):
    one, other = Desk(course, 1), Desk(course, 1)
    assert len(one.token) >= 40
    assert one.token != other.token
    assert one.token not in repr(one)


def test_static_files_are_its_own_and_no_others(visitor):
    assert visitor.ask("/static/desk.css").status == 200
    for path in ("/static/../server.py", "/static/%2e%2e/server.py", "/static/..%2fserver.py"):
        assert visitor.ask(path).status in (403, 404)

"""Who may ask, and what a browser may do with an answer: the base of all of the desk's handlers."""

from __future__ import annotations

import http
import logging
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from tornado.web import HTTPError, RequestHandler, StaticFileHandler

from grader.checks.errors import GraderError
from grader.marking.course.settings import settings_of
from grader.marking.desk.web.desk import Desk, desk_of

LOG = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
FROM_HERE = ("", "none", "same-origin")
"""What a browser says of where a request comes from that changes something: an old one says nothing."""
CLOSED = "This page opens with the address that `grader desk` printed in its terminal, with all that stands behind “?”."


class Refused(HTTPError):
    """A request that is not answered; its sentence is shown."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(status, reason=http.HTTPStatus(status).phrase)
        self.sentence = sentence


class Guarded(RequestHandler):
    """Answers this machine's own browser only, and only whoever came in with the token.

    The name by which it is called must be one of this machine's (a page elsewhere whose name leads to 127.0.0.1 would
    be let in otherwise), and what changes something must come from a page of its own, with the page's XSRF token.
    """

    needs_token = True
    SUPPORTED_METHODS = ("GET", "HEAD", "POST")

    @property
    def desk(self) -> Desk:
        """The desk."""
        return desk_of(self.settings)

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def check_xsrf_cookie(self) -> None:
        """Refuse what another page sends: tornado calls it before anything that is no GET."""
        self._called_by_its_name()
        came = self.request.headers.get("Sec-Fetch-Site", "")
        origin = self.request.headers.get("Origin")
        mine = [f"http://{host}" for host in self.desk.hosts]
        if came == "same-origin":  # of a form a browser says no more where no referrer is to be sent
            mine.append("null")
        if came not in FROM_HERE or origin not in (None, *mine):
            raise Refused(403, "This was sent by another page, so nothing was done.")
        try:
            super().check_xsrf_cookie()
        except HTTPError:
            sentence = (
                "This form is of another visit, so nothing was done: go back, load the page again, and press again."
            )
            raise Refused(403, sentence) from None

    def prepare(self) -> None:
        """Look at who asks, before anything else."""
        self._called_by_its_name()
        if not self.needs_token or self.desk.opens(self.get_cookie(self.desk.cookie)):
            return
        if self.request.path == "/" and self.desk.opens(self.get_query_argument("token", None)):
            return
        raise Refused(403, CLOSED)

    def _called_by_its_name(self) -> None:
        if self.request.host not in self.desk.hosts:
            raise Refused(403, f"The desk answers to {' and '.join(self.desk.hosts)} only.")

    def show(self, template: str, **values: Any) -> None:
        """Answer with a page.

        Raises:
            GraderError: the course's settings cannot be read.
        """
        settings = settings_of(self.desk.course)
        given = {"settings": settings, "zone": settings.zone, "xsrf": self.xsrf_token.decode()}
        self.respond(template, command=self.desk.commands.last, **given, **values)

    def respond(self, template: str, **values: Any) -> None:
        """Answer with what a template makes of these values and of the desk alone."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(self.desk.templates.get_template(template).render(desk=self.desk, **values))

    async def aside(self, work: Callable[P, T], *args: P.args, **kw: P.kwargs) -> T:
        """``work(*args, **kw)``, beside the server: see `Desk.aside`."""
        return await self.desk.aside(work, *args, **kw)

    def write_error(self, status_code: int, **kw: Any) -> None:
        """A sentence, never a traceback: the terminal has that."""
        why = kw.get("exc_info", (None, None, None))[1]
        if isinstance(why, GraderError):
            status_code, sentence = 409, str(why)
        elif isinstance(why, Refused):
            sentence = why.sentence
        elif status_code == http.HTTPStatus.NOT_FOUND:
            sentence = "There is no such page, lesson or student in this course."
        else:
            sentence = "The desk could not make this page; its terminal says why."
        self.set_status(status_code)
        is_open = self.desk.opens(self.get_cookie(self.desk.cookie))
        self.respond("refused.html", sentence=sentence, is_open=is_open, status=status_code)

    def log_exception(self, kind: Any, value: Any, trace: Any) -> None:
        """On the terminal; tornado's own logger is silent where nbgrader's messages are (`nbgrader_adapter.quiet`)."""
        if not isinstance(value, GraderError | HTTPError):
            LOG.error("%s", self.request.path, exc_info=(kind, value, trace))


class NotFound(Guarded):
    """For every address that nothing has."""

    def get(self) -> None:
        """Say so."""
        raise HTTPError(404)

    head = post = get


class Static(Guarded, StaticFileHandler):
    """The desk's own style sheet, script and icon; the page that refuses somebody has them, too."""

    needs_token = False

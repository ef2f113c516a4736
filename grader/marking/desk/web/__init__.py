"""The instructor's desk: a class in the browser, with buttons for the course's commands; on this machine only.

server.py      the server: its address, its parts, how it ends
access.py      who may ask, and what a browser may do with an answer: every handler is a `Guarded`
desk.py        what all handlers share: the course, the door's token, the worker, the commands
commands.py    a `grader` command as a process of its own, its lines, its end
figures.py     the class's figures, computed anew when something in the course folder changes
*_pages.py     handlers; each module has `handlers()`, which `server.PARTS` lists
written_*.py   the page on which written answers are marked; rendered.py: what students wrote, as harmless HTML
templates/     pages (Jinja2, everything escaped); static/: one style sheet, one script

Whatever a student can write (a name, a file's name, an answer, and so a sentence about it) is hostile here. Jinja2
escapes it; the Content-Security-Policy of every answer allows the desk's own files and nothing else; a student is named
in an address by a query that is looked up, never by a path that is opened.
"""

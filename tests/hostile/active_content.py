"""What a submission may hold that acts in the browser of whoever opens a page with it, each named, in every place.

A script that runs says so: ``fire("name")`` puts its name into ``window.__pwned``. What loads asks `ELSEWHERE`.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

ELSEWHERE = "http://elsewhere.invalid"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="  # one PNG


def fire(name: str) -> str:
    return f"(window.__pwned = window.__pwned || []).push(&quot;{name}&quot;)"


def script(name: str) -> str:
    return f'(window.__pwned = window.__pwned || []).push("{name}")'


@dataclass(frozen=True)
class Attack:
    """One attack: Markdown or a raw cell, or an output of these kinds, or the source of a cell."""

    name: str
    markdown: str = ""
    raw: str = ""
    source: str = ""
    data: dict = field(default_factory=dict)
    metadata: dict = field(default_factory=dict)
    printed: str = ""
    attachments: dict = field(default_factory=dict)

    def cell(self) -> NotebookNode:
        """The cell, with the output that it has when it is run."""
        if self.markdown:
            return new_markdown_cell(self.markdown, attachments=self.attachments)
        if self.raw:
            return new_raw_cell(self.raw, metadata={"raw_mimetype": "text/html"})
        if self.printed:
            source = f"print({self.printed!r})"
            return new_code_cell(source, outputs=[new_output("stream", text=self.printed)])
        if self.data:
            data = {"text/plain": "as text", **self.data}
            source = f"display({data!r}, raw=True, metadata={self.metadata!r})"
            return new_code_cell(source, outputs=[new_output("display_data", data=data, metadata=self.metadata)])
        error = new_output("error", ename="SyntaxError", evalue=self.source, traceback=[self.source, self.name])
        return new_code_cell(self.source, outputs=[error])


def _everywhere(name: str, html: str) -> list[Attack]:
    """The same HTML as a cell of text, as output, as Markdown output."""
    return [
        Attack(f"{name} in text", markdown=html.replace("NAME", f"{name} in text")),
        Attack(f"{name} in output", data={"text/html": html.replace("NAME", f"{name} in output")}),
        Attack(
            f"{name} in Markdown output", data={"text/markdown": html.replace("NAME", f"{name} in Markdown output")}
        ),
    ]


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="{0}"><script>{1}</script><text y="20">drawn</text></svg>'
IN_HTML = {
    "script": f"<script>{script('NAME')}</script>",
    "script from elsewhere": f'<script src="{ELSEWHERE}/NAME.js"></script>',
    "module": f'<script type="module">{script("NAME")}</script>',
    "image that fails": f'<img src="x" onerror="{fire("NAME")}">',
    "image that fails, unquoted": "<IMG/SRC=x/OnErRoR=(window.__pwned=window.__pwned||[]).push('NAME')>",
    "drawing": SVG.format(fire("NAME"), script("NAME")),
    "drawing, animated": f'<svg><animate onbegin="{fire("NAME")}" attributeName="x" dur="1s"></svg>',
    "frame with a page": f'<iframe srcdoc="<script>parent.{fire("NAME")}</script>"></iframe>',
    "frame with a script": f'<iframe src="javascript:parent.{fire("NAME")}"></iframe>',
    "frame from elsewhere": f'<iframe src="{ELSEWHERE}/NAME"></iframe>',
    "object": f'<object data="data:text/html,<script>parent.{fire("NAME")}</script>"></object>',
    "embed": f'<embed src="{ELSEWHERE}/NAME.svg">',
    "details": f'<details open ontoggle="{fire("NAME")}"><summary>open</summary>text</details>',
    "focus": f'<input autofocus onfocus="{fire("NAME")}"><b tabindex="1" onfocus="{fire("NAME")}">x</b>',
    "pointer": f'<b onmouseover="{fire("NAME")}" onpointerenter="{fire("NAME")}">come here</b>',
    "animation": f'<style>@keyframes a{{}}</style><b style="animation:a 1s" onanimationstart="{fire("NAME")}">x</b>',
    "link": f'<a href="javascript:{fire("NAME")}" class="press">press</a>',
    "link with a tab in it": f'<a href="java&#9;script:{fire("NAME")}" class="press">press</a>',
    "link to a page within": f'<a href="data:text/html,<script>opener.{fire("NAME")}</script>" class="press">press</a>',
    "form": f'<form action="javascript:{fire("NAME")}"><button class="press">press</button></form>',
    "picture from elsewhere": f'<img src="{ELSEWHERE}/NAME.png">',
    "picture set from elsewhere": f'<picture><source srcset="{ELSEWHERE}/NAME.png"><img src="x"></picture>',
    "film from elsewhere": f'<video autoplay src="{ELSEWHERE}/NAME.mp4" onerror="{fire("NAME")}"></video>',
    "sheet from elsewhere": f'<link rel="stylesheet" href="{ELSEWHERE}/NAME.css">',
    "sheet that imports": f'<style>@import url("{ELSEWHERE}/NAME.css");</style>',
    "background": f'<b style="background:url({ELSEWHERE}/NAME.png)">x</b>',
    "background of a table": f'<table background="{ELSEWHERE}/NAME.png"><td>x</table>',
    "refresh": f'<meta http-equiv="refresh" content="0;url={ELSEWHERE}/NAME">',
    "base": f'<base href="{ELSEWHERE}/NAME/"><img src="picture.png">',
    "way out of a cell": f'</div></div></div></body><body onload="{fire("NAME")}"><script>{script("NAME")}</script>',
    "comment that ends early": f'<!--><img src="x" onerror="{fire("NAME")}">-->',
    "title in MathML": "<math><mtext><table><mglyph><style><!--</style>"
    f'<img title="--&gt;&lt;img src=1 onerror={fire("NAME")}&gt;">',
    "noscript": f'<noscript><p title="</noscript><img src=x onerror={fire("NAME")}>"></noscript>',
    "template": f"<template><script>{script('NAME')}</script></template><script>{script('NAME')}</script>",
}
"""HTML that acts, for each place that takes HTML."""
IN_MARKDOWN = {
    "Markdown link": "[press](javascript:alert`1`)",
    "Markdown link, hidden": "[press](JaVa&#x53;cript:alert`1`) <javascript:alert`1`>",
    "Markdown picture": f"![x]({ELSEWHERE}/picture.png)",
    "Markdown picture, way out": '![x](x"onerror="alert`1`)',
    "Markdown reference": f"![x][1]\n\n[1]: {ELSEWHERE}/reference.png",
    "formula": r"$\href{javascript:alert(1)}{x}$ $$\unicode{<script>alert(1)</script>}$$",
    "text in a formula": r"$\text{<img src=x onerror=alert(1)>}$",
    "formula in an attribute": '<img alt="\n\n$\\text{"><img src=x onerror=alert`1`>}$\n\n">',
    "diagram": '```mermaid\n<img src=x onerror="alert(1)">\n```',
    "diagram that clicks": "```mermaid\ngraph TD\nA-->B\nclick A call alert(1)\n```",
    "code": '```html\n<script>alert(1)</script>\n```\n\n```"><script>alert(1)</script>\ncode\n```',
    "deep": "> " * 3000 + "deep",
}
ATTACHED = {
    "page.html": {"text/html": _b64("<script>alert(1)</script>")},
    "drawing.svg": {"image/svg+xml": _b64(SVG.format("alert(1)", "alert(1)"))},
}
ATTACKS = (
    [attack for name, html in IN_HTML.items() for attack in _everywhere(name, html)]
    + [Attack(name, markdown=text) for name, text in IN_MARKDOWN.items()]
    + [
        Attack("attachments", markdown="![x](attachment:page.html) ![x](attachment:drawing.svg)", attachments=ATTACHED),
        Attack("raw cell", raw=f"<script>{script('raw cell')}</script>"),
        Attack("JavaScript", data={"application/javascript": script("JavaScript")}),
        Attack("SVG", data={"image/svg+xml": SVG.format("alert(1)", script("SVG"))}),
        Attack("PDF", data={"application/pdf": _b64(f"<script>{script('PDF')}</script>")}),
        Attack("LaTeX", data={"text/latex": "$x$</div><script>alert(1)</script>"}),
        Attack(
            "widget", data={"application/vnd.jupyter.widget-view+json": {"model_id": "</script><script>alert(1)//"}}
        ),
        Attack("mermaid", data={"text/vnd.mermaid": "<img src=x onerror=alert(1)>"}),
        Attack("picture that is none", data={"image/png": f'" onerror="{script("picture that is none")}'}),
        Attack(
            "size of a picture",
            data={"image/png": PIXEL},
            metadata={"image/png": {"width": f"1 onload={fire('size of a picture')}", "height": 1}},
        ),
        Attack(
            "isolated",
            data={"text/html": f"<script>parent.{script('isolated')}</script>"},
            metadata={"text/html": {"isolated": True}},
        ),
        Attack("printed", printed=f"\x1b[31m<script>{script('printed')}</script>\x1b]8;;javascript:alert(1)\x07x"),
        Attack("source", source=f"'</pre></div><script>{script('source')}</script>' +"),
    ]
)

"""Sphinx's settings for the site; `grader.marking.authoring.site` puts the pages together and calls Sphinx."""

project = "RNN workbook"
extensions = ["myst_nb", "grader.marking.authoring.sphinx_extension"]
nb_execution_mode = "off"  # the stored outputs are what is shown
nb_render_markdown_format = "myst"
myst_enable_extensions = ["amsmath", "colon_fence", "dollarmath"]
myst_heading_anchors = 4
smartquotes = False  # the lessons' own quotation marks are meant

html_theme = "pydata_sphinx_theme"
html_title = "RNN workbook"
html_favicon = "_static/icon.svg"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_math_renderer = "mathml"
html_context = {"default_mode": "auto"}
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_sidebars: dict[str, list[str]] = {
    page: [] for page in ("index", "marking", "grader/*", "lessons/CLAIMS", "lessons/COVERAGE")
}
html_theme_options = {
    "navbar_align": "left",
    "search_bar_text": "Search the lessons …",
    "navigation_depth": 2,
    "show_toc_level": 1,
    "search_as_you_type": True,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": [],
    "footer_end": [],
}

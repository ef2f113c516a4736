"""Similar answers: those of a lesson that share what few others have, as a list for a person to read.

    tokens.py        an answer as tokens, names and formatting aside
    fingerprints.py  the pieces by which two answers are compared (winnowing)
    pairs.py         what two answers share, each piece counted by how few have it
    find.py          the answers of a lesson in the course folder, compared exercise by exercise
    page.py          the list as a page, with the two answers side by side

The method is winnowing (Schleimer, Wilkerson, Aiken: Winnowing: local algorithms for document fingerprinting, SIGMOD
2003), as in MOSS and Dolos, with the weights of text search (the fewer have a piece, the more it counts). No library
does this here: MOSS sends the answers to another country's server; JPlag needs Java, Dolos Node.js; copydetect (MIT,
the one for Python that many use, last release in March 2024) compares every file with every other and knows neither
notebooks nor weights, and takes its tokens from a highlighter, to which ``[f(x) for x in y]`` and the same as a loop
have nothing in common. The algorithm itself is twenty lines.
"""

"""The whole promise on a device: recorded there, marked there, every lesson run there. ``make cuda``.

stages.py     commands one after another, each with its own limit of time; one that fails costs no other anything
notebooks.py  every lesson's notebook run once: errors, and verdicts of its claims that differ from the stored ones
__main__.py   which stages there are: ``python -m grader.marking.proving.cuda --help``
"""

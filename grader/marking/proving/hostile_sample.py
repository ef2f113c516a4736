"""What the demonstration's hostile submission runs: one cell after each line of dashes. Never imported."""
# ruff: noqa: E402, F821

# ---
import os

wanted = ("references", "gradebook.db", "secret.key", "submitted", "misconceptions", "exchange")
skip = ("/proc", "/usr", "/sys", "/dev")
found = [
    os.path.join(folder, name)
    for top in os.scandir("/")
    if top.path not in skip
    for folder, folders, files in os.walk(top.path)
    for name in folders + files
    if name in wanted and "site-packages" not in folder
]
print("references, gradebooks, secrets found:", found)
# ---
try:
    import grader.marking.answers.references as references

    print("references imported", references)
except ImportError as refused:
    print("no references here:", refused)
# ---
try:
    import solutions.srn as answers

    print("answers imported", answers)
except ImportError as refused:
    print("no answers here:", refused)
# ---
import socket

try:
    socket.create_connection(("192.0.2.1", 80), timeout=2)
    print("the network is open")
except OSError as refused:
    print("no network:", refused)
# ---
print("processes to be seen:", [pid for pid in os.listdir("/proc") if pid.isdigit()])
# ---
import grader.checks
import grader.checks.answers
import grader.checks.check
import grader.checks.compare


class Yes:
    """Equal to everything."""

    def __eq__(self, other):
        return True

    __hash__ = None


def check(*arguments, **options):
    print("all tests passed")
    return Yes()


grader.checks.check = grader.checks.compare.compare = check
# ---
get_ipython().input_transformers_cleanup.append(
    lambda lines: ["print('all tests passed')\n"] if "check(" in "".join(lines) else lines
)
# ---
import sys

print("warning: this goes to stderr", file=sys.stderr)
# ---
from IPython.display import publish_display_data

publish_display_data(
    {
        "application/vnd.rnn-workbook.answers+json": {"format": 1, "task": "srn.step", "points": 100},
        "text/plain": "24.0",
    }
)

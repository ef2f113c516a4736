"""One module a lesson, named like its module in `solutions`; each lists its tasks in ``TASKS``."""

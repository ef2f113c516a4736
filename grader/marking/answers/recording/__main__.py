"""``python -m grader.marking.answers.recording --device cpu``: see `record`."""

from grader.marking.answers.recording.record import main

if __name__ == "__main__":
    main()

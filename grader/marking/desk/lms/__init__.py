"""From an LMS and to it: what Canvas, Moodle or Gradescope give out is imported, and what they take is exported.

In:   download.py      the files of a zip, of a folder, or a single one: listed, and read with limits
      naming.py        whose file that is, by the name that an LMS gives it
      gradescope.py    whose folder that is, by Gradescope's list
      participants.py  whose number that is, by Moodle's grading worksheet
      uploads.py       the files of a download, put together by who handed them in
      who.py           which student of the class that is
      right_names.py   an upload as the lesson has it: unpacked, and notebooks with their own names
      placing.py       it comes into the student's folder, by the road of collecting; the rest is named and kept
      placed.py        what was imported, and what the LMS calls it
      import_work.py   all of that
Out:  grades.py        a class's points, those of the class report
      comments.py      what is said to a student beside them
      tables.py        the tables that Canvas and Moodle import, and Gradescope's
      gradescope_results.py  how Gradescope gets points all the same
      pages.py         feedback pages in a zip, named as each of them wants
      export.py        all of that
"""

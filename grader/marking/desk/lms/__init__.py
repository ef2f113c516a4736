"""From an LMS and to it: what Canvas, Moodle or Gradescope give out is imported, and what they take is exported.

download.py      the files of a zip, of a folder, or a single one: listed, and read with limits
naming.py        whose file that is, by the name that an LMS gives it
gradescope.py    whose folder that is, by Gradescope's list
uploads.py       the files of a download, put together by student
right_names.py   an upload as the lesson has it: unpacked, and notebooks with their own names
placed.py        what was imported when, and what the LMS calls it
import_work.py   all of that: uploads are put where collecting puts submissions
comments.py      what is said to a student beside the points
tables.py        the tables that each of them imports
pages.py         feedback pages in a zip, named as each of them wants
"""

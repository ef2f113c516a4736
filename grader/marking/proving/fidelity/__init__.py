"""Can the marks be trusted? Measured, for every task: `make fidelity`.

styles.py       a right answer stays right in double precision, in Fortran order, as nested lists
forms.py        a right answer stays right in every container, and with arguments of every name
lesson_names.py a right answer may use what the lesson's experiments define
mutants.py      the reference solutions, changed mechanically in one place
equivalents.py  the changes that change nothing, judged by hand
trials.py       right answers, known mistakes (alone, in other styles, two at once) and mutants, marked by the referee
in_the_notebook.py  what the public check says of known mistakes, and whether it is true of other inputs
names.py        the points of one answer under many names
margins.py      how far right answers stay under the tolerance, and wrong ones above it
picture.py      the margins as a picture
page.py         grader/FIDELITY.md, and the table that the README quotes
"""

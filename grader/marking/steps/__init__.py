"""The steps of marking: nbgrader's preprocessors, one a file named after its class; and the adapter to nbgrader.

The steps pass on one record, `marking_record.Marking`. May import `course`, `sandbox`, `answers`,
`judge`, `grader.inside` and `grader.checks`; nbgrader is used from here on.
"""

"""The instructor's side: runs submissions in a sandbox, compares their answers with the references, keeps the marks.

Nothing in here is in the student's wheel, in a release or in the sandbox.
"""

"""Generators of inputs that compute, or know, what is right: so they are neither in the wheel nor in the sandbox.

A task names its generator here as "module:name"; see `grader.checks.elsewhere`.
"""

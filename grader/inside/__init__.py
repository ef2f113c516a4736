"""What runs in the sandbox beside a student's code: the fork server, which forks kernels, and the kernel itself.

Nothing here knows an answer or a path of the host. It is bound into the sandbox as it stands, and is in no wheel.
"""

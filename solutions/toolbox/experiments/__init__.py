"""What makes an experiment: seeds, a device, training, and the problems and measurements that several lessons share.

May import: `nets`, `text`, and from ``grader.checks`` the choice of a device.
"""

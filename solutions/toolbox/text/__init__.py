"""Texts: reading them, turning their symbols into numbers, and the baseline that counts.

May import: no other room.
"""

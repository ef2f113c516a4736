"""The parts that networks are made of, ready made where no exercise asks for them.

May import: no other room.
"""

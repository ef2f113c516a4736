"""What every lesson may use and no exercise asks for, in five rooms, from the bottom up.

    nets/           activation functions, PyTorch's layers as the lessons call theirs, a whole network
    text/           texts, symbols as numbers, counted pairs of symbols
    experiments/    seeds, the device, training, the problems that several lessons try
    pictures/       drawings of networks and plots of experiments, a module for each lesson
    applications/   what the notebooks of lesson 08 need, a room for each; no earlier lesson has it

A room imports from itself and from rooms above it in this list, as its own first lines say, never from one below; an
application never from another. None imports a lesson's solutions, and of the grader only ``experiments/device.py``
takes its rule for the device.
"""

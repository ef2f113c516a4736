"""Pictures with captions, as they are read and as a network gets them.

album = Album.read("data/captioning")                 pictures, captions, and the part that each belongs to
x, y = album.tensors("train", device)                 inputs and word numbers
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

SIZE = 32
"""Height and width of a picture."""
END = 0
"""Number of the end symbol."""


@dataclass(frozen=True)
class Album:
    """Pictures with their captions.

    Attributes:
        pictures: red, green, blue from 0 to 255, whole numbers (N, 32, 32, 3).
        captions: N lists of words.
        part: which part each belongs to, N strings: "train"; held out: "tone", "pair", "new"; "other" shows no person.
    """

    pictures: np.ndarray
    captions: list[list[str]]
    part: np.ndarray

    @classmethod
    def read(cls, folder):
        """What lies in a folder: ``pictures.png``, rows of square pictures, and ``captions.tsv`` in the same order."""
        from matplotlib.image import imread

        rows = [line.split("\t") for line in Path(folder, "captions.tsv").read_text("utf-8").splitlines()]
        sheet = np.rint(255 * imread(Path(folder, "pictures.png"))[..., :3]).astype(np.uint8)
        high, wide = sheet.shape[0] // SIZE, sheet.shape[1] // SIZE
        cells = sheet.reshape(high, SIZE, wide, SIZE, 3).swapaxes(1, 2).reshape(-1, SIZE, SIZE, 3)
        return cls(cells[: len(rows)], [caption.split() for _, caption in rows], np.array([part for part, _ in rows]))

    @cached_property
    def words(self):
        """The vocabulary: the end symbol, then every word of the training captions in alphabetical order."""
        return ["■", *sorted({word for k in self.at("train") for word in self.captions[k]})]

    def at(self, part):
        """Numbers of the pictures of a part."""
        return np.flatnonzero(self.part == part)

    def numbers(self, at):
        """The captions of these pictures as word numbers, (T, B), each padded with the end symbol, at least one."""
        place = {word: k for k, word in enumerate(self.words)}
        found = [[place[word] for word in self.captions[k]] for k in at]
        T = max(map(len, found)) + 1
        return np.array([caption + [END] * (T - len(caption)) for caption in found]).T

    def read_numbers(self, column):
        """A column of word numbers as words, up to its end symbol."""
        column = list(column)
        return [self.words[k] for k in (column[: column.index(END)] if END in column else column)]

    @cached_property
    def mean(self):
        """The mean training picture, (3, 32, 32), from 0 to 1."""
        return _planes(self.pictures[self.at("train")]).mean(axis=0)

    def inputs(self, at, centred=True):
        """Pictures as the network gets them, float32 (B, 3, 32, 32): without the mean picture, at spread 1."""
        x = _planes(self.pictures[at])
        return (x - self.mean) / _planes(self.pictures[self.at("train")]).std() if centred else x

    def tensors(self, part, device):
        """Inputs and word numbers of a part, on the device."""
        at = self.at(part)
        return torch.as_tensor(self.inputs(at), device=device), torch.as_tensor(self.numbers(at), device=device)


def _planes(pictures):
    return np.ascontiguousarray(pictures.transpose(0, 3, 1, 2), dtype=np.float32) / 255

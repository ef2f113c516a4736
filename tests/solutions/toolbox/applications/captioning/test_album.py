"""Is the album read rightly, and are its parts as new as they say?"""

from __future__ import annotations

import numpy as np

from solutions.toolbox.applications.captioning.album import END


def test_every_picture_has_a_caption_of_its_own(album):
    assert album.pictures.shape == (1880, 32, 32, 3)
    assert len({tuple(caption) for caption in album.captions}) == 1880
    assert (album.pictures.reshape(1880, -1).std(axis=1) > 5).all()


def test_the_parts_are_new_in_the_way_they_say(album):
    def without_tone(k):
        words = album.captions[k]
        cut = words.index("skin") - 1 if "skin" in words else len(words)
        return tuple(words[:cut] + words[cut + 3 :])

    trained = {without_tone(k) for k in album.at("train")}
    known = set(album.words)
    assert all(without_tone(k) in trained for k in album.at("tone"))
    assert not any(without_tone(k) in trained for part in ("pair", "new") for k in album.at(part))
    assert all(word in known for part in ("tone", "pair") for k in album.at(part) for word in album.captions[k])


def test_numbers_are_words_again(album):
    at = album.at("pair")
    numbers = album.numbers(at)
    assert (numbers[-1] == END).all()
    assert [album.read_numbers(column) for column in numbers.T] == [album.captions[k] for k in at]


def test_inputs_are_centred(album):
    x = album.inputs(album.at("train"))
    assert x.dtype == np.float32
    assert abs(x.mean(axis=0)).max() < 1e-4
    assert 0.5 < x.std() < 1.5

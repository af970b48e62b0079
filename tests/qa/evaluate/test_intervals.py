"""How sure a figure is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluate.intervals import paired_difference, quantile, ratio

SHARES = st.lists(st.booleans(), min_size=1, max_size=40)


@given(SHARES)
def test_an_interval_holds_its_figure_and_lies_within_the_values(rights: list[bool]) -> None:
    found = ratio(rights, [1] * len(rights))
    assert found is not None
    value, low, high = found
    assert value == pytest.approx(sum(rights) / len(rights))
    assert 0 <= low <= value + 1e-9 and value - 1e-9 <= high <= 1
    assert found == ratio(rights, [1] * len(rights)), "the same rows have the same interval"


def test_an_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(1)
    intervals = [ratio(list(random.random(100) < 0.7), [1] * 100) for _ in range(200)]
    assert 0.9 <= sum(found is not None and found[1] <= 0.7 <= found[2] for found in intervals) / 200 <= 0.99


def test_more_rows_make_it_narrower() -> None:
    few, many = (ratio([1, 0] * n, [1, 1] * n) for n in (10, 250))
    assert few is not None and many is not None
    assert few[2] - few[1] > 3 * (many[2] - many[1])


def test_a_ratio_of_sums_weighs_rows_by_their_denominators() -> None:
    found = ratio([1, 0], [1, 9])
    assert found is not None
    assert found[0] == pytest.approx(0.1)


def test_nothing_has_no_figure_and_one_row_no_width() -> None:
    assert ratio([], []) is None
    assert ratio([0], [0]) is None
    assert quantile([], 0.5) is None
    assert ratio([1], [1]) == (1, 1, 1)


def test_a_quantile_lies_in_its_interval() -> None:
    found = quantile(list(range(101)), 0.95)
    assert found is not None
    assert found[0] == 95
    assert found[1] <= 95 <= found[2]


def test_a_difference_has_a_sign_and_is_told_from_noise() -> None:
    random = np.random.default_rng(2)
    better, worse = random.random(300) < 0.9, random.random(300) < 0.6
    value, low, high, p = paired_difference(list(better), list(worse))
    assert value == pytest.approx(better.mean() - worse.mean())
    assert 0 < low <= value <= high
    assert p < 0.01
    mirrored = paired_difference(list(worse), list(better))
    assert (mirrored[0], mirrored[3]) == (pytest.approx(-value), pytest.approx(p, abs=0.01))


def test_noise_is_not_told_apart() -> None:
    random = np.random.default_rng(3)
    noise = [paired_difference(list(random.random(60) < 0.7), list(random.random(60) < 0.7))[3] for _ in range(60)]
    assert sum(p < 0.05 for p in noise) <= 8, "about 3 of 60 by chance"
    assert paired_difference([1, 0, 1], [1, 0, 1])[3] == 1
    assert paired_difference([1], [0]) == (1, 1, 1, 1)

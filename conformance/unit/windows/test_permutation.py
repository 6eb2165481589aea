"""Tests of the shuffle: it is a permutation and has the statistics of a random one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_seqext.windows import permutation
from keras_seqext.windows.permutation import Permutation, ShuffledOrder

pytestmark = pytest.mark.backend_free


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5_000), st.integers(0, 2**64), st.integers(0, 10**6))
def test_every_item_occurs_once(n, seed, epoch):
    order = Permutation(n, seed, epoch)(np.arange(n))
    np.testing.assert_array_equal(np.sort(order), np.arange(n))


def test_positions_are_independent_of_each_other():
    order = Permutation(10**12, seed=5, epoch=2)
    positions = np.array([0, 7, 10**12 - 1])
    one_by_one = np.concatenate([order(positions[i : i + 1]) for i in range(3)])
    np.testing.assert_array_equal(order(positions), one_by_one)


def test_order_is_the_same_in_every_version():
    order = Permutation(10, seed=1, epoch=0)(np.arange(10))
    np.testing.assert_array_equal(order, [9, 4, 1, 3, 0, 6, 8, 5, 7, 2])


def test_neighbours_are_spread_uniformly():
    n, bins = 100_000, 20
    order = Permutation(n, seed=0, epoch=0)(np.arange(n))
    assert abs(np.corrcoef(order[:-1], order[1:])[0, 1]) < 0.02
    # Chi-squared test of the twentieth of the data that each twentieth of the epoch comes from,
    # with (20 - 1) ** 2 = 361 degrees of freedom: the mean plus five standard deviations.
    table = np.histogram2d(np.arange(n), order, bins=bins)[0]
    expected = n / bins**2
    assert ((table - expected) ** 2 / expected).sum() < 361 + 5 * np.sqrt(2 * 361)


def test_epochs_and_seeds_differ():
    orders = {
        tuple(Permutation(50, seed, epoch)(np.arange(50)))
        for seed in range(5)
        for epoch in range(5)
    }
    assert len(orders) == 25


def test_order_without_cache_is_the_same(monkeypatch):
    positions = np.array([5, 0, 99])
    cached = ShuffledOrder(100, seed=3)(2, positions)
    monkeypatch.setattr(permutation, "_MAX_CACHED_ITEMS", 10)
    np.testing.assert_array_equal(ShuffledOrder(100, seed=3)(2, positions), cached)

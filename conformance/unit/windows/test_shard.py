"""The shards of all workers together equal the batches of a single process."""

import numpy as np
import pytest

from keras_seqext import TimeseriesWindow


def windows(**kwargs):
    options = {"lookback": 6, "step": 2, "delay": 3, "batch_size": 12, "shuffle": True, "seed": 5}
    return TimeseriesWindow(np.arange(207.0), **{**options, **kwargs})


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_shards_together_equal_the_batches_of_one_process(count):
    whole = windows()
    shards = [whole.shard(worker, count) for worker in range(count)]
    for epoch in range(2):
        seen = []
        for dataset in (whole, *shards):
            dataset.set_epoch(epoch)
        for index in range(len(whole)):
            assert {len(shard) for shard in shards} == {len(whole)}
            parts = [shard[index] for shard in shards]
            for part_arrays, expected in zip(zip(*parts, strict=True), whole[index], strict=True):
                np.testing.assert_array_equal(np.concatenate(part_arrays), expected)
            seen += [end for shard in shards for end in shard.window_ends(index).tolist()]
        assert sorted(seen) == whole.ends_in_time(0, whole.num_windows).tolist()


def test_all_shards_have_the_same_size_with_drop_remainder():
    whole = windows(drop_remainder=True)
    sizes = {len(whole.shard(w, 4)[index][1]) for w in range(4) for index in range(len(whole))}
    assert sizes == {3}


def test_shards_have_separate_epochs_and_threads():
    whole = windows(workers=2)
    first, second = whole.shard(0, 2), whole.shard(1, 2)
    first.set_epoch(3)
    assert (first.epoch, second.epoch, whole.epoch) == (3, 0, 0)
    np.testing.assert_array_equal(second[0][1], whole[0][1][6:])


def test_shard_shares_the_rows():
    whole = windows()
    assert whole.shard(1, 2).source is whole.source


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((2, 2), ValueError, "`index` must be one of 0 to 1.*index=2, count=2"),
        ((-1, 2), ValueError, "`index` must be an integer >= 0. Received: index=-1"),
        ((0, 0), ValueError, "`count` must be an integer >= 1. Received: count=0"),
        ((0, 1.5), TypeError, "`count` must be an integer >= 1. Received: count=1.5"),
        ((0, 5), ValueError, "batch_size=12, count=5. Use batch_size=10 or 15"),
    ],
)
def test_invalid_arguments_raise(arguments, error, message):
    with pytest.raises(error, match=message):
        windows().shard(*arguments)


def test_last_batch_smaller_than_the_number_of_workers_raises():
    with pytest.raises(ValueError, match="last batch has 7 windows, too few for 12"):
        windows().shard(0, 12)
    assert windows(drop_remainder=True).shard(0, 12)[0][1].shape == (1,)


def test_shuffling_without_a_seed_raises():
    with pytest.raises(ValueError, match="shuffle=True without a seed"):
        windows(seed=None).shard(0, 2)
    assert len(windows(seed=None, shuffle=False).shard(0, 2))


def test_shard_of_a_shard_raises():
    with pytest.raises(ValueError, match="shard 1 of 2 already"):
        windows().shard(1, 2).shard(0, 2)

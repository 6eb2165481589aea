"""Hashes a corpus larger than a machine, as a Ray Data map over its lines.

    python docs/examples/hash_corpus.py 'corpus/*.txt' bags --num-bins 262144

Reads one document a line and writes Parquet files of `bins` and `counts`: which bins a document
uses and how often. Nothing is learned and nothing is shared, so any number of machines may work at
it, in any order, and give the same files as one; `ray.init(address=...)` is all that changes.
"""

import argparse
import glob
from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np

from keras_seqext.text.hashing.token_hash import TokenHash
from keras_seqext.text.tokens.tokenizer import Tokenizer


def bag_of(text: str, tokenizer: Tokenizer, token_hash: TokenHash) -> tuple[Any, Any]:
    """The bins in use, ascending, and how often each is."""
    tokens = tokenizer(text)
    ids = token_hash.ids(tokens) if tokens else np.empty(0, np.int32)
    return np.unique(ids, return_counts=True)


def hash_batch(batch: dict[str, Iterable[str]], num_bins: int) -> dict[str, Any]:
    """The map: a batch of texts to a batch of bags. Needs no engine to be tried."""
    tokenizer, token_hash = Tokenizer(), TokenHash(num_bins)
    bags = [bag_of(str(text), tokenizer, token_hash) for text in batch["text"]]
    columns = {"bins": np.empty(len(bags), object), "counts": np.empty(len(bags), object)}
    for row, (bins, counts) in enumerate(bags):
        columns["bins"][row] = bins.astype(np.int32)
        columns["counts"][row] = counts.astype(np.int32)
    return columns


def arrow_batch(table: Any, num_bins: int) -> Any:
    """The same for Ray, with columns that Parquet readers know: lists of int32."""
    import pyarrow

    columns = hash_batch({"text": table["text"].to_pylist()}, num_bins)
    integers = pyarrow.list_(pyarrow.int32())
    return pyarrow.table({name: pyarrow.array(list(c), integers) for name, c in columns.items()})


def main() -> None:
    """Runs the map on the machines that Ray knows, by default this one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", help="pattern of text files, one document a line")
    parser.add_argument("out", help="folder for the Parquet files")
    parser.add_argument("--num-bins", type=int, default=2**18)
    parser.add_argument("--num-cpus", type=int, help="of this machine; all by default")
    options = parser.parse_args()
    import ray

    ray.init(num_cpus=options.num_cpus, include_dashboard=False, log_to_driver=False)
    texts = ray.data.read_text(sorted(glob.glob(options.texts)))
    hashing = partial(arrow_batch, num_bins=options.num_bins)
    bags = texts.map_batches(hashing, batch_size=1024, batch_format="pyarrow")
    bags.write_parquet(options.out)


if __name__ == "__main__":
    main()

"""Hash a corpus larger than one machine with Ray Data.

    python docs/examples/hash_corpus.py 'corpus/*.txt' bags --num-bins 262144

The input has one document per line. The output is Parquet files with the columns `bins` and
`counts`: the bins of each document and the number of tokens in each bin. Hashing has no state, so
any number of machines may process the corpus in any order, with the same result as one machine. On
a cluster, only `ray.init(address=...)` changes.
"""

import argparse
import glob
from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np

from keras_seqext.text.hashing.token_hash import TokenHash
from keras_seqext.text.tokens.tokenizer import Tokenizer


def bag_of_words(text: str, tokenizer: Tokenizer, token_hash: TokenHash) -> tuple[Any, Any]:
    """Return the bins of the tokens in ascending order, and the count of each bin."""
    tokens = tokenizer(text)
    ids = token_hash.ids(tokens) if tokens else np.empty(0, np.int32)
    return np.unique(ids, return_counts=True)


def hash_batch(batch: dict[str, Iterable[str]], num_bins: int) -> dict[str, Any]:
    """Map a batch of texts to a batch of bags of words. Does not need Ray."""
    tokenizer, token_hash = Tokenizer(), TokenHash(num_bins)
    bags = [bag_of_words(str(text), tokenizer, token_hash) for text in batch["text"]]
    columns = {"bins": np.empty(len(bags), object), "counts": np.empty(len(bags), object)}
    for row, (bins, counts) in enumerate(bags):
        columns["bins"][row] = bins.astype(np.int32)
        columns["counts"][row] = counts.astype(np.int32)
    return columns


def arrow_batch(table: Any, num_bins: int) -> Any:
    """Map a batch as Ray passes it. The columns are lists of int32, as Parquet readers expect."""
    import pyarrow

    columns = hash_batch({"text": table["text"].to_pylist()}, num_bins)
    integers = pyarrow.list_(pyarrow.int32())
    return pyarrow.table({name: pyarrow.array(list(c), integers) for name, c in columns.items()})


def main() -> None:
    """Run the map on the machines of the Ray cluster, by default this machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", help="glob pattern of text files with one document per line")
    parser.add_argument("out", help="output folder for the Parquet files")
    parser.add_argument("--num-bins", type=int, default=2**18, help="number of hash bins")
    parser.add_argument("--num-cpus", type=int, help="number of CPU cores to use (default: all)")
    options = parser.parse_args()
    import ray

    ray.init(num_cpus=options.num_cpus, include_dashboard=False, log_to_driver=False)
    texts = ray.data.read_text(sorted(glob.glob(options.texts)))
    hashing = partial(arrow_batch, num_bins=options.num_bins)
    bags = texts.map_batches(hashing, batch_size=1024, batch_format="pyarrow")
    bags.write_parquet(options.out)


if __name__ == "__main__":
    main()

"""Rows of encoded texts as batches, in an order that depends on seed and epoch alone."""

from typing import Any

import keras
import numpy as np


class TextBatches(keras.utils.PyDataset):
    """Batches of rows and labels.

    Args:
        rows: `(texts, ...)`, an array, or a sparse matrix that is made dense a batch at a time.
        labels: `(texts,)`.
        batch_size: Texts in a batch; the last has what is left.
        seed: Of the order, or None for the order given.
    """

    def __init__(self, rows: Any, labels: Any, batch_size: int, seed: int | None = None) -> None:
        super().__init__()
        self.rows, self.labels = rows, np.asarray(labels, np.float32)
        self.batch_size, self.seed = batch_size, seed
        self.start_epoch(0)

    def start_epoch(self, epoch: int) -> None:
        """Takes the order of that epoch: the same whether or not a run was interrupted."""
        count = len(self.labels)
        self.order = np.arange(count)
        if self.seed is not None:
            self.order = np.random.default_rng([self.seed, epoch]).permutation(count)

    def epoch_callback(self) -> keras.callbacks.Callback:
        """Tells this dataset which epoch it is."""
        return keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: self.start_epoch(epoch)
        )

    def __len__(self) -> int:
        return -(-len(self.labels) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        places = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        rows = self.rows[places]
        return rows.toarray() if hasattr(rows, "toarray") else rows, self.labels[places]

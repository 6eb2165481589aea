"""Batches of encoded texts, in an order that depends only on seed and epoch."""

from typing import Any

import keras
import numpy as np


class TextBatches(keras.utils.PyDataset):
    """Dataset of batches of rows and labels.

    Args:
        rows: Array of shape `(texts, ...)`, or a sparse matrix, converted batch by batch.
        labels: Array of shape `(texts,)`.
        batch_size: Number of texts per batch. The last batch may be smaller.
        seed: Seed of the order, or None to retain the order of the rows.
    """

    def __init__(self, rows: Any, labels: Any, batch_size: int, seed: int | None = None) -> None:
        super().__init__()
        self.rows, self.labels = rows, np.asarray(labels, np.float32)
        self.batch_size, self.seed = batch_size, seed
        self.start_epoch(0)

    def start_epoch(self, epoch: int) -> None:
        """Set the order of an epoch, which is the same for interrupted runs."""
        count = len(self.labels)
        self.order = np.arange(count)
        if self.seed is not None:
            self.order = np.random.default_rng([self.seed, epoch]).permutation(count)

    def epoch_callback(self) -> keras.callbacks.Callback:
        """Return a callback that calls `start_epoch`."""
        return keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: self.start_epoch(epoch)
        )

    def __len__(self) -> int:
        return -(-len(self.labels) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        indices = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        rows = self.rows[indices]
        return rows.toarray() if hasattr(rows, "toarray") else rows, self.labels[indices]

"""Losses of a small model trained on several devices: a program for the data-parallel test.

    python -m conformance.unit.scale.training jax 2

It runs in a separate process, because the number of devices is fixed when a backend starts. It
prints a JSON list with the loss of each epoch. The global batch is the same for any number of
devices.
"""

import json
import os
import sys
from typing import Any

EPOCHS, BATCH, ROWS, LOOKBACK = 3, 24, 211, 12


def windows() -> Any:
    """Return shuffled windows of a sine wave, with a batch size divisible by 1, 2 and 4."""
    import numpy as np

    from keras_seqext import TimeseriesWindow

    series = np.sin(np.arange(ROWS) / 7).astype(np.float32)
    options = {"lookback": LOOKBACK, "delay": 2, "batch_size": BATCH}
    return TimeseriesWindow(series, **options, shuffle=True, seed=3, drop_remainder=True)


def model() -> Any:
    """Return a compiled model with the same initial weights in every process."""
    import keras

    from keras_seqext import MinimalRNN

    keras.utils.set_random_seed(1)
    layers = [keras.Input((LOOKBACK, 1)), MinimalRNN(8), keras.layers.Dense(1)]
    net = keras.Sequential(layers)
    net.compile(keras.optimizers.Adam(0.01), "mse")
    return net


def fitted(net: Any, dataset: Any) -> list[float]:
    """Train the model and return the loss of each epoch."""
    history = net.fit(
        dataset, epochs=EPOCHS, shuffle=False, verbose=0, callbacks=[dataset.epoch_callback()]
    )
    return [float(loss) for loss in history.history["loss"]]


def with_jax(count: int) -> list[float]:
    """Train with `keras.distribution.DataParallel` over virtual CPU devices."""
    import jax
    import keras

    assert len(jax.devices()) == count
    # Before the model is created, because its variables are placed on creation.
    keras.distribution.set_distribution(keras.distribution.DataParallel())
    net = model()
    losses = fitted(net, windows())
    assert len(net.weights[0].value.sharding.device_set) == count
    return losses


def with_tensorflow(count: int) -> list[float]:
    """Train with `MirroredStrategy` over logical devices of one CPU."""
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    logical = [tf.config.LogicalDeviceConfiguration() for _ in range(count)]
    tf.config.set_logical_device_configuration(cpu, logical)
    devices = [device.name for device in tf.config.list_logical_devices("CPU")]
    strategy = tf.distribute.MirroredStrategy(
        devices, cross_device_ops=tf.distribute.HierarchicalCopyAllReduce()
    )
    with strategy.scope():
        net = model()
    assert strategy.num_replicas_in_sync == count
    return fitted(net, windows())


def with_torch(count: int) -> list[float]:
    """Train with `DistributedDataParallel` over gloo, with one process per worker."""
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    port = free_port()
    workers = [
        context.Process(target=torch_worker, args=(rank, count, port, queue))
        for rank in range(count)
    ]
    for worker in workers:
        worker.start()
    losses: list[float] = queue.get(timeout=240)
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0, worker.exitcode
    return losses


def torch_worker(rank: int, count: int, port: int, queue: Any) -> None:
    """Train a Keras model with DDP on one shard of each batch; rank 0 returns the losses."""
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port), KERAS_BACKEND="torch")
    import torch
    from torch import distributed

    torch.set_num_threads(1)
    distributed.init_process_group("gloo", rank=rank, world_size=count)
    net, dataset = model(), windows().shard(rank, count)
    parallel = torch.nn.parallel.DistributedDataParallel(net)
    optimizer = torch.optim.Adam(net.parameters(), 0.01, eps=1e-7)
    losses = []
    for epoch in range(EPOCHS):
        dataset.set_epoch(epoch)
        total = torch.zeros(())
        for index in range(len(dataset)):
            x, y = (torch.from_numpy(part) for part in dataset[index])
            loss = torch.mean((parallel(x)[:, 0] - y) ** 2)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach()
        distributed.all_reduce(total)
        losses.append(float(total) / count / len(dataset))
    if rank == 0:
        queue.put(losses)
    distributed.destroy_process_group()


def free_port() -> int:
    """Return a free port of the local host."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    backend, devices = sys.argv[1], int(sys.argv[2])
    os.environ["KERAS_BACKEND"] = backend
    if backend == "jax":
        os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={devices}"
    run = {"jax": with_jax, "tensorflow": with_tensorflow, "torch": with_torch}[backend]
    print(json.dumps(run(devices)))

"""`python -m conformance.unit.scale.training jax 2`: losses of a small model on `count` devices.

Run in a process of its own, as the number of devices is settled when a backend starts. Prints a
JSON list of the loss of each epoch. The global batch is the same for every `count`.
"""

import json
import os
import sys
from typing import Any

EPOCHS, BATCH, ROWS, LOOKBACK = 3, 24, 211, 12


def windows() -> Any:
    """Shuffled windows of a wave, in batches that 1, 2 and 4 divide."""
    import numpy as np

    from keras_seqext import TimeseriesWindow

    series = np.sin(np.arange(ROWS) / 7).astype(np.float32)
    options = {"lookback": LOOKBACK, "delay": 2, "batch_size": BATCH}
    return TimeseriesWindow(series, **options, shuffle=True, seed=3, drop_remainder=True)


def model() -> Any:
    """Starts from the same weights in every process."""
    import keras

    from keras_seqext import MinimalRNN

    keras.utils.set_random_seed(1)
    layers = [keras.Input((LOOKBACK, 1)), MinimalRNN(8), keras.layers.Dense(1)]
    net = keras.Sequential(layers)
    net.compile(keras.optimizers.Adam(0.01), "mse")
    return net


def fitted(net: Any, dataset: Any) -> list[float]:
    """The loss of each epoch of `fit`."""
    history = net.fit(
        dataset, epochs=EPOCHS, shuffle=False, verbose=0, callbacks=[dataset.epoch_callback()]
    )
    return [float(loss) for loss in history.history["loss"]]


def with_jax(count: int) -> list[float]:
    """One flag: the distribution is set before the model is made."""
    import jax
    import keras

    assert len(jax.devices()) == count
    keras.distribution.set_distribution(keras.distribution.DataParallel())
    net = model()
    losses = fitted(net, windows())
    assert len(net.weights[0].value.sharding.device_set) == count
    return losses


def with_tensorflow(count: int) -> list[float]:
    """`MirroredStrategy` over logical devices of one processor."""
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
    """`DistributedDataParallel` over gloo, one process a worker; the first one tells the losses."""
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
    """The short loop that trains a Keras model under DDP on its shard of each batch."""
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
    """A port of this machine that nobody listens on."""
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":
    backend, devices = sys.argv[1], int(sys.argv[2])
    os.environ["KERAS_BACKEND"] = backend
    if backend == "jax":
        os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={devices}"
    run = {"jax": with_jax, "tensorflow": with_tensorflow, "torch": with_torch}[backend]
    print(json.dumps(run(devices)))

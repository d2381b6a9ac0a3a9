"""Contestant: the nets of bench/nets.ts in Keras or PyTorch. Variant: keras or torch. One JSON object a line in, one out.

Both update with Adam at 0.001, on 2 threads, and watch nothing. Needs keras with tensorflow-cpu, or torch.
"""

import json
import os
import resource
import sys
import time

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="", OMP_NUM_THREADS="2")
THREADS = 2
RATE = 0.001


def data(net, np):
    random = np.random.default_rng(1)
    shape = (net["batchSize"], *net["inputShape"])
    x = random.integers(0, net["vocabulary"], shape) if "vocabulary" in net else random.uniform(-1, 1, shape).astype("float32")
    y = random.integers(0, net["outputs"], net["batchSize"])
    return x, y, random.normal(size=(net["batchSize"], 1)).astype("float32")


def keras_step(net):
    import keras
    import numpy as np
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    layers = keras.layers

    def make(layer):
        kind, size = layer["type"], (layer.get("units"), layer.get("filters"))
        units, filters = size
        activation = layer.get("activation")
        return {
            "dense": lambda: layers.Dense(units, activation=activation),
            "conv2d": lambda: layers.Conv2D(filters, layer["kernelSize"], activation=activation, padding=layer.get("padding", "valid")),
            "maxPooling2d": lambda: layers.MaxPooling2D(layer["poolSize"]),
            "batchNormalization": lambda: layers.BatchNormalization(),
            "reLU": lambda: layers.ReLU(),
            "flatten": lambda: layers.Flatten(),
            "dropout": lambda: layers.Dropout(layer["rate"]),
            "lstm": lambda: layers.LSTM(units),
            "embedding": lambda: layers.Embedding(layer["inputDim"], layer["outputDim"]),
            # As ours: the reset gate before the product.
            "gru": lambda: layers.GRU(units, reset_after=False),
        }[kind]()

    model = keras.Sequential([keras.Input(tuple(net["inputShape"])), *[make(layer) for layer in net["layers"]]])
    model.compile(optimizer=keras.optimizers.Adam(RATE), loss="mse" if net["outputs"] == 1 else "categorical_crossentropy")
    x, classes, numbers = data(net, np)
    y = numbers if net["outputs"] == 1 else np.eye(net["outputs"], dtype="float32")[classes]
    return lambda: model.train_on_batch(x, y)


def torch_step(net):
    import numpy as np
    import torch
    from torch import nn

    if torch.get_num_threads() != THREADS:
        torch.set_num_threads(THREADS)

    class Last(nn.Module):
        def __init__(self, sequence):
            super().__init__()
            self.sequence = sequence

        def forward(self, x):
            return self.sequence(x)[0][:, -1]

    parts = []
    pictures = len(net["inputShape"]) == 3
    channels = net["inputShape"][-1]
    for layer in net["layers"]:
        kind = layer["type"]
        if kind == "dense":
            parts.append(nn.LazyLinear(layer["units"]))
        elif kind == "conv2d":
            parts.append(nn.LazyConv2d(layer["filters"], layer["kernelSize"], padding=layer.get("padding", "valid")))
        elif kind == "maxPooling2d":
            parts.append(nn.MaxPool2d(layer["poolSize"]))
        elif kind == "batchNormalization":
            parts.append(nn.LazyBatchNorm2d())
        elif kind == "reLU":
            parts.append(nn.ReLU())
        elif kind == "flatten":
            parts.append(nn.Flatten())
        elif kind == "dropout":
            parts.append(nn.Dropout(layer["rate"]))
        elif kind == "embedding":
            parts.append(nn.Embedding(layer["inputDim"], layer["outputDim"]))
            channels = layer["outputDim"]
        else:
            parts.append(Last({"lstm": nn.LSTM, "gru": nn.GRU}[kind](channels, layer["units"], batch_first=True)))
        if layer.get("activation") == "relu":
            parts.append(nn.ReLU())
    model = nn.Sequential(*parts)
    x, classes, numbers = data(net, np)
    x = torch.from_numpy(x)
    if pictures:
        x = x.permute(0, 3, 1, 2).contiguous()
    y = torch.from_numpy(numbers if net["outputs"] == 1 else classes)
    model(x)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    loss_of = nn.MSELoss() if net["outputs"] == 1 else nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def version(peer):
    if peer == "torch":
        import torch

        return f"torch {torch.__version__}"
    import keras
    import tensorflow

    return f"keras {keras.__version__}, tensorflow {tensorflow.__version__}"


def main():
    peer = sys.argv[1]
    try:
        print(json.dumps({"version": version(peer)}), flush=True)
    except ImportError as error:
        print(json.dumps({"error": f"{peer} is missing: {error}"}), flush=True)
        return
    steps = {}
    for line in sys.stdin:
        turn = json.loads(line)
        try:
            name = turn["net"]
            if name not in steps:
                steps[name] = {"keras": keras_step, "torch": torch_step}[peer](turn["description"])
            step, cpu, started = steps[name], time.process_time(), time.perf_counter()
            for _ in range(turn["steps"]):
                step()
            answer = {"ms": 1000 * (time.perf_counter() - started), "cpuMs": 1000 * (time.process_time() - cpu)}
            answer["residentMiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        except Exception as error:  # told to the benchmark, which goes on without this one
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()

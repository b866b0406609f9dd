"""The frozen MTCNN graph of the 2020 program, run by TensorFlow.

    PYTHON tf_graph.py GRAPH THREADS

`benchmarks.detect` starts it with a Python that has TensorFlow. It reads lines FRAME.npy MIN_SIZE
and writes a JSON line for each: the faces found, and how long that took.
"""

import json
import sys
import time

import numpy as np
import tensorflow as tf


def main(path: str, threads: int) -> None:
    session = start(path, threads)
    frames = {}
    for line in sys.stdin:
        name, min_size = line.split()
        if name not in frames:
            frames[name] = np.load(name)
        print(json.dumps(detect(session, frames[name], float(min_size))), flush=True)


def start(path: str, threads: int) -> tf.compat.v1.Session:
    definition = tf.compat.v1.GraphDef()
    with open(path, "rb") as file:
        definition.ParseFromString(file.read())
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(definition, name="")
    config = tf.compat.v1.ConfigProto(
        intra_op_parallelism_threads=threads, inter_op_parallelism_threads=threads
    )
    return tf.compat.v1.Session(graph=graph, config=config)


def detect(session: tf.compat.v1.Session, image: np.ndarray, min_size: float) -> dict:
    """The faces in a frame (H, W, 3) uint8 RGB, and the time in ms."""
    begin = time.perf_counter()
    feed = {
        "input:0": image[..., ::-1],  # the nets were trained on BGR
        "min_size:0": min_size,
        "thresholds:0": [0.6, 0.7, 0.7],
        "factor:0": 0.709,
    }
    score, _, box = session.run(["prob:0", "landmarks:0", "box:0"], feed)
    return {
        "ms": (time.perf_counter() - begin) * 1e3,
        "scores": score.tolist(),
        "boxes": box[:, [1, 0, 3, 2]].tolist(),
    }


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

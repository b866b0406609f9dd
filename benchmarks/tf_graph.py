"""The frozen MTCNN graph of the 2020 program, run by TensorFlow: a program for a Python that has it, started by `benchmarks.detect`.

    PYTHON tf_graph.py GRAPH THREADS

Reads lines FRAME.npy MIN_SIZE, writes a JSON line for each: the faces found and how long that took.
"""

import json
import sys
import time

import numpy as np
import tensorflow as tf


def main(path: str, threads: int) -> None:
    definition = tf.compat.v1.GraphDef()
    with open(path, "rb") as file:
        definition.ParseFromString(file.read())
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(definition, name="")
    config = tf.compat.v1.ConfigProto(
        intra_op_parallelism_threads=threads, inter_op_parallelism_threads=threads
    )
    session = tf.compat.v1.Session(graph=graph, config=config)
    frames = {}
    for line in sys.stdin:
        name, min_size = line.split()
        if name not in frames:
            frames[name] = np.load(name)
        start = time.perf_counter()
        image = frames[name][..., ::-1]  # it was trained on BGR
        feed = {
            "input:0": image,
            "min_size:0": float(min_size),
            "thresholds:0": [0.6, 0.7, 0.7],
            "factor:0": 0.709,
        }
        score, _, box = session.run(["prob:0", "landmarks:0", "box:0"], feed)
        print(
            json.dumps(
                {
                    "ms": (time.perf_counter() - start) * 1e3,
                    "scores": score.tolist(),
                    "boxes": box[:, [1, 0, 3, 2]].tolist(),
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

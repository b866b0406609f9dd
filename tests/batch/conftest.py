"""Data sets that the tests share: one of true swaps, one of the pipeline's own."""

import functools
import json
import shutil
from pathlib import Path

import pytest

import nn
import pipeline
from actors import Model, Scene, film, scene
from batch.dataset import assemble
from batch.example import list_example_jobs, make_example
from batch.jobs import Job, Source
from batch.originals import write_original

PAIRS = ((6, 3),)
REAL_SEED = 5


@pytest.fixture(scope="session", autouse=True)
def one_model_an_actor():
    """A model is a second's work and never changes, so scenes share it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scene, "Model", functools.cache(Model))
        yield


@pytest.fixture(autouse=True)
def same_threads_afterwards():
    before = nn.parallel.thread_count()
    yield
    if nn.parallel.thread_count() != before:
        nn.set_threads(before)


@pytest.fixture(scope="session")
def example(tmp_path_factory):
    """A data set of two true swaps, which tests only read."""
    folder = tmp_path_factory.mktemp("example")
    make_example(folder, PAIRS)
    return folder


@pytest.fixture
def jobs():
    """The jobs of the example."""
    return list_example_jobs(PAIRS)


@pytest.fixture
def work(example, tmp_path):
    """A folder with a copy of the example's work/ and nothing else."""
    shutil.copytree(example / "work", tmp_path / "set" / "work")
    return tmp_path / "set"


@pytest.fixture(scope="session")
def real(tmp_path_factory):
    """A data set of one swap by the pipeline, of a part of a clip. Tests only read it."""
    folder = tmp_path_factory.mktemp("real")
    sources = {}
    for seed in (6, 3):
        clip = folder / "work" / "clips" / f"{seed:016x}.mp4"
        for _ in film(Scene(seed, 20 + seed, 16, (112, 112)), clip):
            pass
        sources[seed] = Source(f"actors:{seed}", f"actor {seed}", clip.stem)
    options = ("--frames", "3:12", "--seed", "2", "--no-mark")
    job = Job(1, sources[6], sources[3], options, "a" * 16)
    _run(folder / "work", job)
    original = folder / "work/originals" / f"{6:016x}-3-12-1"
    write_original(_clip(folder / "work", job.target), original, (3, 12))
    assemble(folder, lambda: [job], REAL_SEED)
    return folder


def _clip(work: Path, source: Source) -> Path:
    return work / "clips" / f"{source.key}.mp4"


def _run(work: Path, job: Job) -> None:
    """Do a job by the pipeline, as far as the data set needs it."""
    folder = work / "swaps" / job.key
    clips = [str(_clip(work, source)) for source in (job.target, job.donor)]
    places = ["-o", folder / "swap.mp4", "--run", folder / "run", "--truth", folder / "truth"]
    short = ["--rounds", "1", "--batch", "4", "--threads", "1"]
    assert pipeline.main([*clips, *map(str, places), *short, *job.options]) == 0
    status = {"state": "done", "code": 0, "reason": "", "seconds": 1.5}
    (folder / "status.json").write_text(json.dumps(status))

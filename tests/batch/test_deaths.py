"""Real swaps of rendered people, while a worker and the client are killed again and again."""

import random
import time

import pytest

from .session import finish, list_workers, read_table, start

PAIRS = [(1, 2), (2, 1), (1, 3), (3, 1), (2, 3), (3, 2), (4, 5), (5, 4), (4, 6), (6, 4), (5, 6)]
TINY = ["--actor-frames", "18", "--actor-size", "96", "--workers", "2"]
DEATHS = 5
SECONDS_BETWEEN = 4, 12  # before a kill, at random
TABLES = "index.csv", "index.parquet", "frames.csv", "frames.parquet", "failures.csv"
SESSION_LIMIT = 1200  # seconds


def _make_folder(folder):
    folder.mkdir()
    rows = [f"actors:{a}:{a},actors:{b}:{b},--rounds 1 --preset seed" for a, b in PAIRS]
    rows.append("actors:7,actors:8,--rounds 1 --frames 0:17")
    (folder / "jobs.csv").write_text("\n".join(["target,donor,options", *rows]) + "\n")
    return folder


def _contents(folder):
    """All bytes of the set outside of work/, and of the swaps and originals in it."""
    files = [path for path in (folder / "set").rglob("*") if path.is_file()]
    kept = [path for path in files if not {"run", "locks", "detections"} & set(path.parts)]
    names = {".mp4", ".json", ".csv", ".png", ".parquet", ".md"}
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in kept
        if path.suffix in names and path.name not in ("status.json", "set.json")
    }


@pytest.mark.slow
def test_five_deaths_change_no_byte_of_the_set(tmp_path):
    calm, hit = (_make_folder(tmp_path / name) for name in ("calm", "hit"))
    code, _, problems = finish(start(calm, *TINY, stand_in=False), SESSION_LIMIT)
    assert code == 0, problems
    rng = random.Random(0)
    process, ended = start(hit, *TINY, stand_in=False), []
    for death in range(DEATHS):
        time.sleep(rng.uniform(*SECONDS_BETWEEN))
        assert process.poll() is None, "it was finished too soon"
        workers = list_workers(process)
        if death % 2 and workers:
            rng.choice(workers).kill()
            ended.append("worker")
        else:
            process.kill()
            finish(process)
            process = start(hit, *TINY, stand_in=False)
            ended.append("client")
    code, told, problems = finish(process, SESSION_LIMIT)
    assert code == 0, told + problems
    assert set(ended) == {"worker", "client"}
    one, other = _contents(calm), _contents(hit)
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []
    assert {f"set/{table}" for table in TABLES} <= one.keys()
    assert sum(name.endswith("/swap.mp4") for name in one) == 12
    assert len(read_table(calm / "set" / "index.csv")) > 4 * 12

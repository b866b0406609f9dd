"""How a command ends: by itself, by a signal, or because nobody reads its output."""

import ast
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# run where our packages are not
OWN_PYTHON = {f"benchmarks/{name}.py" for name in ("judge", "judge_expression", "tf_graph")}
BECOMES_ANOTHER = {"batch/with_parent.py"}  # it runs no function of ours

# Prints a line, then does what its argument says; says so when it has cleaned up.
COMMAND = """
import sys, time
from files import run_command
class Destroyed:
    def __del__(self):
        time.sleep(0.1)
def main():
    try:
        print("started", flush="buffered" not in sys.argv)
        while "destructors" in sys.argv:
            Destroyed()
            time.sleep(0.1)
        while "wait" in sys.argv:
            time.sleep(0.01)
        while "print" in sys.argv:
            print("more")
    finally:
        time.sleep(0.3)
        open(sys.argv[1], "w").write("cleaned up")
    return 5
run_command(main)
"""
# Open a file, then speak on both streams; the file must get none of it.
SCRIPT = """
import sys
from files import run_command
def main():
    with open(sys.argv[1], "w") as file:
        print("out"); print("error", file=sys.stderr, flush=True)
        file.write("content")
run_command(main)
"""


@pytest.fixture
def start(tmp_path):
    """A function that starts the command."""
    started = []

    def start(*arguments, **options):
        words = [sys.executable, "-c", COMMAND, str(tmp_path / "end"), *arguments]
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        env = os.environ | {"PYTHONUNBUFFERED": ""}
        started.append(subprocess.Popen(words, cwd=ROOT, env=env, text=True, **options))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        for pipe in filter(None, (process.stdout, process.stderr)):
            pipe.close()


def test_a_command_ends_with_its_code(start, tmp_path):
    process = start()
    assert process.communicate() == ("started\n", "") and process.returncode == 5
    assert (tmp_path / "end").read_text() == "cleaned up"


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize(
    "name, at",
    [("SIGINT", "wait"), ("SIGTERM", "wait"), ("SIGHUP", "wait")]
    + [("SIGINT", "destructors")],  # where Python drops exceptions
)
def test_a_signal_ends_it_with_one_line_and_a_second_one_does_no_harm(start, tmp_path, name, at):
    process = start(at)
    process.stdout.readline()
    for _ in range(3):
        process.send_signal(getattr(signal, name))
        time.sleep(0.05)
    said = process.communicate()[1]
    assert process.returncode == 128 + getattr(signal, name) and said == "-c: stopped\n"
    assert (tmp_path / "end").read_text() == "cleaned up"


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_signal_that_is_ignored_stays_ignored(start):
    """As under nohup, which lets a program outlive its terminal."""
    process = start("wait", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    process.stdout.readline()
    process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
@pytest.mark.parametrize("how", ["print", "wait", "buffered"])
def test_where_nobody_reads_on_it_ends_and_says_nothing(start, tmp_path, how):
    if how == "wait":  # what it then says is lost
        process = start(how)
        process.stdout.readline()
        process.stderr.close()
        process.stderr = None
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
    else:
        reader, writer = os.pipe()
        process = start(how, stdout=writer)
        os.close(writer)
        if how == "print":
            os.read(reader, 8)
        os.close(reader)
        assert process.communicate()[1] == "" and process.returncode == 141
    assert (tmp_path / "end").read_text() == "cleaned up"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_named(start):
    with open("/dev/full", "w") as full:
        process = start(stdout=full)
        assert process.communicate()[1] == "-c: output: No space left on device\n"
    assert process.returncode == 6


def test_every_command_ends_this_way():
    for file in sorted(ROOT.glob("*.py")) + sorted(ROOT.glob("[a-z]*/**/*.py")):
        name = file.relative_to(ROOT).as_posix()
        made = name.startswith(("build/", "site/", "docs/gallery/"))
        if made or name.startswith("tests/") or name in OWN_PYTHON | BECOMES_ANOTHER:
            continue
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'":
                assert ast.unparse(node.body[0]) in ("run_command(main)", "console()"), name


@pytest.mark.skipif(os.name != "posix", reason="closes streams as a POSIX shell does")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_command_whose_streams_are_closed_does_its_work(tmp_path, closed):
    file = tmp_path / "file"
    command = f'"$0" -c "$1" "$2" {closed}'
    arguments = ["sh", "-c", command, sys.executable, SCRIPT, str(file)]
    ended = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0 and file.read_text() == "content"
    assert ended.stdout == ("out\n" if closed == "2>&-" else "")
    assert ended.stderr == ("error\n" if closed == ">&-" else "")


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize(
    "words",
    [
        ["pipeline.py"],
        *(
            ["-m", name]
            for name in ("mtcnn_np", "provenance", "actors", "report", "benchmarks.nets")
        ),
    ],
)
def test_an_interrupt_while_the_modules_are_imported_leaves_no_traceback(words):
    process = subprocess.Popen(
        [sys.executable, "-X", "importtime", *words, "--help"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        for line in process.stderr:  # a line for each module that is imported
            if "numpy.linalg" in line:
                process.send_signal(signal.SIGINT)
                break
        rest = process.stderr.read()
    assert process.returncode == -signal.SIGINT
    assert "Traceback" not in rest and "KeyboardInterrupt" not in rest

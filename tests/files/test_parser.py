"""Errors of command lines: one line, and names that are none."""

from pathlib import Path

import pytest

from files import Parser


def _error(capsys, *words: str) -> str:
    parser = Parser(prog="faceswap-np")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--rounds", type=int)
    with pytest.raises(SystemExit) as stop:
        parser.parse_args(words)
    assert stop.value.code == 2
    return capsys.readouterr().err


def test_an_error_is_one_line_that_names_the_option(capsys):
    message = _error(capsys, "--rounds", "x")
    assert message.count("\n") == 1
    assert message.startswith("faceswap-np: argument --rounds: ") and "--help" in message


@pytest.mark.parametrize("name", ["", "-"])
def test_an_empty_name_and_a_dash_are_no_paths(capsys, name):
    assert f"--output: {name!r} names no file" in _error(capsys, "--output", name)
    assert Parser().parse_args([]) is not None


def test_a_path_is_taken_as_it_is():
    parser = Parser()
    parser.add_argument("--output", type=Path)
    assert parser.parse_args(["--output", "./-"]).output == Path("-")

"""Files that are complete or not there."""

import pytest

from files import atomic_file


@pytest.mark.parametrize("durable", [True, False])
def test_a_file_gets_its_name_when_it_is_complete(tmp_path, durable):
    path = tmp_path / "a"
    path.write_bytes(b"before")
    with atomic_file(path, durable) as file:
        file.write(b"after")
        file.flush()
        assert path.read_bytes() == b"before"
    assert path.read_bytes() == b"after" and [p.name for p in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_stood_there_stays_and_nothing_is_left_behind(tmp_path, error):
    path = tmp_path / "a"
    path.write_bytes(b"before")
    with pytest.raises(type(error)) as raised, atomic_file(path) as file:
        file.write(b"after")
        raise error
    assert path.read_bytes() == b"before" and [p.name for p in tmp_path.iterdir()] == ["a"]
    assert not isinstance(error, OSError) or raised.value.filename == str(path)

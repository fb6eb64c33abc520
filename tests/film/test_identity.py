"""An edition is its content."""

from __future__ import annotations

import shutil
import time

import pytest

from rewatch.film.identity import BLOCK, BLOCKS, ENDS, WHOLE, identify


def test_name_and_place_do_not_matter(tmp_path):
    path = tmp_path / "a.mkv"
    path.write_bytes(b"film" * 1000)
    (tmp_path / "sub").mkdir()
    copy = shutil.copy(path, tmp_path / "sub" / "another name.mp4")
    assert identify(path) == identify(copy)
    assert len(identify(path)) == 32
    assert int(identify(path), 16) >= 0


@pytest.mark.parametrize("size", [1, 5000, WHOLE])
def test_any_byte_of_a_small_file_matters(tmp_path, size):
    path = tmp_path / "film"
    data = bytearray(size)
    path.write_bytes(data)
    before = identify(path)
    for at in {0, size // 2, size - 1}:
        data[at] ^= 1
        path.write_bytes(data)
        assert identify(path) != before
        data[at] ^= 1
    path.write_bytes(data + b"\0")
    assert identify(path) != before


def test_a_40_gb_file_is_known_at_once_by_its_ends_middle_and_size(tmp_path):
    path = tmp_path / "film.mkv"
    size = 40 << 30
    with path.open("wb") as file:
        file.truncate(size)
    start = time.perf_counter()
    first = identify(path)
    assert time.perf_counter() - start < 0.5
    seen = {first}
    room = size - 2 * ENDS - BLOCK
    for at in (0, size - 1, ENDS + room * 5 // (BLOCKS - 1), ENDS, size - ENDS - 1):
        with path.open("r+b") as file:
            file.seek(at)
            file.write(b"x")
        seen.add(identify(path))
        with path.open("r+b") as file:
            file.seek(at)
            file.write(b"\0")
    assert len(seen) == 6
    with path.open("r+b") as file:
        file.truncate(size + 1)
    assert identify(path) not in seen


def test_real_transfers_differ(films):
    paths = [path for path in films.iterdir() if path.suffix in (".mp4", ".webm", ".mpg")]
    assert len({identify(path) for path in paths}) == len(paths)

"""What a model was converted to is kept beside it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from retrieval.conversion import converted


class Converter:
    """Writes a file and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, out: Path) -> None:
        self.times += 1
        out.mkdir()
        (out / "model.bin").write_text(f"number {self.times}", "ascii")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def test_it_is_made_once_and_anew_for_other_weights(model: Path, tmp_path: Path) -> None:
    make = Converter()

    def ask(number: int, tuned: bytes = b"") -> Path:
        spare = tmp_path / f"spare{number}"
        spare.mkdir()
        return converted(model, "fast", make, spare, tuned)

    first = ask(1)
    assert first == ask(2) and first.parent == model and make.times == 1
    assert (first / "model.bin").read_text("ascii") == "number 1"
    tuned = ask(3, b"changes")
    assert make.times == 2 and tuned != first and not first.exists()
    (model / "model.safetensors").write_bytes(b"other weights")
    assert (ask(4, b"changes") / "model.bin").read_text("ascii") == "number 3"
    assert [path.name for path in model.glob("*fast*")] == [path.name for path in model.glob("fast-*")]
    assert len(list(model.glob("fast-*"))) == 1


def test_where_none_may_write_it_is_made_for_the_moment(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> str:
        raise OSError("no space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    made = converted(model, "fast", Converter(), tmp_path)
    assert made.parent == tmp_path and (made / "model.bin").is_file()
    assert not list(model.glob("*fast*"))


def test_a_model_without_weights_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"model\.safetensors"):
        converted(tmp_path, "fast", Converter(), tmp_path)

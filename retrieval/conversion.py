"""Keeps what a model was converted to beside the model, so that it is made once."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


def converted(model: Path, name: str, make: Callable[[Path], None], spare: Path, tuned: bytes = b"") -> Path:
    """The folder that ``make`` fills for CTranslate2: ``name`` beside the weights, or one in ``spare`` where none may write.

    It is made anew where the weights or ``tuned``, the changes put into them, are others. Raises OSError where the model has
    no weights, and what ``make`` raises.
    """
    stat = (model / "model.safetensors").stat()
    stamp = hashlib.sha256(tuned + f"{stat.st_size} {stat.st_mtime_ns}".encode()).hexdigest()[:12]
    kept = model / f"{name}-{stamp}"
    if (kept / "model.bin").is_file():
        return kept
    made = spare / "converted"
    make(made)
    try:
        beside = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=model))
    except OSError:
        return made
    try:
        shutil.copytree(made, beside, dirs_exist_ok=True)
        os.replace(beside, kept)
    except OSError:  # another process was faster, or the disk is full
        shutil.rmtree(beside, ignore_errors=True)
        return kept if (kept / "model.bin").is_file() else made
    for old in model.glob(f"{name}*"):
        if old != kept:
            shutil.rmtree(old, ignore_errors=True)
    return kept

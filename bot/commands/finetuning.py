"""Tunes the reply model on a file of examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.settings import Settings
from generation.finetuning import Options
from retrieval.errors import InputError


def tune(
    loaded: Settings, data: Path, out: Path, base: Path | None, start: Path | None, options: Options, resume: bool
) -> dict[str, Any]:
    """The figures of the training; the adapter is in ``out``. Raises InputError before any weights are read."""
    from generation.finetuning import finetune

    if not data.is_file():
        raise InputError("no such file", "name a JSON or JSON Lines file (docs/finetuning.md)", path=data)
    folder = base if base is not None else loaded.models / loaded.reply_model
    if not folder.is_dir():
        raise InputError(
            "no such folder", "name a folder of weights with --base, or run: frontdesk models fetch", path=folder
        )
    return finetune(data, out, folder, options, start=start, resume=resume)


def as_text(document: dict[str, Any]) -> str:
    """The figures for a person."""
    return (
        f"{document['out']}: best after step {document['best_step']} of {document['steps']}, validation loss "
        f"{document['first_validation_loss']:.3f} -> {document['validation_loss']:.3f}, "
        f"{document['tokens_per_second']:.0f} tokens a second, {document['seconds'] / 60:.1f} minutes"
    )

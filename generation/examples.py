"""Reads training files into token sequences: the prompt as it is served, and the reply to learn."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Literal, cast

from generation import evaluation, prompt
from generation.dialogue import Dialogue
from generation.engine import encode
from generation.request import Tone
from retrieval.errors import InputError
from retrieval.language import detect
from retrieval.passages import Language

Kind = Literal["replies", "copy"]
_FORM = 'give lines of {"history", "passages", "reference"}, or of {"text", "label"}'
LONGEST = 1024
"""Tokens of an example; a longer one is left out."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Token ids of one example. Only ``reply`` (its end token included) is learnt."""

    prompt: tuple[int, ...]
    reply: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.prompt) + len(self.reply)


def read(path: Path, tokenizer: Any) -> tuple[list[Sample], Kind]:
    """The samples of a file and what it teaches.

    Takes the lines of ``frontdesk evaluate generation`` (``language`` and ``tone`` may stand in them), and a JSON
    list or JSON Lines of {"text", "label"}. Raises InputError naming file, line and mend.
    """
    records = _records(path)
    kind: Kind = "copy" if "label" in records[0][1] or "reference" not in records[0][1] else "replies"
    made = [
        _copy(record, path, line, tokenizer) if kind == "copy" else _reply(record, path, line, tokenizer)
        for line, record in records
    ]
    kept = [sample for sample in made if len(sample) <= LONGEST]
    if len(kept) < 2:
        raise InputError("holds fewer than 2 examples that fit", "give more, and shorter ones", path=path)
    return kept, kind


def copy_prompt(label: str, tokenizer: Any) -> list[int]:
    """The tokens that ask for marketing copy of a kind."""
    messages = (prompt.Message("user", f"Write a {prompt.data(label)}:"),)
    return encode(tokenizer, prompt.Prompt(messages, prompt.render(messages), (), "en"))


def reply_prompt(dialogue: Dialogue, tokenizer: Any) -> list[int]:
    """The tokens of the prompt that a tuned model is served with in this conversation."""

    def count(text: str) -> int:
        return len(tokenizer(text, add_special_tokens=False)["input_ids"])

    return encode(tokenizer, prompt.build(dialogue.request(), count_tokens=count, tuned=True))


def shape(samples: Sequence[Sample], size: int, random: Random) -> list[list[Sample]]:
    """Batches of ``size`` in random order, each of samples of like length, so that little is padding."""
    order = list(samples)
    random.shuffle(order)
    batches: list[list[Sample]] = []
    window = 8 * size
    for start in range(0, len(order), window):
        near = sorted(order[start : start + window], key=len)
        batches += [near[at : at + size] for at in range(0, len(near), size)]
    random.shuffle(batches)
    return batches


def _records(path: Path) -> list[tuple[int, dict[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read ({error})", "name a JSON or JSON Lines file in UTF-8", path=path) from error
    found: list[tuple[int, Any]] = []
    if text.lstrip().startswith("["):
        try:
            found = [(1, item) for item in json.loads(text)]
        except ValueError as error:
            line = getattr(error, "lineno", 1)
            raise InputError(f"not valid JSON: {error}", _FORM, path=path, line=line) from error
    else:
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                try:
                    found.append((number, json.loads(line)))
                except ValueError as error:
                    raise InputError(f"not valid JSON: {error}", _FORM, path=path, line=number) from error
    if not found:
        raise InputError("holds no example", _FORM, path=path)
    for number, item in found:
        if not isinstance(item, dict):
            raise InputError("not an object", _FORM, path=path, line=number)
    return found


def _copy(record: dict[str, Any], path: Path, line: int, tokenizer: Any) -> Sample:
    for key in ("text", "label"):
        if not isinstance(record.get(key), str) or not record[key].strip():
            raise InputError(
                f"{key!r} is missing or no text", 'write {"text": "...", "label": "slogan"}', path=path, line=line
            )
    return _sample(copy_prompt(record["label"], tokenizer), record["text"].strip(), tokenizer)


def _reply(record: dict[str, Any], path: Path, line: int, tokenizer: Any) -> Sample:
    example = evaluation.parse(record, path, line)
    language, tone = record.get("language", detect(example.history[-1].text)), record.get("tone", "calm")
    if language not in ("en", "zh"):
        raise InputError(f"language is {language!r}", 'use "en" or "zh"', path=path, line=line)
    if tone not in ("calm", "hurried", "upset"):
        raise InputError(f"tone is {tone!r}", 'use "calm", "hurried" or "upset"', path=path, line=line)
    if not example.reference.strip():
        raise InputError("reference is empty", "write the reply to learn", path=path, line=line)
    dialogue = Dialogue(
        example.history, example.passages, example.reference.strip(), cast(Language, language), cast(Tone, tone)
    )
    return _sample(reply_prompt(dialogue, tokenizer), dialogue.reference, tokenizer)


def _sample(asked: Sequence[int], reply: str, tokenizer: Any) -> Sample:
    ids: Callable[..., Any] = tokenizer
    return Sample(tuple(asked), (*ids(reply, add_special_tokens=False)["input_ids"], end_of_turn(tokenizer)))


def end_of_turn(tokenizer: Any) -> int:
    """The token that closes a turn in the model's chat template."""
    for mark in ("<|im_end|>", "<end_of_turn>", "<|eot_id|>"):
        token = tokenizer.convert_tokens_to_ids(mark)
        if token is not None and token != tokenizer.unk_token_id:
            return int(token)
    return int(tokenizer.eos_token_id)

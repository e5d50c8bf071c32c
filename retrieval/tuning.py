"""Tunes the sentence encoder to questions and their rewordings; run as a module to remake the shipped adapter.

    python -m retrieval.tuning --model models/all-MiniLM-L6-v2 --classes FILE [--classes ...] --out FILE

A file of classes is CSV (text, label), JSON {"train": [[text, label]]} or JSON Lines {"kind", "titles",
"texts"}; texts of one class mean the same.
Low-rank updates (LoRA, Hu et al. 2021) of the upper layers and a map of the pooled vector are learnt with a
neighbourhood components loss (Goldberger et al. 2004): a text's neighbours in its batch shall be of its class.
"""

from __future__ import annotations

import argparse
import csv
import json
import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.adapter import LAYERS, PARTS, Adapter

logger = logging.getLogger(__name__)

RANK = 32
PER_CLASS = 4
BATCH = 128
LONGEST = 32
_SCALE = 20.0
_PLACEHOLDER = "{name}"


def read_classes(path: Path) -> list[tuple[str, str]]:
    """(text, class) pairs of a file; a FAQ's placeholder for a name becomes "the place"."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return [(row[0], row[1]) for row in csv.reader(file)][1:]
    if path.suffix == ".json":
        return [(text, label) for text, label in json.loads(path.read_text("utf-8"))["train"]]
    pairs = []
    for line in path.read_text("utf-8").splitlines():
        held = json.loads(line)
        pairs += [(text.replace(_PLACEHOLDER, "the place"), held["kind"]) for text in held["titles"] + held["texts"]]
    return pairs


class _Upper:
    """The upper layers with low-rank updates, and the map after pooling; works on the lower layers' states."""

    def __init__(self, model: Any, seed: int) -> None:
        import torch

        torch.manual_seed(seed)
        self.layers = []
        self.trained: dict[str, tuple[Any, Any]] = {}
        for number in LAYERS:
            held = dict(model.encoder.layer[number].named_parameters())
            for part in PARTS:
                weight = held[f"{part}.weight"]
                down = torch.nn.Parameter(torch.randn(RANK, weight.shape[1]) / weight.shape[1] ** 0.5)
                up = torch.nn.Parameter(torch.zeros(weight.shape[0], RANK))
                self.trained[f"encoder.layer.{number}.{part}.weight"] = (down, up)
            self.layers.append((number, {name: value.detach() for name, value in held.items()}))
        width = model.config.hidden_size
        self.heads = model.config.num_attention_heads
        self.map = torch.nn.Parameter(torch.eye(width))

    def parameters(self) -> list[Any]:
        return [p for pair in self.trained.values() for p in pair] + [self.map]

    def __call__(self, states: Any, mask: Any) -> Any:
        """(n, d) unit vectors of (n, tokens, d) states; ``mask`` (n, tokens) is True where a token is."""
        import torch
        from torch.nn import functional

        hidden = states[mask]  # (all tokens, d): only the attention needs the padding
        shape = (*mask.shape, self.heads, hidden.shape[1] // self.heads)
        for number, held in self.layers:

            def linear(value: Any, part: str, number: int = number, held: dict[str, Any] = held) -> Any:
                down, up = self.trained[f"encoder.layer.{number}.{part}.weight"]
                made = functional.linear(value, held[f"{part}.weight"], held[f"{part}.bias"])
                return made + functional.linear(functional.linear(value, down), up)

            def norm(value: Any, part: str, held: dict[str, Any] = held) -> Any:
                scale, shift = held[f"{part}.weight"], held[f"{part}.bias"]
                return functional.layer_norm(value, scale.shape, scale, shift, 1e-12)

            def split(value: Any) -> Any:
                padded = torch.zeros(*mask.shape, value.shape[1])
                padded[mask] = value
                return padded.view(shape).transpose(1, 2)

            mixed = functional.scaled_dot_product_attention(
                split(linear(hidden, "attention.self.query")),
                split(linear(hidden, "attention.self.key")),
                split(linear(hidden, "attention.self.value")),
                attn_mask=mask[:, None, None, :],
            )
            mixed = linear(mixed.transpose(1, 2).flatten(2)[mask], "attention.output.dense")
            hidden = norm(hidden + mixed, "attention.output.LayerNorm")
            wide = functional.gelu(linear(hidden, "intermediate.dense"))
            hidden = norm(hidden + linear(wide, "output.dense"), "output.LayerNorm")
        text = torch.arange(len(mask)).repeat_interleave(mask.sum(1))
        pooled = torch.zeros(len(mask), hidden.shape[1]).index_add(0, text, hidden) / mask.sum(1, keepdim=True)
        return functional.normalize(functional.linear(pooled, self.map), dim=-1)


def tune(
    model: Path,
    sets: Sequence[tuple[Sequence[tuple[str, str]], float]],
    *,
    steps: int = 600,
    rate: float = 6e-4,
    seed: int = 7,
    check: Any = None,
) -> Adapter:
    """The adapter learnt from sets of (text, class) pairs, each drawn from as often as its weight says.

    ``check(encode)`` is called now and then with a function from texts to (n, d) vectors.
    """
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)
    bert = AutoModel.from_pretrained(model, add_pooling_layer=False).eval()
    upper = _Upper(bert, seed)
    bert.encoder.layer = bert.encoder.layer[: LAYERS[0]]
    random = np.random.default_rng(seed)

    def lower(texts: Sequence[str]) -> list[Any]:
        states: list[Any] = [None] * len(texts)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), 128):
            part = order[start : start + 128]
            read = tokenizer(
                [texts[i] for i in part], padding=True, truncation=True, max_length=LONGEST, return_tensors="pt"
            )
            with torch.inference_mode():
                made = bert(**read).last_hidden_state
            for place, i in enumerate(part):
                states[i] = made[place, : int(read["attention_mask"][place].sum())].half().clone()
        return states

    def batch(states: Sequence[Any]) -> tuple[Any, Any]:
        padded = torch.nn.utils.rnn.pad_sequence([s.float() for s in states], batch_first=True)
        lengths = torch.tensor([len(s) for s in states])
        return padded, torch.arange(padded.shape[1])[None, :] < lengths[:, None]

    def encode(texts: Sequence[str]) -> Any:
        states = lower(texts)
        made = np.zeros((len(texts), bert.config.hidden_size), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(states[i]))
        with torch.inference_mode():
            for start in range(0, len(order), 128):
                part = order[start : start + 128]
                made[part] = upper(*batch([states[i] for i in part])).numpy()
        return made

    held = []
    for pairs, weight in sets:
        members = defaultdict(list)
        for i, (_, label) in enumerate(pairs):
            members[label].append(i)
        held.append((lower([text for text, _ in pairs]), [np.array(m) for m in members.values() if len(m) > 1], weight))
        logger.info("%s texts read, %s classes", len(pairs), len(members))
    share = np.array([weight for *_, weight in held]) / sum(weight for *_, weight in held)
    optimiser = torch.optim.AdamW(
        [{"params": upper.parameters()[:-1], "lr": rate}, {"params": [upper.map], "lr": rate}], weight_decay=0.01
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [rate, rate], total_steps=steps + 1, pct_start=0.1)
    began, losses = time.time(), []
    for step in range(1, steps + 1):
        states, classes, _ = held[random.choice(len(held), p=share)]
        chosen = random.choice(len(classes), min(len(classes), BATCH // PER_CLASS), replace=False)
        rows = [random.choice(classes[c], PER_CLASS, replace=len(classes[c]) < PER_CLASS) for c in chosen]
        vectors = upper(*batch([states[i] for i in np.concatenate(rows)]))
        labels = torch.arange(len(rows)).repeat_interleave(PER_CLASS)
        near = (vectors @ vectors.T * _SCALE).fill_diagonal_(-1e9)
        same = (labels[:, None] == labels[None]).fill_diagonal_(False)
        loss = (torch.logsumexp(near, 1) - torch.logsumexp(near.masked_fill(~same, -1e9), 1)).mean()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        losses.append(float(loss.detach()))
        if step % 50 == 0:
            logger.info("step %s, loss %.3f, %.0f s", step, np.mean(losses[-50:]), time.time() - began)
            if check is not None and step % 200 == 0:
                check(encode)
    low = {name: (down.detach().numpy(), up.detach().numpy()) for name, (down, up) in upper.trained.items()}
    return Adapter(low, upper.map.detach().numpy().copy())


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m retrieval.tuning", description="Tune the sentence encoder.")
    parser.add_argument("--model", type=Path, required=True, help="a folder of a sentence-transformers BERT")
    parser.add_argument(
        "--classes", action="append", required=True, metavar="FILE[=WEIGHT]", help="texts by class, CSV or JSON Lines"
    )
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    sets = []
    for entry in chosen.classes:
        name, _, weight = entry.partition("=")
        sets.append((read_classes(Path(name)), float(weight or 1)))
    tune(chosen.model, sets, steps=chosen.steps, seed=chosen.seed).save(chosen.out)


if __name__ == "__main__":
    main()

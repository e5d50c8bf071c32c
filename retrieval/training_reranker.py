"""Tunes the reranker to tell the entry that answers from its neighbours; run as a module to remake it.

    python -m retrieval.training_reranker --base models/multilingual-e5-small --classes FILE[=WEIGHT] [...]
        --faq KNOWLEDGE QUERIES [...] [--follow-ups KNOWLEDGE QUERIES ...] [--places KNOWLEDGE KINDS OPENINGS] [--without QUERIES]
        [--talks FOLDER ... --embedder FOLDER [--beside SHARE]] [--language LANGUAGE] [--start FILE [--keep SHARE] [--frozen LAYERS]]
        [--rate RATE] [--out FILE]

Files as for ``training_multilingual``. A sample is a question, an entry that answers it and four of the fourteen nearest that
do not, by the multilingual encoder; of talks, four of those that the ranking puts first; of classes, texts of the same and of
neighbouring ones; of places, entries of one. The loss
is the cross-entropy of the right one beside "none of them", and half of that among the six; an unanswerable question teaches
that it is none.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retrieval import lowrank
from retrieval.descent import descend
from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.errors import FrontdeskError
from retrieval.passages import Language
from retrieval.precision import multiplies_bf16
from retrieval.reranker import NETWORK, SCALE, WEIGHTS, Pieces
from retrieval.samples import BESIDE_TALKS, Classes, Faq, Places, Sample, Sets, Talks

logger = logging.getLogger(__name__)

RANK = 32
_LISTS = 8
_PAIRS = 8
"""Pairs of like length that are read at once."""
RATE, _HEAD_RATE = 5e-4, 1e-3
_AMONG = 0.5
_PLACES = 0.3
"""The samples of places, as a share of the questions of the FAQ."""
_WIDTH = 384


def logits(model: Any, head: Any, pairs: Sequence[tuple[list[int], list[int]]]) -> Any:
    """(n,) logits of ids of questions and passages, as ``Reranker`` computes them, in PyTorch."""
    import torch
    from torch.nn import functional

    longest = max(len(question) + len(passage) for question, passage in pairs)
    ids = torch.full((len(pairs), longest), 1)
    mask = torch.zeros((len(pairs), longest, 2))
    for row, (question, passage) in enumerate(pairs):
        end = len(question) + len(passage)
        ids[row, :end] = torch.tensor([*question, *passage])
        mask[row, : len(question), 0] = 1
        mask[row, len(question) : end, 1] = 1
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=multiplies_bf16(torch.device("cpu"))):
        states = model(input_ids=ids, attention_mask=mask.sum(2).long()).last_hidden_state.float()
    asked, held = ((states * mask[..., k, None]).sum(1) / mask[..., k].sum(1, keepdim=True) for k in (0, 1))
    whole = mask.sum(2, keepdim=True)
    unit = functional.normalize(states, dim=-1)
    best = (unit @ unit.transpose(1, 2)).masked_fill(mask[:, None, :, 1] == 0, -1.0).amax(2)
    matched = (best * mask[..., 0]).sum(1) / mask[..., 0].sum(1)
    alike = torch.stack([functional.cosine_similarity(asked, held), matched, torch.ones(len(pairs))], 1)
    hidden = torch.tanh((states * whole).sum(1) / whole.sum(1) @ head["hidden"].T + head["hidden_bias"])
    return SCALE * (alike @ head["likeness"]) + NETWORK * (hidden @ head["last"] + head["last_bias"])


def loss_of(found: Any, samples: Sequence[Sample]) -> Any:
    """The summed loss of samples whose pairs' logits follow one another in ``found``."""
    import torch

    total, at = torch.zeros(()), 0
    for sample in samples:
        own = found[at : at + len(sample.pairs)]
        at += len(sample.pairs)
        beside = torch.logsumexp(torch.cat([own, torch.zeros(1)]), 0)
        if sample.answered:
            total = total + beside - own[0] + _AMONG * (torch.logsumexp(own, 0) - own[0])
        else:
            total = total + beside
    return total


def tune(
    base: Path,
    sets: Sets,
    out: Path,
    *,
    start: Path | None = None,
    frozen: int = 0,
    rate: float = RATE,
    steps: int = 1800,
    seed: int = 0,
    workers: int = 2,
) -> None:
    """Write the changes of the encoder and the head to ``out``; 1,800 steps take forty-five minutes on two cores.

    Learns on from the weights of ``start`` where they are named, the changes of the lower ``frozen`` layers as they are.
    Raises OSError or ValueError where those do not fit.
    """
    import torch

    torch.manual_seed(seed)
    pieces = Pieces(base)
    model = lowrank.adapted(base, RANK)
    drawn = torch.nn.Linear(_WIDTH, _WIDTH)
    head = {
        "likeness": torch.nn.Parameter(torch.tensor([1.0, 1.0, -1.6])),
        "hidden": drawn.weight,
        "hidden_bias": drawn.bias,
        "last": torch.nn.Parameter(torch.zeros(_WIDTH)),
        "last_bias": torch.nn.Parameter(torch.zeros(())),
    }
    if start is not None:
        learnt = lowrank.resume(model, start)
        with torch.no_grad():
            for name, parameter in head.items():
                parameter.copy_(torch.from_numpy(learnt[name]))
    for name, change in model.named_parameters():
        if any(f".layer.{layer}." in name for layer in range(frozen)):
            change.requires_grad_(False)
    changes = [p for p in model.parameters() if p.requires_grad]
    parameters = [*changes, *head.values()]
    optimiser = torch.optim.AdamW([{"params": changes}, {"params": list(head.values())}], lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [rate, _HEAD_RATE], total_steps=steps + 1, pct_start=0.1)

    def slope(batch: Sequence[Sample], part: Sequence[Sample]) -> tuple[float, Sequence[Any]]:
        pairs = [(pieces.question(asked), pieces.passage(text)) for s in part for asked, text in s.pairs]
        order = sorted(range(len(pairs)), key=lambda i: sum(map(len, pairs[i])))
        together = [order[at : at + _PAIRS] for at in range(0, len(order), _PAIRS)]
        read = [logits(model, head, [pairs[i] for i in rows]) for rows in together]
        found = torch.cat(read)[torch.argsort(torch.tensor(order))]
        loss = loss_of(found, part) / len(batch)
        return float(loss.detach()), torch.autograd.grad(loss, parameters)

    batches = (sorted(sets.draw(_LISTS), key=lambda s: sum(len(text) for _, text in s.pairs)) for _ in range(steps))
    model.eval()  # without dropout, which takes a third of the time
    descend(parameters, optimiser, schedule, batches, slope, logger, steps=steps, shown=50, workers=workers)
    lowrank.save(model, {name: np.asarray(held.detach().numpy()) for name, held in head.items()}, out)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m retrieval.training_reranker", description="Tune the reranker.")
    parser.add_argument(
        "--base", type=Path, required=True, help="the folder of multilingual-e5-small, or of all-MiniLM-L6-v2"
    )
    parser.add_argument("--classes", action="append", default=[], metavar="FILE[=WEIGHT]")
    parser.add_argument("--faq", nargs=2, action="append", default=[], metavar=("KNOWLEDGE", "QUERIES"))
    parser.add_argument(
        "--follow-ups",
        nargs=2,
        action="append",
        default=[],
        metavar=("KNOWLEDGE", "QUERIES"),
        help="as --faq, of the questions alone that turns stand before",
    )
    parser.add_argument("--places", nargs=3, metavar=("KNOWLEDGE", "KINDS[,KINDS]", "OPENINGS"))
    parser.add_argument(
        "--without", type=Path, action="append", default=[], metavar="QUERIES", help="leave their places out"
    )
    parser.add_argument("--start", type=Path, metavar="FILE", help="learn on from these weights")
    parser.add_argument("--keep", type=float, default=0.0, metavar="SHARE", help="of those weights in the result")
    parser.add_argument("--frozen", type=int, default=0, metavar="LAYERS", help="the lower ones, left as they started")
    parser.add_argument(
        "--talks", type=Path, action="append", default=[], metavar="FOLDER", help="a shop's knowledge/ and talks.jsonl"
    )
    parser.add_argument("--embedder", type=Path, metavar="FOLDER", help="of all-MiniLM-L6-v2, which ranks for --talks")
    parser.add_argument(
        "--beside",
        type=float,
        default=BESIDE_TALKS,
        metavar="SHARE",
        help="questions of --faq, for each turn of --talks",
    )
    parser.add_argument("--language", choices=("en", "zh"), help="learn from the questions in this one alone")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--steps", type=int, default=1800)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    if chosen.keep and (chosen.start is None or not 0 < chosen.keep < 1):
        parser.error("--keep is a share between 0 and 1 of the weights that --start names")
    if chosen.start is not None and not chosen.start.is_file():
        parser.error(f"there are no weights in {chosen.start}")
    if chosen.talks and chosen.embedder is None:
        parser.error("--talks needs the folder of --embedder")
    if chosen.frozen and chosen.start is None:
        parser.error("--frozen layers are those of the weights that --start names")
    try:
        faq, classes = _read(chosen)
        talks = _read_talks(chosen)
    except FrontdeskError as error:
        parser.error(str(error))
    if not faq and not classes and not talks:
        parser.error("name some --classes, --faq, --talks or --places")
    tune(
        chosen.base,
        Sets(faq, classes, np.random.default_rng(chosen.seed), talks, chosen.beside),
        chosen.out,
        start=chosen.start,
        frozen=chosen.frozen,
        rate=chosen.rate,
        steps=chosen.steps,
        seed=chosen.seed,
    )
    if chosen.keep:
        lowrank.blend(chosen.start, chosen.out, chosen.keep)


def _read(chosen: argparse.Namespace) -> tuple[list[Faq], list[tuple[Classes | Places, float]]]:
    """Raises InputError where a file is missing or has another form."""
    classes: list[tuple[Classes | Places, float]] = [
        (Classes.read(Path(name)), float(weight or 0.25))
        for name, _, weight in (entry.partition("=") for entry in chosen.classes)
    ]
    if chosen.places is not None:
        knowledge, kinds, openings = chosen.places
        places = Places.read(Path(knowledge), [Path(name) for name in kinds.split(",")], Path(openings), chosen.without)
        classes.append((places, _PLACES))
    only: Language | None = chosen.language
    faq = [Faq.read(Path(knowledge), Path(queries), only=only) for knowledge, queries in chosen.faq]
    faq += [Faq.read(Path(held), Path(asked), following_only=True, only=only) for held, asked in chosen.follow_ups]
    return faq, classes


def _read_talks(chosen: argparse.Namespace) -> list[Talks]:
    """Raises FrontdeskError where a file or the embedder is missing or has another form."""
    if not chosen.talks:
        return []
    embedder = SentenceTransformerEmbedder(chosen.embedder)
    return [Talks.read(folder, embedder, only=chosen.language) for folder in chosen.talks]


if __name__ == "__main__":
    main()

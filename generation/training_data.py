"""Turns knowledge into grounded dialogues to train on; run as a module to write them to a file.

    python -m generation.training_data --knowledge FILE_OR_FOLDER[=SHARE] [...] --out FILE [-n 2000] [--seed 7]
      [--kinds FILE [...] --openings FILE] [--asked KNOWLEDGE=QUERIES [...]]

A line is one reply to learn, in the format of ``frontdesk evaluate generation`` with two keys more:
{"history", "passages", "reference", "language", "tone"}.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from generation.dialogue import write
from generation.dialogue_maker import Maker
from generation.wordings import Wordings, questions
from retrieval import documents
from retrieval.errors import InputError
from retrieval.evaluation import read_knowledge
from retrieval.passages import Passage


def knowledge(path: Path) -> list[Passage]:
    """Passages of a shop's folder, or of a JSON Lines file. Raises InputError."""
    return list(documents.load(path).passages) if path.is_dir() else read_knowledge(path)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m generation.training_data", description="Write dialogues to train on."
    )
    parser.add_argument(
        "--knowledge", action="append", required=True, metavar="PATH[=SHARE]",
        help="a folder or JSON Lines file, and how often it is drawn from beside the others",
    )  # fmt: skip
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("-n", type=int, default=2000)
    parser.add_argument("--chinese", type=float, default=0.0, help="share of Chinese dialogues")
    parser.add_argument("--made-up", type=float, default=0.3, help="share on made-up entries of several values")
    parser.add_argument("--without-last", type=int, default=0, help="leave the last N entities of each file out")
    parser.add_argument(
        "--kinds", nargs="+", type=Path, default=[], metavar="FILE",
        help='lines of {"kind", "titles", "texts"}: how people ask for what entries about places tell',
    )  # fmt: skip
    parser.add_argument(
        "--openings", type=Path, metavar="FILE", help='lines of {"domain", "customer", "agent"}: what is said before'
    )
    parser.add_argument(
        "--asked", action="append", default=[], metavar="KNOWLEDGE=QUERIES",
        help="files of entries and of strangers' questions to them (docs/evaluate.md)",
    )  # fmt: skip
    parser.add_argument("--products", type=float, default=0.0, help="share on products, beside those drawn otherwise")
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args(arguments)
    if bool(chosen.kinds) != bool(chosen.openings):
        parser.error("--kinds and --openings are given together")
    if any("=" not in files for files in chosen.asked):
        parser.error("--asked takes two files, KNOWLEDGE=QUERIES")
    try:
        maker = _maker(chosen)
    except InputError as error:
        parser.error(str(error))
    made = write(maker.dialogues(chosen.n, chinese=chosen.chinese), chosen.out)
    sys.stdout.write(f"{made} dialogues\n")


def _maker(chosen: argparse.Namespace) -> Maker:
    """Raises InputError where a file is missing or has another form."""
    passages: list[Passage] = []
    shares: list[float] = []
    for stated in chosen.knowledge:
        name, _, share = stated.partition("=")
        found = _without_last(knowledge(Path(name)), chosen.without_last)
        passages += found
        shares += [float(share or 1) / len(found)] * len(found)
    return Maker(
        passages,
        shares=shares,
        seed=chosen.seed,
        made_up=chosen.made_up,
        wordings=Wordings.read(passages, chosen.kinds, chosen.openings) if chosen.kinds else None,
        asked=[question for files in chosen.asked for question in questions(*map(Path, files.split("=", 1)))],
        products=chosen.products,
    )


def _without_last(passages: list[Passage], count: int) -> list[Passage]:
    entities = list(dict.fromkeys(_owner(p) for p in passages if p.entity and p.kind != "product"))
    held = set(entities[len(entities) - count :]) if count else set()
    return [p for p in passages if _owner(p) not in held]


def _owner(passage: Passage) -> str:
    return passage.entity or ""


if __name__ == "__main__":
    main()

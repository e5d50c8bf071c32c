"""The index on disk: generations in folders of their own, one of them current; built, updated, checked and read."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from retrieval import documents
from retrieval.embedding import Embedder, Vectors
from retrieval.errors import IndexDamaged, InputError
from retrieval.library import FLAT_UP_TO, Library, embed, faiss_index, meanings, meant
from retrieval.multilingual import multilingual
from retrieval.passages import Passage

FORMAT = 3
_CURRENT = "CURRENT"
_BATCH = 256
_MEND = "run `frontdesk index` to build it again"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What an update did, in passages; ``added`` counts changed ones too."""

    added: int
    kept: int
    removed: int
    passages: int
    problems: tuple[InputError, ...]
    seconds: float


def update(knowledge: Path, index_dir: Path, embedder: Embedder, progress: Progress | None = None) -> Report:
    """Makes the index agree with the folder; only new and changed passages are embedded.

    ``progress`` is called with (passages embedded, passages to embed). The old index serves until the
    new one is whole. Raises InputError where the folder is missing or holds no passage.
    """
    started = time.perf_counter()
    loaded = documents.load(knowledge)
    if loaded.problems:  # a file that cannot be read now goes on answering as it last could
        loaded = loaded.keeping(knowledge, _earlier(index_dir, embedder))
    if not loaded.passages:
        first = f" ({loaded.problems[0]})" if loaded.problems else ""
        raise InputError(f"holds no passage that can be read{first}", "add Markdown, YAML, CSV or HTML", path=knowledge)
    old, old_meanings = _vectors_by_text(index_dir, embedder)
    keys = [_key(p) for p in loaded.passages]
    new = [i for i, key in enumerate(keys) if key not in old]
    vectors = np.zeros((len(keys), embedder.dimension), dtype=np.float32)
    for i, key in enumerate(keys):
        if key in old:
            vectors[i] = old[key]
    for start in range(0, len(new), _BATCH):
        batch = new[start : start + _BATCH]
        vectors[batch] = embed([loaded.passages[i] for i in batch], embedder)
        if progress is not None:
            progress(min(start + _BATCH, len(new)), len(new))
    wanted = [i for i, one in enumerate(meant(loaded.passages)) if one]
    unread = [i for i in wanted if keys[i] not in old_meanings]
    made = meanings([loaded.passages[i] for i in unread])
    old_meanings.update(zip((keys[i] for i in unread), made, strict=True))
    held = np.stack([old_meanings[keys[i]] for i in wanted]) if wanted else made
    write(index_dir, loaded.passages, vectors, held, embedder, loaded.hashes)
    kept = len(keys) - len(new)
    removed = len(set(old) - set(keys))
    return Report(len(new), kept, removed, len(keys), loaded.problems, time.perf_counter() - started)


def build(knowledge: Path, index_dir: Path, embedder: Embedder, progress: Progress | None = None) -> Report:
    """``update`` from nothing."""
    (index_dir / _CURRENT).unlink(missing_ok=True)
    return update(knowledge, index_dir, embedder, progress)


def write(
    index_dir: Path,
    passages: Sequence[Passage],
    vectors: Vectors,
    held: Vectors,
    embedder: Embedder,
    hashes: dict[str, str],
) -> None:
    """Writes a new generation and then points at it in one step; the one before stays for readers in flight.

    ``held`` are the ``meanings`` of the passages that are ``meant``.
    """
    import faiss

    with _alone(index_dir):
        name = f"generation-{uuid.uuid4().hex[:12]}"
        folder = index_dir / name
        folder.mkdir()
        np.save(folder / "vectors.npy", vectors)
        np.save(folder / "meanings.npy", held)
        with (folder / "passages.jsonl").open("w", encoding="utf-8") as out:
            for passage in passages:
                out.write(json.dumps(asdict(passage), ensure_ascii=False) + "\n")
        faiss.write_index(faiss_index(vectors), str(folder / "vectors.faiss"))
        manifest = {
            "format": FORMAT,
            "embedder": embedder.name,
            "dimension": embedder.dimension,
            "multilingual": multilingual().name,
            "passages": len(passages),
            "files": hashes,
            "checksums": {p.name: _sha(p) for p in sorted(folder.iterdir())},
        }
        (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")
        before = _current(index_dir)
        pointer = index_dir / f".{name}"
        pointer.write_text(name, "utf-8")
        os.replace(pointer, index_dir / _CURRENT)
        for stale in index_dir.glob("generation-*"):
            if stale.name not in (name, before):
                shutil.rmtree(stale, ignore_errors=True)


@contextmanager
def _alone(index_dir: Path) -> Iterator[None]:
    """Holds off other processes' writing: what they have begun would be cleared away as if it were left over."""
    index_dir.mkdir(parents=True, exist_ok=True)
    with (index_dir / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def stamp(index_dir: Path) -> str | None:
    """Changes whenever the index does; None where there is none."""
    return _current(index_dir)


def read(index_dir: Path, embedder: Embedder) -> Library:
    """The current generation, checked. Raises IndexDamaged where it is missing, broken or another embedder's."""
    import faiss

    passages, vectors, held, folder = _stored(index_dir, embedder)
    flags = faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY if len(passages) > FLAT_UP_TO else 0
    return Library(passages, vectors, faiss.read_index(str(folder / "vectors.faiss"), flags), held)


def manifest(index_dir: Path) -> dict[str, Any]:
    """The current generation's manifest: format, embedder, dimension, passages, files' hashes."""
    name = _current(index_dir)
    if name is None:
        raise IndexDamaged(f"there is no index in {index_dir}", "run `frontdesk index`")
    try:
        held: dict[str, Any] = json.loads((index_dir / name / "manifest.json").read_text("utf-8"))
        if held["format"] != FORMAT:
            raise IndexDamaged(f"the index in {index_dir} has format {held['format']}, not {FORMAT}", _MEND)
        return held
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"the index in {index_dir} has no manifest that can be read", _MEND) from error


class Index:
    """What can be said of the index on disk without an embedder."""

    def __init__(self, manifest: dict[str, Any]) -> None:
        self.manifest = manifest

    @classmethod
    def load(cls, index_dir: Path) -> Index:
        """The current generation, its files' checksums checked. Raises IndexDamaged."""
        held = manifest(index_dir)
        _verify(index_dir / str(_current(index_dir)), held)
        return cls(held)

    def __len__(self) -> int:
        return int(self.manifest["passages"])


def _verify(folder: Path, held: dict[str, Any]) -> None:
    try:
        for name, checksum in held["checksums"].items():
            if _sha(folder / name) != checksum:
                raise IndexDamaged(f"{folder / name} is damaged (its checksum differs)", _MEND)
    except (OSError, KeyError, AttributeError) as error:
        raise IndexDamaged(f"the index in {folder.parent} is not whole ({type(error).__name__})", _MEND) from error


def _stored(index_dir: Path, embedder: Embedder) -> tuple[list[Passage], Vectors, Vectors, Path]:
    """(passages, their vectors, the meanings of those that are meant, the folder they are in)"""
    held = manifest(index_dir)
    folder = index_dir / str(_current(index_dir))
    if held.get("embedder") != embedder.name:
        raise IndexDamaged(f"the index was made with {held.get('embedder')}, not {embedder.name}", _MEND)
    if held.get("multilingual") != multilingual().name:
        raise IndexDamaged("the index was made with another multilingual encoder", _MEND)
    _verify(folder, held)
    try:
        with (folder / "passages.jsonl").open(encoding="utf-8") as lines:
            passages = [_passage(json.loads(line)) for line in lines]
        mode: Literal["r"] | None = "r" if len(passages) > FLAT_UP_TO else None
        vectors = np.load(folder / "vectors.npy", mmap_mode=mode)
        held = np.load(folder / "meanings.npy", mmap_mode=mode)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"the index in {index_dir} cannot be read ({type(error).__name__})", _MEND) from error
    if vectors.shape != (len(passages), embedder.dimension):
        raise IndexDamaged(
            f"the index in {index_dir} holds {vectors.shape} vectors for {len(passages)} passages", _MEND
        )
    if len(held) != meant(passages).sum():
        raise IndexDamaged(f"the index in {index_dir} holds {len(held)} meanings for {len(passages)} passages", _MEND)
    return passages, vectors, held, folder


def _passage(record: dict[str, Any]) -> Passage:
    record["aliases"] = tuple(record["aliases"])
    record["fields"] = tuple((str(k), str(v)) for k, v in record["fields"])
    return Passage(**record)


def _earlier(index_dir: Path, embedder: Embedder) -> list[Passage]:
    try:
        return _stored(index_dir, embedder)[0]
    except IndexDamaged:
        return []


def _vectors_by_text(index_dir: Path, embedder: Embedder) -> tuple[dict[str, Vectors], dict[str, Vectors]]:
    """The vector and the meaning of each passage that has one, by ``_key``."""
    try:
        passages, vectors, held, _ = _stored(index_dir, embedder)
    except IndexDamaged:
        return {}, {}
    keys = [_key(p) for p in passages]
    read = [key for key, one in zip(keys, meant(passages), strict=True) if one]
    return dict(zip(keys, vectors, strict=True)), dict(zip(read, held, strict=True))


def _key(p: Passage) -> str:
    return hashlib.sha256(
        "\x1f".join((p.id, p.title, p.text, p.entity or "", p.kind)).encode("utf-8", "replace")
    ).hexdigest()


def _sha(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _current(index_dir: Path) -> str | None:
    try:
        name = (index_dir / _CURRENT).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return name if name.startswith("generation-") and "/" not in name else None

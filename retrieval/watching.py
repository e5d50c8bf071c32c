"""Watches the shop's files and makes the index agree with them again after each change."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from retrieval import documents
from retrieval.embedding import Embedder
from retrieval.errors import FrontdeskError
from retrieval.index import Progress, Report, update

QUIET = 0.6
"""Seconds without a change after which what has changed is read; a program may save a file in several steps."""
LONGEST_WAIT = 6.0
"""Seconds after which it is read though changes go on."""
LOOK = 5.0
"""Seconds between looks at the folder itself: network drives and some containers report no changes."""
_Snapshot = dict[Path, tuple[int, int]]


def watch(
    knowledge: Path,
    index_dir: Path,
    embedder: Embedder,
    *,
    stop: threading.Event | None = None,
    progress: Progress | None = None,
    look: float = LOOK,
) -> Iterator[Report | FrontdeskError]:
    """A report of the first update and of one after each change, until ``stop`` is set or Ctrl-C is pressed.

    What goes wrong later (the folder is away, nothing in it can be read) is given as the error that it is, while the
    index stays as it was; what goes wrong at first is raised.
    """
    seen = _snapshot(knowledge)
    yield update(knowledge, index_dir, embedder, progress)
    for _ in _changes(knowledge, stop, look):
        now = _snapshot(knowledge)
        if now == seen:
            continue
        seen = now  # taken before the reading: what changes meanwhile is seen next time
        try:
            report = update(knowledge, index_dir, embedder, progress)
        except FrontdeskError as error:
            yield error
            continue
        except OSError as error:  # a file went away between being found and being read
            yield FrontdeskError(f"{knowledge} cannot be read ({error.strerror})", "it is read again after a change")
            continue
        if any("changes while it is read" in problem.problem for problem in report.problems):
            seen = {}
        yield report


def _changes(knowledge: Path, stop: threading.Event | None, look: float) -> Iterator[object]:
    """Yields after each burst of changes, and after ``look`` seconds without any."""
    import watchfiles

    stop = stop or threading.Event()
    while not stop.is_set():
        try:
            yield from watchfiles.watch(
                knowledge,
                watch_filter=lambda _, path: Path(path).suffix.lower() in documents.SUFFIXES,
                debounce=int(LONGEST_WAIT * 1000),
                step=int(QUIET * 1000),
                rust_timeout=int(look * 1000),
                yield_on_timeout=True,
                stop_event=stop,
            )
        except FileNotFoundError:  # the folder is away, and may come back
            yield None
            stop.wait(look)
        except KeyboardInterrupt:
            return
        else:
            return


def _snapshot(folder: Path) -> _Snapshot:
    """The size and time of every file that is read; nothing where the folder is away."""
    found: _Snapshot = {}
    for path in documents.files(folder):
        try:
            state = path.stat()
        except OSError:
            continue
        found[path] = (state.st_size, state.st_mtime_ns)
    return found

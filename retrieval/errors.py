"""The one error tree of the program: what is wrong, where, and how to mend it.

* FrontdeskError                 anything this program says in one line
  + InputError                   a file, argument or setting of the user's (exit status 2)
  + ModelError                   weights missing, corrupt or mismatched
  + IndexDamaged                 the index on disk cannot be used and must be rebuilt
  + StorageUnavailable           Redis does not answer
  + GenerationFailed             the reply model gave nothing in time
  + OwnershipConflict            somebody else holds the conversation
"""

from __future__ import annotations

from pathlib import Path


class FrontdeskError(Exception):
    """A problem and its mend, each a plain sentence without a final stop."""

    def __init__(self, problem: str, mend: str = "") -> None:
        self.problem = problem
        self.mend = mend
        super().__init__(problem if not mend else f"{problem}; {mend}")


class InputError(FrontdeskError):
    """Bad input, named by file and line where there is one."""

    def __init__(
        self, problem: str, mend: str = "", *, path: Path | str | None = None, line: int | None = None
    ) -> None:
        self.path = None if path is None else Path(path)
        self.line = line
        where = "" if path is None else f"{path}:{line}: " if line is not None else f"{path}: "
        super().__init__(where + problem, mend)


class ModelError(FrontdeskError):
    """Weights are missing, corrupt or do not fit."""


class IndexDamaged(FrontdeskError):
    """The index on disk cannot be used and must be rebuilt."""


class StorageUnavailable(FrontdeskError):
    """Redis does not answer."""


class GenerationFailed(FrontdeskError):
    """The reply model gave nothing in time."""


class OwnershipConflict(FrontdeskError):
    """Somebody else holds the conversation."""

"""Every error as one clear line with the status that fits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import lines
from retrieval.errors import InputError, OwnershipConflict, StorageUnavailable
from retrieval.passages import Language


class Refused(Exception):
    """A request that is not served, with its status and one line why."""

    def __init__(self, status: int, line: str) -> None:
        self.status, self.line = status, line
        super().__init__(line)


TOO_MANY = Refused(429, "too many messages; wait a moment and send again")
NO_TOKEN = Refused(401, "the visitor's token is missing or too old; ask for a new one at /api/session")


def problem(status: int, line: str) -> JSONResponse:
    """The line as the answer's error."""
    return JSONResponse({"error": line}, status_code=status, headers={"Retry-After": "10"} if status == 429 else None)


async def answered(handler: Callable[[Request], Awaitable[Response]], request: Request) -> Response:
    """The handler's answer, or its error as one line with the status that fits."""
    try:
        return await handler(request)
    except Refused as refused:
        return problem(refused.status, refused.line)
    except InputError as error:
        return problem(400, str(error))
    except OwnershipConflict as error:
        return problem(409, str(error))
    except StorageUnavailable as error:
        language: Language = "zh" if request.headers.get("accept-language", "").startswith("zh") else "en"
        return JSONResponse({"error": str(error), "say": lines.say("unavailable", language)}, status_code=503)

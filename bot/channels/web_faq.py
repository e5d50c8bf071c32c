"""Proposed FAQ entries at the desk over HTTP: the list, and accepting or rejecting one."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.web_security import body
from retrieval.errors import InputError

if TYPE_CHECKING:
    from bot.proposals import Proposals


class FaqPages:
    """The review; without ``proposals`` there is nothing to review."""

    def __init__(self, proposals: Proposals | None) -> None:
        self._proposals = proposals

    async def waiting(self, request: Request, operator: str) -> Response:
        proposals = [] if self._proposals is None else await self._proposals.waiting()
        return JSONResponse([asdict(proposal) for proposal in proposals])

    async def act(self, request: Request, operator: str) -> Response:
        """{act: accept, id, question, answer} or {act: reject, id}."""
        data = await body(request, 40_000)
        act, proposal_id = data.get("act"), str(data.get("id", ""))
        if self._proposals is None or act not in ("accept", "reject"):
            raise InputError(f"unknown act {act!r}", "use accept or reject")
        if act == "reject":
            await self._proposals.reject(proposal_id)
            return JSONResponse({"done": act})
        question, answer = str(data.get("question", "")), str(data.get("answer", ""))
        accepted = await self._proposals.accept(proposal_id, question, answer)
        return JSONResponse({"done": act, "file": accepted.path.name, "passages": accepted.passages})

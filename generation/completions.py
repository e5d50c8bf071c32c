"""Speaks to an OpenAI-compatible server: one request out, the pieces of the reply's text in, or what went wrong."""

from __future__ import annotations

import asyncio
import codecs
import json
import re
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from generation.prompt import Prompt
from generation.sampling import SamplingControls
from retrieval.errors import InputError

_LONGEST_LINE = 1 << 20  # bytes of one event; a longer one is no chat completion
_LONGEST_BODY = 1 << 16  # bytes read of an error's page
_BUSY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_REFUSED = frozenset({400, 413, 422})


class ServerFault(Exception):
    """The server did not do its part. ``again`` is whether the same request may be sent once more.

    ``after`` is the seconds it asked to wait. ``counts`` is whether this says that the server is unwell.
    """

    def __init__(self, problem: str, *, again: bool = False, after: float = 0.0, counts: bool = True) -> None:
        super().__init__(problem)
        self.again = again
        self.after = after
        self.counts = counts


class ParametersRefused(ServerFault):
    """The server knows none of vLLM's own sampling parameters."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text as it came. ``cut`` is true for the last one of a reply that ran out of tokens."""

    text: str
    cut: bool = False


def address(url: str) -> str:
    """The address below which ``/chat/completions`` lies. Raises InputError for what is no http address."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(f"setting llm_url is {url!r}", "give an address such as http://localhost:8000/v1")
    if parts.username or parts.password:
        raise InputError("setting llm_url holds a password", "give the key as FRONTDESK_LLM_KEY")
    path = parts.path.rstrip("/").removesuffix("/chat/completions")
    return f"{parts.scheme}://{parts.netloc}{path or '/v1'}"


def body(model: str, prompt: Prompt, controls: SamplingControls, *, extras: bool = True) -> dict[str, Any]:
    """The request's JSON. With ``extras``, vLLM's own parameters go with it: top_k, min_p, repetition_penalty.

    At temperature 0 nothing is drawn, so that no filter is sent. vLLM's penalty also knows the prompt's tokens,
    which ours spares: at 1, the default, there is no difference.
    """
    request: dict[str, Any] = {
        "model": model,
        "messages": [{"role": message.role, "content": message.content} for message in prompt.messages],
        "stream": True,
        "max_tokens": int(controls.max_new_tokens),
        "temperature": float(controls.temperature),
        "seed": int(controls.seed),
    }
    if controls.stop:
        request["stop"] = list(controls.stop)
    if controls.temperature > 0.0:
        request["top_p"] = float(controls.top_p)
        if extras:
            request["top_k"] = int(controls.top_k) or -1
            request["min_p"] = float(controls.min_p)
    if extras and controls.repetition_penalty != 1.0:
        request["repetition_penalty"] = float(controls.repetition_penalty)
    return request


async def pieces(
    client: httpx.AsyncClient, url: str, request: dict[str, Any], *, first: float, between: float, whole: float
) -> AsyncGenerator[Piece]:
    """The pieces of one reply. Raises ServerFault, for a stall too.

    ``first`` seconds may pass to the first piece of text, ``between`` to each one after it, ``whole`` altogether:
    only what is spent waiting for the server counts. Comments and empty events, which some servers send to keep a
    connection open, are no text.
    """
    said, patience, left = False, first, whole
    response: httpx.Response | None = None
    try:
        began = time.monotonic()
        async with asyncio.timeout(min(patience, left)):
            sent = client.build_request("POST", f"{url}/chat/completions", json=request)
            response = await client.send(sent, stream=True)
            if response.status_code != 200:
                raise await _refusal(response, request)
        async with aclosing(_events(response)) as events:
            while True:
                waited = time.monotonic() - began
                async with asyncio.timeout(max(0.0, min(patience, left) - waited)):
                    event = await anext(events, None)
                if event is None:
                    raise ServerFault("the server ended the reply before its end", again=not said)
                text, finish = _delta(event)
                if finish in ("abort", "error"):
                    raise ServerFault("the server broke the reply off", again=not said)
                if text or finish:
                    left -= time.monotonic() - began
                    said, patience = said or bool(text), between
                    yield Piece(text, cut=finish == "length")
                    began = time.monotonic()
                if finish:
                    return
    except TimeoutError as error:
        seconds = min(patience, whole)
        problem = f"said nothing for {seconds:.3g} seconds" if patience < left else f"took over {whole:.3g} seconds"
        raise ServerFault(f"the server {problem}") from error
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise ServerFault(f"the server cannot be reached ({error or type(error).__name__})", again=True) from error
    except httpx.HTTPError as error:
        raise ServerFault(f"the connection broke ({error or type(error).__name__})", again=not said) from error
    finally:
        if response is not None:
            await response.aclose()


async def served(client: httpx.AsyncClient, url: str, *, seconds: float = 5.0) -> Sequence[str]:
    """The names of the models that the server serves. Raises ServerFault."""
    try:
        async with asyncio.timeout(seconds):
            response = await client.get(f"{url}/models")
        if response.status_code != 200:
            raise _fault(response.status_code, response.text)
        return [str(model["id"]) for model in response.json()["data"]]
    except TimeoutError as error:
        raise ServerFault(f"the server said nothing for {seconds:.3g} seconds") from error
    except httpx.HTTPError as error:
        raise ServerFault(f"the server cannot be reached ({error or type(error).__name__})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ServerFault("the server's list of models is not an OpenAI server's") from error


async def _refusal(response: httpx.Response, request: dict[str, Any]) -> ServerFault:
    page = b""
    async for chunk in response.aiter_bytes():
        page += chunk
        if len(page) > _LONGEST_BODY:
            break
    text = page.decode("utf-8", errors="replace")
    extras = {"top_k", "min_p", "repetition_penalty"} & set(request)
    if response.status_code in _REFUSED and any(name in text for name in extras):
        return ParametersRefused("the server knows no top_k, min_p or repetition_penalty", again=True, counts=False)
    return _fault(response.status_code, text, response.headers.get("retry-after", ""))


def _fault(status: int, page: str, retry_after: str = "") -> ServerFault:
    problem = f"the server answered {status}: {_reason(page)}"
    after = float(retry_after) if re.fullmatch(r"\d{1,5}(?:\.\d+)?", retry_after.strip()) else 0.0
    return ServerFault(problem, again=status in _BUSY, after=after, counts=status not in _REFUSED)


def _reason(page: str) -> str:
    try:
        document = json.loads(page)
        error = document.get("error", document)
        reason = error.get("message") or error.get("detail") if isinstance(error, dict) else error
    except (ValueError, AttributeError):
        reason = re.sub(r"<[^>]*>", " ", page)
    return " ".join(str(reason or "no reason given").split())[:200]


async def _events(response: httpx.Response) -> AsyncGenerator[dict[str, Any]]:
    """The JSON of every event of the stream, up to [DONE]; a server that does not stream gives one."""
    if "json" in response.headers.get("content-type", "").partition(";")[0]:
        page = b""
        async for chunk in response.aiter_bytes():
            page += chunk
            if len(page) > _LONGEST_LINE:
                raise ServerFault("the server's reply is too long")
        yield _json(page.decode("utf-8", errors="replace"), again=True)
        return
    first = True
    async with aclosing(_lines(response)) as lines:
        async for line in lines:
            if not line.startswith("data:"):
                continue  # comments, event names, retry times, and the empty line after each event
            data = line[5:].strip()
            if data == "[DONE]":
                yield {"choices": [{"delta": {}, "finish_reason": "stop"}]}
                return
            yield _json(data, again=first)
            first = False


async def _lines(response: httpx.Response) -> AsyncGenerator[str]:
    """Lines as server-sent events mean them: other separators (U+2028) belong to the text."""
    decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
    rest = ""
    async for chunk in response.aiter_bytes():
        *whole, rest = re.split(r"\r\n|\n|\r(?!$)", rest + decode(chunk))
        for line in whole:
            yield line
        if len(rest) > _LONGEST_LINE:
            raise ServerFault("the server's event is too long")
    if rest.strip():
        yield rest.strip("\r\n")


def _json(text: str, *, again: bool) -> dict[str, Any]:
    try:
        event = json.loads(text)
    except ValueError as error:
        raise ServerFault("the server sent what is not JSON", again=again) from error
    if not isinstance(event, dict):
        raise ServerFault("the server sent what is no chat completion", again=again)
    if event.get("error"):
        raise ServerFault(f"the server failed: {_reason(text)}", again=again)
    return event


def _delta(event: dict[str, Any]) -> tuple[str, str | None]:
    """An event's text and reason to end. What a reasoning model thinks is not its reply."""
    choices = event.get("choices")
    if not isinstance(choices, list):
        raise ServerFault("the server sent what is no chat completion")
    if not choices:
        return "", None  # counts of tokens
    choice = choices[0]
    part = choice.get("delta") or choice.get("message") or {} if isinstance(choice, dict) else None
    if not isinstance(part, dict):
        raise ServerFault("the server sent what is no chat completion")
    text, finish = part.get("content") or "", choice.get("finish_reason")
    if not isinstance(text, str):
        raise ServerFault("the server sent what is no chat completion")
    return text, str(finish) if finish else None

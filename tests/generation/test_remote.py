"""The remote engine against a real HTTP server on loopback that stalls, cuts, errs and talks nonsense."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from generation.circuit import CircuitBreaker
from generation.completions import address, body
from generation.prompt import Message, Prompt
from generation.remote import Patience, RemoteGenerator, probe
from generation.request import ReplyRequest
from generation.sampling import SamplingControls
from generation.writer import Writer
from retrieval.errors import GenerationFailed, InputError, ModelError
from retrieval.passages import Hit, Passage
from retrieval.query import Utterance
from tests.llm_server import Server, answers, cuts, delta, says, serving, stalls, streams

PROMPT = Prompt((Message("system", "Answer."), Message("user", "Question: lamps?")), "", (), "en")
CONTROLS = SamplingControls(max_new_tokens=32)
PATIENT = Patience(first=30.0, between=30.0, whole=60.0, pause=0.01)  # a busy machine is no stalled server
AT_FIRST = Patience(first=0.4, pause=0.01)
LATER = Patience(first=30.0, between=0.4, pause=0.01)
DAYS = "Lamps can be returned within 45 days of delivery."
PARTS = " Please send back all the parts."


class Local:
    """Stands in for the local engine, so that it is plain who wrote what."""

    name = "local"

    def __init__(self, *sentences: str, fails: bool = False) -> None:
        self.sentences, self.fails, self.asked = sentences, fails, 0

    async def stream(self, prompt: Prompt, controls: SamplingControls) -> AsyncIterator[str]:
        self.asked += 1
        if self.fails:
            raise GenerationFailed("no memory")
        for sentence in self.sentences:
            yield sentence

    def close(self) -> None:
        self.sentences = ()


async def written(server: Server, local: Local | None = None, **options: Any) -> list[str]:
    generator = RemoteGenerator(server.url, "m", fallback=local, **{"patience": PATIENT, **options})
    try:
        return [sentence async for sentence in generator.stream(PROMPT, CONTROLS)]
    finally:
        await generator.close()


async def test_whole_sentences_come_as_they_are_streamed() -> None:
    async with serving(
        says("Lamps can be", " returned within 4", "5 days of delivery.", " Please send", PARTS[12:])
    ) as s:
        assert await written(s) == [DAYS, PARTS]
    assert s.requests[0].path == "/v1/chat/completions"
    assert s.bodies[0]["messages"] == [
        {"role": "system", "content": "Answer."},
        {"role": "user", "content": "Question: lamps?"},
    ]


def test_every_sampling_control_has_its_name_on_the_server() -> None:
    controls = SamplingControls(0.7, 0, 0.8, 0.1, 1.2, 50, 3, ("\n\n",))
    asked = body("m", PROMPT, controls)
    assert {k: v for k, v in asked.items() if k not in ("messages", "model", "stream")} == {
        "max_tokens": 50,
        "temperature": 0.7,
        "top_p": 0.8,
        "top_k": -1,
        "min_p": 0.1,
        "repetition_penalty": 1.2,
        "seed": 3,
        "stop": ["\n\n"],
    }
    plain = body("m", PROMPT, controls, extras=False)
    assert {"top_k", "min_p", "repetition_penalty"} & set(plain) == set()


def test_greedy_sends_no_filter() -> None:
    assert {"top_k", "top_p", "min_p", "repetition_penalty"} & set(body("m", PROMPT, CONTROLS)) == set()


async def test_a_server_that_knows_no_extra_parameters_is_asked_without_them() -> None:
    refusal = answers(400, json.dumps({"error": {"message": "Unrecognized request argument supplied: top_k"}}))
    async with serving(refusal, says(DAYS)) as s:
        generator = RemoteGenerator(s.url, "m", patience=PATIENT)
        drawn = SamplingControls(temperature=0.5)
        for _ in range(2):
            assert [x async for x in generator.stream(PROMPT, drawn)] == [DAYS]
        await generator.close()
    assert ["top_k" in asked for asked in s.bodies] == [True, False, False]


@pytest.mark.parametrize(
    "trouble",
    [answers(500), answers(429), answers(503, "<html>busy</html>", "text/html"), cuts(), cuts(politely=True)],
    ids=["500", "429", "503", "cut", "empty"],
)
async def test_before_the_first_word_a_failed_request_is_sent_again(trouble: Any) -> None:
    async with serving(trouble, trouble, says(DAYS)) as s:
        assert await written(s, Local("Not asked.")) == [DAYS]
    assert len(s.requests) == 3


async def test_after_the_last_try_the_local_engine_answers() -> None:
    local = Local(DAYS)
    async with serving(answers(500)) as s:
        assert await written(s, local) == [DAYS]
    assert (len(s.requests), local.asked) == (3, 1)


@pytest.mark.parametrize("status", [400, 401, 404])
async def test_what_will_not_get_better_is_not_sent_again(status: int) -> None:
    async with serving(answers(status)) as s:
        assert await written(s, Local(DAYS)) == [DAYS]
    assert len(s.requests) == 1


async def test_a_server_that_asks_for_a_longer_wait_than_the_customer_has_is_not_waited_for() -> None:
    async with serving(answers(429, retry_after="120")) as s:
        assert await written(s, Local(DAYS)) == [DAYS]
    assert len(s.requests) == 1


async def test_an_unreachable_server_costs_no_answer() -> None:
    assert await written(Server([], "http://127.0.0.1:9/v1"), Local(DAYS)) == [DAYS]


async def test_without_a_local_engine_the_failure_is_clear() -> None:
    async with serving(answers(401, json.dumps({"error": {"message": "bad key"}}))) as s:
        with pytest.raises(GenerationFailed, match="answered 401: bad key"):
            await written(s)


@pytest.mark.parametrize("comments", [False, True], ids=["silent", "with comments"])
async def test_a_server_that_stalls_before_the_first_word_is_not_waited_for(comments: bool) -> None:
    async with serving(stalls(comments=comments)) as s:
        assert await written(s, Local(DAYS), patience=AT_FIRST) == [DAYS]
    assert len(s.requests) == 1


@pytest.mark.parametrize(
    "trouble",
    [
        stalls(DAYS, " Please se"),
        stalls(DAYS, " Please se", comments=True),
        cuts(DAYS, " Please se"),
        cuts(DAYS, " Please se", politely=True),
        streams(f"data: {json.dumps(delta(DAYS + ' Ple'))}\n\n", 'data: {"choices": [{"del\n\n'),
        streams(f"data: {json.dumps(delta(DAYS + ' Ple'))}\n\n", 'data: {"error": {"message": "CUDA"}}\n\n'),
        says(DAYS, " Ple", finish="abort"),
    ],
    ids=["stall", "stall with comments", "cut", "polite cut", "bad JSON", "error event", "abort"],
)
async def test_in_the_middle_what_was_said_stays_and_the_local_engine_says_the_rest(trouble: Any) -> None:
    local = Local("You can return lamps within 45 days of delivery.", PARTS)
    async with serving(trouble) as s:
        assert await written(s, local, patience=LATER) == [DAYS, PARTS]
    assert len(s.requests) == 1  # a second request would say the beginning twice


@pytest.mark.parametrize(
    "nonsense",
    [
        streams("data: <html>\n\n"),
        streams('data: ["a"]\n\n'),
        streams('data: {"choices": 3}\n\n'),
        streams('data: {"choices": [{"delta": {"content": 7}}]}\n\n'),
        streams("x" * 2_000_000),
        streams(b"\xff\xfe\n\n"),
        answers(200, "<html>Welcome to nginx</html>", "text/html"),
        answers(200, "not json"),
        answers(200, '{"choices": [null]}'),
        says("word " * 5000),
    ],
)
async def test_nonsense_costs_no_answer(nonsense: Any) -> None:
    async with serving(nonsense) as s:
        assert await written(s, Local(DAYS)) == [DAYS]


async def test_a_server_that_does_not_stream_is_read_all_the_same() -> None:
    document = {"choices": [{"message": {"role": "assistant", "content": DAYS + PARTS}, "finish_reason": "stop"}]}
    async with serving(answers(200, json.dumps(document))) as s:
        assert await written(s) == [DAYS, PARTS]


async def test_events_may_be_cut_anywhere_and_hold_any_character() -> None:
    text = "灯具可在送达后45天内退货。\u2028请保留包装。"
    stream = b": hello\r\n\r\nevent: x\r\ndata: " + json.dumps(delta(text), ensure_ascii=False).encode()
    stream += b'\r\n\r\ndata: {"choices": [], "usage": {}}\r\n\r\ndata: [DONE]\r\n\r\n'
    async with serving(streams(*(stream[i : i + 1] for i in range(len(stream))))) as s:
        assert "".join(await written(s, patience=Patience(first=10))) == text


async def test_what_a_reasoning_model_thinks_is_not_said() -> None:
    thinks = {"choices": [{"delta": {"reasoning_content": "30 days? no."}}]}
    end = f"data: {json.dumps(delta(DAYS, 'stop'))}\n\n"
    async with serving(streams(f"data: {json.dumps(thinks)}\n\n", end)) as s:
        assert await written(s) == [DAYS]


async def test_out_of_tokens_the_half_sentence_is_not_said() -> None:
    async with serving(says(DAYS, " Opened lamps can be", finish="length")) as s:
        assert await written(s) == [DAYS]
    async with serving(says("Delivery of furniture is free", finish="length")) as s:
        assert await written(s) == []


async def test_a_slow_listener_is_not_taken_for_a_slow_server() -> None:
    local = Local("Not asked.")
    async with serving(says(DAYS, PARTS)) as s:
        generator = RemoteGenerator(s.url, "m", fallback=local, patience=Patience(first=30.0, between=1.0))
        said = []
        async for sentence in generator.stream(PROMPT, CONTROLS):
            said.append(sentence)
            await asyncio.sleep(1.2)
        await generator.close()
    assert (said, local.asked) == ([DAYS, PARTS], 0)


async def test_the_breaker_opens_spares_the_server_and_closes_again() -> None:
    now = [0.0]
    breaker = CircuitBreaker(threshold=2, cooling=10, clock=lambda: now[0])
    async with serving(answers(401), answers(401), says(DAYS)) as s:
        generator = RemoteGenerator(s.url, "m", fallback=Local("From here."), breaker=breaker, patience=PATIENT)

        async def reply() -> list[str]:
            return [x async for x in generator.stream(PROMPT, CONTROLS)]

        assert [await reply() for _ in range(4)] == [["From here."]] * 4
        assert (breaker.state, len(s.requests)) == ("open", 2)
        now[0] = 10.0
        assert await reply() == [DAYS]
        assert breaker.state == "closed"
        await generator.close()


async def test_a_refused_prompt_does_not_open_the_breaker() -> None:
    breaker = CircuitBreaker(threshold=1)
    async with serving(answers(400, '{"message": "maximum context length is 512"}')) as s:
        await written(s, Local(DAYS), breaker=breaker)
    assert breaker.state == "closed"


async def test_who_stops_listening_frees_the_place_and_the_trial() -> None:
    now = [0.0]
    breaker = CircuitBreaker(threshold=1, cooling=1, clock=lambda: now[0])
    async with serving(answers(500), stalls(), says(DAYS, PARTS)) as s:
        generator = RemoteGenerator(
            s.url, "m", breaker=breaker, concurrency=1, patience=Patience(tries=1, first=30), fallback=Local("Local.")
        )
        assert [x async for x in generator.stream(PROMPT, CONTROLS)] == ["Local."]
        now[0] = 1.0
        listening = asyncio.create_task(anext(generator.stream(PROMPT, CONTROLS)))
        while len(s.requests) < 2:
            await asyncio.sleep(0.01)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        stream = generator.stream(PROMPT, CONTROLS)
        assert await anext(stream) == DAYS
        await stream.aclose()
        assert breaker.state == "closed"
        assert [x async for x in generator.stream(PROMPT, CONTROLS)] == [DAYS, PARTS]
        await generator.close()


async def test_only_so_many_are_asked_at_once_and_only_so_many_wait() -> None:
    release = asyncio.Event()

    async def held(exchange: Any) -> None:
        await exchange.begin()
        await release.wait()
        await exchange.say(DAYS)
        await exchange.finish()

    local = Local("Local.")
    async with serving(held) as s:
        generator = RemoteGenerator(
            s.url, "m", fallback=local, concurrency=2, waiting=3, patience=Patience(first=30, between=30)
        )

        async def reply() -> str:
            return "".join([x async for x in generator.stream(PROMPT, CONTROLS)])

        replies = [asyncio.create_task(reply()) for _ in range(9)]
        while local.asked < 4 or len(s.requests) < 2:
            await asyncio.sleep(0.01)
        release.set()
        said = await asyncio.gather(*replies)
        await generator.close()
    assert (said.count(DAYS), said.count("Local.")) == (5, 4)
    assert s.most_open == 2


async def test_the_key_goes_to_the_server_and_into_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(answers(500), says(DAYS)) as s:
        await written(s, key="sk-secret-1")
    assert [r.headers["authorization"] for r in s.requests] == ["Bearer sk-secret-1"] * 2
    assert "sk-secret-1" not in caplog.text


async def test_a_redirect_does_not_carry_the_key_away() -> None:
    async with serving(says("Stolen.")) as thief, serving(answers(307, location=thief.url)) as s:
        assert await written(s, Local(DAYS), key="sk-secret-1") == [DAYS]
        assert thief.requests == []


async def test_where_both_fail_the_customer_gets_the_passage() -> None:
    passage = Passage("1", "How long can I return a lamp?", DAYS + PARTS)
    request = ReplyRequest((Utterance("customer", "how long can I return a lamp?"),), (Hit(passage, 0.9),))
    said: list[str] = []

    async def say(piece: str) -> None:
        said.append(piece)

    async with serving(stalls()) as s:
        writer = Writer(RemoteGenerator(s.url, "m", fallback=Local(fails=True), patience=AT_FIRST))
        reply = await writer.write(request, say, CONTROLS)
        await writer.close()
    assert reply.text == "".join(said) == DAYS + PARTS


async def test_after_a_stall_the_reply_is_said_on_through_the_check() -> None:
    passage = Passage("1", "How long can I return a lamp?", DAYS + PARTS)
    request = ReplyRequest((Utterance("customer", "how long can I return a lamp?"),), (Hit(passage, 0.9),))
    said: list[str] = []

    async def say(piece: str) -> None:
        said.append(piece)

    async with serving(stalls(DAYS, " And a free c")) as s:
        writer = Writer(RemoteGenerator(s.url, "m", fallback=Local(DAYS, PARTS), patience=LATER))
        reply = await writer.write(request, say, CONTROLS)
        await writer.close()
    assert said == [DAYS, PARTS]
    assert reply.grounded


async def test_closed_it_writes_no_more() -> None:
    async with serving(says(DAYS)) as s:
        local = Local(DAYS)
        generator = RemoteGenerator(s.url, "m", fallback=local)
        await generator.close()
        with pytest.raises(GenerationFailed):
            await anext(generator.stream(PROMPT, CONTROLS))
        assert local.sentences == ()


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("http://localhost:8000", "http://localhost:8000/v1"),
        ("http://localhost:8000/v1/", "http://localhost:8000/v1"),
        ("https://x.example/api/v1/chat/completions", "https://x.example/api/v1"),
    ],
)
def test_an_address_may_be_given_in_any_of_the_usual_forms(given: str, meant: str) -> None:
    assert address(given) == meant


@pytest.mark.parametrize("given", ["localhost:8000", "ftp://x", "", "http://", "http://me:secret@x/v1"])
def test_a_wrong_address_is_named_and_a_password_is_not(given: str) -> None:
    with pytest.raises(InputError) as error:
        address(given)
    assert "secret" not in str(error.value)


async def test_the_doctor_knows_whether_the_model_is_served() -> None:
    async with serving(answers(200, '{"data": [{"id": "qwen"}]}')) as s:
        assert await probe(s.url, "qwen", key="k") == f"qwen on {s.url}"
        assert s.requests[0].headers["authorization"] == "Bearer k"
        with pytest.raises(ModelError, match="one of its models: qwen"):
            await probe(s.url, "other")


@pytest.mark.parametrize("trouble", [answers(401), answers(200, "<html>"), answers(200, "[]")])
async def test_the_doctor_says_what_is_wrong_with_the_server(trouble: Any) -> None:
    async with serving(trouble) as s:
        with pytest.raises(ModelError, match="FRONTDESK_LLM_URL"):
            await probe(s.url, "qwen")

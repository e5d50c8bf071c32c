"""A handful of passages is ordered by the question and by whom the conversation is about."""

from __future__ import annotations

from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.passages import Passage
from retrieval.query import Utterance
from retrieval.shortlist import order


def test_the_place_named_turns_earlier_is_meant(embedder: SentenceTransformerEmbedder) -> None:
    passages = [
        Passage("a", "Is there parking?", "The Harbour Inn has parking for $12 a night."),
        Passage("b", "Is there parking?", "The Castle Hotel has parking for $20 a night."),
        Passage("c", "Is breakfast served?", "The Castle Hotel serves breakfast from 7."),
    ]
    history = [
        Utterance("customer", "A room in the old town please."),
        Utterance("agent", "The Castle Hotel has one. Shall I book it?"),
        Utterance("customer", "First tell me, where do I leave the car?"),
    ]
    hits = order(history, passages, embedder)
    assert [hit.passage.id for hit in hits][0] == "b"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0.0 <= hit.score <= 1.0 for hit in hits)


def test_nothing_to_order_is_no_error(embedder: SentenceTransformerEmbedder) -> None:
    assert order([Utterance("customer", "hi")], [], embedder) == []
    assert len(order([], [Passage("a", "Parking?", "Yes.")], embedder)) == 1

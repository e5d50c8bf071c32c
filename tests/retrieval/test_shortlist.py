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


def test_a_passage_that_names_nobody_beats_the_same_answer_of_another(embedder: SentenceTransformerEmbedder) -> None:
    passages = [
        Passage("a", "Do you have a lift?", "It does not have a lift."),
        Passage("b", "Is there an elevator at Royal Pacific Inn?", "Yes, Royal Pacific Inn has an elevator."),
        Passage("c", "Is the desk open at night?", "The desk of the Grant Plaza is open 24 hours."),
    ]
    history = [
        Utterance("agent", "The Grant Plaza is free."),
        Utterance("customer", "is there an elevator at grant plaza"),
    ]
    assert order(history, passages, embedder)[0].passage.id == "a"


def test_chinese_passages_are_ordered_by_their_words(embedder: SentenceTransformerEmbedder) -> None:
    passages = [
        Passage("a", "支持哪些付款方式？", "支持信用卡和PayPal。", language="zh"),
        Passage("b", "多少天内可以退货？", "收货后30天内可以退货。", language="zh"),
        Passage("c", "能开发票吗？", "可以开电子发票。", language="zh"),
    ]
    hits = order([Utterance("customer", "买了不喜欢，几天之内能退？")], passages, embedder)
    assert hits[0].passage.id == "b"
    assert {hit.passage.id for hit in hits} == {"a", "b", "c"}


def test_entries_of_one_document_speak_of_one_place(embedder: SentenceTransformerEmbedder) -> None:
    passages = [
        Passage("hotel__7__1", "What time is check-out?", "Check-out time is 10 am."),
        Passage("hotel__3__4", "What time is check-out?", "Check-out time is 12 noon."),
        Passage("hotel__3__9", "Is there a lift?", "The Minna Hotel has no lift."),
    ]
    history = [Utterance("agent", "The Minna Hotel is free."), Utterance("customer", "When do we have to check out?")]
    assert order(history, passages, embedder)[0].passage.id == "hotel__3__4"


def test_an_entry_that_names_nothing_is_not_taken_from_the_place_beside(embedder: SentenceTransformerEmbedder) -> None:
    passages = [
        Passage("hotel__3__1", "Is there somewhere to eat?", "There is a bar and a restaurant onsite."),
        Passage("hotel__7__2", "Are there places to eat on site?", "Yes, a restaurant is available onsite."),
        Passage("hotel__7__5", "What time is check-in?", "Check-in begins at 3:00 PM at Minna Hotel."),
    ]
    history = [
        Utterance("agent", "The Minna Hotel has a room."),
        Utterance("customer", "is there somewhere to eat"),
    ]
    assert order(history, passages, embedder)[0].passage.id == "hotel__7__2"
    files = [  # pages of one folder are no records of a list: what names nothing may hold for all
        Passage("faq/food.md#eat", "Is there somewhere to eat?", "There is a bar and a restaurant onsite."),
        Passage("faq/rooms.md#minna", "What time is check-in?", "Check-in begins at 3:00 PM at Minna Hotel."),
    ]
    assert order(history, files, embedder)[0].passage.id == "faq/food.md#eat"


def test_what_is_paid_with_is_no_name(embedder: SentenceTransformerEmbedder) -> None:
    passages = [
        Passage("x__8__1", "do you accept apple pay", "no they do not accept apple pay"),
        Passage("x__5__2", "Do you accept Apple Pay?", "Pakwan Restaurant accepts both credit card and Apple Pay."),
    ]
    history = [
        Utterance("agent", "Pakwan Restaurant is on 16th Street."),
        Utterance("customer", "is apple pay ok there"),
    ]
    assert order(history, passages, embedder)[0].passage.id == "x__5__2"

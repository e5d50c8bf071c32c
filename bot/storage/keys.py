"""Every key in Redis, in one place.

A conversation's id is also its customer's ("telegram:42", "web:Zk3..."), so all that is kept of a person shares the
hash tag ``{id}``, and erasure touches one slot and the global streams below. "ttl" is the shop's keep_days, counted
from the last write.

=================================  ========  ================================================  ========================
key                                type      holds                                             kept
=================================  ========  ================================================  ========================
frontdesk:{id}:meta                hash      owner, operator, language, counters, reasons      ttl
frontdesk:{id}:turns               stream    the turns; ids serve to resume a web stream       ttl, about 400
frontdesk:{id}:profile             string    Customer                                          ttl
frontdesk:{id}:inbox               hash      accepted messages without an answer yet           until answered, or ttl
frontdesk:{id}:seen:<message>      string    "+<nonce>" when accepted, then the Reply          72 hours
frontdesk:{id}:line                list      tickets: first come, first served                 10 minutes
frontdesk:{id}:ticket:<token>      string    "1": waits or holds and is alive; "0": has left   the lease, renewed
frontdesk:{id}:topic               string    Topic: its place in the staff group               ttl, from its last change
frontdesk:{id}:files               list      messages to be copied into the topic as they are  until copied, or ttl
frontdesk:{id}:case                string    Ticket: its number and the contact that was left  ttl
frontdesk:pending                  set       conversations whose inbox holds something         until it is empty
frontdesk:accepted                 string    counts accepted messages: their order             for ever (a number)
frontdesk:owner:<owner>            zset      conversations by owner; score = owned since       until the owner changes
                                             (queued, human) or last turn (bot, closed)        or ttl
frontdesk:outbox:<channel>         stream    turns that must still be delivered                until acknowledged; ttl,
                                                                                               about 10,000
frontdesk:events                   stream    what happened, for insights                       ttl, about 100,000
frontdesk:desk                     stream    which conversation changed, for a live desk       ttl, about 1,000
frontdesk:desk:present             zset      operators with an open desk; score = last seen    minutes
frontdesk:cases                    string    counts tickets                                    for ever (a number)
frontdesk:ratings                  hash      how often customers gave 1 to 5                   for ever (numbers)
frontdesk:faq:observed             hash      operators' answers, masked, for new FAQ entries   until reviewed, or ttl
frontdesk:faq:reviewed             zset      ids of answers that were reviewed; score = when     ttl
frontdesk:faq:rejected             hash      questions that shall not be proposed again        about 500
frontdesk:staff:topics             hash      "group:thread" to conversation                    until the topic is
                                                                                               deleted in Telegram
frontdesk:staff:operators          hash      Telegram user to Operator                         for ever (the staff)
frontdesk:staff:names              hash      operator's name to Telegram user: one each        for ever (the staff)
frontdesk:staff:lead               string    the process that writes into the staff group      its lease, renewed
=================================  ========  ================================================  ========================

A turn is committed in one transaction over a conversation's keys and the global ones. They lie in different slots,
so this scheme is for one primary with as many replicas as you like, not for a cluster that spreads slots.
"""

from __future__ import annotations

PREFIX = "frontdesk"
PENDING = f"{PREFIX}:pending"
ACCEPTED = f"{PREFIX}:accepted"
EVENTS = f"{PREFIX}:events"
DESK = f"{PREFIX}:desk"
PRESENT = f"{PREFIX}:desk:present"
CASES = f"{PREFIX}:cases"
RATINGS = f"{PREFIX}:ratings"
OBSERVED = f"{PREFIX}:faq:observed"
REVIEWED = f"{PREFIX}:faq:reviewed"
REJECTED = f"{PREFIX}:faq:rejected"
TOPICS = f"{PREFIX}:staff:topics"
OPERATORS = f"{PREFIX}:staff:operators"
OPERATOR_NAMES = f"{PREFIX}:staff:names"
STAFF_LEAD = f"{PREFIX}:staff:lead"

SEEN_SECONDS = 72 * 3600  # Telegram offers an update again for 24 hours, a browser for as long as its page is open
LINE_SECONDS = 600
MOST_TURNS = 400
MOST_EVENTS = 100_000
MOST_DESK = 1_000
MOST_OUTBOX = 10_000
MOST_INBOX = 200  # messages of one conversation
MOST_PENDING = 10_000  # conversations
MOST_OBSERVED = 2_000
MOST_REJECTED = 500


def of(conversation_id: str, name: str) -> str:
    """A key of the conversation's own slot."""
    return f"{PREFIX}:{{{conversation_id}}}:{name}"


def meta(conversation_id: str) -> str:
    return of(conversation_id, "meta")


def turns(conversation_id: str) -> str:
    return of(conversation_id, "turns")


def profile(conversation_id: str) -> str:
    return of(conversation_id, "profile")


def inbox(conversation_id: str) -> str:
    return of(conversation_id, "inbox")


def seen(conversation_id: str, message_id: str) -> str:
    return of(conversation_id, f"seen:{message_id}")


def line(conversation_id: str) -> str:
    return of(conversation_id, "line")


def ticket(conversation_id: str, token: str) -> str:
    return of(conversation_id, f"ticket:{token}")


def topic(conversation_id: str) -> str:
    return of(conversation_id, "topic")


def files(conversation_id: str) -> str:
    return of(conversation_id, "files")


def case(conversation_id: str) -> str:
    return of(conversation_id, "case")


def owner(name: str) -> str:
    return f"{PREFIX}:owner:{name}"


def outbox(channel: str) -> str:
    return f"{PREFIX}:outbox:{channel}"


def everything_of(conversation_id: str) -> str:
    """A SCAN pattern for all keys of the conversation's slot."""
    literal = "".join(f"\\{c}" if c in "*?[]^\\" else c for c in conversation_id)
    return of(literal, "*")

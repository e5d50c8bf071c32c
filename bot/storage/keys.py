"""Every key in Redis, in one place.

A conversation's id is also its customer's ("telegram:42", "web:Zk3..."), so all that is kept of a person shares the
hash tag ``{id}``, and erasure touches one slot and the four global streams below.

=================================  ========  ===============================================  ==========================
key                                type      holds                                            kept
=================================  ========  ===============================================  ==========================
frontdesk:{id}:meta                hash      owner, operator, language, counters, reasons     keep_days after the last turn
frontdesk:{id}:turns               stream    the turns; ids serve to resume a web stream      keep_days, at most 400
frontdesk:{id}:profile             string    Customer as JSON                                 keep_days
frontdesk:{id}:inbox               hash      accepted messages without an answer yet          until answered
frontdesk:{id}:seen:<message>      string    "" when accepted, then the Reply as JSON         48 hours
frontdesk:{id}:line                list      tickets: first come, first served                keep 10 minutes
frontdesk:{id}:ticket:<token>      string    a waiter or holder that is alive                 10 seconds, renewed
frontdesk:pending                  set       conversations whose inbox may hold something     until their inbox is empty
frontdesk:owner:<owner>            zset      conversations by owner, score = since when       trimmed with the meta key
frontdesk:outbox:<channel>         stream    what must still be delivered                     until acknowledged, 10,000
frontdesk:events                   stream    what happened, for insights                      about 100,000 entries
frontdesk:desk                     stream    what the desk shows live                         about 1,000 entries
=================================  ========  ===============================================  ==========================

The global keys lie in other slots than a conversation's, and a turn is committed in one transaction over both, so
one primary (with replicas as you like) is what this scheme is for; a cluster that spreads slots is not.
"""

from __future__ import annotations

PREFIX = "frontdesk"
PENDING = f"{PREFIX}:pending"
EVENTS = f"{PREFIX}:events"
DESK = f"{PREFIX}:desk"

SEEN_SECONDS = 48 * 3600
LINE_SECONDS = 600
TICKET_MILLISECONDS = 10_000
MOST_TURNS = 400
MOST_EVENTS = 100_000
MOST_DESK = 1_000
MOST_OUTBOX = 10_000


def meta(conversation_id: str) -> str:
    return f"{PREFIX}:{{{conversation_id}}}:meta"


def turns(conversation_id: str) -> str:
    return f"{PREFIX}:{{{conversation_id}}}:turns"


def profile(conversation_id: str) -> str:
    return f"{PREFIX}:{{{conversation_id}}}:profile"


def inbox(conversation_id: str) -> str:
    return f"{PREFIX}:{{{conversation_id}}}:inbox"


def seen(conversation_id: str, message_id: str) -> str:
    return f"{PREFIX}:{{{conversation_id}}}:seen:{message_id}"


def line(conversation_id: str) -> str:
    return f"{PREFIX}:{{{conversation_id}}}:line"


def ticket(conversation_id: str, token: str) -> str:
    return f"{PREFIX}:{{{conversation_id}}}:ticket:{token}"


def owner(name: str) -> str:
    return f"{PREFIX}:owner:{name}"


def outbox(channel: str) -> str:
    return f"{PREFIX}:outbox:{channel}"

"""The lines that the system itself says, in English and Chinese: never the model's, never a promise of a call."""

from __future__ import annotations

from retrieval.passages import Language

_LINES: dict[str, tuple[str, str]] = {
    "greeting": (
        "Hello{comma_name}! I'm the shop's virtual assistant. What can I help you with?",
        "您好{comma_name}！我是本店的智能助手，请问有什么可以帮您？",
    ),
    "is_bot": (
        "I'm the shop's virtual assistant, an AI, not a person. If you would rather have a person, just say so.",
        "我是本店的智能助手（AI），不是真人。如果您希望由真人服务，告诉我一声就行。",
    ),
    "order_alone": (
        "Thank you, I have noted order {order}. I can't look into orders myself, a colleague can: shall I fetch one?",
        "好的，订单 {order} 已记下。我无法查询订单，人工同事可以，需要我为您转接吗？",
    ),
    "order_asked": (
        "I can't look into orders myself, a colleague can: shall I fetch one? Your order number will help.",
        "我无法查询订单，人工同事可以，需要我为您转接吗？告诉我订单号会更快。",
    ),
    "order_asked_noted": (
        "I can't look into orders myself. A colleague can, with your order number: just say so.",
        "我无法查询订单。同事可以凭订单号为您查询，需要时告诉我一声就行。",
    ),
    "order_noted": (
        "Thank you, I have noted order {order}. A colleague can look into it: just say so.",
        "好的，订单 {order} 已记下。同事可以为您查询，需要时告诉我一声就行。",
    ),
    "stands": (
        "This is what the shop's information says, word for word: “{words}” If it does not fit your case, a colleague "
        "can check: just say so.",
        "本店资料的原话是：“{words}”如果与您的情况不符，同事可以帮您核实，告诉我一声就行。",
    ),
    "thanks": ("You're welcome{comma_name}! Is there anything else?", "不客气{comma_name}！还有什么可以帮您的吗？"),
    "goodbye": ("Goodbye{comma_name}, and thank you for writing to us.", "再见{comma_name}，感谢您的咨询。"),
    "empty": ("I didn't receive any text. What would you like to know?", "我没有收到文字内容。请问您想了解什么？"),
    "no_words": (
        "I can read words best. Could you tell me in a few words what you need?",
        "我更擅长看文字，能用几句话告诉我您需要什么吗？",
    ),
    "unknown": (
        "I don't have a reliable answer to that in the shop's information, so I won't guess. "
        "Could you put it another way, or shall I fetch a person?",
        "关于这个问题，本店资料里没有可靠的答案，我不想乱猜。您可以换个说法再问一次，或者需要我为您转接人工客服吗？",
    ),
    "unknown_again": (
        "I still can't find that in the shop's information. Would you like me to fetch a person?",
        "我还是没有在本店资料里找到答案。需要我为您转接人工客服吗？",
    ),
    "unknown_plain": (
        "I still can't find a reliable answer to that in the shop's information, so I won't guess.",
        "关于这个问题，我在本店资料里还是没有找到可靠的答案，我不想乱猜。",
    ),
    "unknown_noted": (
        "I still can't find a reliable answer to that in the shop's information, so I won't guess. "
        "A colleague can help: just say so.",
        "关于这个问题，我在本店资料里还是没有找到可靠的答案，我不想乱猜。同事可以帮您，告诉我一声就行。",
    ),
    "condolence": (
        "I'm very sorry for your loss. A colleague should be there for you rather than a bot: shall I fetch one?",
        "听到这个消息我很难过，请您节哀。这件事应该由同事来陪您处理，需要我为您转接吗？",
    ),
    "condolence_noted": (
        "I'm so sorry. A colleague can be there for you: just say so.",
        "我很难过，也很抱歉。同事可以陪您处理，告诉我一声就行。",
    ),
    "condolence_plain": ("I'm very sorry for your loss.", "听到这个消息我很难过，请您节哀。"),
    "damage": (
        "I'm sorry that this happened. A colleague can look into it: shall I fetch one?",
        "发生这样的事，我们很抱歉。同事可以为您处理，需要我为您转接吗？",
    ),
    "damage_noted": (
        "I'm sorry that this happened. A colleague can look into it: just say so.",
        "发生这样的事，我们很抱歉。同事可以为您处理，告诉我一声就行。",
    ),
    "misheard": (
        "I'm sorry that this didn't help. Could you put it another way, or shall I fetch a person?",
        "很抱歉没有答到您的问题。您可以换个说法再问一次，或者需要我为您转接人工客服吗？",
    ),
    "misheard_noted": (
        "I'm sorry that this didn't help. Could you put it another way? A colleague can help too: just say so.",
        "很抱歉没有答到您的问题。您可以换个说法再问一次；同事也可以帮您，告诉我一声就行。",
    ),
    "left_queue": (
        "All right, you no longer wait for a colleague; I'm the shop's virtual assistant and go on with you here. "
        "If you want a person after all, just say so.",
        "好的，已为您取消排队，现在由智能助手继续为您服务。需要人工时告诉我一声就行。",
    ),
    "offer": (
        "If this isn't what you need, I can fetch a person for you. Just say so.",
        "如果这没有解决您的问题，我可以为您转接人工客服，告诉我一声就行。",
    ),
    "declined": ("All right. Ask me anything else, whenever you like.", "好的，有其他问题可以随时问我。"),
    "offer_away": (
        "If this isn't what you need, I can put it on our desk for a colleague, who reads it in our hours: {hours}. "
        "Just say so.",
        "如果这没有解决您的问题，我可以为您留言给同事，同事会在人工服务时间（{hours}）查看，告诉我一声就行。",
    ),
    "hand_over": (
        "I'm passing you to a colleague now, with everything you've written so far. "
        "You are number {place} in the queue and the answer will appear here. "
        "If you can't wait, leave an e-mail address or a telephone number in this chat.",
        "我现在为您转接人工客服，您之前写的内容同事都能看到。您目前排在第 {place} 位，回复会直接显示在这里。"
        "如果不方便等候，可以在这里留下邮箱或电话。",
    ),
    "hand_over_away": (
        "I've put you in the queue for a colleague (number {place}), with everything you've written so far. "
        "Nobody is at the desk at this moment; our hours are {hours}. The answer will appear here. "
        "You can leave an e-mail address or a telephone number in this chat if you'd rather be answered there.",
        "我已为您排队等候人工客服（第 {place} 位），您之前写的内容同事都能看到。现在暂时没有同事在线，"
        "人工服务时间为{hours}，回复会显示在这里。如果您希望通过邮件或电话收到回复，可以在这里留下邮箱或电话。",
    ),
    "hand_over_closed": (
        "I've put you in the queue for a colleague (number {place}), with everything you've written so far. "
        "Nobody is at the desk right now; our hours are {hours}. The answer will appear here. "
        "You can leave an e-mail address or a telephone number in this chat if you'd rather be answered there.",
        "我已为您排队等候人工客服（第 {place} 位），您之前写的内容同事都能看到。现在不在人工服务时间，"
        "服务时间为{hours}，回复会显示在这里。如果您希望通过邮件或电话收到回复，可以在这里留下邮箱或电话。",
    ),
    "care": (
        "I'm sorry you are going through this. You matter, and a person should be with you, not a bot. "
        "If you are in danger now, please call your local emergency number.",
        "听到您这样说我很难过。您很重要，陪伴您的应该是人而不是机器人。如果您现在有危险，请立即拨打当地紧急电话。",
    ),
    "hand_over_care": ("I'm passing this to a colleague right away.", "我马上为您转接同事。"),
    "hand_over_care_closed": (
        "I've put this at the top of our desk's queue; nobody is there right now, the hours are {hours}.",
        "我已把您的消息放在人工队列的最前面；现在没有同事在线，人工服务时间为{hours}。",
    ),
    "waiting": (
        "Your message is with the others for our colleague. You are number {place} in the queue (hours: {hours}). "
        "You can leave an e-mail address or a telephone number here.",
        "您的消息已转给同事。您目前排在第 {place} 位（人工服务时间：{hours}）。您可以在这里留下邮箱或电话。",
    ),
    "noted": (
        "I've added that for our colleague, who reads it with the rest.",
        "这条也已转给同事，会和前面的内容一起看到。",
    ),
    "thanks_waiting": (
        "You're welcome{comma_name}! You keep your place in the queue.",
        "不客气{comma_name}！您的排队位置会保留。",
    ),
    "goodbye_waiting": (
        "Goodbye{comma_name}! Our colleague's answer will be here when you come back.",
        "再见{comma_name}！同事的回复会保留在这里，您回来就能看到。",
    ),
    "ticket": ("Your ticket is {ticket}.", "您的工单号是 {ticket}。"),
    "contact_kept": (
        "I've noted your contact ({contact}) for the colleague who answers you; only the desk sees it. "
        "You are number {place} in the queue.",
        "已记下您的联系方式（{contact}），只有为您服务的同事能看到。您目前排在第 {place} 位。",
    ),
    "danger": (
        "If anybody is hurt, ill or in danger, please call your local emergency number first.",
        "如果有人受伤、不适或有危险，请先拨打当地的急救或报警电话。",
    ),
    "urgent": (
        "I've marked this as urgent for our colleague. You are number {place} in the queue now.",
        "我已将此标为紧急，同事会优先看到。您目前排在第 {place} 位。",
    ),
    "taken": ("{operator} has joined and will answer you now.", "{operator} 已接入，现在由他/她为您服务。"),
    "transferred": ("{operator} is taking over from here.", "接下来由 {operator} 为您服务。"),
    "handed_back": (
        "You are with the virtual assistant again. Ask me anything, or say that you want a person.",
        "现在由智能助手继续为您服务。您可以继续提问，也可以随时要求转人工。",
    ),
    "closed": (
        "This conversation has been closed. Write again whenever you need us.",
        "本次对话已结束。如有需要，随时再联系我们。",
    ),
    "rate": ("How was this conversation? 5 is best.", "请为本次对话评分，5 分为最好。"),
    "rated": ("Thank you for rating us {score} of 5.", "感谢您的评分：{score} 分（满分 5 分）。"),
    "rated_before": ("You have rated this conversation already. Thank you!", "您已为本次对话评过分，谢谢！"),
    "failed": (
        "I'm sorry, something went wrong on our side while I was answering.",
        "很抱歉，我在回答时系统出了点问题。",
    ),
    "unavailable": (
        "I'm sorry, we have a technical problem right now and I can't answer. Please try again in a few minutes.",
        "很抱歉，系统暂时出现故障，我现在无法回答。请过几分钟再试。",
    ),
    "text_only": (
        "I can only read text for now. Please write your question in a few words, or ask for a person.",
        "我目前只能阅读文字。请用文字描述您的问题，或要求转接人工客服。",
    ),
    "quote": ("Our information says: {text}", "根据本店资料：{text}"),
    "sorry": ("I'm sorry about this.", "很抱歉给您带来不便。"),
    "all_told": (
        "The shop's information says: “{words}” If that doesn't settle it, a colleague can help: shall I fetch one?",
        "本店资料是这样写的：“{words}”如果还没解决您的问题，人工同事可以帮您，需要我为您转接吗？",
    ),
    "all_told_noted": (
        "The shop's information says: “{words}” If that doesn't settle it, a colleague can help: just say so.",
        "本店资料是这样写的：“{words}”如果还没解决您的问题，同事可以帮您，告诉我一声就行。",
    ),
    "is_bot_waiting": (
        "I'm the shop's virtual assistant, an AI, not a person. "
        "You are number {place} in the queue for a colleague (hours: {hours}).",
        "我是本店的智能助手（AI），不是真人。您正在排队等候人工同事，目前排在第 {place} 位（人工服务时间：{hours}）。",
    ),
    "let_go": (
        "All right. A colleague can still look into it: just say so.",
        "好的。需要的话，同事仍然可以帮您看看，告诉我一声就行。",
    ),
    "let_go_offer": (
        "I'm sorry that I couldn't help. Shall I fetch a person?",
        "很抱歉没能帮到您，需要我为您转接人工客服吗？",
    ),
    "self": (
        "I'm the shop's virtual assistant, a program without a name or tastes of its own. What can I help you with?",
        "我是本店的智能助手，是个程序，没有自己的名字和喜好。请问有什么可以帮您？",
    ),
    "chat": (
        "Always nice to chat! If there is anything you would like to know about the shop, just ask.",
        "和您聊天真开心！关于本店有什么想了解的，随时问我。",
    ),
}

KEYS = frozenset(_LINES)
_REFUSALS = tuple(
    line for key in ("unknown", "unknown_again", "unknown_plain", "unknown_noted") for line in _LINES[key]
)


def say(key: str, language: Language, *, name: str = "", **facts: object) -> str:
    """The line in the customer's language; facts fill its braces. Raises KeyError for an unknown key."""
    english, chinese = _LINES[key]
    comma_name = (f"，{name}" if language == "zh" else f", {name}") if name else ""
    return (chinese if language == "zh" else english).format(name=name, comma_name=comma_name, **facts)


def refuses(text: str) -> bool:
    """Whether something that was said is the admission that the answer is not known."""
    return any(line in text for line in _REFUSALS)

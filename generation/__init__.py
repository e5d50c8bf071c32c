"""Turns passages, a conversation and a customer into a checked reply; has never heard of Telegram or Redis."""

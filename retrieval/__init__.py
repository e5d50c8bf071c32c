"""Turns files into passages and a question into ranked passages; has never heard of a chat."""

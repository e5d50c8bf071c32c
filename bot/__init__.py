"""Holds conversations: sessions, mood, escalation, people and channels."""

__version__ = "0.1.0"

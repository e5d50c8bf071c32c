"""Reads the customer's mood on every turn."""

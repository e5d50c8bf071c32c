"""Reads the shop's files into passages, each with its source and line."""

from retrieval.documents.loading import SUFFIXES, Loaded, files, load, read

__all__ = ["SUFFIXES", "Loaded", "files", "load", "read"]

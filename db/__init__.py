"""The store: importing it makes every table known to the metadata."""

from db import question_tables, tables

__all__ = ["question_tables", "tables"]

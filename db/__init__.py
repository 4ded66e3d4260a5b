"""The store: importing it makes every table known to the metadata."""

from db import programme_tables, question_tables, tables

__all__ = ["programme_tables", "question_tables", "tables"]

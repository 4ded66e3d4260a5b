"""The store: importing it makes every table known to the metadata."""

from db import people_tables, programme_tables, question_tables, tables

__all__ = ["people_tables", "programme_tables", "question_tables", "tables"]

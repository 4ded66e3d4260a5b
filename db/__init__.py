"""The store: importing it makes every table known to the metadata."""

from db import event_tables, people_tables, programme_tables, question_tables, stage_tables, tables

__all__ = ["event_tables", "people_tables", "programme_tables", "question_tables", "stage_tables", "tables"]

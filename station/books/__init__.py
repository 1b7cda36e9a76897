"""The books prove that nothing was lost: an audit, a journal, and statements of it all."""

from station.books.audit import verify
from station.books.csv import csv_of_statement, csv_of_summary
from station.books.journal import journal
from station.books.summary import StationStatement, summary

__all__ = [
    "StationStatement",
    "csv_of_statement",
    "csv_of_summary",
    "journal",
    "summary",
    "verify",
]

"""The books prove that nothing was lost: an audit, a journal, and statements of it all."""

from station.books.audit import verify
from station.books.journal import journal

__all__ = ["journal", "verify"]

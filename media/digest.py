"""Bytes are known by their hash."""

import hashlib
from pathlib import Path


def sha256_of(file: Path) -> str:
    """The hash of a file's bytes, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

"""What the studio made is moved into the store, and described for the tables."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from media import orders, store
from media.digest import sha256_of
from media.facts import Facts
from media.studio import Studio
from station import recordings
from station.recordings import Master, MasterKind
from station.settings import Settings


def keep_master(
    studio: Studio,
    settings: Settings,
    kind: MasterKind,
    facts: Facts,
    now: datetime,
    recipe: Mapping[str, Any] | None = None,
) -> Master:
    """Keep a master with its previews and waveform; the row is the caller's to write.

    What is shown of a master comes first, so that no master is ever without it.
    """
    media_folder, audio = settings.media_folder, settings.audio
    made = studio.result(orders.MASTER)
    sha256 = sha256_of(made)
    store.keep(media_folder, studio.result(orders.WAVEFORM), sha256, recordings.WAVEFORM_SUFFIX)
    preview_sha256 = _keep_preview(studio, media_folder, orders.PREVIEW)
    more: dict[str, Any] = {"target_lufs": audio.target_lufs, "ceiling_dbtp": audio.ceiling_dbtp}
    if studio.made(orders.PLAIN_PREVIEW):
        plain = _keep_preview(studio, media_folder, orders.PLAIN_PREVIEW)
        more["plain_preview_sha256"] = plain
    store.keep(media_folder, made, sha256, recordings.MASTER_SUFFIX)
    return Master(
        sha256=sha256,
        kind=kind,
        duration_ms=facts.duration_ms,
        preview_sha256=preview_sha256,
        facts={**asdict(facts), **more, **(recipe or {})},
        made_at=now,
    )


def keep_sound(studio: Studio, media_folder: Path) -> tuple[str, str]:
    """Keep a prepared piece of fill with its preview; returns the hashes of both."""
    preview_sha256 = _keep_preview(studio, media_folder, orders.PREVIEW)
    made = studio.result(orders.MASTER)
    sha256 = sha256_of(made)
    store.keep(media_folder, made, sha256, recordings.MASTER_SUFFIX)
    return sha256, preview_sha256


def _keep_preview(studio: Studio, media_folder: Path, name: str) -> str:
    made = studio.result(name)
    sha256 = sha256_of(made)
    store.keep(media_folder, made, sha256, recordings.PREVIEW_SUFFIX)
    return sha256

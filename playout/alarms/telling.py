"""An alarm is told in words that name the mount, say since when, and what to do."""

import hashlib
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from playout.alarms.book import Trouble
from station.alarms import Alarm, AlarmKind
from station.errors import Fault
from station.languages import gettext as _
from station.languages import marked
from station.mail import Mail, send
from station.settings import Settings

WEBHOOK = "webhook"
WEBHOOK_SECONDS = 10.0

SAID = {
    AlarmKind.TEST: marked("This is a test of the alarms: nothing is wrong on air."),
    AlarmKind.UNTOLD: marked("Alarms have not reached %(way)s since %(since)s: %(problem)s."),
    AlarmKind.QUIET: marked(
        "Dead air on %(mount)s: quiet since %(since)s, and no silence is planned."
    ),
    AlarmKind.GONE: marked("Dead air on %(mount)s: nothing is sent since %(since)s."),
}
BACK = marked("Sound is back on %(mount)s since %(over)s; it was away since %(since)s.")
OVER = {
    AlarmKind.UNTOLD: marked("Alarms reach %(way)s again since %(over)s."),
    AlarmKind.QUIET: BACK,
    AlarmKind.GONE: BACK,
}


class _Unled(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere: what is posted would not come along."""

    def redirect_request(self, *_asked: Any) -> None:
        return None


def ways(settings: Settings) -> list[str]:
    """How alarms go out besides the log: to each address, and to the webhook."""
    chosen = settings.alarms
    return [*chosen.mail_to, *([WEBHOOK] if chosen.webhook else [])]


def tell(settings: Settings, way: str, troubles: Sequence[Trouble]) -> None:
    """Send some alarms together by one way. Raises Fault when that did not work."""
    if way == WEBHOOK:
        _post(settings.alarms.webhook, posted(settings, troubles))
    else:
        raised_at = instant(troubles[0].raised_ms)
        mail = Mail(_name(way, troubles), "", way, *letter(settings, troubles), raised_at)
        send(settings, mail)
        if not settings.mail.host:
            problem = "no mail server is named in mail.host; it is filed, and reaches nobody"
            raise Fault(problem, permanent=False)


def letter(settings: Settings, troubles: Sequence[Trouble]) -> tuple[str, str]:
    """The subject and the words of a mail about some alarms."""
    lines = [sentence(settings, trouble) for trouble in troubles]
    subject = lines[0] if len(lines) == 1 else f"{len(lines)} alarms. {lines[0]}"
    page = f"{settings.web_url}/desk/alarms/"
    if all(trouble.kind == AlarmKind.TEST for trouble in troubles):
        end = f"Nobody has to do anything. What the test found: {page}"
    else:
        end = f"Say that you have taken it on: {page} (or: mweya alarms list)"
    named = f"[{settings.station.name}] {subject}"
    return named, "\n".join([*lines, "", end])


def posted(settings: Settings, troubles: Sequence[Trouble]) -> dict[str, object]:
    """What the webhook gets; `text` is what chat programs show."""
    return {
        "station": settings.station.name,
        "text": letter(settings, troubles)[0],
        "alarms": [_facts(settings, trouble) for trouble in troubles],
    }


def sentence(settings: Settings, trouble: Trouble) -> str:
    """What happened, in one sentence."""
    is_over = trouble.ended_ms is not None and trouble.kind in OVER
    said = _(
        OVER[trouble.kind] if is_over else SAID[trouble.kind],
        way=trouble.quality,
        mount=mount_name(settings, trouble.channel, trouble.quality),
        since=_clock(settings, trouble.began_ms),
        over="" if trouble.ended_ms is None else _clock(settings, trouble.ended_ms),
        problem=trouble.problem,
    )
    if trouble.kind == AlarmKind.TEST and trouble.problem:
        return f"{said} {_('It failed: %(problem)s.', problem=trouble.problem)}"
    return said


def told_of(settings: Settings, alarm: Alarm) -> str:
    """What happened, of an alarm in the table."""
    ended_ms = None if alarm.ended_at is None else _unix_ms(alarm.ended_at)
    trouble = Trouble(
        AlarmKind(alarm.kind),
        alarm.channel,
        alarm.quality,
        _unix_ms(alarm.began_at),
        _unix_ms(alarm.raised_at),
        ended_ms,
        str(alarm.detail.get("problem", "")),
    )
    return sentence(settings, trouble)


def mount_name(settings: Settings, channel: int | None, quality: str) -> str:
    """A mount in words, like `One (standard)`."""
    return "" if channel is None else f"{settings.channel_name(channel)} ({quality})"


def _facts(settings: Settings, trouble: Trouble) -> dict[str, object]:
    return {
        "kind": trouble.kind,
        "test": trouble.kind == AlarmKind.TEST,
        "channel": trouble.channel,
        "quality": trouble.quality,
        "began_at": instant(trouble.began_ms).isoformat(),
        "raised_at": instant(trouble.raised_ms).isoformat(),
        "ended_at": None if trouble.ended_ms is None else instant(trouble.ended_ms).isoformat(),
        "problem": trouble.problem,
        "sentence": sentence(settings, trouble),
    }


def _name(way: str, troubles: Sequence[Trouble]) -> str:
    """What makes a mail with the same alarms to the same address the same mail."""
    content = msgspec.json.encode((way, troubles))
    return f"alarm-{troubles[0].raised_ms}-{hashlib.sha256(content).hexdigest()[:12]}"


def _post(url: str, facts: dict[str, object]) -> None:
    request = urllib.request.Request(  # noqa: S310  the settings allow http and https alone
        url,
        json.dumps(facts, ensure_ascii=False).encode(),
        {"Content-Type": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.build_opener(_Unled).open(request, timeout=WEBHOOK_SECONDS):
            pass
    except urllib.error.HTTPError as refused:
        refused.close()
        raise Fault(f"the webhook answered {refused.code}", permanent=False) from None
    except (http.client.InvalidURL, ValueError):
        # The address may hold a secret, and so may what is said of it.
        raise Fault("the webhook's address can't be used", permanent=False) from None
    except (OSError, http.client.HTTPException) as problem:
        raise Fault(f"the webhook can't be reached: {problem}", permanent=False) from None


def instant(unix_ms: int) -> datetime:
    """Unix milliseconds as a time."""
    return datetime.fromtimestamp(unix_ms / 1000, UTC)


def _unix_ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _clock(settings: Settings, unix_ms: int) -> str:
    return f"{instant(unix_ms).astimezone(settings.zone):%H:%M:%S}"

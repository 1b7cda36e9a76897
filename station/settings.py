"""One frozen object holds every setting; this is the only reader of the environment.

A station's folder, `MWEYA_HOME`, holds `station.toml` (what the operator chooses) and
`secrets.toml` (made by `mweya init`, readable by its owner alone). An environment variable
`MWEYA_<SECTION>_<KEY>` wins over the file, like `MWEYA_WEB_PORT=8080`.
"""

import os
import secrets as random_secrets
import tomllib
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Struct

from station.airtime import QUARTER_HOUR_SECONDS, Daypart, Slots
from station.errors import Refusal, WrongInput
from station.languages import gettext
from station.sections import CHANNELS, ENCODERS, SettingsFile, default_dayparts

SETTINGS_FILE = "station.toml"
SECRETS_FILE = "secrets.toml"
LOOPBACK = ("", "127.0.0.1", "::1", "localhost")


class Secrets(Struct, frozen=True, forbid_unknown_fields=True):
    """Passwords and keys, each made by `mweya init` and never a default.

    `mail_password` and `messages_key` are the operator's to fill in, where a mail server or a
    gateway for messages asks for one.
    """

    session_key: str
    icecast_source: str
    icecast_admin: str
    icecast_relay: str
    mail_password: str = ""
    messages_key: str = ""

    @classmethod
    def fresh(cls) -> "Secrets":
        """New random secrets, 32 bytes each, safe in a URL and in XML."""
        made = [field.name for field in msgspec.structs.fields(cls) if field.required]
        return cls(*(random_secrets.token_urlsafe(32) for _ in made))

    def __repr__(self) -> str:
        return "Secrets(…)"


class Settings(SettingsFile, frozen=True, kw_only=True):
    """A station's settings, secrets and folder."""

    home: Path
    secrets: Secrets

    @property
    def zone(self) -> ZoneInfo:
        """The station's time zone."""
        return ZoneInfo(self.station.zone)

    @property
    def slots(self) -> Slots:
        """The station's slots."""
        return Slots(self.station.slot_seconds)

    @property
    def channels(self) -> int:
        """How many parallel channels there are."""
        return len(self.station.channels)

    def channel_name(self, channel: int) -> str:
        """What a channel is called; its number when the station no longer has it."""
        names = self.station.channels
        if channel >= len(names):
            return str(channel + 1)
        # A name that the station chose for itself is said as it is.
        return gettext(names[channel]) if names[channel] in CHANNELS else names[channel]

    def daypart_name(self, daypart: str) -> str:
        """What a daypart is called, in the language that is spoken if it is one of our own."""
        return gettext(daypart) if daypart in default_dayparts() else daypart

    def channel_named(self, text: str) -> int:
        """A channel by its name or its number from 1. Raises WrongInput `channel-unknown`."""
        names = [name.casefold() for name in self.station.channels]
        if text.casefold() in names:
            return names.index(text.casefold())
        if text.isdecimal() and 0 < int(text) <= self.channels:
            return int(text) - 1
        raise WrongInput("channel-unknown", text=text, names=", ".join(self.station.channels))

    @property
    def database_url(self) -> str:
        """Where the database is."""
        return self.database.url or f"sqlite:///{self.home / 'station.db'}"

    @property
    def web_url(self) -> str:
        """How people reach the pages, with no slash at its end."""
        return (self.web.public_url or f"http://{self.web.host}:{self.web.port}").rstrip("/")

    @property
    def media_folder(self) -> Path:
        """Uploads, masters and previews, by content hash."""
        return self.home / "media"

    @property
    def air_folder(self) -> Path:
        """What playout needs to stay on air, on the playout host's own disk."""
        return self.home / "air"

    @property
    def run_folder(self) -> Path:
        """Sockets, process ids and generated configurations of what runs now."""
        return self.home / "run"

    @property
    def recordings_folder(self) -> Path:
        """What went out, slot by slot, as the watch received it."""
        return self.home / "recordings"

    @property
    def mail_folder(self) -> Path:
        """What the station wrote while it had no mail server to take it."""
        return self.home / "mail"

    def daypart(self, name: str) -> Daypart:
        """One daypart by its name. Raises KeyError when there is none."""
        section = self.dayparts[name]
        return Daypart(name, _clock(section.start), _clock(section.end), frozenset(section.days))

    @property
    def adult_hours(self) -> Daypart:
        """The hours after the watershed, when adult content may air."""
        return Daypart("adult", _clock(self.rules.adult_from), _clock(self.rules.adult_to))


def home_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The station's folder: `MWEYA_HOME`, or `station-home` in the working folder."""
    return Path(environment.get("MWEYA_HOME") or "station-home").absolute()


def load(home: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read a station's settings.

    Raises Refusal `station-missing` where no station was made, `setting-wrong` or
    `settings-unreadable` for what can't be used.
    """
    home = home or home_folder(environment)
    file = home / SETTINGS_FILE
    if not file.exists() or not (home / SECRETS_FILE).exists():
        raise Refusal("station-missing", home=home)
    raw = _read_toml(file)
    chosen = convert(_with_environment(raw, environment), file)
    secrets = _secrets(home / SECRETS_FILE)
    fields = {name: getattr(chosen, name) for name in SettingsFile.__struct_fields__}
    return Settings(**fields, home=home, secrets=secrets)


def _secrets(file: Path) -> Secrets:
    try:
        return msgspec.convert(_read_toml(file), Secrets)
    except msgspec.ValidationError as error:
        raise WrongInput("file-unreadable", file=file, problem=error) from None


def convert(raw: Mapping[str, object], file: Path) -> SettingsFile:
    """Check raw settings. Raises WrongInput `setting-wrong`, which names the setting."""
    try:
        chosen = msgspec.convert(raw, SettingsFile, strict=False)
    except msgspec.ValidationError as error:
        problem, _, where = str(error).partition(" - at ")
        raise WrongInput(
            "setting-wrong", setting=where.strip("`").removeprefix("$."), file=file, problem=problem
        ) from None
    for setting, problem in _inconsistencies(chosen):
        raise WrongInput("setting-wrong", setting=setting, file=file, problem=problem)
    return chosen


def write_new(home: Path, toml: str) -> None:
    """Write a new station's settings and secrets. Raises Refusal `station-exists`."""
    if (home / SETTINGS_FILE).exists():
        raise Refusal("station-exists", home=home)
    convert(tomllib.loads(toml), home / SETTINGS_FILE)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = msgspec.to_builtins(Secrets.fresh())
    descriptor = os.open(home / SECRETS_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f'{name} = "{secret}"\n' for name, secret in fresh.items())
    (home / SETTINGS_FILE).write_text(toml)


def _inconsistencies(chosen: SettingsFile) -> list[tuple[str, str]]:
    """Settings that are each well formed and yet can't be used, as (setting, problem)."""
    found = []
    try:
        ZoneInfo(chosen.station.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        found.append(("station.zone", f"there is no time zone “{chosen.station.zone}”"))
    if QUARTER_HOUR_SECONDS % chosen.station.slot_seconds:
        found.append(("station.slot_seconds", "it must divide 900 (a quarter of an hour)"))
    found += [
        ("station.channel_languages", f"there is no channel “{name}”")
        for name in chosen.station.channel_languages
        if name not in chosen.station.channels
    ]
    found += [
        (
            f"qualities.{name}.kilobits",
            f"{one.codec} is sent at one of {ENCODERS[one.codec]} kbit/s",
        )
        for name, one in chosen.qualities.items()
        if one.kilobits not in ENCODERS[one.codec]
    ]
    if chosen.mail.security == "none" and chosen.mail.host not in LOOPBACK:
        problem = f"what is sent to {chosen.mail.host} must be encrypted"
        found.append(("mail.security", problem))
    if problem := _webhook_problem(chosen.alarms.webhook):
        found.append(("alarms.webhook", problem))
    ways = {"messages.sms": chosen.messages.sms, "messages.whatsapp": chosen.messages.whatsapp}
    found += [
        (setting, problem)
        for setting, address in ways.items()
        if (problem := _webhook_problem(address) or _bared_code(address))
    ]
    clocks = {"rules.adult_from": chosen.rules.adult_from, "rules.adult_to": chosen.rules.adult_to}
    for name, part in chosen.dayparts.items():
        clocks |= {f"dayparts.{name}.from": part.start, f"dayparts.{name}.to": part.end}
    for setting, text in clocks.items():
        try:
            _clock(text)
        except ValueError:
            found.append((setting, f"“{text}” is not a time of day like 06:00"))
    return found


def _webhook_problem(address: str) -> str:
    """Why nothing can be posted to an address; it may hold a secret, and is never shown."""
    if any(c.isspace() or not c.isprintable() for c in address):
        return "it must have no blanks"
    try:
        parts = urlsplit(address)
        if parts.username is not None:
            return "a name and password in it would be shown to others"
        unusable = bool(address) and not (parts.hostname and parts.port != 0)
    except ValueError:
        unusable = True
    return "it is no address that can be used" if unusable else ""


def _bared_code(address: str) -> str:
    """Why no code may be posted to an address that can be used."""
    parts = urlsplit(address)
    bared = parts.scheme == "http" and parts.hostname not in LOOPBACK
    return "a code that lets somebody in must be encrypted: write https://" if bared else ""


def _clock(text: str) -> time:
    return time.fromisoformat(text)


def _with_environment(
    raw: Mapping[str, object], environment: Mapping[str, str]
) -> dict[str, object]:
    merged = dict(raw)
    for section in msgspec.structs.fields(SettingsFile):
        if not isinstance(section.default, Struct):
            continue
        for key in section.default.__struct_fields__:
            value = environment.get(f"MWEYA_{section.name}_{key}".upper())
            if value is not None:
                old = merged.get(section.name)
                merged[section.name] = {**(old if isinstance(old, dict) else {}), key: value}
    return merged


def _read_toml(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise WrongInput("file-unreadable", file=file, problem=problem) from None
    except tomllib.TOMLDecodeError as error:
        raise WrongInput("settings-unreadable", file=file, problem=error) from None

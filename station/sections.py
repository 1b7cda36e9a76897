"""What `station.toml` may say, section by section, with every default."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from station.airtime import QUARTER_HOUR_SECONDS
from station.languages import marked

CHANNELS = (marked("One"), marked("Two"), marked("Three"))
Port = Annotated[int, Meta(ge=0, le=65535)]
Positive = Annotated[int, Meta(ge=1)]
Count = Annotated[int, Meta(ge=0)]
MountName = Annotated[str, Meta(pattern="^[a-z][a-z0-9]{0,15}$")]


class StationSection(Struct, frozen=True, forbid_unknown_fields=True):
    """What the station is: `zone` is an IANA name, `slot_seconds` divides a quarter hour.

    An `oversubscribed` station admits more members than it has starts; they air in turn.
    `channel_languages` names the languages that a channel airs; one that is not named airs all.
    """

    name: str = "Mweya"
    zone: str = "Africa/Johannesburg"
    slot_seconds: Annotated[int, Meta(ge=2, le=QUARTER_HOUR_SECONDS)] = 300
    channels: Annotated[tuple[str, ...], Meta(min_length=1)] = CHANNELS
    channel_languages: dict[str, tuple[str, ...]] = {}
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "ZAR"
    oversubscribed: bool = False
    demo: bool = False


class WeekSection(Struct, frozen=True, forbid_unknown_fields=True):
    """`uploads_close_hours` before the week's first instant; negative: during the week.

    `notice_seconds` is the least time between building a running week and a new start in it.
    The desk counts the hours until the week is to be built and published, which the operator does
    at `build_hours` and `publish_hours` before the week's first instant.
    """

    uploads_close_hours: float = 48
    build_hours: float = 36
    publish_hours: float = 24
    notice_seconds: Positive = 600


class RulesSection(Struct, frozen=True, forbid_unknown_fields=True):
    """The hard rules' numbers; gaps are in slots, the reserve in percent of all starts.

    `blackout_hours` is how much of each week a person may leave out.
    """

    holder_gap: Count = 48
    sold_per_hour: Count = 2
    silence_gap: Count = 6
    makegood_reserve_percent: Annotated[float, Meta(ge=0, le=50)] = 1.0
    makegood_weeks: Positive = 8
    adult_from: str = "21:00"
    adult_to: str = "05:00"
    move_cost: Count = 50
    blackout_hours: Annotated[int, Meta(ge=0, le=84)] = 30


class DaypartSection(
    Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}
):
    """A band of local time; `value` is what a start in it is worth, in points."""

    start: str
    end: str
    days: tuple[Annotated[int, Meta(ge=1, le=7)], ...] = (1, 2, 3, 4, 5, 6, 7)
    value: Count = 10


class AudioSection(Struct, frozen=True, forbid_unknown_fields=True):
    """Loudness as EBU R 128 measures it, counted as stereo; sizes in millions of bytes.

    An ident takes at most `ident_seconds` of its slot. `workers` is how many pieces are worked
    on at once; 0 is one for each processor core.
    """

    target_lufs: Annotated[float, Meta(ge=-31, le=-9)] = -16.0
    ceiling_dbtp: Annotated[float, Meta(ge=-9, le=-1)] = -2.0
    upload_megabytes: Positive = 64
    silence_announcement: bool = True
    voice: str = "en-gb"
    ident_seconds: Annotated[float, Meta(ge=2, le=30)] = 6
    workers: Count = 0


class SolverSection(Struct, frozen=True, forbid_unknown_fields=True):
    """How long a build may think, and the seed that makes it repeatable.

    `explain_seconds` is how long it is looked for what would place whom it bumped.
    """

    seconds: Annotated[float, Meta(gt=0)] = 30
    explain_seconds: Annotated[float, Meta(ge=0)] = 20
    seed: Count = 1
    wish_points: Count = 300
    repeat_cost: Count = 10


class WebSection(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the pages are; `public_url` is how people reach them, if not by host and port.

    `proxy` is the address of a proxy that is believed when it says who asks (X-Forwarded-For).
    """

    host: str = "127.0.0.1"
    port: Port = 8700
    public_url: str = ""
    proxy: str = ""
    threads: Positive = 8


class IcecastSection(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the streams are; port 0 is a free one, the same as last time where possible."""

    host: str = "127.0.0.1"
    port: Port = 0
    public_url: str = ""
    max_listeners: Positive = 2000


class LiveSection(Struct, frozen=True, forbid_unknown_fields=True):
    """Where presenters connect: each channel has a port, the first one `port`, 0 for free ones.

    `public_host` is what presenters reach it by, if not by `host`.
    """

    host: str = "127.0.0.1"
    port: Port = 0
    public_host: str = ""


# What a channel can be encoded as, in kbit/s. Liquidsoap's encoders stand literally in its script:
# another rate here needs its line there.
ENCODERS = {"mp3": (96, 128, 192, 320), "opus": (24, 32, 64, 128)}


class QualitySection(Struct, frozen=True, forbid_unknown_fields=True):
    """One way that each channel is encoded, always at a constant rate."""

    codec: Literal["mp3", "opus"]
    kilobits: int


class WatchSection(Struct, frozen=True, forbid_unknown_fields=True):
    """How many days what went out is kept, as a listener received it."""

    keep_days: Positive = 30


class AgainSection(Struct, frozen=True, forbid_unknown_fields=True):
    """For how many days what aired can be heard again, where its holder allows it."""

    keep_days: Positive = 365


class ModerationSection(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose pieces wait for an operator's approval before they are built; empty: nobody's.

    `first` are pieces of whoever has not aired anything yet, `reported` those of whoever an
    operator found a listener's report about to be right, in the last `reported_days`.
    """

    approve: tuple[Literal["all", "first", "adult", "reported"], ...] = ("reported",)
    reported_days: Positive = 90


class MembershipSection(Struct, frozen=True, forbid_unknown_fields=True):
    """Who may be a member, and the yearly fee; money is in cents, `vat_percent` is included.

    The cap counts members and places that wait for their fee. A fee is asked for
    `renewal_weeks` before the year ends. Within `cancel_days` a member may step back.
    """

    cap: Positive = 6000
    fee_cents: Positive = 500_00
    vat_percent: Annotated[float, Meta(ge=0, lt=100)] = 0
    vat_number: str = ""
    bank_details: str = ""
    payment_days: Positive = 14
    renewal_weeks: Positive = 8
    cancel_days: Count = 7
    invitation_needed: bool = False
    invitation_days: Positive = 30
    invitations_per_member: Count = 5


class MarketSection(Struct, frozen=True, forbid_unknown_fields=True):
    """How rights change hands, and what stops abuse.

    `most_rights_per_week` is what one person may hold of one week (0: any number);
    `cooling_off_hours` is how long what was given or bought stays before it is passed on.
    `receivers` is `anyone` or `members`. Transfers close `transfers_close_hours` before the
    week, by default when uploads do.
    """

    gift_days: Positive = 7
    payment_days: Positive = 3
    most_rights_per_week: Count = 12
    cooling_off_hours: Annotated[float, Meta(ge=0)] = 24
    receivers: Literal["anyone", "members"] = "anyone"
    transfers_close_hours: float | None = None


class DatabaseSection(Struct, frozen=True, forbid_unknown_fields=True):
    """An SQLAlchemy URL; empty means SQLite in the station's folder."""

    url: str = ""


class MailSection(Struct, frozen=True, forbid_unknown_fields=True):
    """Who mails come from, and the server that takes them.

    Without a `host` they are printed and kept in the `mail` folder. The password of `user` is
    `mail_password` in `secrets.toml`.
    """

    sender: str = "station@localhost"
    host: str = ""
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""


class MessagesSection(Struct, frozen=True, forbid_unknown_fields=True):
    """The gateways that codes for phones are posted to as JSON; with both, WhatsApp is used.

    The bearer token that a gateway asks for is `messages_key` in `secrets.toml`.
    """

    sms: Annotated[str, Meta(pattern="^(https?://.+)?$")] = ""
    whatsapp: Annotated[str, Meta(pattern="^(https?://.+)?$")] = ""


class AlarmsSection(Struct, frozen=True, forbid_unknown_fields=True):
    """When dead air is told of, and to whom.

    An alarm is raised after so many seconds without sound. Each goes to the log, by mail to
    `mail_to` and as JSON to `webhook`; once a week, on Monday at `test_hour` of the station's
    zone, a test goes the same way.
    """

    after_seconds: Annotated[float, Meta(ge=1, le=16)] = 15
    mail_to: tuple[Annotated[str, Meta(pattern="^[^@\\s]+@[^@\\s]+$")], ...] = ()
    webhook: Annotated[str, Meta(pattern="^(https?://.+)?$")] = ""
    test_hour: Annotated[int, Meta(ge=0, le=23)] = 10


def default_dayparts() -> dict[str, DaypartSection]:
    """The dayparts of a station that names none."""
    return {
        marked("night"): DaypartSection("00:00", "05:00", value=2),
        marked("dawn"): DaypartSection("05:00", "06:00", value=6),
        marked("breakfast"): DaypartSection("06:00", "09:00", value=20),
        marked("morning"): DaypartSection("09:00", "12:00", value=14),
        marked("midday"): DaypartSection("12:00", "15:00", value=12),
        marked("drive"): DaypartSection("15:00", "18:00", value=18),
        marked("evening"): DaypartSection("18:00", "21:00", value=16),
        marked("late"): DaypartSection("21:00", "00:00", value=8),
    }


class SettingsFile(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything `station.toml` may say."""

    station: StationSection = StationSection()
    week: WeekSection = WeekSection()
    rules: RulesSection = RulesSection()
    dayparts: dict[str, DaypartSection] = msgspec.field(default_factory=default_dayparts)
    audio: AudioSection = AudioSection()
    solver: SolverSection = SolverSection()
    web: WebSection = WebSection()
    icecast: IcecastSection = IcecastSection()
    qualities: dict[MountName, QualitySection] = {}
    live: LiveSection = LiveSection()
    watch: WatchSection = WatchSection()
    again: AgainSection = AgainSection()
    moderation: ModerationSection = ModerationSection()
    membership: MembershipSection = MembershipSection()
    market: MarketSection = MarketSection()
    database: DatabaseSection = DatabaseSection()
    mail: MailSection = MailSection()
    messages: MessagesSection = MessagesSection()
    alarms: AlarmsSection = AlarmsSection()

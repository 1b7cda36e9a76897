"""A refusal is a business no, a fault is a broken tool, a violation is a value in a list.

Each is caught once per entry point (the command line, a page, a worker's job) and shown as
one sentence that names the thing and says what to do.
"""

from dataclasses import dataclass
from string import Formatter

from station.languages import gettext as _

# One sentence for each refusal, filled with the facts it was raised with.
SENTENCES: dict[str, str] = {
    "setting-wrong": "The setting {setting} in {file} can't be used: {problem}.",
    "settings-unreadable": "The settings file {file} is not valid TOML: {problem}.",
    "station-missing": "There is no station in {home}. Make one with: mweya init",
    "station-exists": "There is a station in {home} already. Nothing was changed.",
    "schema-old": "The database is at revision {found}, this version needs {needed}. "
    "Bring it up to date with: mweya up",
    "week-unknown": "“{text}” is not a week. Write it as year and ISO week, like 2026-W48.",
    "time-unknown": "“{text}” is not a time. Write it like 2026-11-25T18:35.",
    "day-unknown": "“{text}” is not a day. Write it like 2026-11-25.",
    "report-unknown": "There is no report “{name}”. There are: {names}.",
    "days-many": "{first} to {last} is no stretch of 1 to {most} days. Choose other days.",
    "file-missing": "There is no file {file}. Check the name.",
    "file-unreadable": "{file} can't be read: {problem}.",
    "file-unwritable": "{file} can't be written: {problem}.",
    "plan-over-problem": "The plan would replace the problem {file}. Name another file in --out.",
    "master-off-target": "The master came out at {lufs} LUFS with a true peak of {peak} dBTP "
    "instead of {target} LUFS, and was thrown away. Please report the recording.",
    "json-wrong": "{file} is not valid JSON: {problem}.",
    "problem-wrong": "The problem file {file} can't be used. {where}: {problem}.",
    "plan-wrong": "The plan file {file} can't be used: {problem}.",
    "interrupted": "Stopped by Ctrl-C before it was done. Give the command again to do it.",
    "stopped": "Stopped at once, and nothing was kept. Press Ctrl-C only once to keep the best so "
    "far.",
    "plan-unknown": "The solve was stopped before it had a plan. It is not known whether the "
    "week is possible. {out} says so; give it more time.",
    "sim-unplayed": "No week was played to its end, so that there is nothing to tell. Start it "
    "again, or ask for fewer --members.",
    "port-taken": "Port {port} of {host} can't be used: {problem}. Choose another with --port.",
    "home-not-empty": "{home} is not empty. Name a new folder in MWEYA_HOME; nothing was changed.",
    "backup-wrong": "{file} is not a whole backup of a station. Nothing was changed.",
    "backup-other-database": "This station's database is not SQLite. Back it up with its own tool "
    "(pg_dump for PostgreSQL), and copy the settings, secrets and media beside it.",
    # playout
    "icecast-port-taken": "Port {port} is taken by somebody else. Choose another in icecast.port, "
    "or 0 for a free one.",
    "watch-runs": "The watch runs already for {home}. Stop that one first.",
    "playout-runs": "Playout runs already for {home}. Stop that one first.",
    "alarm-unknown": "There is no alarm {number}. See: mweya alarms list",
    "alarm-acknowledged": "Somebody has taken alarm {number} on already.",
    # programs
    "token-wrong": "This token does not work. Make one at the desk, under Programs, and send it "
    "as: Authorization: Bearer TOKEN",
    "token-reads": "This token may only read. Make one that may act, at the desk under Programs.",
    "asked-wrong": "This can't be asked so: {problem}. See /api/ for what can.",
    "build-none": "No build of {week} was promised yet. Promise one, or look at its grid.",
    "token-unknown": "There is no token {number} that works. See: mweya token list",
    "scope-unknown": "“{text}” is nothing that a token can allow. Choose one of: {scopes}.",
    "webhook-unknown": "There is no webhook {number}. See: mweya webhook list",
    "webhook-address": "Nothing can be posted to “{text}”. Write an address like "
    "https://example.org/on-air, without a name and password in it.",
    "webhook-here": "“{host}” is the station's own machine or what stands beside it, which only "
    "its console can have told. Write an address elsewhere.",
    "webhooks-many": "There are {most} webhooks, which is as many as can be. Remove one first.",
    # moderation and listeners' reports
    "review-gone": "This piece was withdrawn, replaced, or has moved. Load the page to see what "
    "there is.",
    "review-again": "“{title}” is {verdict} already. Load the page to see what was said.",
    "review-refused": "“{title}” was refused, and its member was told so: that stays. They can "
    "send it again while a week is open, and you can approve that.",
    "review-over": "“{title}” is over: it has aired and can't be held any more. Refuse it, so that "
    "it never airs again.",
    "reason-missing": "Please say why: its member reads it.",
    "report-empty": "Please choose what you heard and what is wrong with it.",
    "report-settled": "Somebody has settled this report already. Load the page to see the others.",
    "reported-often": "Many reports came in this hour, and yours was not kept. Please send it "
    "again after {until}.",
    # live shows
    "live-times": "A live show begins and ends with a slot of {seconds} s, within one week: "
    "{start} to {end} does not.",
    "live-over": "{end} is over, or before the beginning. Choose a time to come.",
    "live-taken": "{channel} is kept for “{label}” from {start} to {end}. Close that show, or "
    "choose another time.",
    "live-unknown": "There is no live show {number} any more. See: mweya live list",
    "block-unknown": "There is no block {number} that is kept. Load the page again.",
    "block-begun": "“{label}” has begun: it is kept until it ends.",
    "weeks-many": "{weeks} is no number of weeks from 1 to {most}. Choose another one.",
    # people and sign-in
    "person-unknown": "Nobody here has the address “{email}”. See: mweya member list",
    "email-taken": "{email} belongs to somebody here already.",
    "email-wrong": "“{text}” is not an email address. Write it like thandi@example.org.",
    "link-used": "This sign-in link was used already or is too old. Ask for a new one.",
    "code-wrong": "This code is wrong or too old. Type the newest one, or ask for another.",
    "asked-often": "Too many codes were asked for. Use the newest one that came, or ask again "
    "after {until}.",
    "codes-guessed": "Too many wrong codes were typed. Press the link in your letter, or use a "
    "passkey; codes work again after {until}.",
    "passkey-wrong": "This passkey could not be read. Try again, or sign in by a letter.",
    "passkey-gone": "There is no such passkey of yours. Load the page again to see yours.",
    "passkeys-many": "You have {most} passkeys, which is as many as can be. Remove one first.",
    "phone-wrong": "“{text}” is no phone number with its country. Write it like +27 82 123 4567.",
    "sign-in-first": "Please sign in first.",
    "form-changed": "This form was sent before with other words. Load the page again and repeat.",
    "page-old": "This page was open too long, or came from somewhere else. Nothing was changed: "
    "please load it again and repeat.",
    "operators-only": "This page is for the station's operators.",
    # rights and recordings
    "right-elsewhere": "Somebody was quicker: {right} has moved. Load the page to see where.",
    "right-not-yours": "These five minutes are not in your hands. Load the page to see yours.",
    "recording-not-yours": "There is no such recording of yours.",
    "right-used": "Something was sent for {right} already. Withdraw that first, or choose airtime "
    "that is still free.",
    "run-weeks": "{right} is not of week {week}, and one long piece airs in one week. Choose "
    "airtime of that week.",
    "run-short": "Of week {week} only {room} of the {slots} that this needs are free. Choose a "
    "shorter silence.",
    "recording-not-too-long": "“{title}” is not too long for its airtime, or too long for two as "
    "well. Load the page to see what was found in it.",
    "week-closed": "Week {week} closed on {closed}; nothing in it can change any more.",
    "upload-missing": "Please choose your recording first, then press Send.",
    "upload-empty": "The file is empty: please choose your recording again.",
    "upload-large": "This file is too big: at most {limit} MB can be sent. Send a voice note, or "
    "save the recording as .mp3 or .m4a first. Nothing was changed.",
    "upload-not-sound": "This file is not a recording that we can read. Send a voice note or "
    "a sound file.",
    "sent-much": "We take {most} MB from one person in a day, and this would be more. Send it "
    "tomorrow. Nothing was changed.",
    "disk-full": "The station has no room for recordings at the moment. Keep yours, tell the "
    "station, and send it later. Nothing was changed.",
    "arrival-unknown": "What was sent of this recording is not kept any more. Choose it and send "
    "it again.",
    "arrival-unfinished": "{arrived} of {size} bytes of this recording have arrived. Choose it "
    "again: it goes on from there.",
    "receipt-unknown": "There is no recording of yours with the receipt {receipt}. Check its "
    "letters.",
    "language-unknown": "There is no language “{language}” in our list.",
    "number-wrong": "“{text}” is not a number for the {name}. Write it like {example}.",
    "wish-elsewhere": "The moment you wish for is not in week {week}.",
    "permission-missing": "Please tick that you may let us air this recording, and send it again.",
    "text-missing": "Please fill in the {name}.",
    "text-long": "The {name} has {length} characters; at most {longest} fit.",
    "nothing-sent": "Nothing was sent for {right} yet. Send a recording or choose silence first.",
    "time-of-day-unknown": "“{text}” is not a time of day. Write it like 18:00.",
    "blackout-long": "That would leave out {hours} hours of each week; at most {most} can be. Take "
    "another one away, or choose a shorter one.",
    "blackout-unknown": "There is no such time of yours. Load the page to see yours.",
    "daypart-unknown": "There is no daypart “{daypart}”. There are: {known}.",
    # offers
    "receiver-unknown": "Nobody here has the address “{email}”. Check it with your friend.",
    "receiver-self": "You hold these five minutes yourself. Name somebody else.",
    "price-wrong": "The price must be above 0 and at most {highest}.",
    "offer-not-yours": "There is no such offer for you. Load the page again to see what there is.",
    "offer-own": "This is your own offer. Withdraw it instead.",
    "offer-ended": "This offer is over: it was taken, withdrawn, or ran out.",
    "rights-missing": "Please choose at least one week.",
    "right-cooling": "What you were given or bought of week {week} can be passed on from {until}.",
    "receiver-not-member": "At this station only members can receive airtime.",
    "rights-too-many": "One person may hold at most {most} rights of week {week}, and {has} are "
    "held or reserved already.",
    # swaps, makegoods, standing choices and causes
    "swap-not-yours": "There is no such swap for you. Load the page again to see what there is.",
    "swap-ended": "This swap is over: it was answered, withdrawn, or ran out.",
    "swap-own": "You hold both places yourself. Choose somebody else's.",
    "swap-not-placed": "A swap needs two places of one published week. Look again at who airs.",
    "swap-run": "“{title}” is one piece of several slots, and these can't be exchanged one by one. "
    "Choose another place.",
    "swap-late": "It is too late for this swap: one of the two places begins too soon.",
    "swap-asked": "You have asked for this swap already. Wait for the answer, or withdraw it.",
    "swap-moved": "One of the two places has changed since. Ask again for the places as they are.",
    "swap-unfit": "This swap would break a rule of the grid, so nothing was changed. {problems}",
    "channel-unknown": "There is no channel “{text}”. The channels are {names}.",
    "takedown-over": "That slot is over: there is nothing to take off air.",
    "takedown-again": "This slot of channel {channel} has been taken off air already.",
    "makegood-none": "{right} is no makegood: only a makegood can be put off.",
    "makegood-late": "This makegood can be put off to a week after {week}, up to {last}.",
    "week-full": "Week {week} has no room left. Choose another.",
    "recording-not-accepted": "“{title}” can't air. Choose a recording that was accepted.",
    "cause-unknown": "There is no such cause. See: mweya airtime causes list",
    "cause-known": "“{words}” is on the list already, or waits for the operators.",
    "cause-declined": "The operators did not put “{words}” on the list. You can still keep silent "
    "for it in your own words.",
    "cause-decided": "“{words}” is {state} already.",
    # voices and listening again
    "thanked-often": "Many thanks came from your network for this already. Try again after "
    "{until}.",
    "postcards-none": "{name} takes no messages. You can thank them on the page of a piece.",
    "postcards-often": "Too many messages were sent in this hour. Send yours after {until}.",
    "postcard-not-yours": "There is no such message for you. Load the page to see yours.",
    "postcard-answered": "{name} can't be answered: you did so already, or they left no address.",
    # fill and presentation
    "ident-missing": "Please choose the recording that is to be heard before your pieces, or let "
    "nothing be said.",
    "fill-unknown": "There is no piece of fill {number}. See: mweya fill list",
    # weeks and grids
    "value-wrong": "{file}, line {line}: {problem}. A line says channel, weekday, hour and worth, "
    "like One,1,18,20.",
    "listeners-none": "The log tells of nobody who listened for {least} seconds or more. Nothing "
    "was written.",
    "nothing-built": "Week {week} has not been built. Build it with: mweya week build {week}",
    "version-unknown": "Week {week} has no version {version}. See: mweya week show {week}",
    "week-impossible": "Week {week} can't be built as it is. {clashes}",
    "week-undecided": "The build of {week} was stopped before it had a plan. Nothing was changed.",
    "draft-unfit": "Version {version} of {week} no longer fits the station: {problems} "
    "Build it again with: mweya week build {week}",
    "what-if-channels": "A week can be tried with {least} to {most} channels.",
    "what-if-ident": "An ident can be tried with 1 to {most} seconds.",
    "what-if-same": "That is how the week is today. Choose something that is to be otherwise.",
    "nothing-to-stop": "Nothing of week {week} is being built. Load the page to see its result.",
    "nothing-published": "Week {week} has no published version to repair. Build it with: "
    "mweya week build {week}",
    "nothing-earlier": "Week {week} has no earlier published version to go back to.",
    "nobody-to-remind": "Nobody is to be reminded of week {week}: whoever it concerns had a letter "
    "within a day, or made a standing choice.",
    "draft-overtaken": "A newer draft of week {week} was built meanwhile. Look at it first.",
    "piece-unknown": "Week {week} has no piece {number} that can be placed: it was withdrawn, "
    "is held back or waits for approval, is not ready, or is of another week.",
    "place-elsewhere": "{channel}, {at} is no place of week {week}. Choose a time from {first} to "
    "{last}.",
    "edit-unfit": "Nothing was changed. {problems}",
    "edit-nothing": "That changes nothing: the piece is there already.",
    "ban-unknown": "There is no ban {number}. It may have been lifted already.",
    "ban-empty": "A ban ends after it begins. Choose a later end.",
    # membership
    "introduction-length": "Please say in {least} to {most} characters who you are and what you "
    "would like to put on air. What you wrote has {length}.",
    "member-already": "{email} is a member already.",
    "application-open": "{email} has applied already. Sign in to see where that stands.",
    "application-over": "This application is over: it was answered, withdrawn, or ran out.",
    "invitation-needed": "Joining needs an invitation. Ask a member for one.",
    "invitation-over": "This invitation was used, ended, or is too old. Ask for a new one.",
    "invitation-uses": "An invitation of yours can work 1 to {most} times.",
    "invitation-for-members": "Only members can invite.",
    "invitation-not-yours": "There is no such invitation of yours.",
    "invitations-many": "You have {most} invitations running, which is as many as can be. End one, "
    "or wait until one was used.",
    "reference-unknown": "“{reference}” is the reference of no invoice. See: mweya fees list",
    "invoice-paid": "{reference} was paid already, on {paid}. If money came a second time, send it "
    "back.",
    "invoice-cancelled": "Nothing is asked for by {reference} any more: the application or the "
    "membership ended. Send the money back.",
    "invoice-unpaid": "{reference} is not paid, so there is no receipt yet.",
    "place-lapsed": "The place that {reference} was for has lapsed, and none is free for it. Send "
    "the money back, or let them apply again.",
    "refund-none": "No refund is due for {reference}.",
    "membership-none": "{email} has no membership that counts now.",
    "cancel-late": "A membership can be cancelled in its first days only; yours until {until}.",
    "cancel-sale": "A sale of yours is under way. Settle it first, then cancel.",
    "bank-file-broken": "Nothing was imported.\n{problems}",
    "bank-line-settled": "There is no line {line} of the bank's that waits to be settled. See: "
    "mweya fees unsettled",
    "members-full": "Only {room} of {asked} members fit: {taken} of the {cap} places are taken "
    "(the setting membership.cap).",
    "station-full": "Only {room} of {asked} members fit: the station can sell {sellable} starts in "
    "week {week} and {held} are taken or promised. Add a channel, or set station.oversubscribed = "
    "true.",
    "bank-file-missing": "Please choose the bank's file first, then press Read.",
    "bank-file-large": "This file is too big: at most {limit} MB of a bank's CSV are read at once. "
    "Ask your bank for fewer days.",
    "member-file-broken": "Nothing was imported.\n{problems}",
}


class Refusal(Exception):  # noqa: N818  a refusal is not an error, and reads better so
    """A business no, with a code from `SENTENCES` and the facts its sentence needs.

    Raises KeyError at once when the code is unknown or a fact is missing, so that no
    half-finished sentence can reach a person.
    """

    def __init__(self, code: str, **facts: object) -> None:
        """Take a code of `SENTENCES` and every fact that its sentence names."""
        self.code = code
        # A row that is named can be asked nothing any more once its transaction is undone.
        self.facts = {
            name: fact if isinstance(fact, (str, int, float)) else str(fact)
            for name, fact in facts.items()
        }
        super().__init__(SENTENCES[code].format(**facts))

    @property
    def sentence(self) -> str:
        """What a person is told, in the language that is spoken."""
        return _(SENTENCES[self.code]).format(**self.facts)


class WrongInput(Refusal):
    """A refusal of what was typed or sent, as opposed to what may be done now."""


class Fault(Exception):  # noqa: N818  named as the operators name it
    """A broken tool. `permanent` says whether trying again can help."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        """Take a sentence for the operator and whether the fault will stay."""
        self.permanent = permanent
        super().__init__(message)


class Busy(Fault):
    """Others kept the database too long: nothing was changed, and trying again helps."""

    def __init__(self) -> None:
        """Always say the same sentence, in the language that is spoken."""
        super().__init__(
            _("Too many people pressed at once. Nothing was changed: please try again."),
            permanent=False,
        )


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: its name, a sentence, and the ids of what is involved."""

    rule: str
    sentence: str
    ids: tuple[str, ...] = ()


def facts_named_in(sentence: str) -> set[str]:
    """The names of the facts that a sentence needs."""
    return {name for _text, name, _format, _as in Formatter().parse(sentence) if name}

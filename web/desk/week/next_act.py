"""The desk names the one sensible act that is next for a week, and leads there."""

from dataclasses import dataclass

from station.languages import gettext as _
from station.languages import ngettext
from station.lengths import figures
from station.weeks import WeekOverview, WeekState

BUILD, READY, PUBLISH, BUMPED = "#build-title", "#ready-title", "#publish-title", "#bumped-title"


@dataclass(frozen=True, slots=True)
class NextAct:
    """What is to be done, and where: a place on the week's page; empty when nothing is."""

    says: str
    leads: str = ""
    label: str = ""


def next_act(
    found: WeekOverview, *, running: bool, wanting: int, approving: int, late: int
) -> NextAct:
    """What is next for a week.

    `running` says that it is being built, `wanting` how many people could be reminded, `approving`
    how many pieces wait for approval, `late` how many changed since the version that is on show.
    """
    if running:
        return NextAct(_("It is being built. Look at what is found."), BUILD, _("See the build"))
    if found.state == WeekState.RECONCILED:
        return NextAct(_("Nothing is left to do: what aired was compared with the plan."))
    if approving or found.state == WeekState.OPEN:
        return _approve(approving) if approving else _while_open(wanting)
    if found.draft_version is not None:
        return _with_draft(found, found.draft_version)
    if found.published_version is None:
        return NextAct(_("Build the week."), BUILD, _("To the build"))
    return _on_show(late)


def _on_show(late: int) -> NextAct:
    if not late:
        return NextAct(_("Nothing is to be done: the week is on show."))
    says = ngettext(
        "%(num)s piece changed since it was published: repair the week.",
        "%(num)s pieces changed since it was published: repair the week.",
        late,
        num=figures(late),
    )
    return NextAct(says, BUILD, _("To the repair"))


def _approve(approving: int) -> NextAct:
    says = ngettext(
        "%(num)s piece waits for approval, and is not built before.",
        "%(num)s pieces wait for approval, and are not built before.",
        approving,
        num=figures(approving),
    )
    return NextAct(says, READY, _("To what waits"))


def _while_open(wanting: int) -> NextAct:
    if not wanting:
        return NextAct(_("Nothing is to be done before uploads close."))
    says = ngettext(
        "%(num)s person has sent nothing that can air. Remind them.",
        "%(num)s people have sent nothing that can air. Remind them.",
        wanting,
        num=figures(wanting),
    )
    return NextAct(says, READY, _("To the reminders"))


def _with_draft(found: WeekOverview, version: int) -> NextAct:
    if found.published_version is not None:
        says = _(
            "Version %(version)s is not on show. See what it changes, then publish it.",
            version=version,
        )
        return NextAct(says, PUBLISH, _("To what it changes"))
    if found.bumped:
        says = ngettext(
            "See the %(num)s piece that has no place, then publish version %(version)s.",
            "See the %(num)s pieces that have no place, then publish version %(version)s.",
            found.bumped,
            num=figures(found.bumped),
            version=version,
        )
        return NextAct(says, BUMPED, _("To who was bumped"))
    says = _("Everybody has a place. Publish version %(version)s.", version=version)
    return NextAct(says, PUBLISH, _("To publishing"))

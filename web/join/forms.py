"""What somebody says of themselves when they apply is read here once."""

from station.languages import gettext as _
from station.members import LONGEST_TEXT, Applicant, clean_email
from station.rights import clean_text
from web.member.forms import Form, read_language, read_text

# A field that people do not see: whatever fills it in is not a person.
TRAP = "website"


def read_applicant(form: Form) -> Applicant:
    """Read who applies.

    Raises WrongInput `text-missing`, `text-long`, `email-wrong` or `language-unknown`.
    """
    return Applicant(
        name=clean_text(read_text(form, "name", _("name")), _("name"), LONGEST_TEXT),
        email=clean_email(read_text(form, "email", _("email address"))),
        phone=_optional(form, "phone", _("phone")),
        language=read_language(form),
        place=_optional(form, "place", _("place")),
    )


def trapped(form: Form) -> bool:
    """Whether something filled in what people do not see."""
    return bool(form.get(TRAP))


def _optional(form: Form, name: str, called: str) -> str:
    text = form.get(name, "").strip()
    return clean_text(text, called, LONGEST_TEXT) if text else ""

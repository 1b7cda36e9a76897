"""What is said in English is said in another language for as long as that one is spoken."""

import sqlalchemy as sa

from station.errors import Refusal
from station.languages import gettext, known, speaking, spoken
from station.letters import Letter
from station.members import Applicant, admit
from station.membership.tell import News, tell


def test_a_language_is_spoken_for_a_while():
    with speaking("zu"):
        assert (spoken(), gettext("Market")) == ("zu", "Imakethe")
    assert (spoken(), gettext("Market")) == ("en", "Market")


def test_a_language_without_a_catalogue_is_told_in_english():
    with speaking("ve"):
        assert spoken() == "en"
    assert known()[0] == "en"


def test_nothing_is_said_as_nothing():
    with speaking("zu"):
        assert gettext("") == ""


def test_what_has_no_words_in_a_language_stays_english_with_its_facts():
    with speaking("zu"):
        assert gettext("No %(thing)s here, 100%% so.", thing="zebra") == "No zebra here, 100% so."


def test_a_refusal_is_told_in_the_language_that_is_spoken_and_logged_in_english():
    with speaking("zu"):
        refusal = Refusal("channel-unknown", text="Four", names="One, Two")
        assert refusal.sentence == "Ayikho ishaneli “Four”. Amashaneli ngu: One, Two."
    assert (
        str(refusal)
        == refusal.sentence
        == ("There is no channel “Four”. The channels are One, Two.")
    )


def test_a_letter_is_written_in_its_readers_language_whoever_caused_it(database, now):
    with database.writing() as session, speaking("af"):
        for name, language in (("janet", "en"), ("thandi", "zu")):
            who = Applicant(name, f"{name}@example.org", language=language)
            tell(session, admit(session, who, now), News.ENDED, now, last_day="29 November 2026")
    with database.reading() as session:
        english, zulu = session.scalars(sa.select(Letter).order_by(Letter.id))

    assert english.subject == "Your year has ended"
    assert english.body.startswith("Hello janet,\n\nYour year ended on 29 November 2026")
    assert zulu.subject == "Unyaka wakho usuphelile"
    assert zulu.body.startswith("Sawubona thandi,\n\nUnyaka wakho uphele ngo-29 November 2026")

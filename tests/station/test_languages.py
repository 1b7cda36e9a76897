"""What is said in English is said in another language for as long as that one is spoken."""

from station.languages import gettext, known, speaking, spoken


def test_a_language_is_spoken_for_a_while():
    with speaking("zu"):
        assert (spoken(), gettext("Market")) == ("zu", "Imakethe")
    assert (spoken(), gettext("Market")) == ("en", "Market")


def test_a_language_without_a_catalogue_is_told_in_english():
    with speaking("ve"):
        assert spoken() == "en"
    assert known()[0] == "en"


def test_what_has_no_words_in_a_language_stays_english_with_its_facts():
    with speaking("zu"):
        assert gettext("No %(thing)s here, 100%% so.", thing="zebra") == "No zebra here, 100% so."

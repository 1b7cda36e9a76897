"""What aired is heard again as long as its holder lets it, in pages, feeds and players."""

import io
import json
import threading
import urllib.request
from datetime import timedelta

import feedparser
import msgspec
import pytest
import soundfile

from station import profiles, reviewing, shares, takedowns, trail
from station.airlog import AirLine
from station.profiles import Choice
from station.recordings import Master, preview_at
from station.trail import Wanted
from tests.web.aired import SECONDS, air, let
from web.app import open_server

ODD = "Bread & <water>\ufffe"
DAY = "/again/channel/1/2026-11-21"


@pytest.fixture
def over(database, settings, seeded, now, tmp_path):
    """The requests of a week that was heard; three of channel One let it be heard again."""
    requests = air(database, settings, now, tmp_path)
    for one in (0, 3, 6):
        let(database, seeded.members[one], now)
    return requests


def sound_of(settings, request):
    return f"/again/piece/{shares.code_of(settings, request.id)}/sound.mp3"


def voice_of(settings, person):
    return f"/again/voice/{profiles.code_of(settings, person.account_id)}"


def path(address, settings):
    assert address.startswith(settings.web_url)
    return address.removeprefix(settings.web_url)


def test_by_default_nothing_is_heard_again(over, seeded, nobody, settings):
    silent = seeded.members[1]
    assert nobody.open(voice_of(settings, silent)).status_code == 404
    assert nobody.open(sound_of(settings, over[1])).status_code == 410
    assert "This is not here any more." in nobody.page
    nobody.open("/again/")
    assert "Thandi Mokoena" in nobody.page
    assert "Sipho" not in nobody.page


def test_a_feed_is_one_that_every_player_reads(over, seeded, nobody, settings, database):
    with database.writing() as session:
        session.query(AirLine).filter_by(request_id=over[0].id).one().title = ODD
    own = f"{voice_of(settings, seeded.members[0])}/feed.rss"
    answer = nobody.client.get(own)
    read = feedparser.parse(answer.data)
    assert (read.bozo, read.version, answer.mimetype) == (False, "rss20", "application/rss+xml")
    feed = read.feed
    assert feed.title == "Thandi Mokoena on Mweya"
    assert (feed.language, feed.author) == ("en", "Thandi Mokoena")
    assert answer.text.count("<itunes:explicit>false</itunes:explicit>") == 2
    assert feed.image.href.startswith(f"{settings.web_url}/static/icon-1400.png")
    assert {link.rel: link.href for link in feed.links}["self"] == f"{settings.web_url}{own}"
    assert feed.description
    (item,) = read.entries
    assert item.title == "Bread & <water>"
    assert item.id == f"piece-{over[0].id}-{int(item.id.rpartition('-')[2])}"
    assert item.guidislink is False
    assert item.published.endswith(" GMT")
    assert item.itunes_duration == f"0:00:0{SECONDS}"
    (enclosure,) = item.enclosures
    sound = nobody.client.get(path(enclosure.href, settings))
    assert (enclosure.type, sound.mimetype) == ("audio/mpeg", "audio/mpeg")
    assert int(enclosure.length) == len(sound.data) == sound.content_length
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = nobody.client.get(own, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_sound_is_sent_in_ranges(over, nobody, settings):
    where = sound_of(settings, over[0])
    whole = nobody.client.get(where)
    size = len(whole.data)
    head = nobody.client.head(where)
    assert (head.status_code, head.data, head.content_length) == (200, b"", size)
    for asked, sent in (
        (f"bytes={size - 100}-", whole.data[-100:]),
        ("bytes=5-9", whole.data[5:10]),
    ):
        part = nobody.client.get(where, headers={"Range": asked})
        assert (part.status_code, part.data, part.content_length) == (206, sent, len(sent))
        assert part.headers["Content-Range"].endswith(f"/{size}")
    beyond = nobody.client.get(where, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")
    same = nobody.client.get(where, headers={"If-None-Match": whole.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    assert "no-cache" in whole.headers["Cache-Control"]


@pytest.mark.usefixtures("over")
def test_a_channels_day_is_one_sound_with_a_chapter_for_each_voice(nobody, settings, clock, now):
    assert feedparser.parse(nobody.client.get("/again/channel/1/feed.rss").data).entries == []
    clock.now = now + timedelta(days=1)
    read = feedparser.parse(nobody.client.get("/again/channel/1/feed.rss").data)
    (item,) = read.entries
    assert read.bozo is False
    assert item.title == "One, Saturday 21 November 2026"
    chapters = item.podcast_chapters
    assert chapters["type"] == "application/json+chapters"
    told = nobody.client.get(path(chapters["url"], settings))
    found = json.loads(told.data)
    assert (told.mimetype, found["version"]) == ("application/json+chapters", "1.2.0")
    titles = [one["title"] for one in found["chapters"]]
    assert len(titles) == 3
    assert titles[0] == "The river behind our school, by Thandi Mokoena"
    day = nobody.client.get(path(item.enclosures[0].href, settings))
    assert len(day.data) == int(item.enclosures[0].length)
    samples, rate = soundfile.read(io.BytesIO(day.data))
    # Each part has an encoder's delay of up to two frames of 24 ms.
    assert len(samples) / rate == pytest.approx(found["chapters"][-1]["endTime"], abs=0.01)
    assert len(samples) / rate == pytest.approx(3 * SECONDS, abs=0.2)
    part = nobody.client.get(f"{DAY}/sound.mp3", headers={"Range": f"bytes=6000-{len(day.data)}"})
    assert part.data == day.data[6000:]
    nobody.open(DAY)
    assert "Letter to my first teacher" in nobody.page


def test_a_listener_who_reads_slowly_keeps_no_thread_of_a_real_server(over, settings, database):
    sha256 = "a" * 64
    file = preview_at(settings.media_folder, sha256)
    file.parent.mkdir(parents=True)
    with file.open("wb") as sound:
        sound.truncate(64_000_000)
    with database.writing() as session:
        session.get_one(Master, over[0].master_sha256).preview_sha256 = sha256
    alone = msgspec.structs.replace(settings.web, threads=1)
    serving = open_server(msgspec.structs.replace(settings, web=alone), database, "127.0.0.1", 0)
    running = threading.Thread(target=serving.run)
    running.start()
    try:
        address = f"{serving.url}{sound_of(settings, over[0])}"
        with urllib.request.urlopen(address) as slow:
            assert slow.read(1) == b"\0"
            asked = urllib.request.Request(address, headers={"Range": "bytes=100-4999"})
            with urllib.request.urlopen(asked, timeout=10) as part:
                assert (part.status, len(part.read())) == (206, 4900)
            assert len(slow.read()) == 64_000_000 - 1
    finally:
        serving.stop()
        running.join(timeout=10)


@pytest.mark.parametrize("way", ["opted out", "taken down", "refused", "withheld"])
def test_whoever_says_no_is_not_heard_again_from_that_moment_on(
    way, over, seeded, nobody, signed_in, settings, database, now
):
    where, thandi = sound_of(settings, over[0]), seeded.members[0]
    assert nobody.client.get(where).status_code == 200
    if way == "opted out":
        let(database, thandi, now, Choice(shown=True))
        feed = nobody.client.get(f"{voice_of(settings, thandi)}/feed.rss")
        assert feed.status_code == 410
    elif way == "taken down":
        with database.writing() as session:
            takedowns.order(session, 0, settings.slots.number(now), "by mistake", now)
    elif way == "refused":
        with database.writing() as session:
            reviewing.refuse(
                session, settings, over[0].id, "It is an advert.", seeded.operator, now
            )
    else:
        operator = signed_in(seeded.operator)
        operator.open(f"/p/{shares.code_of(settings, over[0].id)}")
        operator.send(f"/desk/again/{over[0].id}/withhold", reason="A child is named in it.")
        assert "can't be heard again any more." in operator.page
        member = signed_in(thandi)
        member.open("/member/voice/")
        assert "A child is named in it." in member.page
        with database.reading() as session:
            assert trail.newest(session, Wanted())[0].deed.reason == "A child is named in it."
    assert nobody.client.get(where).status_code == 410
    assert "river" not in nobody.client.get(DAY).text


def test_a_member_takes_one_piece_away_and_brings_it_back(
    over, seeded, nobody, signed_in, settings
):
    thandi, where = signed_in(seeded.members[0]), sound_of(settings, over[0])
    for way, status in (("withhold", 410), ("offer", 200)):
        thandi.open("/member/voice/")
        thandi.send(f"/member/voice/pieces/{over[0].id}/{way}")
        assert nobody.client.get(where).status_code == status


def test_what_is_kept_no_longer_is_gone(over, nobody, settings, clock, now):
    clock.now = now + timedelta(days=settings.again.keep_days + 1)
    assert nobody.client.get(sound_of(settings, over[0])).status_code == 410


def test_a_cause_has_its_silences(over, seeded, nobody, settings, database, now):
    from station import causes

    let(database, seeded.members[2], now)
    with database.writing() as session:
        cause = causes.add(session, "George Floyd", now)
    nobody.open(f"/cause/{cause.id}")
    assert "Dedicated by Naledi Khumalo" in nobody.page
    read = feedparser.parse(nobody.client.get(f"/again/cause/{cause.id}/feed.rss").data)
    assert [one.title for one in read.entries] == ["Silence for George Floyd"]
    nobody.open(f"/again/cause/{cause.id}")
    assert f'src="{sound_of(settings, over[2])}"' in nobody.page

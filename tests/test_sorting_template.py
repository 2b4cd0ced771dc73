"""Where a template leads: always below its folder, whatever the tags say."""

import os
from contextlib import suppress
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from livegenre.collection_arguments import TEMPLATE
from livegenre.errors import UsageError
from livegenre.sorting.tags import Tags
from livegenre.sorting.template import FIELDS, Template, fields_of

NO_TAGS = Tags()
ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=60)
TAGS = st.builds(Tags, ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT)


def filled(template: str, name: str = "a.mp3", tags: Tags = NO_TAGS) -> str:
    fields = fields_of(f"/music/{name}", tags, "rock", 0.876)
    return "/".join(Template.parse(template).fill(fields))


def test_the_usual_template() -> None:
    tags = Tags(artist="AC/DC", title="Back in Black")
    assert filled(TEMPLATE, tags=tags) == "rock/AC_DC - Back in Black.mp3"


def test_every_field_has_a_value() -> None:
    tags = Tags("Ann", "Bob", "Song", "Album", "1999-05-01", "3/12", "old")
    template = "/".join("{" + field + "}" for field in FIELDS if field != "ext") + "{ext}"
    found = dict(zip(FIELDS, filled(template, tags=tags).split("/"), strict=False))
    assert found == {
        "genre": "rock",
        "artist": "Ann",
        "albumartist": "Bob",
        "title": "Song",
        "album": "Album",
        "year": "1999",
        "track": "03",
        "name": "a",
        "posterior": "0.88.mp3",
    }


def test_what_a_file_does_not_say_is_unknown() -> None:
    found = filled("{genre}/{artist}/{album}/{year}/{track} {title}{ext}")
    assert found == "rock/Unknown Artist/Unknown Album/Unknown Year/00 a.mp3"


def test_a_file_without_tags_may_say_who_it_is_by_its_name() -> None:
    assert filled(TEMPLATE, "Queen - Jealousy.ogg") == "rock/Queen - Jealousy.ogg"
    assert filled(TEMPLATE, "Jealousy.ogg") == "rock/Unknown Artist - Jealousy.ogg"
    assert filled(TEMPLATE, "A - B.ogg", Tags(title="C")) == "rock/Unknown Artist - C.ogg"


def test_literal_text_stays_also_before_the_ending() -> None:
    assert filled("all {{of}} it/{title} (live){ext}") == "all {of} it/a (live).mp3"


def test_the_ending_is_the_files_own() -> None:
    assert filled("{name}{ext}", "a.b.FLAC") == "a.b.FLAC"
    assert filled("{name}{ext}", "noending") == "noending"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{genre}/{artits}{ext}", "no {artits}; did you mean {artist}?"),
        ("{genre}/{zzz}{ext}", "there are genre, artist"),
        ("{genre}/{artist.name}{ext}", "did you mean {artist}"),
        ("{genre}/{}{ext}", "there is no {}"),
        ("{genre}/{artist!r}{ext}", "stands alone"),
        ("{genre}/{posterior:.1f}{ext}", "stands alone"),
        ("{genre}/{artist", "expected '}'"),
        ("{genre}/{artist}", "must end with {ext}"),
        ("{genre}/{ext}/{name}", "must end with {ext}"),
        ("../{name}{ext}", "below the folder"),
        ("{genre}/../../{name}{ext}", "below the folder"),
        ("/etc/{name}{ext}", "below the folder"),
        ("{genre}//{name}{ext}", "below the folder"),
        ("{genre}\\{name}{ext}", "below the folder"),
        ("", "below the folder"),
    ],
)
def test_a_template_that_makes_no_sense_is_told(template: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        Template.parse(template)
    assert said in str(caught.value)


@given(TAGS, ANY_TEXT, ANY_TEXT)
@example(Tags(artist="..", title=".."), "..", "..")
@example(Tags(artist="/etc", title="passwd"), "/", "a/b")
def test_no_tag_leads_out_of_the_folder(tags: Tags, answer: str, name: str) -> None:
    fields = fields_of(f"/music/{name}.mp3", tags, answer, 0.5)
    parts = Template.parse("{genre}/{artist}/{album}/{track} {title}{ext}").fill(fields)
    assert len(parts) == 4
    place = os.path.normpath(os.path.join("/sorted", *parts))
    assert PurePosixPath(place).parts[:2] == ("/", "sorted")
    assert len(PurePosixPath(place).parts) == 6
    assert all(len(os.fsencode(part)) <= 255 for part in parts)


@given(
    st.text(st.sampled_from("{}/.\\ :!ae") | st.characters(), max_size=12).map("{}{{ext}}".format)
)
def test_any_template_is_parsed_or_told(text: str) -> None:
    with suppress(UsageError):
        parts = Template.parse(text).fill(fields_of("/music/a.mp3", NO_TAGS, "rock", 0.5))
        assert Path(os.path.normpath(Path("/sorted", *parts))).is_relative_to("/sorted")

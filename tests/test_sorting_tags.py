"""Tags of real files of every kind: read, and the genre written, with the sound untouched."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from livegenre.errors import LivegenreError
from livegenre.sorting.tags import Tags, read_tags, write_genre
from livegenre.sources import ReplayOptions, open_source
from tests.music_files import write_sound

LIBSNDFILE = ("mp3", "flac", "ogg", "opus", "wav", "aiff")
FFMPEG = ("m4a", "wma", "wv", "mp2")


def make(folder: Path, ending: str) -> Path:
    path = folder / f"a.{ending}"
    if ending in LIBSNDFILE:
        if ending == "opus":
            import soundfile

            noise = np.random.default_rng(0).uniform(-0.3, 0.3, 2 * 48_000)
            soundfile.write(path, noise, 48_000, format="OGG", subtype="OPUS")
            return path
        return write_sound(path, seconds=2.0)
    if shutil.which("ffmpeg") is None:
        pytest.skip("needs ffmpeg")
    wav = write_sound(folder / "a.wav", seconds=2.0)
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(wav), str(path)], check=True)
    wav.unlink()
    return path


def sound_of(path: Path) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    with open_source(ReplayOptions(spec=str(path), speed=np.inf)) as source:
        blocks = []
        while (block := source.read(48_000)) is not None:
            blocks.append(block)
    return np.concatenate(blocks)


@pytest.mark.parametrize("ending", [*LIBSNDFILE, *FFMPEG])
def test_a_genre_is_written_read_and_taken_back(tmp_path: Path, ending: str) -> None:
    path = make(tmp_path, ending)
    sound = sound_of(path)
    assert write_genre(str(path), ("hip hop",)) == ()
    assert read_tags(str(path)).genre == "hip hop"
    assert write_genre(str(path), ("jazz", "blues")) == ("hip hop",)
    assert write_genre(str(path), ()) == ("jazz", "blues")
    assert read_tags(str(path)) == Tags()
    assert np.array_equal(sound, sound_of(path))


@pytest.mark.ffmpeg
@pytest.mark.parametrize(
    "ending", ["mp3", "flac", "ogg", "opus", "m4a", "wma", "wav", "aiff", "wv"]
)
def test_tags_as_others_write_them_are_read(tmp_path: Path, ending: str) -> None:
    said = {"artist": "Ann", "title": "Søng", "album": "Album", "date": "1999", "track": "3/12"}
    wav, path = write_sound(tmp_path / "in.wav"), tmp_path / f"a.{ending}"
    words = [word for name, value in said.items() for word in ("-metadata", f"{name}={value}")]
    more = ["-write_id3v2", "1"] if ending == "aiff" else []
    command = ["ffmpeg", "-v", "error", "-i", str(wav), *words, "-metadata", "genre=Rock", *more]
    subprocess.run([*command, str(path)], check=True)
    found = read_tags(str(path))
    if ending == "wav":
        assert found == Tags(), "ffmpeg writes RIFF INFO there, which no tag is"
    else:
        assert (found.artist, found.title, found.album) == ("Ann", "Søng", "Album")
        assert (found.date[:4], found.tracknumber[:1], found.genre) == ("1999", "3", "Rock")


def test_the_other_tags_stay(tmp_path: Path) -> None:
    import mutagen

    path = make(tmp_path, "mp3")
    audio = mutagen.File(path, easy=True)
    audio.add_tags()
    audio["artist"], audio["composer"] = "Ann", "Bob"
    audio.save()
    write_genre(str(path), ("jazz",))
    again = mutagen.File(path, easy=True)
    assert (again["artist"], again["composer"], again["genre"]) == (["Ann"], ["Bob"], ["jazz"])


def test_what_has_no_tags_says_nothing_and_takes_none(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    for content in (b"", b"text", b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + b"\xff" * 100):
        path.write_bytes(content)
        assert read_tags(str(path)) == Tags()
        with pytest.raises(LivegenreError):
            write_genre(str(path), ("rock",))
        assert path.read_bytes() == content
    assert read_tags(str(tmp_path / "gone.mp3")) == Tags()

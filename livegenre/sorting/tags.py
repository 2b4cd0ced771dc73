"""Tags of sound files, by mutagen, which nothing else imports."""

from dataclasses import dataclass
from typing import Any

from livegenre.errors import LivegenreError, OutputError

FIELDS = ("artist", "albumartist", "title", "album", "date", "tracknumber", "genre")
"""By the names of mutagen's easy tags, which Vorbis comments have too."""
ID3 = dict(zip(FIELDS, ("TPE1", "TPE2", "TIT2", "TALB", "TDRC", "TRCK", "TCON"), strict=True))
ASF = dict(
    zip(
        FIELDS,
        (
            "Author",
            "WM/AlbumArtist",
            "Title",
            "WM/AlbumTitle",
            "WM/Year",
            "WM/TrackNumber",
            "WM/Genre",
        ),
        strict=True,
    )
)
APE = {"date": "year", "tracknumber": "track"}


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file says of itself; empty where it says nothing."""

    artist: str = ""
    albumartist: str = ""
    title: str = ""
    album: str = ""
    date: str = ""
    tracknumber: str = ""
    genre: str = ""


def check_library(flag: str) -> None:
    """See that mutagen is there.

    Raises
    ------
    OutputError
        If it is not; says what to install.
    """
    try:
        import mutagen  # noqa: F401 - that it can be had is all that is asked
    except ModuleNotFoundError as error:
        raise OutputError(
            f"{flag}: needs mutagen; install it: pip install 'livegenre[collections]'"
        ) from error


def read_tags(path: str) -> Tags:
    """Return a file's tags, as far as it has some that can be read."""
    try:
        audio = _open(path)
    except LivegenreError:
        return Tags()
    found = {name: _values(audio, _key(audio, name)) or _values(audio, name) for name in FIELDS}
    return Tags(**{name: ", ".join(values) for name, values in found.items()})


def write_genre(path: str, genres: tuple[str, ...]) -> tuple[str, ...]:
    """Set the genre tag and leave the rest of the file as it is; return what it was.

    Parameters
    ----------
    path : str
        Written in place.
    genres : tuple of str
        None: the tag is taken away.

    Raises
    ------
    LivegenreError
        If the file cannot have tags.
    OSError
        If it cannot be written.
    """
    import mutagen

    audio = _open(path)
    before = tuple(_values(audio, _key(audio, "genre")))
    if before == genres:
        return before
    try:
        if audio.tags is None:
            audio.add_tags()
        _set(audio, genres)
        audio.save()
    except (mutagen.MutagenError, NotImplementedError) as error:
        if isinstance(reason := error.__cause__ or error.__context__, OSError):
            raise reason from None  # what mutagen makes of a full disk
        raise LivegenreError(f"takes no tags ({_words(error)})") from None
    return before


def _open(path: str) -> Any:
    import mutagen

    try:
        audio = mutagen.File(path, easy=True)
    except (mutagen.MutagenError, OSError, ValueError) as error:
        raise LivegenreError(f"its tags cannot be read ({_words(error)})") from None
    if audio is None:
        raise LivegenreError("is of a kind that has no tags")
    return audio


def _values(audio: Any, key: str) -> list[str]:
    if audio.tags is None:
        return []
    try:
        found = audio.tags.get(key)
    except (KeyError, ValueError):
        return []
    if found is None:
        return []
    values = getattr(found, "text", found)
    if key == ID3["genre"]:
        values = found.genres  # in place of their numbers
    texts = [values] if isinstance(values, str) else list(values)
    return list(dict.fromkeys(text for text in map(str, texts) if text))


def _set(audio: Any, genres: tuple[str, ...]) -> None:
    key = _key(audio, "genre")
    if not genres:
        if key in audio.tags:
            del audio.tags[key]
    elif _family(audio) == "id3":
        from mutagen.id3 import TCON

        frame = TCON(encoding=3, text=list(genres))  # type: ignore[no-untyped-call]
        audio.tags.setall(key, [frame])
    else:
        audio.tags[key] = list(genres)


def _key(audio: Any, name: str) -> str:
    return {"id3": ID3, "asf": ASF, "ape": APE}.get(_family(audio), {}).get(name, name)


def _family(audio: Any) -> str:
    """Return how tags are named: those of WAV and AIFF are ID3, without mutagen's easy names."""
    from mutagen.apev2 import APEv2
    from mutagen.asf import ASFTags
    from mutagen.id3 import ID3 as ID3Tags

    kinds = {"id3": ID3Tags, "asf": ASFTags, "ape": APEv2}
    return next((name for name, kind in kinds.items() if isinstance(audio.tags, kind)), "easy")


def _words(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__

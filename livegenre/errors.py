"""Everything livegenre raises on purpose; the command line prints these in one line and exits.

::

    LivegenreError
    ├── UsageError           words on the command line that mean nothing
    ├── SourceError          no sound to be had
    │   ├── FileError        a file, pipe or signal that cannot be read as sound
    │   └── DeviceError      a microphone, line-in or output that cannot be used
    ├── ModelError           a model file whose card or graph cannot be trusted
    ├── OutputError          a result that cannot be written
    └── WorkError            processes or a cluster that do not do their work
"""


class LivegenreError(Exception):
    """Base of all errors of livegenre; its text names the thing and the cure."""


class UsageError(LivegenreError):
    """What was asked for makes no sense, whatever the sound."""


class SourceError(LivegenreError):
    """Sound could not be had from a source."""


class FileError(SourceError):
    """A file, pipe or test signal could not be read as sound."""


class DeviceError(SourceError):
    """An audio device could not be found, opened or used."""


class ModelError(LivegenreError):
    """A model file has no card, a bad card, or a card that does not fit its graph."""


class OutputError(LivegenreError):
    """A result could not be written where it was asked for."""


class WorkError(LivegenreError):
    """Work could not be spread over processes or a cluster."""

"""Which inputs there are now, found out by another process: an open stream stays as it is."""

import json
import os
import subprocess
import sys

from livegenre.errors import DeviceError
from livegenre.sources.devices import InputDevice

ANSWER_SECONDS = 10.0
_SURVEY = f"""
import dataclasses, faulthandler, json
faulthandler.dump_traceback_later({ANSWER_SECONDS}, exit=True)  # whoever asked may have ended
from livegenre.errors import DeviceError
from livegenre.sources.devices import list_inputs
try:
    print(json.dumps([dataclasses.asdict(device) for device in list_inputs()]))
except DeviceError as error:
    print(json.dumps(str(error)))
"""


def survey_inputs() -> list[InputDevice]:
    """List every input as a program would that begins now; takes about half a second.

    PortAudio's list is a snapshot, and it takes another one only after all streams are closed.

    Raises
    ------
    DeviceError
        If they cannot be listed.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", _SURVEY],
            env={**os.environ, "PYTHONPATH": _module_path()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=ANSWER_SECONDS,
            start_new_session=True,  # Ctrl-C is for this process alone to answer
        )
        found = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise DeviceError(f"inputs cannot be listed ({error}); try again") from None
    if isinstance(found, str):
        raise DeviceError(found)
    return [InputDevice(**values) for values in found]


def _module_path() -> str:
    """Return where this program has its modules from: the folder it runs in is no such place."""
    return os.pathsep.join(os.path.abspath(folder) for folder in sys.path)

"""Gets musicnn's wheel, which holds the published checkpoints, and reads what is needed of it."""

import ast
import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

from livegenre.arrays import FloatArray
from livegenre.errors import LivegenreError
from tools.musicnn.bundle import CheckpointError, read_bundle

VERSION = "0.1.0"
FILE_NAME = f"musicnn-{VERSION}-py3-none-any.whl"
SHA256 = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"
BACKBONES = ("msd", "mtt")
"""Learnt from the Million Song Dataset, and from MagnaTagATune."""
NETWORKS = {"msd": "MSD_musicnn", "mtt": "MTT_musicnn", "vgg": "MSD_vgg"}
"""All that are used: the two backbones, and a VGG. Name -> that of the checkpoint."""


class WheelError(LivegenreError):
    """The wheel cannot be had, or is not the published one."""


def download(folder: Path) -> Path:
    """Fetch the wheel with pip, unless the folder has it; it cannot be installed any more.

    Raises
    ------
    WheelError
        If pip cannot get it.
    """
    wheel = folder / FILE_NAME
    if not wheel.exists():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        done = subprocess.run(
            [*pip, "--dest", str(folder), f"musicnn=={VERSION}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            reason = (done.stderr.strip() or "no reason given").splitlines()[-1]
            raise WheelError(f"pip could not download musicnn ({reason}); give a file by --wheel")
    return wheel


class Wheel:
    """The published wheel.

    Parameters
    ----------
    path : Path
        Its file.

    Raises
    ------
    WheelError
        If the file cannot be read or is another one.
    """

    def __init__(self, path: Path) -> None:
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            raise WheelError(f"wheel {path}: {error.strerror}; check the path") from error
        if digest != SHA256:
            raise WheelError(
                f"wheel {path}: its SHA-256 is {digest}, not {SHA256}; "
                f"delete it and get musicnn {VERSION} anew"
            )
        self._path = path

    def read(self, name: str) -> bytes:
        """Return the content of a file in the wheel."""
        with zipfile.ZipFile(self._path) as archive:
            return archive.read(name)

    def checkpoint(self, backbone: str, suffix: str) -> bytes:
        """Return one of the files of a backbone's checkpoint."""
        return self.read(f"musicnn/{NETWORKS[backbone]}/{suffix}")

    def tensors(self, backbone: str) -> dict[str, FloatArray]:
        """Return the tensors of a backbone's checkpoint by name.

        Raises
        ------
        CheckpointError
            If it cannot be read.
        """
        index = self.checkpoint(backbone, ".index")
        data = self.checkpoint(backbone, ".data-00000-of-00001")
        try:
            return read_bundle(index, data)
        except CheckpointError as error:
            raise CheckpointError(f"checkpoint of {backbone}: {error}") from error

    def tags(self, backbone: str) -> tuple[str, ...]:
        """Return the names of a backbone's tags, one for each logit."""
        wanted = f"{NETWORKS[backbone].partition('_')[0]}_LABELS"
        for node in ast.parse(self.read("musicnn/configuration.py")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == wanted:
                return tuple(ast.literal_eval(node.value))
        raise WheelError(f"wheel {self._path}: it has no {wanted}")

    def licence(self) -> str:
        """Return the notice that must go with the weights."""
        return self.read(f"musicnn-{VERSION}.dist-info/LICENSE.md").decode().strip()

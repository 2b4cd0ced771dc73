"""What to click or type, on each platform. Words alone."""

import sys
from collections.abc import Mapping

MACOS, WINDOWS, OTHERS = "darwin", "win32", "others"

_MACOS_SOUND = "System Settings > Sound > Input"
_WINDOWS_SOUND = "Settings > System > Sound > Input"

CURES: Mapping[str, str | Mapping[str, str]] = {
    "python": "install Python 3.11 or newer, and livegenre with it",
    "libraries": "python -m pip install --upgrade --force-reinstall livegenre",
    "portaudio": {
        MACOS: "brew install portaudio, then python -m pip install --force-reinstall sounddevice",
        WINDOWS: "python -m pip install --force-reinstall sounddevice",
        OTHERS: "apt-get install libportaudio2 (dnf: portaudio, pacman: portaudio)",
    },
    "inputs": {
        MACOS: f"connect a microphone or line-in; {_MACOS_SOUND} must list it",
        WINDOWS: f"connect a microphone or line-in; {_WINDOWS_SOUND} must list it",
        OTHERS: "connect a microphone or line-in; arecord -l and pactl list short sources must "
        "list it",
    },
    "device": "livegenre devices lists what there is; choose with --device",
    "stalled": "plug the device in again, or choose another: livegenre devices",
    "muted": {
        MACOS: f"{_MACOS_SOUND}: raise the input volume; Privacy & Security > Microphone must "
        "allow your terminal; look for a mute switch on the device",
        WINDOWS: f"{_WINDOWS_SOUND}: raise the volume, end mute; look for a mute switch on the "
        "device",
        OTHERS: "pactl set-source-mute @DEFAULT_SOURCE@ 0, or pavucontrol > Input Devices; look "
        "for a mute switch on the device",
    },
    "nothing played": "play some music on this computer, and run livegenre doctor again",
    "holes": "try another cable or port; no program should suspend the input",
    "faint": {
        MACOS: f"{_MACOS_SOUND}: raise the input volume; go nearer; or livegenre listen --gain 20",
        WINDOWS: f"{_WINDOWS_SOUND}: raise the volume; go nearer; or livegenre listen --gain 20",
        OTHERS: "pactl set-source-volume @DEFAULT_SOURCE@ 100%; go nearer; or "
        "livegenre listen --gain 20",
    },
    "mix": "listen with --channel left or right, or the number of the loudest; turn over the wires "
    "of one that cancels the other",
    "clipping": {
        MACOS: f"{_MACOS_SOUND}: lower the input volume, or the gain knob of the device",
        WINDOWS: f"{_WINDOWS_SOUND}: lower the volume, end microphone boost",
        OTHERS: "pactl set-source-volume @DEFAULT_SOURCE@ 50%; alsamixer: lower Capture and Boost",
    },
    "noise": "play music and run it again; if it played, go nearer, and end fans and hiss",
    "offset": "try another cable or interface; cheap sound cards have it, and it takes headroom",
    "hum": "keep the cable from mains leads and transformers; run a laptop on its battery; put "
    "all devices on one socket",
    "band limit": "a headset in call mode sounds like a telephone: choose another microphone for "
    "the input, so that it goes back to music mode",
    "dropped": "end what else keeps the computer busy; use another USB port, without a hub",
    "clock": "measure longer (--seconds 60); if it stays, set the device to its own sample rate",
    "model": "livegenre models lists those that come with it; or give the path of an .onnx file",
    "speed": "use --model classic or a longer --step; end what else keeps the computer busy; set "
    "it to full power",
    "likeness": "play music; go nearer; end equalisers, effects and noise suppression",
}


def cure(name: str, platform: str | None = None) -> str:
    """Return what to do about something, on this platform or one that ``sys.platform`` can name."""
    words = CURES[name]
    return words if isinstance(words, str) else words.get(platform or sys.platform, words[OTHERS])

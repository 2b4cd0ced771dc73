import pytest

from livegenre.doctor.cures import CURES, cure


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32", "freebsd14"])
@pytest.mark.parametrize("name", CURES)
def test_every_fault_has_a_cure_everywhere(name: str, platform: str) -> None:
    assert cure(name, platform)


def test_cures_name_what_each_platform_has() -> None:
    assert "pactl" in cure("muted", "linux")
    assert "System Settings" in cure("muted", "darwin")
    assert "Settings > System > Sound" in cure("muted", "win32")
    assert "apt-get install libportaudio2" in cure("portaudio", "linux")
    assert "brew install portaudio" in cure("portaudio", "darwin")

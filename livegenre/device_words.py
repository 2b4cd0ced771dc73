"""What ``livegenre devices`` says of an input."""

from livegenre.sources.devices import InputDevice


def device_line(device: InputDevice) -> str:
    """Return a line for people; a star marks the default."""
    mark = "*" if device.is_default else " "
    details = f"{device.host_api}, {device.n_channels} in, {device.sample_rate:,} Hz"
    if device.is_monitor:
        details += ", system" if device.is_system else ", monitor"
    return f"{mark} {device.index:>2}  {device.name}  ({details})"


def device_values(device: InputDevice) -> dict[str, object]:
    """Return what programs are told of a device, ready for JSON."""
    return {
        "index": device.index,
        "name": device.name,
        "host_api": device.host_api,
        "channels": device.n_channels,
        "sample_rate": device.sample_rate,
        "default": device.is_default,
        "monitor": device.is_monitor,
        "system": device.is_system,
        "pulse_source": device.pulse_source,
    }

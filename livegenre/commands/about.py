"""Commands that tell of this computer, the models and logs."""

import json
import sys
from argparse import Namespace

from livegenre.errors import DeviceError, LivegenreError


def devices(arguments: Namespace) -> None:
    """List inputs; a star marks the default."""
    from livegenre.device_words import device_line, device_values
    from livegenre.sources.devices import list_inputs
    from livegenre.sources.portaudio import permission

    found = list_inputs()
    if arguments.json:
        print(json.dumps([device_values(device) for device in found]))
    elif not found:
        raise DeviceError(
            f"no microphone or line-in was found; connect one, and see: {permission()}"
        )
    else:
        for device in found:
            print(device_line(device))


def doctor(arguments: Namespace) -> None:
    """Say whether this computer can listen; raise if something keeps it from that."""
    from livegenre.doctor import Examination, examine
    from livegenre.doctor.report import print_table, to_json

    examination = Examination(
        model=arguments.model,
        device=arguments.device,
        file=arguments.file,
        channel=arguments.channel,
        seconds=arguments.seconds,
    )
    if sys.stderr.isatty() and arguments.file is None:
        print("Looking and listening; let some music play ...", file=sys.stderr)
    found = list(examine(examination))
    if arguments.json:
        print(to_json(found))
    else:
        print_table(found, sys.stdout)
    if bad := ", ".join(finding.name for finding in found if finding.state == "bad"):
        raise LivegenreError(f"doctor: this computer cannot listen yet ({bad}); see the cure above")


def models(arguments: Namespace) -> None:
    """List the bundled models, or print a model's card."""
    from livegenre.classifier import Classifier, bundled_models, model_path

    if arguments.action == "show":
        card = Classifier.load(model_path(arguments.name)).card
        print(json.dumps(json.loads(card.to_json()), indent=2, ensure_ascii=False))
        return
    for path in bundled_models():
        card = Classifier.load(path).card
        accuracy = "accuracy not measured" if card.accuracy is None else str(card.accuracy)
        size = path.stat().st_size / 1e6
        print(f"{card.name}: {len(card.labels)} labels; {accuracy}; {size:.2f} MB; {card.licence}")


def summary(arguments: Namespace) -> None:
    """Tell again what logs hold."""
    from livegenre.summary import Request, summarise

    request = Request(arguments.logs, arguments.last, arguments.json, arguments.html, arguments.png)
    summarise(request, sys.stdout)

"""Measure a model on music that is labelled, through the very stream that a user runs.

Shows progress, prints and exits; how it is done is in ``tools.evaluation``.
"""

import json
import sys
from argparse import Namespace

from livegenre.errors import LivegenreError, UsageError
from livegenre.training.console import answers, messages, progress
from tools.evaluation.cards import require_marks, write_card
from tools.evaluation.command import describe_run, parse, require_folder, require_writable
from tools.evaluation.measuring import measure
from tools.evaluation.report import number, percent, write_page
from tools.evaluation.scores import Json
from tools.evaluation.subject import fold_models, one_model
from tools.evaluation.summary import describe_model


def main(argv: list[str] | None = None) -> int:
    """Run the program; return its exit status: 0 done, 1 data or model refused, 130 stopped."""
    args = parse(argv)
    try:
        run(args)
    except (LivegenreError, OSError) as error:
        messages.print(f"evaluate: {error}", style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        messages.print(
            f"evaluate: interrupted; what was heard is kept in {args.cache}: "
            "give the same command again to go on",
            markup=False,
        )
        return 130
    return 0


def run(args: Namespace) -> None:
    """See that all can be written, measure, write, and say what came out."""
    require_writable((args.json, args.report))
    require_folder(args.cache)
    subject = one_model(args.model) if args.folds is None else fold_models(args.folds)
    name = args.name or subject.card.name
    if subject.card.multi_label and (args.report or args.card or args.baseline_train):
        raise UsageError(
            f"model {name}: gives several labels at once, of which only --json tells; "
            "leave out --report, --card and --baseline-train"
        )
    if args.card is not None:
        require_marks(args.card, name)
    written = [path for path in (args.json, args.report, args.card) if path is not None]
    measured = {
        "model": describe_model(subject, name),
        **describe_run(args),
        **measure(args, subject, lambda line: messages.print(line, markup=False), progress),
    }
    args.json.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
    if args.report is not None:
        args.report.write_text(write_page(measured), encoding="utf-8")
    if args.card is not None:
        write_card(args.card, measured)
    answers.print(in_brief(measured), markup=False)
    answers.print(f"wrote {', '.join(map(str, written))}", markup=False)


def in_brief(measured: Json) -> str:
    """Say in a few lines what a model is worth."""
    if "ranking" in measured:
        return rankings_in_brief(measured)
    clip, named, baseline = measured["clip"], measured["abstention"], measured["baseline"]
    low, high = clip["interval"]
    lines = [
        f"{percent(clip['accuracy'])} [{percent(low)} - {percent(high)}] of {clip['n']} clips "
        f"right, mean over genres {percent(clip['macro'])}; {measured['left_out']} left out",
        f"baseline: {percent(baseline['accuracy'])} of {baseline['n']} clips right, mean over "
        f"genres {percent(baseline['macro'])}"
        if baseline
        else "baseline: none",
        f"calibration error {percent(measured['calibration']['ece'])}; names given are right in "
        f"{percent(named['precision'])}, and given to {percent(named['coverage'])} of windows",
        f"not music: called a genre {percent(measured['not_music']['called_genre'])}; "
        f"music called not music {percent(measured['not_music']['music_rejected'])}",
    ]
    for name, under in measured["conditions"].items():
        lines.append(f"  {name:<12}{percent(under['macro'])} mean over genres")
    if changes := measured["changes"]:
        lines.append(
            f"after a change: right label after {number(changes['seconds_to_right_label'], ' s')}, "
            f"in {percent(changes['end_right'])} of {changes['n']}; "
            f"{changes['wrong_changes_a_minute']:.2f} wrong changes a minute"
        )
    return "\n".join(lines)


def rankings_in_brief(measured: Json) -> str:
    """Say in a few lines what a multi-label model is worth."""
    ranking, other = measured["ranking"], measured["not_music"]
    lines = [
        f"ROC AUC {ranking['macro_auc']:.3f}, mean of {len(ranking['by_label'])} labels that are "
        f"genres, {measured['n_clips']} clips; {measured['left_out']} left out"
    ]
    for label, row in ranking["by_label"].items():
        lines.append(f"  {label:<18}{row['auc']:.3f} of {row['n']} clips")
    for name, under in measured["conditions"].items():
        lines.append(f"  {name:<18}{under['macro_auc']:.3f} mean")
    lines.append(
        f"not music: called by a label {percent(other['called_genre'])}; "
        f"music called not music {percent(other['music_rejected'])}"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

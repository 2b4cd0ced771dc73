"""What training and tools print: answers on stdout, messages and progress on stderr."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress

from livegenre.card import Accuracy
from livegenre.visible import visible

answers = Console(highlight=False, soft_wrap=True)
messages = Console(stderr=True, highlight=False, soft_wrap=True)


def warn(text: str) -> None:
    """Print a line on stderr, whatever letters names of files are of."""
    messages.print(visible(text), markup=False)


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a bar on stderr; yield what moves it on by one."""
    with Progress(console=messages, transient=True, disable=not messages.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


def both(*functions: Callable[[], None]) -> Callable[[], None]:
    """Return what calls all of these."""

    def call() -> None:
        for function in functions:
            function()

    return call


def report_corrections(n_corrections: int, before: Accuracy, after: Accuracy) -> None:
    """Print what corrections changed on clips that none of them is of."""
    for when, measured in (("without", before), (f"with {n_corrections}", after)):
        macro = f"mean over genres {100 * measured.macro:.1f} %"
        answers.print(f"{when} corrections: {measured}; {macro}", markup=False)

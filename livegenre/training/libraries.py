"""Says in one line what is missing to train."""

from importlib import import_module

from livegenre.errors import LivegenreError

NEEDED = {"sklearn": "scikit-learn", "onnx": "onnx", "skl2onnx": "skl2onnx"}
"""Module -> what it is installed as."""


def check_libraries() -> None:
    """See that what trains is installed.

    Raises
    ------
    LivegenreError
        If it is not.
    """
    if missing := [name for module, name in NEEDED.items() if not has(module)]:
        raise LivegenreError(
            f"train: {', '.join(missing)} not installed; pip install 'livegenre[train]'"
        )


def has(module: str) -> bool:
    """Tell whether a library is installed; one that is too, but does not load, is not."""
    try:
        import_module(module)
    except ImportError:
        return False
    return True

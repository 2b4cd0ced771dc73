"""Spreads work over processes, of this computer or of a Dask cluster; knows nothing of music."""

from livegenre.work.base import Done, Workers
from livegenre.work.opening import check_scheduler, open_workers

__all__ = ["Done", "Workers", "check_scheduler", "open_workers"]

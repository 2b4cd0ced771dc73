"""All panels of an inspection, in the order in which they are shown."""

from livegenre.inspection.curve_panels import CURVE_PANELS, WAVE_PANEL
from livegenre.inspection.genre_panel import GENRE_PANEL
from livegenre.inspection.panel import Panel
from livegenre.inspection.rhythm_panel import RHYTHM_PANEL
from livegenre.inspection.spectrogram_panels import SPECTROGRAM_PANELS
from livegenre.inspection.timbre_panels import TIMBRE_PANELS

PANELS: tuple[Panel, ...] = (
    WAVE_PANEL,
    *SPECTROGRAM_PANELS,
    *TIMBRE_PANELS,
    *CURVE_PANELS,
    RHYTHM_PANEL,
    GENRE_PANEL,
)

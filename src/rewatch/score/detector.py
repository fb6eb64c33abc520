"""How well rewatch's own boundary detector does on labelled films: what the error bands of the shot lengths rest on.

One entry a labelled film, from the table in ``benchmarks/``: precision and recall of all boundaries at a tolerance of
one frame, and how many boundaries the film has. Bring it up to date whenever the detector's table changes; None says
that nothing has been measured, and then no band is given.
"""

from __future__ import annotations

from rewatch.score.counting import DetectorQuality

# agent327, cosmos, nosferatu, the excerpt of Sintel, its trailer; each by weights fitted without it (the table "left
# out" of benchmarks/shots.md), version 13 of the detector.
MEASURED: DetectorQuality | None = DetectorQuality(
    precision=(1.0, 1.0, 1.0, 1.0, 1.0),
    recall=(0.987, 1.0, 1.0, 1.0, 1.0),
    boundaries=(75, 9, 9, 8, 18),
)

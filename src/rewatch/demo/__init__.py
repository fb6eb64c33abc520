"""The demo film: a small fairy tale cut from paper, drawn and played by numbers, of which everything is known.

`render` writes it as a film file in any of several dresses, its truth beside it: where it cuts, dissolves, fades,
flashes and pans, when a heart beats in it and how fast, what is said when. It is what `rewatch demo` shows, and what
the tests measure by. Nothing is read from disk for it.

    timeline    the story on the clock        truth     what is known, in a variant's frames
    variant     sizes, rates, codecs          film, mux from frames and samples to a file
    paper, puppets, scenery, cards, bay, rails_and_hills, indoors, beats, picture     what is seen
    synth, voices, music, soundtrack                                         what is heard
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rewatch.demo.truth import Truth, truth_path
from rewatch.demo.variant import Variant

__all__ = ["Truth", "Variant", "render", "truth_path"]


def render(path: Path, variant: Variant | None = None, progress: Callable[[int, int], None] | None = None) -> Truth:
    """Write the demo film to `path` and what is known of it to ``PATH.truth.json``; returns the latter.

    The path's ending chooses the container (``variant.suffix`` suits the codec). `progress` is called after each
    frame with (frames written, frames in all). OSError, or PyAV's FFmpegError, where the file cannot be written or the
    container cannot hold the codec.
    """
    # The drawing and the encoding are loaded when a film is drawn, not when the command line only lists its commands.
    from rewatch.demo.film import render as render_film

    return render_film(path, variant or Variant(), progress)

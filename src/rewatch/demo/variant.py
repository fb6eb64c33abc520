"""Variant: the same film in another size, rate or dress, and when each of its frames is shown.

Contents
    Variant    what may be asked for
    frame_ticks    presentation times, even or (where the variant is `variable`) as uneven as a telephone's
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

ENCODERS = {
    "h264": "libx264",
    "hevc": "libx265",
    "vp9": "libvpx-vp9",
    "vp8": "libvpx",
    "av1": "libsvtav1",
    "mpeg1": "mpeg1video",
    "mpeg2": "mpeg2video",
    "mpeg4": "mpeg4",
    "mjpeg": "mjpeg",
    "ffv1": "ffv1",
}
"""Picture codecs by their usual names, and the encoder of PyAV's wheels that writes each."""

SOUND_ENCODERS = {
    "aac": "aac",
    "opus": "libopus",
    "mp3": "libmp3lame",
    "mp2": "mp2",
    "ac3": "ac3",
    "flac": "flac",
    "pcm": "pcm_s16le",
}

SUBTITLES = ("embedded", "side", "none")


@dataclass(frozen=True, slots=True)
class Variant:
    """One dress of the demo film. The story, its sound and (in seconds) its truth are the same in all.

    width, height:   pixels, even
    rate:            frames a second; of a `variable` film the rate of its finest steps
    variable:        frames irregularly held and left out, times jittered by milliseconds
    codec:           of `ENCODERS`, or None for a file with sound alone
    sound_codec:     of `SOUND_ENCODERS`, or None for a silent film
    channels:        1, 2, 6 (5.1) or 8 (7.1)
    quality:         the encoder's constant quality (crf; quantiser for MPEG-1/2/4); None = a sensible one
    bit_rate:        bits a second instead of a quality
    bits:            8 or 10 (h264, hevc, vp9, av1)
    letterbox:       aspect of the picture between black bars, say Fraction(239, 100); None = no bars
    pixel_aspect:    width of a pixel over its height
    subtitles:       "embedded" (a text stream, or a side file where the container holds none), "side" (.en.vtt), "none"
    keyframes:       at most this many frames from one keyframe to the next

    ValueError where a name is unknown or sizes are odd.
    """

    width: int = 640
    height: int = 360
    rate: Fraction = Fraction(24)
    variable: bool = False
    codec: str | None = "h264"
    sound_codec: str | None = "aac"
    channels: int = 2
    quality: int | None = None
    bit_rate: int | None = None
    bits: int = 8
    letterbox: Fraction | None = None
    pixel_aspect: Fraction = field(default=Fraction(1))
    subtitles: str = "embedded"
    keyframes: int = 120

    def __post_init__(self) -> None:
        if self.codec is not None and self.codec not in ENCODERS:
            raise ValueError(f"{self.codec!r} is no picture codec of the demo film: one of {', '.join(ENCODERS)}")
        if self.sound_codec is not None and self.sound_codec not in SOUND_ENCODERS:
            raise ValueError(
                f"{self.sound_codec!r} is no sound codec of the demo film: one of {', '.join(SOUND_ENCODERS)}"
            )
        if self.codec is None and self.sound_codec is None:
            raise ValueError("a film needs a picture or a sound")
        if self.width % 2 or self.height % 2 or min(self.width, self.height) < 64:
            raise ValueError(f"{self.width}x{self.height}: width and height must be even, and 64 or more")
        if not 8 <= self.rate <= 120:
            raise ValueError(f"{self.rate} frames a second: 8 to 120 can be rendered")
        if self.channels not in (1, 2, 6, 8):
            raise ValueError(f"{self.channels} channels: 1, 2, 6 or 8 can be rendered")
        if self.bits not in (8, 10) or self.subtitles not in SUBTITLES:
            raise ValueError("bits must be 8 or 10; subtitles one of " + ", ".join(SUBTITLES))

    @property
    def suffix(self) -> str:
        """The file name's ending that suits the codec."""
        if self.codec is None:
            return ".mka"
        return ".mp4" if self.codec in ("h264", "hevc") and self.sound_codec in ("aac", None) else ".mkv"

    @property
    def picture_height(self) -> int:
        """Rows between the bars (even); all of them without a letterbox."""
        if self.letterbox is None:
            return self.height
        rows = self.width * self.pixel_aspect / self.letterbox
        return min(self.height, 2 * round(rows / 2))


def frame_ticks(variant: Variant, seconds: Fraction) -> tuple[list[int], Fraction, int]:
    """(presentation times, seconds per tick, tick at which the last frame ends) of a film of that many seconds.

    Even rates count in frames. A variable film counts in milliseconds, which every container holds exactly; its
    steps come from a fixed sequence, so that the same variant has the same times everywhere.
    """
    if not variant.variable:
        count = -(-seconds * variant.rate // 1)
        return list(range(int(count))), 1 / variant.rate, int(count)
    ticks, at, state = [], Fraction(0), 20
    while at < seconds:
        ticks.append(round(at * 1000))
        state = (state * 1103515245 + 12345) % 2**31
        dice = state >> 16
        held = (1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 2)[dice % 12]
        jitter = Fraction(dice // 12 % 9 - 4, 1000)
        at += held / variant.rate + jitter
    return ticks, Fraction(1, 1000), round(seconds * 1000)

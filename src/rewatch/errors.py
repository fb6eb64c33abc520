"""Everything that rewatch itself raises, and what a person is told.

    RewatchError
    ├── FilmError               a file could not be opened or read
    │   ├── NotAFilm            nothing in it that plays: no picture, no sound
    │   ├── NoSuchStream        an audio or subtitle stream was asked for that is not there
    │   └── UnknownCodec        the container is fine, what it carries cannot be decoded
    ├── SubtitleError           subtitles or a screenplay could not be read
    ├── ShotListError           a shot list or annotation from elsewhere could not be read
    ├── LibraryError            the library folder could not be read or written
    │   ├── FilmUnknown         no film of the library goes by that name
    │   ├── FilmAmbiguous       several do
    │   ├── LibraryNewer        written by a later rewatch than this one
    │   ├── NotSaved            a person's words could not be saved; it carries them
    │   └── NoteUnknown         no note, or viewing, of that id
    ├── CorrectionError         a correction by hand that fits no frame or no boundary
    ├── NotMeasured             a track or figure that this film does not have (yet), and why
    ├── QueryError              what was searched with cannot be read, or nothing can be told by it
    └── ExportError             a format that is unknown, or a film that does not fit it

The message of each is one line, complete in itself, fit to be shown as it stands: what is wrong, with which file,
and what would help. The command line prints it after ``rewatch:`` and ends with status 1; a traceback is shown
under ``--debug`` alone.
"""

from __future__ import annotations


class RewatchError(Exception):
    """The root: one line that a person can act on."""


class FilmError(RewatchError):
    """A file could not be opened or read as a film."""


class NotAFilm(FilmError):
    """The file holds neither picture nor sound."""


class NoSuchStream(FilmError):
    """A stream was asked for by number that the file does not have."""


class UnknownCodec(FilmError):
    """The stream's codec is none that can be decoded here."""


class SubtitleError(RewatchError):
    """Subtitles could not be read."""


class ShotListError(RewatchError):
    """A shot list or annotation from elsewhere could not be read."""


class LibraryError(RewatchError):
    """The library could not be read or written."""


class FilmUnknown(LibraryError):
    """No film in the library answers to that name."""


class FilmAmbiguous(LibraryError):
    """More than one film in the library answers to that name."""


class LibraryNewer(LibraryError):
    """The library was written by a later version of rewatch."""


class NotSaved(LibraryError):
    """A person's words could not be saved. `text` has them: whoever catches this must put them somewhere."""

    def __init__(self, line: str, text: str) -> None:
        super().__init__(line)
        self.text = text


class NoteUnknown(LibraryError):
    """No note and no viewing has that id."""


class CorrectionError(RewatchError):
    """A correction by hand that does not fit the film."""


class NotMeasured(RewatchError):
    """The film has no such track or figure; the message says why."""


class ExportError(RewatchError):
    """The film cannot be written in that format."""


class QueryError(RewatchError):
    """What was searched with cannot be read, or nothing can be told by it."""

"""The entry point: finds the command, and turns errors into one line and an exit status.

Exit status: 0 done; 1 an error, told in one line on standard error; 2 wrong usage; 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from keyword import iskeyword

import click

from rewatch import __version__
from rewatch.errors import RewatchError

COMMANDS: dict[str, str] = {
    "watch": "Watch film files and chart them into the library.",
    "import": "Put a film into the library that is known only by a list of its shots.",
    "films": "List the films of the library.",
    "shots": "List a film's shots.",
    "score": "Show a film's score; --sheet draws it on one page.",
    "minute": "Show what happens in one minute of a film.",
    "find": "Find the moment: from a still, a sound, a line, a look, another moment.",
    "compare": "Lay two editions of a film side by side: what was cut, added, moved, changed.",
    "carry": "Carry the notes of one edition over to another; lines, scenes and times too.",
    "sounds": "Show the sounds that are heard once, and those that come back.",
    "images": "Show the pictures that come back, and those that are seen once.",
    "explain": "Show how a figure was measured, and from what.",
    "echoes": "Look for what of a film is in others: footage, recordings, words, rhythms.",
    "note": "Write a note to a moment of a film.",
    "notes": "List, search, edit and copy notes.",
    "viewed": "Log a viewing of a film.",
    "viewings": "Show the log of viewings.",
    "unnoticed": "Show details of a film that you have not noticed yet.",
    "export": "Write a film's study in another format.",
    "serve": "Open the library as a page: films playing, their scores beneath.",
    "demo": "Render the demo film, watch it and draw its score sheet.",
}
"""Each command with its line in ``rewatch --help``; its module is imported when it is called."""


class _Commands(click.Group):
    """Finds commands by name without importing the others: ``rewatch --help`` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        # A module cannot bear a name that Python keeps for itself: import is in import_.
        module = importlib.import_module(f"rewatch.cli.{name}_" if iskeyword(name) else f"rewatch.cli.{name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="rewatch")
@click.option("--debug", is_flag=True, help="Show a traceback with an error.")
def main(debug: bool) -> None:
    """rewatch watches a film for you and charts it like a piece of music.

    \b
    rewatch watch "Heat (1995).mkv"      watch it: shots, light, motion, loudness, lines, score
    rewatch score heat --sheet heat.png  the whole film on one page
    rewatch minute 43 heat               what happens in minute 43
    rewatch explain heat asl             where a figure comes from

    FILM is a path, a title in the library, or an id or its beginning. Nothing leaves this machine.
    """


def run(arguments: Sequence[str] | None = None) -> None:
    """What the program ``rewatch`` calls."""
    # Our matrix products are small: threads of BLAS cost many times what they save, and the decoder wants the cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # When it ends, what it made is not searched for cycles once more: after a watch that takes a tenth of a second.
    atexit.register(gc.freeze)
    given = list(sys.argv[1:] if arguments is None else arguments)
    # --debug goes with every command, wherever it stands.
    debug = "--debug" in given
    given = [a for a in given if a != "--debug"]
    try:
        main.main(args=given, prog_name="rewatch", standalone_mode=False)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        print("rewatch: stopped", file=sys.stderr)  # noqa: T201
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has had enough (| head): no error, and no complaint at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except (RewatchError, OSError, MemoryError) as error:
        if debug:
            raise
        print(f"rewatch: {_line(error)}", file=sys.stderr)  # noqa: T201
        sys.exit(getattr(error, "status", 1))
    except Exception as error:
        if debug:
            raise
        kind = type(error).__name__
        print(f"rewatch: a fault in rewatch itself: {kind}: {_line(error)} (--debug shows where)", file=sys.stderr)  # noqa: T201
        sys.exit(1)


def _line(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "out of memory"
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return " ".join(f"{error.filename}: {error.strerror.lower()}".split())
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return " ".join(str(error).split())


if __name__ == "__main__":
    run()

"""``python -m rewatch``: the same as the command ``rewatch``."""

from rewatch.cli.main import run

run()

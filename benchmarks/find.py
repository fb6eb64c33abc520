"""Find the moment: a still, a sound, a line; the three benchmarks after one another, each with its table.

    python benchmarks/find.py [--quick]

--quick: a few queries of each kind and a small library, in minutes. Each script alone takes further options.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

SCRIPTS = (
    ("find_still.py", ("--stills", "5"), ("--stills", "1", "--every", "3")),
    ("find_sound.py", ("--clips", "20"), ("--clips", "5")),
    ("find_quote.py", ("--quotes", "100"), ("--films", "50", "--quotes", "40")),
)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true")
    quick = options.parse_args().quick
    failed = 0
    for name, whole, few in SCRIPTS:
        print(f"\n## {name}\n", flush=True)
        failed += (
            subprocess.run([sys.executable, str(Path(__file__).with_name(name)), *(few if quick else whole)]).returncode
            != 0
        )
    return failed


if __name__ == "__main__":
    sys.exit(main())

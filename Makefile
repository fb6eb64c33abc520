# Two commands do everything: `make demo` and `make test`. Python 3.11+ and make are all that must be there.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: demo watch test browser check clean

demo: $(STAMP)            ## render the demo film, watch it, draw its score sheet
	$(BIN)/rewatch demo

watch: $(STAMP)           ## watch a film of your own: make watch FILM=path/to/film.mkv
	@test -n "$(FILM)" || { echo 'which film? make watch FILM=path/to/film.mkv'; exit 2; }
	$(BIN)/rewatch watch "$(FILM)"
	$(BIN)/rewatch score "$(FILM)" --sheet score.png

test: $(STAMP) browser    ## the tests
	$(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/web/test_browser.py
	$(BIN)/python -m pytest tests/web/test_browser.py

browser:                  ## Chromium for the tests of the page, where it can be had (Debian and its like, as root)
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null || \
	{ test "$$(id -u)" = 0 && command -v apt-get >/dev/null && timeout 120 apt-get -qq update && \
	DEBIAN_FRONTEND=noninteractive timeout 300 apt-get -qq install -y --no-install-recommends chromium chromium-driver >/dev/null; } || \
	echo 'no Chromium here (apt-get install chromium chromium-driver): the tests of the page in a browser are skipped'

check: $(STAMP)           ## what CI checks besides the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("rewatch needs Python 3.11 or newer; set PYTHON=python3.11") if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis

# make demo   replay the bundled music           make lint    ruff and mypy --strict
# make test   install what tests need, run them  make bench   speed against librosa, as ratios
# make soak   an hour with a microphone in trouble, two days of sound (SOAK_MINUTES=5 SOAK_HOURS=1)
# make wheel  build dist/*.whl                   make screenshot  pictures of a run on the demo
# make clean  remove what the above made         make bench-check  is any ratio worse than it was?

PYTHON ?= python3
BIN := .venv/bin

SOAK_MINUTES ?= 54
SOAK_HOURS ?= 48

.PHONY: demo test lint bench bench-check soak wheel screenshot clean
.DEFAULT_GOAL := demo

demo: .venv/run.stamp
	@$(BIN)/livegenre replay

test: .venv/test.stamp
	@sh tests/system_packages.sh
	$(BIN)/python -m pytest

lint: .venv/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: .venv/bench.stamp
	$(BIN)/python tools/bench.py
	$(BIN)/python tools/bench_screen.py

bench-check: .venv/bench.stamp
	$(BIN)/python tools/bench.py --check

soak: .venv/test.stamp
	@sh tests/system_packages.sh
	SOAK_MINUTES=$(SOAK_MINUTES) SOAK_HOURS=$(SOAK_HOURS) $(BIN)/python -m pytest -m soak --capture=no --verbose

wheel: .venv/dev.stamp
	$(BIN)/python -m build --wheel

screenshot: .venv/pictures.stamp
	$(BIN)/python tools/screenshot.py --out docs/pictures

clean:
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/run.stamp: extras =
.venv/test.stamp: extras = [test]
.venv/dev.stamp: extras = [dev]
.venv/bench.stamp: extras = [bench]
.venv/pictures.stamp: extras = [pictures]
.venv/%.stamp: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "livegenre needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing livegenre$(extras) into .venv, once ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.$(extras)'
	@touch $@

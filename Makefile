# Every target does the set-up that it still needs. `make` alone lists them.

SHELL := /bin/sh
PYTHON ?= python3
LESSON ?= 01
ROLE ?= instructor

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.set-up
# Relative paths only: the clone may lie in a folder with spaces in its name.
PY := $(BIN)/python
PYTEST := $(PY) -m pytest
# Files of tests, and notebooks, run side by side, each whole in one process.
PARALLEL := -n logical --maxprocesses 4 --dist loadfile
COVERAGE := $(PY) -m coverage

.DEFAULT_GOAL := help
.PHONY: help setup lab demo cluster-demo test test-long test-notebooks test-all coverage fidelity cuda bench check format lock site wheel bubblewrap chromium

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*  ## ' Makefile | sed -E 's/^([a-z-]+):.*  ## (.*)/  make \1|\2/' | awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'

demo: $(READY) bubblewrap  ## a whole course in two minutes: release, three students, marks, report (LESSON=01)
	@$(PY) -m grader.cli demo $(LESSON)

cluster-demo: $(READY) bubblewrap  ## a Dask scheduler and two workers on this machine mark a class (LESSON=01)
	@$(PY) -m grader.cli cluster-demo $(LESSON)

lab: $(READY) bubblewrap  ## JupyterLab with the lessons and Formgrader (ROLE=student for a student's view)
	@$(PY) -m grader.cli lab --role $(ROLE)

check: $(READY)  ## lint, formatting, types, and lessons in step with their solutions
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m grader.cli sync --check

test: $(READY) bubblewrap  ## the fast tests
	$(PYTEST) $(PARALLEL)

test-long: $(READY) bubblewrap chromium  ## the slow tests, hostile submissions, and JupyterLab in a browser
	$(PYTEST) -m hostile  # all handed in first, then marked side by side
	$(PYTEST) $(PARALLEL) -m "(slow or browser) and not hostile"

test-notebooks: $(READY)  ## every notebook run again: is what it stores still what comes out?
	OMP_NUM_THREADS=1 $(PYTEST) $(PARALLEL) --nbval lessons --nbval-sanitize-with tests/lessons/nbval.cfg -p no:cacheprovider

test-all: test test-long test-notebooks  ## every test: fast, slow, hostile, in the browser, and every notebook run again

# What runs in the sandbox leaves no file behind, so grader/inside, and grader/checks where a kernel runs it, are not seen.
coverage: $(READY) bubblewrap  ## branch coverage of the grader by all tests but the browser's, outside the sandbox; what is under 95 %
	$(COVERAGE) erase
	$(COVERAGE) run -m pytest -q $(PARALLEL) -m "not hostile and not browser"
	$(COVERAGE) run -m pytest -q -m hostile
	$(COVERAGE) combine --quiet
	@for room in checks inside marking student; do \
	  printf 'grader/%-8s %s %%, and under 95 %%:\n' $$room "$$($(COVERAGE) report --include="*/grader/$$room/*" --format=total)"; \
	  $(COVERAGE) report --include="*/grader/$$room/*" --sort=cover | awk '/\.py / && $$NF + 0 < 95 { printf "  %4s  %s\n", $$NF, $$1 }'; \
	done

fidelity: $(READY)  ## mark right answers, known mistakes and mutants of every task; writes grader/FIDELITY.md
	@$(PY) -m grader.cli fidelity

# The same on a bare machine, without a network: .ci/gpu-kit.
cuda: $(READY) bubblewrap  ## on a machine with a GPU: record there, play demonstrations, run every notebook, fidelity on both devices
	@$(PY) -m grader.marking.proving.cuda

bench: $(READY) bubblewrap  ## how fast lessons 01, 05, 08 are marked beside plain nbgrader, and where the time goes; our cells beside PyTorch's
	@$(PY) -m grader.marking.proving.cell_bench
	@$(PY) -m grader.cli bench --picture dist/stages.png

format: $(READY)  ## put code and notebooks into the house's format
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

site: $(READY)  ## the lessons as pages to read, without a network, in site/ (ANSWERS=yes: with the answers, for instructors)
	@$(PY) -m grader.cli site $(if $(ANSWERS),--answers)

wheel: $(READY)  ## build the student's wheel into dist/
	@$(PY) -m build --wheel --no-isolation --outdir dist .

setup: $(READY) bubblewrap  ## only the set-up: .venv from requirements.lock, and bubblewrap

# --- set-up, done once and again when the lock or pyproject.toml changed ---

$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try:  make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x "$(BIN)/pip" || { $(PYTHON) -m venv $(VENV) >/dev/null 2>&1 && test -x "$(BIN)/pip"; } || { \
	  .ci/need "$(PYTHON) -c 'import ensurepip, venv'" python3-venv "to make the virtual environment .venv" && $(PYTHON) -m venv --clear $(VENV); }
	@echo "Setting up .venv from requirements.lock: once, a few minutes …"
	@$(PY) -m pip install -qq --disable-pip-version-check -r requirements.lock
	@$(PY) -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)
	@echo "Set-up done."

bubblewrap:
	@.ci/need "command -v bwrap" bubblewrap "the sandbox in which submissions run"

chromium:
	@.ci/need "command -v chromium" chromium "the browser in which JupyterLab is tested"

# Pins the newest versions that pyproject.toml allows; delete a line of the lock first to let that package move.
# Left out: this project itself, local builds of torch, and the CUDA packages that torch brings by itself.
lock: $(READY)  ## write requirements.lock anew from pyproject.toml
	$(PY) -m piptools compile --quiet --extra dev --strip-extras --allow-unsafe --no-annotate --no-header \
	  --no-emit-index-url --no-emit-find-links --output-file requirements.lock pyproject.toml
	@sed -i -E -e '/^(rnn-workbook|pip|nvidia-[a-z0-9-]+|cuda-[a-z0-9-]+|triton)[ =@]/d' -e '/^(#|$$)/d' -e 's/^(torch==[0-9.]+)\+.*/\1/' requirements.lock

# make run | test | test-touched | setup. Python 3.11 or later; PYTHON= names another than python3.

PYTHON ?= python3
ARTICLES ?= samples/articles
STORE ?= $(or $(ONRECORD_STORE),.store)
PORT ?= 7860
SETS ?= ../shared/eval
SINCE ?= HEAD
# Recipes read these from the environment: a folder's name may hold what a shell would act on.
export ARTICLES STORE PORT SETS SINCE MODEL

# Compiled modules are kept between test processes, which saves each of them seconds; some images switch that off.
PYTEST := env -u PYTHONDONTWRITEBYTECODE .venv/bin/python -m pytest -n 2 --dist loadfile

.PHONY: help setup setup-llm run lint test test-all test-touched test-llm gate browser phrases bench bench-engine public-results
.DELETE_ON_ERROR:

help:
	@echo "make run                 index samples/articles into .store and serve the page on http://127.0.0.1:7860"
	@echo "make run ARTICLES=DIR    index that folder instead: the store then holds exactly its articles, and no longer what it held before"
	@echo "         STORE=DIR       another store, to keep both; PORT=N another port"
	@echo "         MODEL=ADDRESS   answers are written by the language model at that URL, URL#NAME or in that GGUF file"
	@echo "make test                install what tests need, a browser included, then lint, type-check and run all but the slow tests"
	@echo "make test-all            the same with the slow tests: public sets, kills, every part of the page in a browser"
	@echo "make test-touched        lint, type-check and test only what belongs to the files changed since SINCE=HEAD"
	@echo "make gate                measures the sample sets and fails where a figure falls under its floor (samples/floors.json)"
	@echo "make bench               builds stores of 1,000 to 100,000 passages from the sets in SETS=DIR and measures them (docs/benchmarks.md)"
	@echo "make bench-engine        compares the default model with the same weights in other engines; SETS=DIR, a folder of question sets"
	@echo "make public-results      measures the public sets in SETS=DIR beside the baselines and prints the tables of docs/evaluation.md"
	@echo "make phrases             brings page/locale/*.po in step with what the page says; translate there what is then empty"
	@echo "make setup               only the .venv that the commands need"
	@echo "make setup-llm           what a language model in a GGUF file needs (compiles some minutes) and one for the tests (1.1 GB)"
	@echo "make test-llm            runs the tests with that model, in a server on loopback and in process"

setup: .venv/.installed

run: setup
	@exec .venv/bin/python ui.py --store "$$STORE" --articles "$$ARTICLES" --port "$$PORT" $(if $(MODEL),--model "$$MODEL")

lint: .venv/.installed-dev
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy

test: lint browser
	$(PYTEST) -m "not slow and not alone" --durations=10
	$(PYTEST) -n 0 -m "alone and not slow"

test-all: test
	$(PYTEST) -m slow --durations=25

# tests/touched.py prints a path a line.
test-touched: lint
	@paths=$$(.venv/bin/python tests/touched.py "$$SINCE") && $(PYTEST) -m "not slow and not browser" $$paths

setup-llm: .venv/.installed-llm
	@.venv/bin/python tests/llm/join_model.py

test-llm: .venv/.installed-dev setup-llm
	.venv/bin/python -m pytest tests/llm --durations=10

gate: setup
	@.venv/bin/python -m qa evaluate samples --gate samples/floors.json

bench: setup
	@.venv/bin/python docs/bench_scale.py "$$SETS"

bench-engine: setup
	@.venv/bin/python docs/bench_engine.py "$$SETS" --passages 10000

public-results: setup
	@.venv/bin/python docs/public_results.py "$$SETS"

phrases: setup
	@.venv/bin/pybabel -q extract -F page/locale/babel.cfg -k say -k plural:1,2 -k N_ --no-location --sort-output -o page/phrases.pot .
	@for catalogue in page/locale/*.po; do \
	    .venv/bin/pybabel -q update -i page/phrases.pot -o $$catalogue -l $$(basename $$catalogue .po) \
	        --no-fuzzy-matching --ignore-obsolete --width 120 || exit; \
	done
	@rm page/phrases.pot

# Any Chromium that is there will do; else Debian's, where that can be installed, else Playwright's own.
browser: .venv/.installed-dev
	@.venv/bin/python tests/browser/find_browser.py

.venv/bin/pip:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON). Install Python 3.11 or later, or name it: make PYTHON=/path/to/python" >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "$(PYTHON) is older than Python 3.11. Name a newer one: make PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -m venv --clear .venv

.venv/.installed: requirements.txt constraints.txt | .venv/bin/pip
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.venv/.installed-llm: requirements-gguf.txt .venv/.installed
	@command -v c++ >/dev/null || command -v g++ >/dev/null || command -v clang++ >/dev/null \
	    || { echo "There is no C++ compiler. Install one, such as Debian's g++." >&2; exit 2; }
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-gguf.txt
	@touch $@

# The project's commands; `make` without a target lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SERVING := $(VENV)/.serving
PIP := $(BIN)/python -m pip install --disable-pip-version-check
COMPAT := .venv-compat
# Packages are installed uncompiled: Python compiles a module once, if it is allowed to store the
# result.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help serve demo drill test lint docs unit fuzz ui firefox bench soak campaign compat audit lock screenshots release image clean

help:
	@echo "make serve        install and serve the dashboard on http://localhost:5006"
	@echo "make demo         the same with made-up data, on http://localhost:5016"
	@echo "make drill        an outage to practise on, on http://localhost:5026/drill"
	@echo "make test         everything the tests need, then every test"
	@echo "make lint         ruff and pyright"
	@echo "make docs         the documentation, in docs/_build/html"
	@echo "make unit         the tests that need no browser"
	@echo "make fuzz         twenty seconds of broken files for every reader"
	@echo "make ui           the tests that need a browser, in Chromium"
	@echo "make firefox      the ten most important browser tests, in Firefox"
	@echo "make bench        measure, and print a table"
	@echo "make soak         a day of an outage in an hour: a server's resource use must stay flat"
	@echo "make campaign     the long property tests, with servers killed 400 times and a browser 50 times"
	@echo "make compat       the tests with the newest Panel, Bokeh, Param and pandas, on Python 3.12 or later"
	@echo "make audit        known vulnerabilities in the installed packages, and ruff's security rules"
	@echo "make screenshots  pictures of the running page, one of them animated"
	@echo "make release      wheel, source archive, SBOM, container image, hashes and notes in dist/; WITHOUT=image skips the image"
	@echo "make image        the container image, tested without any privileges; BASE=… names another base"
	@echo "make lock         update the exact versions in the four requirements*.lock files"

# What serving needs; each package's hash is checked. Nothing has to be resolved, and nothing is
# compiled before it is used: both would take longer than everything else.
$(SERVING): pyproject.toml requirements-serve.lock requirements-build.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Relais needs Python 3.11 or later; choose one with make PYTHON=python3.13"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python cannot create a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing Relais and what it needs into $(VENV), once (120 MB)."
	@$(PYTHON) -m venv $(VENV)
	@sh .ci/install requirements-serve.lock $(PIP) --no-compile --no-deps --require-hashes -r requirements-serve.lock
	@$(PIP) --quiet --no-compile --no-deps --require-hashes -r requirements-build.lock
	@$(PIP) --quiet --no-deps --no-build-isolation -e .
	@touch $@

# What the tests, the documentation and the notebooks need in addition: pyproject.toml names the
# packages, and the lock file the versions.
$(STAMP): $(SERVING) pyproject.toml requirements.lock
	@echo "Installing what the tests and the documentation need: another 120 packages, which takes a minute."
	$(PIP) --quiet --no-compile --no-build-isolation -c requirements.lock -e '.[test,analysis]'
	@touch $@

serve: $(SERVING)
	$(BIN)/relais serve

demo: $(SERVING)
	$(BIN)/relais serve --demo

drill: $(SERVING)
	$(BIN)/relais drill

# The first three targets keep one core busy each.
test: $(STAMP)
	@$(MAKE) --no-print-directory --jobs=2 --output-sync lint docs fuzz
	@$(MAKE) --no-print-directory unit ui firefox

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

docs: $(STAMP)
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going docs docs/_build/html

# Four workers on two cores, because many tests wait. Files run in the order given here, the longest
# ones first, so that the other workers do not have to wait for one of these at the end.
UNIT := -m pytest -n 4 --dist loadfile --no-loadscope-reorder -m "not ui and not long" --ignore tests/ui tests/test_*.py tests/*/
unit: $(STAMP)
	@sh .ci/promtool
	$(BIN)/python $(UNIT)

fuzz: $(STAMP)
	$(BIN)/python -m tests.campaigns.fuzzing --seconds 20

# Files run in the order of collection (see `LONGEST` in tests/ui/conftest.py). The ten most important
# tests run a second time in the headless shell, and a third time in Firefox; where one of these
# browsers is missing, they are skipped. Each starts its own server or browser.
UI := -m pytest -n 4 tests/ui
ui: $(STAMP)
	@sh .ci/browser
	$(BIN)/python $(UI) -m "ui and not long" --dist loadfile --no-loadscope-reorder
	RELAIS_TEST_BROWSER=chromium-headless-shell $(BIN)/python $(UI) -m important

firefox: $(STAMP)
	@sh .ci/browser firefox
	$(BIN)/python $(UI) -m important --browser firefox

bench: $(STAMP)
	$(BIN)/python -m tests.campaigns.benchmarks

soak: $(STAMP)
	$(BIN)/python -m tests.campaigns.soak

campaign: $(STAMP)
	HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest tests
	$(BIN)/python -m pytest tests/ui/test_scan_sequences.py --browser firefox
	$(BIN)/python -m tests.campaigns.fuzzing --seconds 300 --seed 0
	$(BIN)/python -m tests.campaigns.crashes --database sqlite --kills 200
	$(BIN)/python -m tests.campaigns.crashes --database postgresql --kills 200

# The newest versions of Panel and Bokeh exist only for Python 3.12 and later.
compat: $(STAMP)
	@sh .ci/browser
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv venv --quiet --clear --seed --python '>=3.12' $(COMPAT)
	$(BIN)/uv pip install --quiet --python $(COMPAT) -e '.[test,analysis]'
	$(BIN)/python -m tests.newest_versions $(COMPAT)
	$(COMPAT)/bin/python $(UNIT)
	$(COMPAT)/bin/python $(UI) -m "ui and not long" --dist loadfile --no-loadscope-reorder

# pip-audit queries PyPI. It fails if a package cannot be looked up there, because this package has
# not been checked.
audit: $(STAMP)
	$(BIN)/ruff check --select S --ignore S101,S104 procedure dashboard
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv tool run --quiet pip-audit --strict --disable-pip --no-deps --requirement requirements.lock

screenshots: $(STAMP)
	@sh .ci/browser
	$(BIN)/python docs/screenshots.py

# The first lock file has all extras, as a constraint for development. The others have hashes: what
# serving needs, without extras and with two of them, and what builds the wheel.
COMPILE := $(BIN)/uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 --no-header --no-emit-index-url
HASHED := --constraint requirements.lock --generate-hashes --no-annotate
lock: $(STAMP)
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) pyproject.toml --all-extras --output-file requirements.lock
	$(COMPILE) pyproject.toml $(HASHED) --output-file requirements-serve.lock
	$(COMPILE) pyproject.toml --extra postgres --extra alerts $(HASHED) --output-file requirements-extras.lock
	printf 'setuptools>=77\nbuild>=1.2\n' | $(COMPILE) - $(HASHED) --output-file requirements-build.lock

release: $(STAMP)
	$(BIN)/python -m pip install --quiet uv
	@WITHOUT=$(WITHOUT) sh .ci/release $(BIN)

image:
	@sh .ci/image

clean:
	rm -rf $(VENV) $(COMPAT) build dist *.egg-info .pytest_cache .ruff_cache

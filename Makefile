# make demo          a recurrent model forecasts real weather, in under three minutes
# make test          style, types and every test, on every backend installed (BACKENDS="tensorflow jax torch" to choose)
#
# make dev           the environment for changes, with the pre-commit hooks (BACKENDS=jax for one backend)
# make lint          style, types, import contracts and wording, in under 30 seconds
# make quick         the tests that the change most likely breaks, in a minute of processor time
#
# make docs          the documentation site in site/, with its notebooks run and every page opened in Chromium
# make docs-look     screenshots of the site, in docs/screenshots
# make bench         speed and memory next to the best peers; writes docs/performance.md (20 minutes)
# make planted-bugs  every check on every planted bug and correct layer (long)
# make crash-safety  every kind of file write killed 50 times; writes docs/robustness.md
# make fuzz          each file reader fuzzed for FUZZ_SECONDS (600); inputs that crash become test cases
# make soak          100,000 batches of windows from threads, processes and fit: none twice, none lost
# make scale         data-parallel training with four processes, and a corpus hashed by Ray Data
# make survey        the layer checks on Keras' own layers and on published packages (hours)
# make upstream      the scripts of docs/upstream: which defects of Keras are still present
# make packages      the wheel in a clean environment with each backend alone (long)
# make clean         remove the environment and everything that was built

PYTHON   ?= python3
VENV     ?= .venv
BACKENDS ?=
DEMO_BACKEND ?= jax
FUZZ_SECONDS ?= 600

RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip install --quiet --disable-pip-version-check

# Without BACKENDS, TensorFlow and JAX are installed, and torch is tested if it is already
# installed: its default build is several GB, so it is never installed without asking.
empty :=
comma := ,
space := $(empty) $(empty)
WANTED := $(if $(strip $(BACKENDS)),$(strip $(BACKENDS)),tensorflow jax)
EXTRAS := $(subst $(space),$(comma),$(WANTED))

.PHONY: demo test dev lint quick packages planted-bugs bench scale soak crash-safety fuzz survey upstream docs docs-look clean help

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

demo: $(VENV)/bin/python
	@echo "Installing Keras, $(DEMO_BACKEND) and the weather data into $(VENV) ..."
	$(PIP) -e '.[$(DEMO_BACKEND),recipes]'
	$(RUN) -m recipes run weather-gru --backend $(DEMO_BACKEND) --out runs/demo

test: $(VENV)/bin/python
	@echo "Installing the test tools and $(WANTED) into $(VENV) ..."
	$(PIP) -e '.[$(EXTRAS),test]'
	$(RUN) -m conformance $(if $(strip $(BACKENDS)),--backends "$(BACKENDS)",)

dev: $(VENV)/bin/python
	@echo "Installing the development tools and $(WANTED) into $(VENV) ..."
	$(PIP) -e '.[$(EXTRAS),dev]'
	$(RUN) -m pre_commit install --hook-type pre-commit --hook-type commit-msg
	@echo "Ready: make lint, make quick, make test"

lint:
	$(RUN) -m conformance.lint

quick:
	$(RUN) -m conformance.quick

# Every check on every planted bug and on every correct layer: long, so not part of `make test`.
planted-bugs:
	KERAS_SEQEXT_LONG=1 $(RUN) -m conformance $(if $(strip $(BACKENDS)),--backends "$(BACKENDS)",) -- conformance/checks

# Needs the backends of `make test`; torch is measured if it is installed. Fails if a claim
# is lost by a clear margin. A peer that cannot be installed is reported as not measured.
bench: $(VENV)/bin/python
	$(PIP) -e '.[$(EXTRAS),bench]' || $(PIP) -e '.[$(EXTRAS),test]'
	$(RUN) -m conformance.benchmarks $(if $(strip $(BACKENDS)),--backends "$(BACKENDS)",)

scale: $(VENV)/bin/python
	$(PIP) -e '.[$(EXTRAS),test,scale]'
	KERAS_SEQEXT_LONG=1 $(RUN) -m conformance $(if $(strip $(BACKENDS)),--backends "$(BACKENDS)",) -- conformance/unit/scale

crash-safety: $(VENV)/bin/python
	$(PIP) -e '.[jax,test]'
	$(RUN) -m conformance.robustness.crash_safety

fuzz: $(VENV)/bin/python
	$(PIP) -e '.[jax,test,fuzz]'
	for reader in glove archive csv described; do \
		$(RUN) -m conformance.robustness.fuzz $$reader --seconds $(FUZZ_SECONDS) || exit 1; \
	done

# Also training runs with dropout, killed at four places of an epoch and resumed, on every backend.
soak: $(VENV)/bin/python
	$(PIP) -e '.[$(EXTRAS),test]'
	KERAS_BACKEND=$(firstword $(WANTED)) $(RUN) -m conformance.robustness.soak
	KERAS_SEQEXT_LONG=1 $(RUN) -m conformance $(if $(strip $(BACKENDS)),--backends "$(BACKENDS)",) -- conformance/unit/recipes/test_resume.py

# Needs `make test BACKENDS="tensorflow jax torch"` once, so that all backends are installed.
survey: $(VENV)/bin/python
	$(RUN) -m conformance.survey.keras_survey
	for name in $$(sed -n 's/^name = "\(.*\)"/\1/p' conformance/survey/packages/registry.toml); do \
		$(RUN) -m conformance.survey.packages_survey $$name || exit 1; \
	done
	$(RUN) -m conformance.survey.report

# Whether the defects of docs/upstream are present in the installed Keras.
upstream: $(VENV)/bin/python
	$(RUN) -m conformance.survey.upstream

# `make test` runs the pages: every Python block on them is a test.
docs: $(VENV)/bin/python
	$(PIP) -e '.[$(DEMO_BACKEND),docs]'
	NO_MKDOCS_2_WARNING=1 $(RUN) -m mkdocs build --strict --quiet
	KERAS_BACKEND=$(DEMO_BACKEND) KERAS_SEQEXT_SITE=site $(RUN) -m pytest -q -rs conformance/site

docs-look: docs
	$(RUN) -m conformance.site.screenshots

# TORCH names the build of torch: the default is several GB.
TORCH ?= torch
packages: $(VENV)/bin/python
	$(PIP) -e '.[test]'
	$(RUN) -m conformance.packaging --torch '$(TORCH)' $(if $(strip $(BACKENDS)),--backends "$(BACKENDS)",)

clean:
	rm -rf $(VENV) build dist runs site *.egg-info .pytest_cache .mypy_cache .ruff_cache

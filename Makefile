# CounterTUI. Needs python3 (3.11 or newer, with venv and pip), make and git; everything else comes from the hashed locks.
# make run ARGS=... | make test ARGS="-k money" | make lock ARGS=--upgrade | any of them with PYTHON=python3.12

PYTHON ?=
VENV_PY := .venv/bin/python
unexport MAKEFLAGS
# Compiled modules are kept from one run of the tests to the next, and from one process of theirs to another.
tests = @env -u PYTHONDONTWRITEBYTECODE $(1) $(VENV_PY) -m pytest
.DEFAULT_GOAL := help
.PHONY: help run test test-bench test-browser test-engines test-rules test-scans test-screens test-fuzz test-million test-power test-devices test-simulation check lint format types floors lock lock-check bench bench-night picture pictures clean

# The environment's own Python checks the stamp: it starts quicker than a version manager's shim.
setup = @p=$(VENV_PY); [ -x $$p ] || p="$(or $(PYTHON),python3)"; \
	"$$p" -I -S tools/venv.py $(1) $(if $(PYTHON),--python "$(PYTHON)")

help: ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | awk -F ':.*## ' '{ printf "make %-12s %s\n", $$1, $$2 }'

run: ## set up .venv if need be and open the counter on the demo city
	$(call setup,run)
	@exec .venv/bin/countertui demo $(ARGS)

test: ## the whole test suite, but for what needs a browser or the machine to itself
	$(call setup,dev)
	$(call tests) -n 2 --dist worksteal --ignore=tests/browser \
	  --ignore=tests/end_to_end/test_scans_everywhere.py $(ARGS)

test-browser: ## the public page in the distribution's Chromium; skipped where there is none
	$(call setup,dev)
	$(call tests) -n 0 tests/browser $(ARGS)

test-bench: ## every row of the benchmarks once, with next to nothing to measure (make test leaves out those at a terminal)
	$(call setup,dev)
	$(call tests,BENCH_ROWS=all) -n 2 tests/bench $(ARGS)

test-engines: ## every test of the ledger on SQLite and on PostgreSQL, with more made-up cases (make test takes a sample)
	$(call setup,dev)
	$(call tests,ENGINES=all EXAMPLES=all) -n 2 --dist worksteal tests/ledger $(ARGS)

test-rules: ## every rule that made-up examples are tried on, by hundreds of them (make test takes some tens)
	$(call setup,dev)
	$(call tests,EXAMPLES=all HYPOTHESIS_PROFILE=thorough) -n 2 --dist worksteal --timeout=900 -m hypothesis $(ARGS)

test-scans: ## a scanner at the real program's terminal, on every screen and in every field, with nothing run beside it
	$(call setup,dev)
	$(call tests) -n 0 tests/end_to_end/test_scans_everywhere.py $(ARGS)

test-screens: ## every picture in each size and theme, bad input in every field, a scan into each (make test takes a sample)
	$(call setup,dev)
	$(call tests,SCREENS=all) -n 2 --dist worksteal tests/screens/test_pictures.py tests/screens/test_bad_input.py \
	  tests/screens/test_scans_everywhere.py $(ARGS)

test-fuzz: ## ask every route of the ledger a thousand made-up questions on each engine (make test takes a sample)
	$(call setup,dev)
	$(call tests,FUZZ_CASES=1000) -n 2 --timeout=3600 tests/ledger/test_openapi.py $(ARGS)

test-million: ## a demo city of a million accounts, worked in by keys and by clock; minutes (make test takes a smaller one)
	$(call setup,dev)
	@PYTHONPATH=tests $(VENV_PY) tests/end_to_end/large_city.py $(ARGS)

test-power: ## cut the power at every call of the real store's payments; needs strace (make test takes a sample)
	$(call setup,dev)
	$(call tests,POWER_CUTS=all) -n 2 tests/failure_matrix/test_power_cut.py $(ARGS)

test-devices: ## every fault of printers and drawers at every byte, in memory and over real ports (make test takes a sample)
	$(call setup,dev)
	$(call tests,DEVICE_FAULTS=all) -n 2 --timeout=3600 tests/hardware tests/failure_matrix/test_devices_cut_off.py $(ARGS)

test-simulation: ## live through hundreds of simulated cities by their seeds (ARGS="FIRST HOW_MANY --on postgres", or one SEED)
	$(call setup,dev)
	@PYTHONPATH=tests $(VENV_PY) tests/simulation/run.py $(ARGS)

check: lint types floors lock-check ## lint, format, types, floors, locks

lint: ## ruff: rules and format
	$(call setup,dev)
	.venv/bin/ruff check
	.venv/bin/ruff format --check

format: ## ruff: mend what can be mended
	$(call setup,dev)
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

types: ## mypy --strict
	$(call setup,dev)
	.venv/bin/mypy --strict src

floors: ## what may import what
	$(call setup,dev)
	.venv/bin/lint-imports

lock: ## compile both locks anew, keeping versions that still fit (ARGS=--upgrade: the newest)
	$(call setup,dev)
	$(VENV_PY) tools/lock.py $(ARGS)

lock-check: ## do the locks say what pyproject.toml asks for?
	$(call setup,dev)
	$(VENV_PY) tools/lock.py --check

bench: ## the benchmarks, also written to build/bench.json
	$(call setup,dev)
	@env -u PYTHONDONTWRITEBYTECODE PYTHONPATH=. $(VENV_PY) bench/run.py $(ARGS)

bench-night: ## a night of 1,000 offices x 1,000 receipts on PostgreSQL and SQLite, some 20 minutes
	$(call setup,dev)
	@env -u PYTHONDONTWRITEBYTECODE PYTHONPATH=. $(VENV_PY) bench/run.py night --full --to build/bench-night.json $(ARGS)

picture: ## the picture of the payment in the README
	$(call setup,dev)
	@$(VENV_PY) tools/picture.py $(ARGS)

pictures: ## write the screens' pictures that make test compares (ARGS="mail menu": of these); look at what changed
	$(call setup,dev)
	@$(VENV_PY) tools/pictures.py $(ARGS)

clean: ## remove .venv, builds and caches
	rm -rf .venv .venv.lock build dist .mypy_cache .ruff_cache .import_linter_cache .pytest_cache .hypothesis .coverage .coverage.*
	find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# The project's commands; `make` alone lists them. The work is done in scripts/.

HOST ?= 127.0.0.1
PORT ?= 8000
HALL ?= halls/anqiu
DATA ?= var/
# The demonstration's made-up visitors stay out of the hall's own records.
DEMO_DATA ?= var/demo/
SPEED ?= 10
ARGS ?=

python := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup run demo test test-slow faults lint load bench bench-desk bench-faults bench-forecast bench-halls bench-redis bench-routing bench-soak bench-tuning bench-wire lock fonts screens clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile
	@echo "  variables: HOST=$(HOST) PORT=$(PORT) HALL=$(HALL) DATA=$(DATA) SPEED=$(SPEED) ARGS="

setup: ## make .venv and install what serving needs
	@scripts/setup run

run: setup ## serve the hall on this machine
	@$(python) run.py serve --host $(HOST) --port $(PORT) --hall $(HALL) --data $(DATA) $(ARGS)

demo: setup ## serve it with simulated visitors and clerks, SPEED times as fast
	@$(python) run.py demo --speed $(SPEED) --host $(HOST) --port $(PORT) --hall $(HALL) --data $(DEMO_DATA) $(ARGS)

test: ## lint, types and tests; ARGS="-k voice" goes to pytest
	@scripts/test $(ARGS)

test-slow: ## the tests that take minutes
	@scripts/test -m slow $(ARGS)

lint: ## lint, format and types only
	@scripts/check

load: ## ten minutes of the peak hour at ten times its pace; ARGS go to it
	@scripts/setup all
	@$(python) -m loadtest $(ARGS)

bench: ## the benchmark; writes docs/performance.md
	@scripts/setup all
	@$(python) -m bench $(ARGS)

bench-desk: ## a recorded Monday at the guide's page; its section of docs/performance.md
	@scripts/setup all
	@$(python) -m bench.desk $(ARGS)

bench-forecast: ## the forecast's figures; writes its section of docs/performance.md
	@scripts/setup all
	@$(python) -m bench.forecast $(ARGS)

bundle: ## make dist/: one folder to install a hall without internet
	@scripts/bundle $(ARGS)

bench-halls: ## many halls in one process; writes its section of docs/performance.md
	@scripts/setup all
	@$(python) -m bench.halls $(ARGS)

bench-redis: ## several processes on Redis; writes its section of docs/performance.md
	@scripts/setup all
	@$(python) -m bench.redis $(ARGS)

faults: ## every fault drill in its full form; a section of docs/reliability.md
	@scripts/setup all
	@$(python) -m bench.faults.drills $(ARGS)

bench-faults: ## kills under load and the peers' script; its sections of docs/reliability.md
	@scripts/setup all
	@$(python) -m bench.faults $(ARGS)

bench-routing: ## the routing study; writes its section of docs/performance.md
	@scripts/setup all
	@$(python) -m bench.routing $(ARGS)

bench-tuning: ## the rule's constants on days that judge nothing; writes its section of docs/performance.md
	@scripts/setup all
	@$(python) -m bench.routing.tune $(ARGS)

bench-wire: ## from commit to the last of 2,000 screens, 10,000 sockets; writes its section of docs/performance.md
	@scripts/setup all
	@$(python) -m bench.wire $(ARGS)

bench-soak: ## 2,000 screens and phones for five minutes, some of them slow; writes its section of docs/performance.md
	@scripts/setup all
	@$(python) -m bench.soak $(ARGS)

lock: ## make the lock files anew (needs uv; ARGS=--upgrade)
	@scripts/lock $(ARGS)

fonts: ## make the shipped fonts anew (needs Debian's fonts-noto-cjk)
	@scripts/make-fonts

screens: ## take the pictures in docs/screens/ anew
	@scripts/setup all
	@$(python) scripts/make-screens

clean: ## remove .venv and caches; the data in var/ stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

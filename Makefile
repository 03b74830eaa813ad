# hiksweep: every target works first on a fresh clone, since the environment (.venv) is a file like any other.
# `make` alone lists them. Needs make and a Python 3.11–3.13 with venv; on Debian: apt-get install make python3-venv

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help scan install test lint types contract format check-docs docs accuracy bench fuzz killed trackers lab-up \
        scaffold-probe wheel lock clean

PYTHON   ?=
TARGETS  ?=
ARGS     ?=
T        ?=
K        ?=
CORPUS   ?=
NAME     ?=
# Tests that scan mostly wait, so there are two for each core; whoever is idle takes from the others' queues.
WORKERS  ?= $(shell expr 2 '*' $$(getconf _NPROCESSORS_ONLN || echo 2))
MINIMUM  := 90

PY       := .venv/bin/python
PIP      := $(PY) -m pip --disable-pip-version-check -qq install
HIKSWEEP := $(PY) -m scanner
RUN      := .venv/.run-installed
DEV      := .venv/.test-installed
CODE     := scanner tests benchmarks docs tools

help: ## List the targets (this text)
	@echo "make TARGET [NAME=VALUE ...]"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)$$/  \1|\2/p' $(firstword $(MAKEFILE_LIST)) \
	    | awk -F'|' '{ printf "%-17s %s\n", $$1, $$2 }'

##### Use

REHEARSAL := $(HIKSWEEP) lab up -- $(HIKSWEEP) scan 127.77.0.0/24 --ports http:10080,https:10443,rtsp:10554

scan: $(RUN) ## Rehearse on this machine; a real network: TARGETS="10.1.0.0/24 10.2.0.7" [ARGS="--profile ..."]
	@if [ -z '$(TARGETS)' ] && [ "$$(uname -s)" != Linux ]; then \
	    echo 'hiksweep: the rehearsal network needs Linux; here: make scan TARGETS="10.1.0.0/24"' >&2; exit 2; \
	fi
	@[ "$$(id -u)" -eq 0 ] || echo "Not root: neighbours come from the kernel's table alone, without ARP and IPv6" \
	    'echo; everything else is the same.'
	@mkdir -p reports
	@if [ -z '$(TARGETS)' ]; then \
	    echo 'The rehearsal network: devices played on 127.77.0.0/24 of this machine, swept as a real network is.'; \
	    report='$(CURDIR)/reports/rehearsal.html'; scan='$(REHEARSAL)'; \
	else \
	    report='$(CURDIR)/reports/'$$(date +scan-%Y-%m-%d-%H%M%S).html; scan='$(HIKSWEEP) scan $(TARGETS)'; \
	fi; \
	code=0; $$scan --format html --output "$$report" $(ARGS) --format table || code=$$?; \
	case $$code in \
	    0) means='none found, coverage complete' ;; \
	    1) means='no result could be produced' ;; \
	    2) means='usage' ;; \
	    3) means='found' ;; \
	    4) means='none found, coverage incomplete' ;; \
	    130) means='interrupted' ;; \
	    *) means='ended by a signal or a fault' ;; \
	esac; \
	echo "scan exit code: $$code ($$means)"; \
	case $$code in 0|3|4) ;; *) exit $$code ;; esac

install: $(RUN) ## Make .venv with the locked packages; leaves .venv/bin/hiksweep
	@echo 'Installed: $(CURDIR)/.venv/bin/hiksweep'

lab-up: $(RUN) ## Keep the rehearsal network up until Ctrl-C, to scan it by hand
	@$(HIKSWEEP) lab up

##### Prove

ifeq ($(T)$(K),)
test: lint types contract ## Run everything; a part: T=tests/probes [K=expression]
	$(PY) -m pytest -n $(WORKERS) --dist worksteal -rs --cov --cov-report=term --cov-fail-under=$(MINIMUM)
else
test: $(DEV)
	$(PY) -m pytest -rs $(T) $(if $(K),-k '$(K)')
endif

lint: $(DEV) ## Style, likely faults and format (ruff)
	$(PY) -m ruff check $(CODE)
	$(PY) -m ruff format --check --quiet $(CODE)

types: $(DEV) ## Types (mypy, strict)
	$(PY) -m mypy

contract: $(DEV) ## Who may import whom (import-linter)
	.venv/bin/lint-imports --no-cache

check-docs: $(DEV) ## Generated pages and the help in README are fresh, examples in the documents run
	$(PY) -m pytest tests/docs

killed: $(DEV) ## One scan killed and resumed fifty times, on both databases [HIKSWEEP_SEED=7]
	HIKSWEEP_KILLS=50 $(PY) -m pytest -s tests/killed

trackers: $(DEV) ## A year of sweeps and every crash against the real trackers that are installed
	HIKSWEEP_TRACKERS=whole HIKSWEEP_CRASHES=100 $(PY) -m pytest -n $(WORKERS) --dist worksteal -rs $(or $(T),tests/tickets)

fuzz: $(DEV) ## A million mutated replies [ARGS="--seed 7"] and long property tests; a part: T=tests/parsers/test_http.py
	$(if $(T),,$(PY) benchmarks/fuzz.py $(CORPUS) $(ARGS))
	$(PY) -m pytest -n $(WORKERS) --dist worksteal -m hypothesis --hypothesis-profile=fuzz $(or $(T),tests)

accuracy: $(RUN) ## Recall, precision and each error; with CORPUS="FILE.jsonl ..." it writes docs/accuracy.md
	@$(PY) benchmarks/accuracy.py $(CORPUS) $(if $(CORPUS),--write docs/accuracy.md --picture docs/images/accuracy.svg)

bench: $(RUN) ## How fast a sweep is, and against nmap on the same ports
	@for script in $(filter-out benchmarks/accuracy.py benchmarks/fuzz.py,$(wildcard benchmarks/*.py)); do $(PY) "$$script" $(ARGS) || exit; done

##### Change

format: $(DEV) ## Format the code and put right what can be put right without thought
	$(PY) -m ruff check --fix $(CODE)
	$(PY) -m ruff format $(CODE)

docs: $(RUN) ## Write the generated pages again
	@$(PY) docs/generate.py

scaffold-probe: $(DEV) ## A new probe and its test to start from: NAME=protocol
	@$(PY) tools/scaffold_probe.py '$(NAME)'

wheel: $(DEV) ## Build dist/*.whl and prove it in an empty environment outside this folder
	@rm -rf dist
	$(PY) -m build --wheel --no-isolation --outdir dist
	$(PY) -m pytest tests/architecture/test_wheel.py

lock: ## Choose the newest packages again and lock them with their hashes (needs uv)
	@command -v uv >/dev/null || { echo 'make lock: needs uv; install it: pipx install uv' >&2; exit 1; }
	$(LOCK) --group build -o requirements/build.txt
	$(LOCK) -c requirements/build.txt pyproject.toml -o requirements/run.txt
	$(LOCK) -c requirements/build.txt -c requirements/run.txt --override requirements/without.txt \
	    pyproject.toml --group test -o requirements/test.txt

LOCK := UV_CUSTOM_COMPILE_COMMAND='make lock' uv pip compile --quiet --upgrade --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url --no-emit-find-links --no-config

clean: ## Remove everything that make made, .venv included; reports stay
	rm -rf .venv dist build htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	    .import_linter_cache
	find scanner tests benchmarks tools -name __pycache__ -type d -prune -exec rm -rf {} +

##### The environment

# python-nmap is published as source only, so what builds it is locked too and stands there first.
$(RUN): $(PY) requirements/build.txt requirements/run.txt pyproject.toml
	@echo 'Installing the locked packages into .venv ...'
	@$(PIP) --require-hashes --requirement requirements/build.txt
	@$(PIP) --require-hashes --no-build-isolation --requirement requirements/run.txt
	@$(PIP) --no-build-isolation --no-deps --no-index --editable .
	@touch $@

$(DEV): $(RUN) requirements/test.txt
	@echo 'Installing what the tests need ...'
	@$(PIP) --require-hashes --no-build-isolation --no-deps --requirement requirements/test.txt
	@touch $@

$(PY):
	@python=$$(tools/find-python $(PYTHON)) && "$$python" -m venv --clear .venv

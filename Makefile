# Everything one does with this folder; `make` alone lists it. It needs make and Python 3.11 or newer, nothing else.

SHELL := /bin/sh
BIN := .venv/bin
PREFIX ?= $(HOME)/.local
DEMO_BOOK := build/demo/book.json
PACKAGES := trainer_tui screens storage relationships
UV := uv==0.13.9
PYTHONS := $(or $(PYTHON),python3.13 python3.12 python3.11 python3)

# pip's own settings (a mirror, a certificate) are the user's and stay in force; only its chatter is turned down.
PIP := -m pip --disable-pip-version-check --quiet
# The locks name everything, so that nothing is left to resolve: an older pip takes `coverage[toml]` for something else than
# the `coverage` that is locked, and refuses as soon as there is a newer release.
from_lock := --no-deps --require-hashes -r

# Runs each candidate rather than looking for its name: a name on the PATH may be a shim without a Python behind it.
find_python := python=; for candidate in $(PYTHONS); do \
	if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then python=$$candidate; break; fi; done; \
	if [ -z "$$python" ]; then \
	echo "trainer-tui needs Python 3.11 or newer with its venv module; none of these is: $(PYTHONS)." >&2; \
	echo "Install one (on Debian and Ubuntu: python3 and python3-venv), or name it: make PYTHON=/path/to/python3." >&2; \
	exit 1; fi

# The folder that `make install` fills, absolute, in the recipe's $prefix.
find_prefix := case '$(PREFIX)' in '~/'*) prefix="$$HOME/$(patsubst ~/%,%,$(PREFIX))" ;; /*) prefix='$(PREFIX)' ;; \
	*) prefix="$$PWD/$(PREFIX)" ;; esac; home="$$prefix/lib/trainer-tui"; link="$$prefix/bin/trainer-tui"; \
	if [ -e "$$home" ] && [ ! -e "$$home/pyvenv.cfg" ]; then \
	echo "$$home is there and is not an installed trainer-tui; nothing was changed." >&2; exit 1; fi

.DEFAULT_GOAL := help
.PHONY: help setup run demo test check fmt bench soak lock install uninstall clean

help: ## List what there is
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(MAKEFILE_LIST) | while IFS='	' read -r name what; do \
	printf '  make %-10s %s\n' "$$name" "$$what"; done

setup: .venv/.program ## Make .venv with the program and the tools (the other targets do this themselves)

.venv/.packages: locks/dev.lock
	@set -e; $(find_python); echo "Setting up .venv with $$python (under a minute)"; "$$python" -m venv --clear .venv
	@$(BIN)/python $(PIP) install --compile $(from_lock) locks/dev.lock
	@touch $@

.venv/.program: .venv/.packages pyproject.toml
	@$(BIN)/python $(PIP) install --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -qq $(PACKAGES) || :
	@touch $@

run: setup ## Open the app; ARGS='--book PATH' and the like are passed on
	@$(BIN)/trainer-tui $(ARGS)

demo: setup ## Open the app on a made-up book; ARGS='--touches 10000 --seed 7' makes it anew
	@if $(if $(ARGS),true,[ ! -e $(DEMO_BOOK) ]); then umask 077; \
	rm -rf build/demo && mkdir -p build/demo && $(BIN)/trainer-tui demo --to $(DEMO_BOOK) $(ARGS); fi
	@$(BIN)/trainer-tui --book $(DEMO_BOOK)

test: check ## Run every gate: all of check, then the tests with their coverage
	$(BIN)/python -m pytest -q --cov -n 2

check: setup ## Run the quick gate: format, lint, types, layers
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

fmt: setup ## Format the code and mend what the linter can
	$(BIN)/ruff check --fix --quiet
	$(BIN)/ruff format

bench: setup ## Measure the budgets against their yardsticks; QUICK=1 takes under a minute
	$(BIN)/python -m bench $(if $(QUICK),--quick)

soak: setup ## Run the tests that take minutes
	$(BIN)/python -m pytest -q -m soak --hypothesis-profile=soak

lock: ## Remake locks/ from pyproject.toml; UPGRADE=1 also renews what those packages need in turn
	@set -e; $(find_python); rm -rf build/lock; "$$python" -m venv build/lock; \
	build/lock/bin/python $(PIP) install $(UV); mkdir -p locks; \
	compile="build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url $(if $(UPGRADE),--upgrade) --custom-compile-command"; \
	$$compile 'make lock' --group dev pyproject.toml -o locks/dev.lock; \
	$$compile 'make lock' --constraint locks/dev.lock --group build -o locks/build.lock; \
	$$compile 'make lock' --constraint locks/dev.lock pyproject.toml -o locks/runtime.lock; \
	rm -rf build/lock

install: ## Install for daily use under PREFIX (default ~/.local)
	@set -e; $(find_python); $(find_prefix); umask 022; rm -rf build/wheel; \
	"$$python" -m venv --clear build/packing; pip="build/packing/bin/python $(PIP)"; \
	$$pip install $(from_lock) locks/build.lock; \
	$$pip wheel --no-deps --no-build-isolation --wheel-dir build/wheel .; \
	"$$python" -m venv --clear --without-pip "$$home"; \
	$$pip --python "$$home/bin/python" install --compile $(from_lock) locks/runtime.lock; \
	$$pip --python "$$home/bin/python" install --compile --no-deps --no-index build/wheel/*.whl; \
	mkdir -p "$$prefix/bin"; ln -sfn ../lib/trainer-tui/bin/trainer-tui "$$link"; rm -rf build/packing build/wheel; \
	echo "Installed $$link"; \
	case ":$$PATH:" in *":$$prefix/bin:"*) ;; *) echo "$$prefix/bin is not on your PATH yet." ;; esac

uninstall: ## Remove what install put under PREFIX; books and settings stay
	@set -e; $(find_prefix); rm -rf "$$home"; if [ -L "$$link" ]; then rm "$$link"; fi; \
	echo "Removed trainer-tui from $$prefix. Books and settings are where they were."

clean: ## Remove everything that make made here: .venv, the demo book, caches
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
	find $(PACKAGES) tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

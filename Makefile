# JupyterFHE. `make run` shows it, `make test` proves it; `make` alone lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -ec
JOBS ?= 2
BUILD := build
TESTS := $(BUILD)/test
PY := .venv/bin/python
# Configure and build one tree: $(call cmake_build,FOLDER,FLAGS). Quiet unless something is wrong.
define cmake_build
@cmake -S engine -B $(1) -G Ninja -DCMAKE_BUILD_TYPE=Release $(2) --log-level=WARNING >/dev/null
@cmake --build $(1) -j $(JOBS) -- --quiet | sed "/no work to do/d"
endef
TEST_FLAGS := -DJFHE_TESTS=ON -DJFHE_TEST_PARAMS=ON -DJFHE_VERIFY=ON

.DEFAULT_GOAL := help
.PHONY: help engine test-build run test test-slow sanitize fuzz ctime wasm wasm-test bench bench-peers lint \
        format clean python vault lab demo

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- the two commands ---------------------------------------------------------------------------
run: wasm vault python lab ## build all, start JupyterLab with the welcome notebook; ARGS="--no-browser --port N --folder DIR"
	@$(PY) tools/run_lab.py $(ARGS)

demo: engine .venv/ready ## walk through the command line tool on a real data set
	@tools/demo.sh

test: engine test-build wasm-test vault python lab ## install what is missing, build, run every test, end with one count
	@tools/system.sh browser
	@$(PY) tools/run_tests.py --jobs $(JOBS)

test-slow: engine test-build wasm-test vault python lab ## the same with the tests that take long
	@tools/system.sh browser
	@JFHE_TEST_SLOW=1 $(PY) tools/run_tests.py --jobs $(JOBS)

# --- building -----------------------------------------------------------------------------------
engine: ## the libraries and the command line tool, build/jfhe
	@tools/system.sh build
	$(call cmake_build,$(BUILD),)

test-build: .venv/ready
	$(call cmake_build,$(TESTS),$(TEST_FLAGS))

wasm: .venv/ready ## the engine for browsers, build/wasm/jfhe.wasm
	@engine/wasm/build.sh

wasm-test: .venv/ready
	@engine/wasm/build.sh --tests $(JOBS)

python: .venv/jupyterfhe .venv/jupyterfhe-server ## the Python packages, installed in .venv; their Python files are used where they lie
NATIVE := pyproject.toml python/CMakeLists.txt $(shell find python/native python/share engine/CMakeLists.txt engine/cmake \
	engine/include engine/src -type f -not -path '*/cli/*')
.venv/jupyterfhe: .venv/ready $(NATIVE)
	@echo "Building the Python package." >&2
	@CMAKE_BUILD_PARALLEL_LEVEL=$(JOBS) $(PY) -m pip install --quiet --disable-pip-version-check --no-build-isolation \
		--no-deps --editable .
	@touch $@

.venv/jupyterfhe-server: .venv/ready server/pyproject.toml $(wildcard server/jupyter-config/*/*.json)
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable server
	@touch $@

vault: wasm ## the second origin, where keys and readable data live: python/jupyterfhe/vault/static
	@lab/packages/vault/build.sh

lab: .venv/ready ## the JupyterLab extension, build/labextension
	@lab/build.sh

.venv/ready: requirements-dev.txt
	@tools/system.sh build test
	@echo "Installing Python packages into .venv: some minutes, once." >&2
	@test -x $(PY) || python3 -m venv .venv
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# --- stronger checks ----------------------------------------------------------------------------
sanitize: .venv/ready ## the whole suite under address + undefined, memory, and thread sanitizers
	@tools/system.sh clang
	@tools/sanitize.sh address,undefined memory thread

fuzz: ## fuzz each reader; FUZZ_SECONDS=60 each, new inputs are kept in engine/fuzz/corpus
	@tools/system.sh build clang
	@tools/fuzz.sh

ctime: ## constant-time runs: gcc and clang, -O0 and -O3, under valgrind
	@tools/system.sh build clang valgrind
	@tools/ctime.sh

lint: .venv/ready ## clang-format, clang-tidy and the layer, symbol and constant checks
	@tools/system.sh clang lint
	@tools/lint.sh

format: ## rewrite the sources in the house format
	@tools/system.sh lint
	@tools/lint.sh --fix

# --- speed --------------------------------------------------------------------------------------
bench: engine .venv/ready ## our figures, kept in bench/out with machine and commit
	@$(PY) bench/run_bench.py

bench-peers: engine .venv/ready ## our figures beside the peers', interleaved, with ratios
	@$(PY) bench/run_peers.py

clean: ## remove what was built; .venv stays
	@rm -rf $(BUILD)

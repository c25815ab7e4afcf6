# Strata: everything a newcomer types. `make demo` and `make test` do all their own set-up.
SHELL := /bin/bash
.DEFAULT_GOAL := help

SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
APT_PACKAGES := libopenblas-dev liblapacke-dev libzstd-dev zlib1g-dev pkg-config
BUILD := swift build -c release
STRATA := .build/release/strata
# Programs that start quickly and run where Swift is not installed; macOS has its libraries in the system.
STATIC := $(if $(filter Linux,$(shell uname -s)),--static-swift-stdlib)
STRATA_DATA ?= ../shared/data
STRATA_CONFORMANCE ?= ../shared/conformance/model-golden
# Tests of what is too large for the repository, or not ours to give.
OUTSIDE_TESTS := StrataRealDataTests|FullSize
VENV := .venv
SWIFT_SOURCES := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/StrataBenchmarks Benchmarks/StrataWorker

.PHONY: help setup build demo test variants spills sanitize verify bench bench-instructions bench-scaling bench-simulator bench-peers docs format lint examples consumer clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

setup: ## Install missing system packages (apt or Homebrew)
	@if command -v apt-get >/dev/null; then \
	  missing=$$(for p in $(APT_PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	  [ -z "$$missing" ] || { echo "installing:" $$missing; $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing; }; \
	elif command -v brew >/dev/null; then brew list openblas zstd pkg-config >/dev/null 2>&1 || brew install openblas zstd pkg-config; \
	else echo "Install these with your package manager: OpenBLAS, LAPACKE, zstd and zlib, with headers." >&2; fi

build: setup ## Build the command
	$(BUILD) --product strata

demo: build ## Simulate a cluster with faults, train, detect, and write demo/report.html
	$(STRATA) demo --output demo --overwrite

INSTALL_VENV := { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq python3-venv; }

# The Python packages against which files we write and read are checked. The library itself needs none of them.
$(VENV)/installed: Tests/requirements.txt
	@python3 -m venv $(VENV) 2>/dev/null || { $(INSTALL_VENV) && python3 -m venv $(VENV); }
	$(VENV)/bin/python -m pip install -q --disable-pip-version-check -r Tests/requirements.txt
	@touch $@

test: setup $(VENV)/installed ## Build and run every test
	$(BUILD) --build-tests
	STRATA_PYTHON="$(CURDIR)/$(VENV)/bin/python" swift test -c release --skip-build --skip '$(OUTSIDE_TESTS)'

variants: build ## Run the tests of kernels, parts, models and inference once with every kernel variant this processor runs
	$(BUILD) --build-tests
	for variant in $$($(STRATA) doctor --format json | python3 -c 'import json, sys; print(*json.load(sys.stdin)["runnableKernels"])'); do \
	  echo "kernels: $$variant"; STRATA_KERNELS=$$variant swift test -c release --skip-build --skip '$(OUTSIDE_TESTS)' \
	    --filter 'StrataTensorTests|StrataNeuralTests|StrataModelTests|StrataInferenceTests' >.build/variant.log 2>&1 \
	    || { cat .build/variant.log; exit 1; }; tail -1 .build/variant.log; done

spills: ## Check that no variant's innermost loop of products loads its sums from the stack
	$(BUILD) --target CStrataKernels
	python3 Tests/KernelObjects/spills.py "$$($(BUILD) --show-bin-path)"/CStrataKernels.build/kernels_*.o

sanitize: setup $(VENV)/installed ## Run the tests that use threads and memory of their own under the address and the thread sanitizer
	for kind in address thread; do \
	  $(BUILD) --sanitize=$$kind --scratch-path .build/$$kind --build-tests || exit 1; \
	  ASAN_OPTIONS=detect_leaks=0 STRATA_PYTHON="$(CURDIR)/$(VENV)/bin/python" \
	  swift test -c release --sanitize=$$kind --scratch-path .build/$$kind --skip-build --skip '$(OUTSIDE_TESTS)|AllocationTests' \
	    --filter 'StrataTensorTests|StrataNeuralTests|StrataTrainingTests|StrataInferenceTests' || exit 1; done

verify: build ## Check importers and committed experiment rows on real data, and full-size models against PyTorch
	$(BUILD) --build-tests
	STRATA_DATA="$(abspath $(STRATA_DATA))" STRATA_CONFORMANCE="$(abspath $(STRATA_CONFORMANCE))" \
	  swift test -c release --skip-build --filter '$(OUTSIDE_TESTS)'
	$(STRATA) experiment verify experiments --data "$(abspath $(STRATA_DATA))"

bench: setup ## Run the benchmarks
	cd Benchmarks && swift package --disable-sandbox benchmark

bench-instructions: ## Count the instructions of the main kernels (valgrind) and compare with the committed table
	python3 Benchmarks/instructions/count.py

bench-scaling: setup ## Fit how costs grow with batch, window length, width, channels and entities; draws figures
	$(BUILD) --package-path Benchmarks --product StrataScaling
	Benchmarks/.build/release/StrataScaling Benchmarks/results

bench-simulator: build ## Time the simulator over sizes and durations, up to 10 240 devices for an hour
	python3 Benchmarks/simulator/scale.py --strata $(STRATA) --hour --results Benchmarks/results

bench-peers: setup ## Race Strata, PyTorch, JAX, ONNX Runtime and OpenVINO on the reference models; see Benchmarks/README.md
	$(BUILD) $(STATIC) --package-path Benchmarks --product StrataWorker
	@python3 -c 'import ensurepip' 2>/dev/null || $(INSTALL_VENV)
	python3 Benchmarks/peers/race.py $(if $(JOBS),--jobs $(JOBS)) $(if $(THREADS),--threads $(THREADS)) \
	  $(if $(COMPETITORS),--competitors $(foreach name,$(COMPETITORS),'$(name)')) $(if $(BUDGET),--budget $(BUDGET)) \
	  --golden '$(abspath $(wildcard $(STRATA_CONFORMANCE)))' --results Benchmarks/results

docs: setup ## Build the documentation of every module; a warning is an error
	@mkdir -p .build/docs
	@for module in $(shell ls Sources | grep '^Strata' | grep -v StrataCommand); do \
	  STRATA_DOCS=1 swift package --scratch-path .build/docs-build --disable-sandbox generate-documentation --target $$module --warnings-as-errors \
	    --output-path .build/docs/$$module >.build/docs-$$module.log 2>&1 || { cat .build/docs-$$module.log; exit 1; }; echo "documented $$module"; done

format: ## Format the sources in place
	swift format --in-place --recursive --parallel $(SWIFT_SOURCES)

lint: ## Check the format
	swift format lint --strict --recursive --parallel $(SWIFT_SOURCES)

examples: setup ## Build the programs of Sources/Examples, and run each in a folder that is removed
	@for example in $(notdir $(wildcard Sources/Examples/*)); do \
	  $(BUILD) --product $$example || exit 1; \
	  place=$$(mktemp -d); echo "example: $$example"; \
	  (cd $$place && time "$(CURDIR)/.build/release/$$example" "$(CURDIR)/experiments/04-real-faults/recordings/seed0"); \
	  status=$$?; rm -rf $$place; [ $$status = 0 ] || exit $$status; done

consumer: setup ## Build and run packages that depend on Strata by branch, as a user's would
	Tests/Consumer/run

clean: ## Remove what was built
	rm -rf .build $(VENV) demo

# `make demo` shows the agent at work, `make test` checks everything; the rest are their parts.
# What a target needs, it prepares once, in $XDG_CACHE_HOME/edgeagent (~/.cache/edgeagent).

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
# One step at a time, for output that can be read; `make test` runs its stages side by side.
ifndef SIDE_BY_SIDE
.NOTPARALLEL:
endif
MAKEFLAGS += --no-builtin-rules --no-print-directory

host := $(shell uname -m)
agent := dist/edgeagent-$(host)
test_tools = "$$(Tests/integration/install-tools)"
# No target imports what it does not declare: the walls of Package.swift.
declared := --explicit-target-dependency-import-check error

.DEFAULT_GOAL := help
.PHONY: help demo test build static static-x86_64 static-aarch64 planted realtime lint format unit \
  sanitize fuzz fuzz-briefly fuzz-corpus fuzzers coverage integration test-tools bench-latency \
  bench-sensors bench-upload arena function-order falls train soak hot-path durability fleet board \
  swift toolchain libraries clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

demo: toolchain ## a simulated wrist sensor with a fall in it, and the alert
	@if packaging/static-sdk >/dev/null; then \
	  packaging/build-static $(host) .build-$(host) $(agent) && exec $(agent) demo; \
	else \
	  echo "So this is the ordinary build: the same program, linked dynamically"; \
	  $(MAKE) libraries && swift build -c release --product edgeagent && \
	  exec .build/release/edgeagent demo; \
	fi

# Stages side by side, one more than there are cores, since some wait for the network. The fuzzers
# have the machine to themselves, and so have the integration tests, whose summary comes last.
test: swift ## everything CI checks
	@$(MAKE) --jobs=$$(($$(nproc) + 1)) SIDE_BY_SIDE=1 stage-fuzz-briefly
	@$(MAKE) integration

parts := lint unit fuzzers static-x86_64 static-aarch64 planted realtime test-tools
stage-planted: stage-static-$(host)
stage-fuzz-briefly: $(parts:%=stage-%)
stage-%:
	@.ci/stage $* $(MAKE) $*

build: swift ## an ordinary release build for this machine
	swift build -c release --product edgeagent $(declared)

static: static-x86_64 static-aarch64 ## what ships: dist/edgeagent-x86_64 and -aarch64, static
	@stat --format '%n %s bytes' dist/edgeagent-x86_64 dist/edgeagent-aarch64

static-x86_64 static-aarch64: static-%: toolchain
	@packaging/build-static $* .build-$* dist/edgeagent-$*

# The same objects with an allocation planted on the hot thread, which a test has to catch, and with
# points at which the process kills itself, for tests of lost power.
planted: toolchain
	@Tests/integration/planted/build .build-planted/edgeagent

# An ordinary build in which RealtimeSanitizer watches the hot thread.
realtime: swift
	@Tests/integration/planted/build-realtime .build-realtime/edgeagent

lint: toolchain ## format, columns, words, dead files, the picture of the targets
	@status=0; \
	swift format lint --strict -r Sources Tests Package.swift || status=1; \
	.ci/tidy || status=1; \
	.ci/targets --check || status=1; \
	exit $$status

format: swift ## put the Swift sources into that format
	swift format --in-place -r Sources Tests Package.swift

# Models that the tests build are what fuzzing starts from.
unit: swift ## the Swift tests
	@mkdir -p .build-fuzz/seeds
	swift build --build-tests $(declared)
	FUZZ_SEEDS="$(CURDIR)/.build-fuzz/seeds" swift test --skip-build

# Sanitizers in folders of their own. XCTest itself leaks; hiding all leaks would hide ours.
sanitize: swift ## the Swift tests under ThreadSanitizer and AddressSanitizer (some minutes)
	swift test --sanitize=thread --scratch-path .build-thread
	LSAN_OPTIONS=suppressions=Tests/leaks.supp \
	  swift test --sanitize=address --scratch-path .build-address

# SECONDS or RUNS of each target, or TARGETS="model-run json" alone.
fuzz: swift ## every fuzzer for 60 seconds; make fuzz SECONDS=600, or RUNS=1000000
	@Tests/fuzz/fuzz $(if $(RUNS),--runs $(RUNS),--seconds $(or $(SECONDS),60)) $(TARGETS)

fuzz-briefly: swift
	@Tests/fuzz/fuzz --seconds 10 model-load=60 model-run=60 framing=60 modbus=60 \
		decoding=60 json toml recording server

fuzzers: swift
	@Tests/fuzz/fuzz --build

fuzz-corpus: swift ## the models that fuzzing starts from, anew from those that the tests build
	@Tests/fuzz/fuzz --collect

coverage: swift ## lines that the Swift tests reach, by module; EdgeRuntime has to be at 95 %
	@Tests/coverage

integration: test-tools ## the static executables against real peers; after `make static planted`
	@$(test_tools)/bin/python Tests/integration/run

test-tools:
	@Tests/integration/install-tools >/dev/null
	@Tests/integration/install-mlflow >/dev/null

bench-latency: swift ## frame to alert over Unix sockets: 100,000 frames at 1 kHz
	@packaging/build-static $(host) .build-$(host) $(agent)
	$(agent) bench models/fall/1 --frames 100000 --rate 1000

bench-sensors: swift test-tools ## bytes to samples, serial lines at full rate, a flood
	@packaging/build-static $(host) .build-$(host) $(agent)
	@$(test_tools)/bin/python Tests/benchmark/sensors.py $(agent)

bench-upload: swift ## emptying the outbox beside curl with the same requests, plain and TLS
	@packaging/build-static $(host) .build-$(host) $(agent)
	@$(test_tools)/bin/python Tests/benchmark/upload.py $(agent)

arena: swift ## what the models of ../shared need of memory, beside tflite-micro: docs/arena.md
	@packaging/build-static $(host) .build-$(host) $(agent)
	@Tests/benchmark/arena $(agent) --write

# It needs qemu for this machine's own architecture, which the tests' tools bring.
function-order: toolchain test-tools ## which functions stand side by side in the static executable
	@$(test_tools)/bin/python Tests/benchmark/function_order.py

falls: swift ## every recording of subjects the model never saw, replayed through a pseudo-terminal
	@packaging/build-static $(host) .build-$(host) $(agent)
	models/training/evaluate-agent $(agent)

train: ## train models/fall anew from the recordings in ../shared/data
	models/training/train

soak: swift ## a million frames: no allocation, no growth
	@packaging/build-static $(host) .build-$(host) $(agent)
	@$(test_tools)/bin/python -m pytest -c Tests/integration/pytest.ini Tests/integration -m soak

# Best on a machine that does nothing else: it measures times.
hot-path: realtime test-tools ## the bounds of the hot path at full length: 7 minutes
	@packaging/build-static $(host) .build-$(host) $(agent)
	@EDGEAGENT_LONG=1 $(test_tools)/bin/python Tests/integration/run --hot-path

# 1,000 kills, 50,000 crash states, 10^6 records.
durability: static planted ## outbox, uplink, downloads at full length
	@EDGEAGENT_LONG=1 $(test_tools)/bin/python Tests/integration/run --durability

fleet: swift ## 1,000 boards lose nginx and MLflow for ten minutes and get them back: 20 minutes
	@packaging/build-static $(host) .build-$(host) $(agent)
	@Tests/fleet/fleet $(agent) $(FLEET)

# It needs root, Debian 12 and its archive; where one is missing it says so, and fails. Not a part
# of CI. CHECKS="alert people" makes these alone.
board: static-aarch64 ## GPIO lines, people, lost power on an emulated arm64 board: 10 minutes
	@Tests/board/board check dist/edgeagent-aarch64 $(CHECKS) || { \
	  status=$$?; \
	  [[ $$status != 77 ]] || echo "board: nothing was checked, and nothing passed"; \
	  exit $$status; \
	}

swift: toolchain libraries

toolchain:
	@command -v swift >/dev/null || { \
	  echo "No swift on the PATH: install Swift 6.3 or later, https://www.swift.org/install" >&2; \
	  exit 1; }

libraries:
	@packaging/install-libraries

clean: ## remove what was built here (the cache stays)
	rm -rf .build .build-* dist

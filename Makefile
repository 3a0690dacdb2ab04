# The only entry points; continuous integration calls them too. `make` alone lists them.

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
ROW ?= 24
FUZZ_SECONDS ?= 60
FASHION_MNIST ?= /usr/share/datasets/fashion-mnist
TEST_PACKAGES = numpy scipy scikit-learn onnx onnxruntime networkx pandas pytest
TORCH = 2.13.0
ONNX = 1.23.2
PAIRS ?= 15
PARTS ?=

SHELL = /bin/bash

BINARY = $(CURDIR)/.build/release/flashnas
LIBRARY = $(CURDIR)/.build/release/libCFlashNAS.so
VERSION := $(shell sed -n 's/^public let toolkitVersion = "\(.*\)"/\1/p' Sources/FlashQueries/QueryResult.swift)
# The number of FLASHNAS_ABI in flashnas.h.
ABI = 0
TRAINER = datasets/fashion-mnist-dense3

# Fifteen hundred seconds for running the tests, not for building them, where the system has `timeout`; on a terminal
# Ctrl-C still reaches them.
LIMIT := $(if $(shell command -v timeout 2>/dev/null),timeout $(shell test -t 0 && echo --foreground) -k 30 1500)
# Optimised: some tests enumerate millions of networks.
BUILD_TESTS = $(SWIFT) build --build-tests -Xswiftc -O
TESTS = SWIFT_BACKTRACE=enable=no $(LIMIT) $(SWIFT) test --skip-build --parallel -Xswiftc -O

# What is installed beside the program: no caches, locks or hidden files.
DATA = $(shell find hardware-profiles problems datasets -name '.?*' -prune -o -type f \
  \( -name '*.csv' -o -name '*.json' -o -name '*.yaml' -o -name README.md \
  -o -name train.py -o -name fashion_mnist_trainer.py -o -name published.py \) -print | LC_ALL=C sort)
SHARE = $(DESTDIR)$(PREFIX)/share
LIB = $(DESTDIR)$(PREFIX)/lib

# What else is installed, below PREFIX: the C library where it is built for (Linux), and what the program says of itself.
INSTALLED = bin/flashnas share/doc/flashnas/LICENSE share/man/man1/flashnas.1 \
  share/bash-completion/completions/flashnas share/zsh/site-functions/_flashnas \
  share/fish/vendor_completions.d/flashnas.fish include/flashnas.h lib/pkgconfig/flashnas.pc \
  lib/libflashnas.so lib/libflashnas.so.$(ABI) lib/libflashnas.so.$(VERSION)

# Where `make dist` leaves its tarball.
DIST = $(CURDIR)/.build/dist
BUNDLE = flashnas-$(VERSION)-$(shell uname -s | tr A-Z a-z)-$(shell uname -m)

# Installs those of the Debian packages $(1) that are missing; where there is no apt-get, says what to install.
# $(2): what to do on macOS.
define packages
missing=; \
for package in $(1); do \
  case $$package in \
    libgsl-dev) pkg-config --exists gsl ;; \
    liblapacke-dev) pkg-config --exists lapacke ;; \
    libnlopt-dev) pkg-config --exists nlopt ;; \
    libqhull-dev) pkg-config --exists qhull_r ;; \
    libsqlite3-dev) pkg-config --exists sqlite3 ;; \
    pkg-config | python3) command -v $$package ;; \
    python3-venv) python3 -c 'import ensurepip, venv' ;; \
    dataset-fashion-mnist) test -f '$(FASHION_MNIST)/train-images-idx3-ubyte.gz' ;; \
    *) dpkg -s $$package ;; \
  esac >/dev/null 2>&1 || missing="$$missing $$package"; \
done; \
if [ -z "$$missing" ]; then \
  :; \
elif [ "$$(uname)" = Darwin ]; then \
  echo "Missing:$$missing. $(2)" >&2; exit 1; \
elif command -v apt-get >/dev/null; then \
  if [ "$$(id -u)" = 0 ]; then root=; else root=sudo; fi; \
  echo "Installing:$$missing"; \
  $$root apt-get -q update && $$root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y $$missing </dev/null; \
else \
  echo "Missing, by Debian's names:$$missing. Install them with this system's package manager." >&2; exit 1; \
fi
endef

# Makes the Python environment $(1) with PyTorch and the packages $(2), unless it has them.
define environment
$(1)/bin/python -c '$(foreach module,torch $(2:scikit-learn=sklearn),import $(module);)' 2>/dev/null || { \
  echo "Making $(1): torch $(2)"; \
  python3 -m venv $(1) && $(1)/bin/python -m pip install --quiet $(2) && { \
    $(1)/bin/python -m pip install --quiet 'torch==$(TORCH)+cpu' 2>/dev/null || \
    $(1)/bin/python -m pip install --quiet --index-url https://download.pytorch.org/whl/cpu 'torch==$(TORCH)'; \
  }; \
}
endef

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help dependencies python build demo test test-all test-python notebooks load lint fuzz bench retrain-one install \
  install-library install-data uninstall dist bundle wheel

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

dependencies: ## Install the system packages that are missing: GSL, LAPACKE, NLopt, Qhull, SQLite and pkg-config
	@$(call packages,libgsl-dev liblapacke-dev libnlopt-dev libqhull-dev libsqlite3-dev pkg-config,Run: brew install gsl lapack nlopt qhull sqlite pkg-config)

python: ## Install Python and its venv module where missing; only test-all, bench and retrain-one need both
	@$(call packages,python3 python3-venv,Run: brew install python)

build: dependencies ## Build .build/release/flashnas and, on Linux, the C library
	$(SWIFT) build -c release --product flashnas
	@[ "$$(uname)" != Linux ] || { set -x; $(SWIFT) build -c release --product CFlashNAS; }

demo: build ## Build, then search for the best network of the shipped problem
	@echo 'Which network of dense3-fashion has the most accuracy per latency, energy and area on a 32x32 systolic array,'
	@echo 'within the bounds of problems/default.yaml?'
	@echo
	'$(BINARY)' search

# One build, whose program is optimised file by file; what `make build` makes is for test-all.
test: dependencies ## Build, then run the tests but those that need SciPy, scikit-learn, PyTorch, ONNX Runtime or networkx, which say that they are skipped
	$(BUILD_TESTS)
	FLASHNAS_BINARY='$(CURDIR)/.build/debug/flashnas' $(TESTS)

load: build ## Ask one `flashnas serve` 10 000 questions, each with its own bounds, one in a hundred damaged
	$(BUILD_TESTS)
	FLASHNAS_REQUESTS=10000 FLASHNAS_BINARY='$(BINARY)' $(TESTS) --filter 'ServeTests.*thousands'

test-all: python build ## Build in release mode, then run every test, SciPy, scikit-learn, PyTorch, ONNX Runtime and networkx installed in .venv-test; a skipped one is a failure
	@$(call packages,tcl valgrind,Run: brew install tcl-tk)
	@$(call environment,.venv-test,$(TEST_PACKAGES))
	$(BUILD_TESTS)
	log=$$(mktemp) && trap 'rm -f "$$log"' EXIT && set -o pipefail && \
	  FLASHNAS_BINARY='$(BINARY)' FLASHNAS_PYTHON='$(CURDIR)/.venv-test/bin/python' $(TESTS) 2>&1 | tee "$$log" && \
	  ! grep -iE '^. .* skipped' "$$log"
	@$(MAKE) --no-print-directory test-python

test-python: python dependencies ## Install the Python package in .venv-test, then run its tests
	@$(call environment,.venv-test,$(TEST_PACKAGES))
	SWIFT='$(SWIFT)' .venv-test/bin/python -m pip install --quiet --force-reinstall --no-deps ./Python
	cd Python && env -u FLASHNAS_LIBRARY -u FLASHNAS_DATA $(LIMIT) ../.venv-test/bin/python -m pytest -q

notebooks: python dependencies ## Run the notebooks from a clean state, Jupyter and matplotlib installed in .venv-notebooks
	@.venv-notebooks/bin/python -c 'import ipykernel, matplotlib, nbclient, pandas' 2>/dev/null || { \
	  echo 'Making .venv-notebooks: ipykernel matplotlib nbclient pandas'; \
	  python3 -m venv .venv-notebooks && .venv-notebooks/bin/python -m pip install --quiet ipykernel matplotlib nbclient pandas; \
	}
	SWIFT='$(SWIFT)' .venv-notebooks/bin/python -m pip install --quiet --force-reinstall --no-deps ./Python
	set -e; for notebook in notebooks/*.ipynb; do \
	  env -u FLASHNAS_LIBRARY -u FLASHNAS_DATA $(LIMIT) .venv-notebooks/bin/jupyter execute "$$notebook"; \
	done

fuzz: dependencies ## Fuzz the parsers for FUZZ_SECONDS (60); needs a toolchain with libFuzzer
	Fuzz/run.sh $(FUZZ_SECONDS)

bench: dependencies python ## Measure against the usual tools, in PAIRS (15) of runs, all PARTS or some (import fit simulate search optimise python sweep), onnx, SciPy and scikit-learn installed in .venv-bench: ratios
	@.venv-bench/bin/python -c 'import onnx, scipy, sklearn' 2>/dev/null || { \
	  echo 'Making .venv-bench: onnx scipy scikit-learn' >&2; \
	  python3 -m venv .venv-bench && .venv-bench/bin/python -m pip install --quiet 'onnx==$(ONNX)' scipy scikit-learn; \
	}
	@FLASHNAS_PYTHON='$(CURDIR)/.venv-bench/bin/python' PAIRS=$(PAIRS) PARTS="$(PARTS)" SWIFT='$(SWIFT)' Benchmarks/run.sh

lint: ## Check the style of the Swift files, the syntax of the Python files, and that notebooks hold no outputs
	@$(call packages,python3,Run: brew install python)
	find Package.swift Sources Tests Benchmarks -name '.?*' -prune -o -name '*.swift' ! -name '*.pb.swift' \
	  -exec $(SWIFT) format lint --strict --parallel {} +
	find . -name '.?*' -prune -o -name '*.py' \
	  -exec python3 -c 'import sys; [compile(open(name, "rb").read(), name, "exec") for name in sys.argv[1:]]' {} +
	python3 notebooks/stripped.py

retrain-one: python ## Train row ROW (24) of the Fashion-MNIST plan for one epoch and print it: a smoke check
	@$(call packages,dataset-fashion-mnist,Get the four files of Fashion-MNIST and name their folder: FASHION_MNIST=FOLDER)
	@$(call environment,.venv,numpy)
	folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	  .venv/bin/python $(TRAINER)/train.py $(TRAINER)/plan.csv "$$folder/one.csv" --data '$(FASHION_MNIST)' \
	    --only $(ROW) --epochs 1 && cat "$$folder/one.csv"

install: install-library install-data ## Install program, C library, manual, completions and data under PREFIX (/usr/local), within DESTDIR; run `make build` first
	@test -x '$(BINARY)' || { echo '$(BINARY): not built, run make build first' >&2; exit 1; }
	install -d '$(DESTDIR)$(PREFIX)/bin' '$(SHARE)/doc/flashnas' '$(SHARE)/man/man1' \
	  '$(SHARE)/bash-completion/completions' '$(SHARE)/zsh/site-functions' '$(SHARE)/fish/vendor_completions.d'
	install -m 755 '$(BINARY)' '$(DESTDIR)$(PREFIX)/bin/flashnas'
	install -m 644 LICENSE '$(SHARE)/doc/flashnas/LICENSE'
	'$(BINARY)' --generate-manual > '$(SHARE)/man/man1/flashnas.1'
	'$(BINARY)' --generate-completion-script bash > '$(SHARE)/bash-completion/completions/flashnas'
	'$(BINARY)' --generate-completion-script zsh > '$(SHARE)/zsh/site-functions/_flashnas'
	'$(BINARY)' --generate-completion-script fish > '$(SHARE)/fish/vendor_completions.d/flashnas.fish'

# These two are what the Python package carries, too.
install-library:
	@if [ "$$(uname)" = Linux ]; then set -ex; \
	  test -f '$(LIBRARY)' || { echo '$(LIBRARY): not built, run make build first' >&2; exit 1; }; \
	  install -d '$(LIB)/pkgconfig' '$(DESTDIR)$(PREFIX)/include'; \
	  install -m 755 '$(LIBRARY)' '$(LIB)/libflashnas.so.$(VERSION)'; \
	  ln -sf libflashnas.so.$(VERSION) '$(LIB)/libflashnas.so.$(ABI)'; \
	  ln -sf libflashnas.so.$(ABI) '$(LIB)/libflashnas.so'; \
	  install -m 644 Sources/CFlashNAS/flashnas.h '$(DESTDIR)$(PREFIX)/include/flashnas.h'; \
	  sed 's/@VERSION@/$(VERSION)/' Sources/CFlashNAS/flashnas.pc.in > '$(LIB)/pkgconfig/flashnas.pc'; \
	  chmod 644 '$(LIB)/pkgconfig/flashnas.pc'; \
	fi

install-data:
	@set -e; for file in $(DATA); do \
	  echo "$(SHARE)/flashnas/$$file"; \
	  install -d "$(SHARE)/flashnas/$$(dirname "$$file")"; \
	  install -m 644 "$$file" "$(SHARE)/flashnas/$$file"; \
	done

uninstall: ## Remove what `make install` put there, and nothing else
	@for file in $(INSTALLED); do rm -f "$(DESTDIR)$(PREFIX)/$$file"; done
	@for file in $(DATA); do rm -f "$(SHARE)/flashnas/$$file"; done
	@for folder in '$(SHARE)/flashnas' '$(SHARE)/doc/flashnas'; do \
	  if [ -d "$$folder" ]; then find "$$folder" -depth -type d -exec rmdir {} + 2>/dev/null || :; fi; \
	done

dist: build bundle ## Make a tarball for machines without Swift: program, C library and the libraries they need, data

# The C runtime is the target's own; every other library that is linked goes along, with its licence.
bundle:
	@[ "$$(uname)" = Linux ] || { echo 'dist: for Linux alone' >&2; exit 1; }
	rm -rf '$(DIST)/$(BUNDLE)'
	@$(MAKE) --no-print-directory install PREFIX= DESTDIR='$(DIST)/$(BUNDLE)' BINARY='$(BINARY)' LIBRARY='$(LIBRARY)'
	Packaging/bundle.sh '$(DIST)/$(BUNDLE)'
	tar -C '$(DIST)' --sort=name --owner=0 --group=0 --numeric-owner -czf '$(DIST)/$(BUNDLE).tar.gz' '$(BUNDLE)'
	@echo '$(DIST)/$(BUNDLE).tar.gz'

# Any Python 3 whose glibc is as new as the libraries need.
wheel: python dist ## Make a wheel of the Python package that carries library, data and the libraries they need
	@test -x .venv-wheel/bin/wheel || { python3 -m venv .venv-wheel && .venv-wheel/bin/python -m pip install --quiet wheel; }
	rm -f '$(DIST)'/flashnas-*.whl
	FLASHNAS_LIBRARY='$(DIST)/$(BUNDLE)/lib/libflashnas.so.$(ABI)' \
	  .venv-wheel/bin/python -m pip wheel --quiet --no-deps --wheel-dir '$(DIST)' ./Python
	glibc=$$(sed -n 's/.*needs glibc \([0-9]*\)\.\([0-9]*\).*/\1_\2/p' '$(DIST)/$(BUNDLE)/README.md') && \
	  .venv-wheel/bin/wheel tags --remove --platform-tag "manylinux_$${glibc}_$$(uname -m)" '$(DIST)'/flashnas-*.whl

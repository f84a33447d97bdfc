# make        what there is
# Build results are shared by all clones of a machine: $HYPO_TARGET, else ~/.cache/hypo/target.
SHELL := /bin/bash
export CARGO_TARGET_DIR ?= $(or $(HYPO_TARGET),$(HOME)/.cache/hypo/target)
SHARED ?= ../shared
HYPO_HOME ?= .hypo

.DEFAULT_GOAL := help
.PHONY: help run demo-reset test lint fmt tidy schema portal bench accept-%

help: ## this list
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## get what is missing, build, start the demo on 127.0.0.1:8080 (state in ./.hypo or $HYPO_HOME)
	@scripts/run

demo-reset: ## forget the demo's state; the next `make run` starts anew
	@scripts/demo-reset "$(HYPO_HOME)"

test: ## all tests: unit, property, SQLite and PostgreSQL, browser (no root, no ../shared)
	@scripts/test

lint: ## formatting and clippy, warnings are errors
	@scripts/need rust lint cc
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

fmt: ## format the code
	cargo fmt --all

tidy: ## walls between crates, file sizes, error pages
	cargo xtask tidy

schema: ## write schema.graphql from the server
	cargo xtask schema

portal: ## build portal/dist, small
	cargo xtask portal --release

bench: ## measure on the release build, write docs/benchmarks.md
	cargo xtask bench --shared "$(SHARED)"

accept-%: ## accept-main: what the issue must show, one line each (SHARED=../shared)
	@scripts/need rust cc helm
	@cargo xtask accept $* --shared "$(SHARED)"

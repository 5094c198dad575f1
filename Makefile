# The only list of commands.

.DEFAULT_GOAL := help
.PHONY: help run test check fmt lint doc spec docs golden bench micro fuzz build

CODEGEN := cargo run --quiet --package inference-gateway-codegen --

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## */\1\t/' | expand -t 10

run: ## the gateway in development mode; without any key it answers from the offline mock
	ENVIRONMENT=development SERVER_HOST=$${SERVER_HOST:-127.0.0.1} cargo run --quiet --locked

build: ## the release binary, target/release/inference-gateway
	cargo build --release --locked

test: ## all tests
	cargo test --workspace --locked

check: fmt lint test doc ## what must hold before a commit; stale generated files are found by the tests

fmt: ## whether the code is formatted
	cargo fmt --all --check

lint: ## clippy, where a warning is an error
	cargo clippy --workspace --all-targets --locked -- -D warnings

doc: ## the reference, where a warning is an error
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --lib --no-deps --locked

spec: ## what each dialect can say, field by field, as Markdown
	@$(CODEGEN) ledger

docs: ## writes spec/docs from the spec
	$(CODEGEN) docs

golden: ## writes what the compiler makes now over what the tests expect; look at the difference
	# The compiler's first: some of what it makes is compiled into the gateway's tests.
	UPDATE_GOLDEN=1 cargo test --package inference-gateway-codegen --locked
	UPDATE_GOLDEN=1 cargo test --workspace --locked

# What is measured is the binary as it is released; the programs that measure need no optimisation.
bench: $(if $(GATEWAY_BIN),,build) ## the bounds that are promised, beside nginx; BENCH=folder of the harness, BENCH_ONLY=rows, BENCH_ROUNDS=3
	GATEWAY_BIN="$${GATEWAY_BIN:-$(CURDIR)/target/release/inference-gateway}" cargo bench --quiet --locked --profile dev --bench bounds

micro: ## time of each step of each dialect; BENCH_ARGS=--instructions counts instructions instead
	cargo bench --locked --bench dialects -- $(BENCH_ARGS)

fuzz: ## any bytes as replies for FUZZ_SECONDS=60; needs a nightly compiler and `cargo install cargo-fuzz`
	mkdir -p target/fuzz/corpus
	cd tests/fuzz && cargo +nightly fuzz run --fuzz-dir . --target-dir ../../target/fuzz replies ../../target/fuzz/corpus seeds \
		-- -dict=words.dict -max_total_time=$${FUZZ_SECONDS:-60} -artifact_prefix=../../target/fuzz/

# Thumbproof. `make help` lists what there is to do.

VERSION := 0.1
BUILD := build
CC := gcc
WARNINGS := -Wall -Wextra -Wconversion -Wshadow
SANITIZE :=
CFLAGS := -std=gnu11 -O2 -g $(WARNINGS) $(SANITIZE) -DTHUMBPROOF_VERSION='"$(VERSION)"'
CPPFLAGS := -I.
LIBS := -lz3 -lcapstone -lcjson -lelf -ldw -lunicorn -lmd
MAKEFLAGS += --jobs=$(shell nproc) --no-builtin-rules

JIT_SOURCE := jit
JIT := $(notdir $(wildcard jit/*.c))
TOOL := $(filter-out $(wildcard validator/test/*.c),$(wildcard symexec/*/*.c specs/*.c validator/*.c validator/*/*.c))
TESTS := $(wildcard symexec/*/test/test_*.c specs/test/test_*.c validator/test/test_*.c validator/*/test/test_*.c)
JIT_TESTS := $(wildcard jit/test/test_*.c)
REFEREE := symexec/arm/test/referee
LONG_TESTS := $(REFEREE)/test_referee.c
HELPERS := validator/test/flips.c
BENCHES := $(wildcard symexec/*/bench/bench_*.c validator/bench/bench_*.c)

object = $(1:%.c=$(BUILD)/obj/%.o)
MAIN := $(call object,validator/main.c)
LIBRARY := $(BUILD)/libthumbproof.a
TEST_BUILD := $(BUILD)/test-build/thumbproof
JIT_LIBRARY := $(BUILD)/libjit.a
TEST_PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(TESTS) $(JIT_TESTS))
HELPER_PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(HELPERS))
LONG_TEST_PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(LONG_TESTS))
JITS := $(patsubst %,$(BUILD)/m3-%/jit.elf,gcc-Os gcc-O2 clang-Oz)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.SECONDEXPANSION:
ifndef V # make V=1 prints the commands
.SILENT:
endif

all: $(BUILD)/thumbproof jits ## build the tool and the shipped objects

help: ## print this list
	sed -n 's/^\([a-z%-]*\):.*## /\1\t/p' Makefile | expand -t 22

deps: ## install the packages that are missing (DEPS=check only looks)
	sh .ci/deps

# ---- the tool ----

$(BUILD)/thumbproof: $(MAIN) $(LIBRARY)
	echo "  $@"
	$(CC) $(CFLAGS) $^ $(LIBS) -o $@

# The tool with goals that can be dropped by name: what would not be noticed without each?
$(TEST_BUILD): $(TOOL) Makefile | deps
	$(MAKE) BUILD=$(BUILD)/test-build SANITIZE=-DTHUMBPROOF_TEST_BUILD $@

$(LIBRARY): $(filter-out $(MAIN),$(call object,$(TOOL)))
$(JIT_LIBRARY): $(call object,$(JIT:%=jit/%))
%.a:
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/obj/%.o: %.c Makefile | deps
	mkdir -p $(@D)
	echo "  $<"
	$(CC) $(CFLAGS) $(CPPFLAGS) -MMD -MP -c $< -o $@

# ---- the shipped objects: freestanding, linked, no undefined symbols, no writable data, reproducible ----

JIT_FLAGS := -std=c11 -mcpu=cortex-m3 -mthumb -ffreestanding -g -fno-eliminate-unused-debug-types $(WARNINGS) -Werror \
	-ffile-prefix-map=$(JIT_SOURCE)/=jit/ -ffile-prefix-map=$(CURDIR)=.
JIT_LINK := arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -nostdlib -static \
	-Wl,-Ttext=0x8000 -Wl,-e,tp_compile -Wl,--no-undefined -Wl,--build-id=none

$(BUILD)/m3-gcc-Os/%.o: JIT_COMPILE = arm-none-eabi-gcc -Os
$(BUILD)/m3-gcc-O2/%.o: JIT_COMPILE = arm-none-eabi-gcc -O2
$(BUILD)/m3-clang-Oz/%.o: JIT_COMPILE = clang --target=thumbv7m-none-eabi -Oz

jits: $(JITS) ## build the shipped objects only

$(BUILD)/m3-%.o: $(JIT_SOURCE)/$$(notdir $$*).c Makefile | deps
	mkdir -p $(@D)
	echo "  $@"
	$(JIT_COMPILE) $(JIT_FLAGS) -MMD -MP -c $< -o $@

$(BUILD)/m3-%/jit.elf: $(JIT:%.c=$(BUILD)/m3-$$*/%.o)
	echo "  $@"
	$(JIT_LINK) $^ -o $@

# ---- the main job ----

validate-all: all ## prove the shipped object and write build/validate-all.json
	$(BUILD)/thumbproof validate-all --report $(BUILD)/validate-all.json

validate-%: all ## prove another shipped object, for example validate-clang-Oz
	$(BUILD)/thumbproof validate-all --jit $(BUILD)/m3-$*/jit.elf --report $(BUILD)/validate-$*.json

# ---- tests ----

# Other files of a test folder are linked with each of its programs. Helpers are programs that scripts use.
support = $(call object,$(filter-out %.h $(TESTS) $(LONG_TESTS) $(HELPERS) $(JIT_TESTS),$(wildcard $(dir $(1))*.c)))

$(BUILD)/jit/test/%: $(BUILD)/obj/jit/test/%.o $(call support,jit/test/) $(JIT_LIBRARY)
	mkdir -p $(@D)
	$(CC) $(CFLAGS) $^ -lcmocka -lunicorn -lcapstone -o $@

$(BUILD)/%: $(BUILD)/obj/%.o $$(call support,$$*) $(LIBRARY)
	mkdir -p $(@D)
	$(CC) $(CFLAGS) $^ $(LIBS) -lcmocka -o $@

test: all $(TEST_BUILD) $(TEST_PROGRAMS) $(HELPER_PROGRAMS) ## the quick tests
	sh .ci/test $(TEST_PROGRAMS) 'sh validator/test/mutants.sh sample' 'sh validator/test/goals.sh sample' 'sh validator/test/bit_flips.sh known' \
		'sh validator/test/extensions.sh'

# A program for a board that QEMU has: what the processor does with accesses and branches that Unicorn is lax about.
$(BUILD)/$(REFEREE)/core.elf: $(REFEREE)/target/core.c $(REFEREE)/cases.c $(REFEREE)/cases.h $(REFEREE)/target/core.ld Makefile | deps
	mkdir -p $(@D)
	echo "  $@"
	arm-none-eabi-gcc -std=gnu11 -Os -mcpu=cortex-m3 -mthumb -ffreestanding -nostdlib $(WARNINGS) -Werror $(CPPFLAGS) \
		-T $(REFEREE)/target/core.ld $(filter %.c,$^) -o $@

test-long: all long-deps $(TEST_BUILD) $(TEST_PROGRAMS) $(LONG_TEST_PROGRAMS) $(HELPER_PROGRAMS) $(BUILD)/$(REFEREE)/core.elf ## every test, ten million instructions, all mutants
	$(MAKE) validate-gcc-O2 validate-clang-Oz
	$(BUILD)/thumbproof validate-all --audit --quiet --report $(BUILD)/audit.json
	THUMBPROOF_CASES=10000000 THUMBPROOF_FUZZ=1000 sh .ci/test $(TEST_PROGRAMS) $(LONG_TEST_PROGRAMS) \
		'sh validator/test/mutants.sh every' 'sh validator/test/goals.sh' 'sh validator/test/validator_mutants.sh' 'sh validator/test/extensions.sh' \
		'sh validator/test/bit_flips.sh check 1 40 $(BUILD)/bit-flips.tsv'

validator-mutants: all ## every patch to the validator must be caught by a test
	sh validator/test/validator_mutants.sh

mutants: all ## refute every mutant of the JIT, prove every equivalent (MUTANTS="NAME..." for some, change: what the last commit asks for, every: each of their obligations)
	sh validator/test/mutants.sh $(or $(MUTANTS),all)

goals: all $(TEST_BUILD) ## for each goal a fault that nothing else sees (GOALS="NAME..." for some)
	sh validator/test/goals.sh $(or $(GOALS),all)

BITFLIPS := 60
SEED := 1

bit-flips: all $(HELPER_PROGRAMS) ## flip bits of the shipped object, one at a time, and judge what comes out (BITFLIPS=N SEED=S); totals of corpus/bit-flips.tsv
	sh validator/test/bit_flips.sh $(SEED) $(BITFLIPS)

bench: $(BENCHES:%.c=$(BUILD)/%) ## run the benchmarks
	for b in $^; do echo "$$b"; $$b || exit 1; done

ASAN := BUILD=$(BUILD)/asan SANITIZE='-O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer'

asan: all ## tool and unit tests with the address, leak and undefined-behaviour sanitizers
	$(MAKE) $(ASAN) asan-tests

asan-tests: $(BUILD)/thumbproof $(TEST_PROGRAMS)
	LSAN_OPTIONS=suppressions=.ci/leaks THUMBPROOF=$(BUILD)/thumbproof THUMBPROOF_CASES=30000 sh .ci/test $(TEST_PROGRAMS)
	$(BUILD)/thumbproof list >$(BUILD)/list
	$(BUILD)/thumbproof validate-all --opcode mov64 --opcode prologue --report $(BUILD)/report.json

# ---- style ----

SOURCES := $(sort $(foreach f,symexec/* specs validator validator/* jit,$(wildcard $(f)/*.[ch] $(f)/test/*.[ch] $(f)/bench/*.[ch])) \
	$(wildcard $(REFEREE)/*.[ch] $(REFEREE)/target/*.c))

lint: check-includes check-jit check-format ## all the style checks but tidy

lint-deps:
	sh .ci/deps lint

long-deps:
	sh .ci/deps long

check-includes: ## the arrows between the folders
	sh .ci/includes

check-jit: jits ## the shipped objects: nothing undefined, no writable data, reproducible
	sh .ci/check-jit $(JITS)

format: lint-deps ## reformat every source file
	clang-format -i $(SOURCES)

check-format: lint-deps ## fail if `make format` would change something
	bad=$$(for f in $(SOURCES); do clang-format $$f | cmp -s - $$f || echo $$f; done); \
		test -z "$$bad" || { echo "not formatted:" $$bad; exit 1; }

tidy: $(patsubst %.c,$(BUILD)/tidy/%,$(filter-out $(REFEREE)/target/%,$(filter %.c,$(SOURCES)))) ## clang-tidy over every source file

$(BUILD)/tidy/%: %.c .clang-tidy | lint-deps
	mkdir -p $(@D)
	clang-tidy --quiet $< -- $(filter-out -O2,$(CFLAGS)) $(CPPFLAGS) 2>/dev/null
	touch $@

clean: ## remove build/
	rm -rf $(BUILD)

-include $(shell find $(BUILD)/obj $(BUILD)/m3-* -name '*.d' 2>/dev/null)

.PHONY: all help deps lint-deps long-deps jits validate-all test test-long mutants validator-mutants goals bit-flips bench asan asan-tests lint check-includes check-jit check-format \
	format tidy clean

# Thumbproof. `make help` lists what there is to do.

VERSION := 0.1
BUILD := build
CC := gcc
WARNINGS := -Wall -Wextra -Wconversion -Wshadow
CFLAGS := -std=gnu11 -O2 -g $(WARNINGS) -DTHUMBPROOF_VERSION='"$(VERSION)"'
CPPFLAGS := -I.
LIBS := -lz3 -lcapstone -lcjson -lelf -ldw -lunicorn -lmd
JOBS := $(shell nproc)

TERM := $(wildcard symexec/term/*.c)
ENGINE := $(TERM) $(wildcard symexec/solver/*.c symexec/arm/*.c symexec/path/*.c)
TOOL := $(ENGINE) $(wildcard specs/*.c validator/*.c)
JIT := $(wildcard jit/*.c)
TESTS := $(wildcard symexec/*/test/test_*.c specs/test/test_*.c jit/test/test_*.c validator/test/test_*.c)

# Objects of the tool, and of the tool with sanitizers.
objects = $(patsubst %.c,$(1)/%.o,$(2))
MAIN := $(BUILD)/obj/validator/main.o
LIBRARY := $(filter-out $(MAIN),$(call objects,$(BUILD)/obj,$(TOOL)))

.DEFAULT_GOAL := all
.SUFFIXES:
.DELETE_ON_ERROR:

all: $(BUILD)/thumbproof jits ## build the tool and the shipped objects

# ---- packages ----

deps: ## install the packages that are missing (DEPS=check only looks)
	@sh .ci/deps

# ---- the tool ----

$(BUILD)/thumbproof: $(MAIN) $(LIBRARY)
	$(CC) $(CFLAGS) $^ $(LIBS) -o $@

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(CPPFLAGS) -MMD -MP -c $< -o $@

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# ---- the shipped objects: freestanding, linked, no undefined symbols, no writable data, reproducible ----

JIT_FLAGS := -std=c11 -mcpu=cortex-m3 -mthumb -ffreestanding -g $(WARNINGS) -Werror -ffile-prefix-map=$(CURDIR)=. -fdebug-prefix-map=$(CURDIR)=.
JIT_LINK := -nostdlib -static -Wl,-Ttext=0x8000 -Wl,-e,rbpf_compile -Wl,--no-undefined -Wl,--build-id=none

ARM_GCC := arm-none-eabi-gcc
ARM_CLANG := clang --target=thumbv7m-none-eabi

jits: $(BUILD)/m3-gcc-Os/jit.elf $(BUILD)/m3-gcc-O2/jit.elf $(BUILD)/m3-clang-Oz/jit.elf

$(BUILD)/m3-gcc-Os/jit.elf: COMPILE = $(ARM_GCC) -Os
$(BUILD)/m3-gcc-O2/jit.elf: COMPILE = $(ARM_GCC) -O2
$(BUILD)/m3-clang-Oz/jit.elf: COMPILE = $(ARM_CLANG) -Oz

$(BUILD)/m3-%/jit.elf: $(JIT) $(wildcard jit/*.h) Makefile
	@mkdir -p $(@D)/obj
	for f in $(JIT); do $(COMPILE) $(JIT_FLAGS) -c $$f -o $(@D)/obj/$$(basename $$f .c).o || exit 1; done
	$(ARM_GCC) -mcpu=cortex-m3 -mthumb $(JIT_LINK) $(patsubst jit/%.c,$(@D)/obj/%.o,$(JIT)) -o $@

# ---- the main job ----

validate-all: deps all ## prove the shipped object and write build/validate-all.json
	$(BUILD)/thumbproof validate-all --report $(BUILD)/validate-all.json

# ---- tests ----

test: deps all ## the quick tests
	sh .ci/test quick

.PHONY: all deps jits validate-all test

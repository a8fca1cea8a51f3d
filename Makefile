# spikeq: event-driven sparse spike simulator.
#
#   make            library and command (build/spikeq)
#   make demo       install dependencies, build, run the trained Spikformer on Fashion-MNIST
#   make check      install dependencies, build, run every test
#   make help       all targets
#
# VARIANT=release (default) | debug | asan | tsan | fuzz; CC=gcc | clang.
# Objects go to build/<variant>/, mirroring the tree.

VARIANT  ?= release
CC       ?= cc
AR       ?= ar
PREFIX   ?= /usr/local
VERSION  := 0.1.0
PACKAGES := libuv libcjson libzip zlib libmd

B := build/$(VARIANT)

FLAGS_release := -O3
FLAGS_debug   := -O0
FLAGS_asan    := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_tsan    := -O1 -fsanitize=thread
FLAGS_fuzz    := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all

# Float results must not depend on the compiler: no contraction to fused multiply-add, no fast math.
CPPFLAGS += -I. -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -DSQ_VERSION='"$(VERSION)"' \
            -DSQ_CONFIG_DIRS='"$(PREFIX)/share/spikeq/configs:$(CURDIR)/configs"' \
            $(shell pkg-config --cflags $(PACKAGES))
CFLAGS   += -std=c11 -g -Wall -Wextra -Werror -ffp-contract=off -fPIC -fvisibility=hidden \
            -pthread $(FLAGS_$(VARIANT))
LDLIBS   += $(shell pkg-config --libs $(PACKAGES)) -lm -pthread

LIB_SOURCES  := $(sort $(shell find sim kernels traces -name '*.c' -not -path 'sim/cli/*'))
CLI_SOURCES  := $(sort $(wildcard sim/cli/*.c))
UNIT_SOURCES := $(sort $(shell find test -name 'test_*.c'))
TEST_HELPERS := $(sort $(wildcard test/support/*.c))
FUZZ_SOURCES := $(sort $(wildcard test/fuzz/fuzz_*.c))
BENCH_SOURCES := $(sort $(wildcard test/bench/bench_*.c))

objects = $(patsubst %.c,$(B)/%.o,$(1))
LIB     := $(B)/libspikeq.a
UNITS   := $(UNIT_SOURCES:%.c=$(B)/%)
BENCHES := $(BENCH_SOURCES:%.c=$(B)/%)

# V=1 shows the commands themselves.
Q   := $(if $(V),,@)
say = $(if $(V),,@printf '  %-3s %s\n' $(1) $(2))

all: $(B)/spikeq
ifeq ($(VARIANT),release)
all: build/spikeq
build/spikeq: $(B)/spikeq
	ln -sf release/spikeq $@
endif

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

# The file's suffix names its instruction set.
$(B)/%_avx2.o: CFLAGS += -mavx2 -mbmi -mbmi2 -mpopcnt
$(B)/%_avx512.o: CFLAGS += -mavx2 -mbmi -mbmi2 -mpopcnt -mavx512f -mavx512bw -mavx512dq -mavx512vl
$(B)/kernels/pack/%_avx512.o: CFLAGS += -mavx512vbmi2

$(LIB): $(call objects,$(LIB_SOURCES))
	@rm -f $@
	$(call say,AR,$@)
	$(Q)$(AR) rcs $@ $^

$(B)/spikeq: $(call objects,$(CLI_SOURCES)) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@

$(UNITS): $(B)/%: $(B)/%.o $(call objects,$(TEST_HELPERS)) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(shell pkg-config --libs check) $(LDLIBS) -o $@

$(BENCHES): $(B)/%: $(B)/%.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@

units: $(UNITS)
benches: $(BENCHES)

clean:
	rm -rf build

.PHONY: all units benches clean
.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)

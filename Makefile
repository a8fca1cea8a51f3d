# spikeq: event-driven sparse spike simulator for Spikformer networks.
#
# VARIANT=release (default), debug, asan, tsan, fuzz; CC=gcc, clang; V=1 shows the commands.
# Objects go to build/<variant>/, mirroring the tree; nothing is written outside build/. MPI=1: the same objects, and
# those of sim/cluster/mpi, linked into build/<variant>-mpi (docs/cluster.md).

VARIANT  ?= release
CC       := $(if $(filter default,$(origin CC)),gcc,$(CC))
AR       ?= ar
PREFIX   ?= /usr/local
VERSION  := 0.1.0
Q        := $(if $(V),,@)
B        := build/$(VARIANT)
L        := $(B)$(if $(MPI),-mpi)

LIBRARIES      := libuv libcjson libzip zlib nettle sqlite3 libzstd libdeflate hdf5 liblz4 expat libpng libjpeg libisal libarchive

# Packages: test/house/packages has their names, docs/dependencies.md what each is for. A goal that builds does
# not begin while one is missing; demo, test and check install them first.
GOALS   := $(or $(MAKECMDGOALS),all)
BUILDS  := $(filter-out dist deb deps deps-% demo compare picture docs docs-% test check check-% bench bench-docs fuzz uninstall layers format clean help,$(GOALS))
VEGA    ?= /usr/share/javascript/vega
MISSING := $(if $(BUILDS),$(shell CC='$(CC)' VEGA='$(VEGA)' test/house/deps --missing build $(if $(MPI),mpi) $(if $(filter-out all install wheel %/pages/done,$(BUILDS)),unit)))
ifneq ($(MISSING),)
$(error packages are missing: $(MISSING); `make deps` installs them)
endif

FLAGS_release := -O3
FLAGS_debug   := -O0
FLAGS_asan    := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_tsan    := -O1 -fsanitize=thread
FLAGS_fuzz    := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all

# Float results must not depend on the compiler: no contraction to fused multiply-add, no fast math.
LIBRARY_CFLAGS := $(shell pkg-config --cflags $(LIBRARIES) 2>/dev/null)
LIBRARY_LIBS   := $(shell pkg-config --libs $(LIBRARIES) 2>/dev/null)
CHECK_LIBS     := $(shell pkg-config --libs check 2>/dev/null)
ALL_CPPFLAGS   := -I. -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 \
                  -DSQ_VERSION='"$(VERSION)"' \
                  $(LIBRARY_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS     := -std=c11 -g -Wall -Wextra -Werror -ffp-contract=off -fPIC -fvisibility=hidden \
                  -pthread $(FLAGS_$(VARIANT)) $(CFLAGS)
ALL_LIBS        = $(LIBRARY_LIBS) $(if $(MPI),$(MPI_LIBS)) -lm -pthread $(LDLIBS)

# Kernels of other processors' instruction sets are left out (their .inc lists leave them out too).
MACHINE       := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine 2>/dev/null)))
FOREIGN_ISA   := $(if $(filter x86_64,$(MACHINE)),,%_avx2.c %_avx512.c %_icelake.c) \
                 $(if $(filter aarch64,$(MACHINE)),,%_neon.c)
# MPI: sim/cluster/mpi takes the place of without_mpi.c.
MPI_LIBRARY   := $(firstword $(foreach name,mpi-c ompi-c mpich,$(shell pkg-config --exists $(name) 2>/dev/null && echo $(name))))
MPI_CFLAGS    ?= $(shell pkg-config --cflags $(MPI_LIBRARY) 2>/dev/null)
MPI_LIBS      ?= $(shell pkg-config --libs $(MPI_LIBRARY) 2>/dev/null)
MPI_SOURCES   := $(sort $(wildcard sim/cluster/mpi/*.c))
ALL_SOURCES   := $(filter-out $(FOREIGN_ISA) $(MPI_SOURCES) sim/cluster/without_mpi.c,$(sort $(shell \
                   find sim kernels traces -name '*.c' -not -path 'sim/cli/*')))
LIB_SOURCES   := $(ALL_SOURCES) $(if $(MPI),$(MPI_SOURCES),sim/cluster/without_mpi.c)
CLI_SOURCES   := $(sort $(wildcard sim/cli/*.c))
UNIT_SOURCES  := $(sort $(shell find test -name 'test_*.c'))
TEST_HELPERS  := $(sort $(wildcard test/support/*.c))
FUZZ_SOURCES  := $(sort $(wildcard test/fuzz/fuzz_*.c))
BENCH_SOURCES := $(sort $(wildcard test/bench/bench_*.c))
BENCH_HELPERS := test/bench/layer.c
PEER_SOURCES  := $(sort $(wildcard test/bench/peer/*.c))
# The longest first: several run at a time, and none should be left running alone.
LONG_SCRIPTS  := test/pack/pack.sh test/house/documents.sh test/cli/run_cli.sh test/page/page.sh test/cluster/mpi.sh
TEST_SCRIPTS  := $(LONG_SCRIPTS) $(sort $(filter-out $(LONG_SCRIPTS),$(wildcard test/cli/*.sh test/crash/*.sh test/house/*.sh test/python/*.sh)))
# A browser; a cross compiler, emulators; MPI; tools of packages.
CHECK_ONLY    := test/page/page.sh test/house/neon.sh test/house/emulated.sh test/cluster/mpi.sh test/pack/pack.sh
# Packages are made by gcc for release, whatever is tested.
ONCE          := $(if $(filter-out build/release,$(B)),test/pack/pack.sh)

objects = $(patsubst %.c,$(B)/%.o,$(1))
LIB     := $(L)/libspikeq.a
PAGE    := $(B)/sim/analysis/page
UNITS   := $(UNIT_SOURCES:%.c=$(B)/%)
REPLAYS := $(FUZZ_SOURCES:%.c=$(B)/%)
BENCHES := $(BENCH_SOURCES:%.c=$(B)/%)
PEERS   := $(B)/test/bench/peers.so
VECTORS := $(B)/test/vectors/vectors
TRACES  := $(B)/test/traces/make_traces
GRAPHS  := $(B)/test/sim/nir/make_nir
DIGESTS := $(B)/test/kernels/kernel_digests
FAILING := $(B)/test/crash/fail_malloc.so

comma := ,
# One line on stderr counts what is built: steps as recipes are expanded, of as many as a dry run has; V=1 shows
# the commands instead.
STEPS  = $(eval STEPS := $(shell $(MAKE) -n COUNTING=1 $(MAKEOVERRIDES) $(GOALS) 2>/dev/null | grep -c '^: step'))$(STEPS)
say    = $(if $(COUNTING),: step,$(if $(V),,$(eval DONE += x)$(shell MAKE_TERMERR='$(MAKE_TERMERR)' \
         test/house/counter $(words $(DONE)) $(STEPS) $(1) $(2) >&2)))
link = $(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ $(1) $(ALL_LIBS) -o $@

all: $(L)/spikeq $(L)/libspikeq.so                 ## library and command, build/spikeq; MPI=1: with MPI
ifeq ($(VARIANT),release)
all: build/spikeq
build/spikeq: $(L)/spikeq
	$(Q)ln -sf $(<:build/%=%) $@
endif

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(FACTS) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(B)/sim/cluster/mpi/%.o: ALL_CPPFLAGS += $(patsubst -I%,-isystem %,$(MPI_CFLAGS))

# What `spikeq --version` tells: asked for when its object is made, not each time.
$(B)/sim/api/api_facts.o: FACTS = -DSQ_BUILD_VARIANT='"$(VARIANT)"' -DSQ_LIBRARIES='"$(foreach library,$(LIBRARIES),$(library) $(shell \
    pkg-config --modversion $(library));)"'

# A file's suffix names its instruction set: one suffix, one set of flags, whatever the folder.
AVX2    := -mavx2 -mbmi -mbmi2 -mpopcnt
AVX512  := $(AVX2) -mlzcnt -mavx512f -mavx512bw -mavx512dq -mavx512vl
ICELAKE := $(AVX512) -mavx512vbmi2 -mavx512vpopcntdq
$(B)/%_avx2.o:    ALL_CFLAGS += $(AVX2)
$(B)/%_avx512.o:  ALL_CFLAGS += $(AVX512)
$(B)/%_icelake.o: ALL_CFLAGS += $(ICELAKE)
# Their loops are vectors already; gcc's own vectors would bring strides that it multiplies.
$(B)/kernels/attend/%.o: ALL_CFLAGS += -fno-tree-vectorize
# Vectors of SSE2 have no shifts by lanes: clang would multiply by powers of two.
$(B)/kernels/real/real_i32_scalar.o $(B)/kernels/neuron/neuron_fixed_scalar.o: ALL_CFLAGS += -fno-tree-vectorize

# The page of spikeq analyze --html, with the charting library in it, as bytes of the library.
VEGA_COPYRIGHT ?= /usr/share/doc/libjs-vega/copyright
$(PAGE)/page.html: $(wildcard sim/analysis/page/* sim/analysis/page/charts/*)
	@mkdir -p $(@D)
	$(call say,PAGE,$@)
	$(Q)sim/analysis/page/bundle.sh $(VEGA) $(VEGA_COPYRIGHT) >$@.part && mv $@.part $@

$(PAGE)/page_data.o: sim/analysis/page/page_data.S $(PAGE)/page.html
	$(call say,AS,$@)
	$(Q)$(CC) -I$(PAGE) -c $< -o $@

$(LIB): $(call objects,$(LIB_SOURCES)) $(PAGE)/page_data.o
	@mkdir -p $(@D)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# The shared library's symbols have versions: sim/spikeq.map.
$(L)/libspikeq.so: $(call objects,$(LIB_SOURCES)) $(PAGE)/page_data.o | sim/spikeq.map
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(call link,-shared -Wl$(comma)-soname$(comma)$(SONAME) -Wl$(comma)--version-script$(comma)sim/spikeq.map)
	$(Q)ln -sf $(@F) $(@D)/$(SONAME)

# CLI_LIBRARY=$(L)/libspikeq.so: a command that needs the shared library, as Debian's.
CLI_LIBRARY ?= $(LIB)
$(L)/spikeq: $(call objects,$(CLI_SOURCES)) $(CLI_LIBRARY)
	$(call say,LD,$@)
	$(Q)$(call link)

$(UNITS): $(B)/%: $(B)/%.o $(call objects,$(TEST_HELPERS)) $(LIB)
	$(call say,LD,$@)
	$(Q)$(call link,$(CHECK_LIBS))

$(REPLAYS): $(B)/%: $(B)/%.o $(B)/test/fuzz/replay_main.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(call link)

$(BENCHES): $(B)/%: $(B)/%.o $(call objects,$(TEST_HELPERS)) $(LIB)
	$(call say,LD,$@)
	$(Q)$(call link,$(CHECK_LIBS))
$(B)/test/bench/bench_kernels $(B)/test/bench/bench_network: $(call objects,$(BENCH_HELPERS))

# Dense peers of the benchmark: other libraries, in an object of their own that it opens.
$(PEERS): $(call objects,$(PEER_SOURCES))
	$(call say,LD,$@)
	$(Q)$(call link,-shared -lopenblas -ldnnl)

$(TRACES) $(GRAPHS): $(B)/%: $(B)/%.o $(call objects,$(TEST_HELPERS)) $(LIB)
	$(call say,LD,$@)
	$(Q)$(call link,$(CHECK_LIBS))

# Kernels alone: test/house/aarch64 builds it for a processor that has none of the libraries.
$(DIGESTS): $(B)/%: $(B)/%.o $(call objects,$(filter kernels/% traces/format/gaps%,$(LIB_SOURCES)))
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -lm -o $@

$(VECTORS): $(call objects,$(wildcard test/vectors/*.c)) $(LIB)
	$(call say,LD,$@)
	$(Q)$(call link)

# For LD_PRELOAD: memory that ends at a chosen allocation, of a program without sanitizers.
$(FAILING): test/crash/fail_malloc.c
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -std=c11 -O1 -Wall -Wextra -Werror -fPIC -shared $< -o $@

demo: deps-demo                                    ## install dependencies, build, run, price and draw the trained network on 10,000 images
	@$(MAKE) --no-print-directory -j2 all
	@test/demo.sh

compare: deps-demo                                 ## Spikformer, Spikingformer and Spike-driven Transformer on the same 10,000 images: one table, one page
	@$(MAKE) --no-print-directory -j2 all
	@test/compare.sh

docs: deps-docs                                    ## output of the commands in README.md and docs/, written anew
	@$(MAKE) --no-print-directory -j2 all
	@/usr/bin/python3 -B test/docs/documents.py --write $(B)/spikeq $(DOCUMENTS)
DOCUMENTS := README.md $(sort $(shell find docs -name '*.md'))

docs-api: deps-docs-api                            ## build/docs/api/html: the reference of the C interface, by doxygen
	@docs/api/api.sh build/docs/api
	@echo build/docs/api/html/index.html

docs-notebook: deps-docs-notebook                  ## docs/examples/*.html anew: the examples in cells, executed
	@$(MAKE) --no-print-directory -j2 all
	@for example in $(filter-out %/render.py,$(wildcard docs/examples/*.py)); do \
	    SPIKEQ_LIBRARY=$(abspath $(B))/libspikeq.so /usr/bin/python3 -B docs/examples/render.py $$example $${example%.py}.html || exit; \
	done

picture: demo                                      ## docs/images/page.png, of the demo's page
	@test/house/deps check
	@mkdir -p docs/images
	@/usr/bin/python3 -B test/page/picture.py build/demo.html docs/images/page.png

# The suite: test programs, fuzz targets over their corpora, energy vectors, scripts.
suite = SPIKEQ=$(B)/spikeq SPIKEQ_MPI=$(B)-mpi/spikeq test/run $(UNITS) $(REPLAYS:%=replay:%) vectors:$(VECTORS) $(1)

test: deps-test                                    ## install dependencies, build, run the tests but those of browser and emulator
	@$(MAKE) --no-print-directory -j2 all units replays $(PAGES)/done
	@$(call suite,$(filter-out $(CHECK_ONLY),$(TEST_SCRIPTS)))

check: deps-check                                  ## every test, also those of browser, cross compiler, emulator, MPI and packages
	@$(MAKE) --no-print-directory -j2 all units replays $(PAGES)/done
	@$(MAKE) --no-print-directory -j2 MPI=1 B=$(B) $(B)-mpi/spikeq
	@$(call suite,$(filter-out $(ONCE),$(TEST_SCRIPTS)))

check-torch: deps-torch                            ## recordings of live PyTorch models, and the documents whole
	@$(MAKE) --no-print-directory -j2 all
	@SPIKEQ=$(B)/spikeq test/run test/python/torch/record.sh

check-slurm: deps-slurm                            ## job scripts of docs/cluster under a Slurm of this machine, set up for the test
	@$(MAKE) --no-print-directory -j2 all
	@$(MAKE) --no-print-directory -j2 MPI=1 B=$(B) $(B)-mpi/spikeq
	@SPIKEQ=$(B)/spikeq SPIKEQ_MPI=$(B)-mpi/spikeq test/run test/cluster/slurm.sh

check-pack: deps-pack                              ## source archive, Debian packages, wheel: made, installed in a new Debian, used
	@$(MAKE) --no-print-directory -j2 all
	@BARE=1 test/run test/pack/pack.sh

test-programs: units replays                      ## the test programs alone: no script, nothing to install
	@$(call suite,)

SITES ?= 0
memory: all $(FAILING)                             ## memory ends at every allocation of every command: hours; SITES=400 of each
	@SPIKEQ=$(B)/spikeq SITES=$(SITES) test/crash/memory.sh

check-asan: ; @$(MAKE) --no-print-directory VARIANT=asan check ## the suite under AddressSanitizer and UBSan
check-tsan: ; @$(MAKE) --no-print-directory VARIANT=tsan check ## the suite under ThreadSanitizer
check-clang: ; @$(MAKE) --no-print-directory CC=clang B=build/clang check ## the suite built by clang

# QUICK=1: fewer turns, layers and networks; PARTS: of kernels,networks,growth,start,job.
REPORT := $(addprefix $(B)/test/bench/,bench_kernels bench_network bench_counting) $(PEERS)
bench: deps-bench                                  ## install dependencies, build, measure against peers: tables, build/bench.json; QUICK=1, PARTS=kernels, NETWORKS=fashion-2-64
	@$(MAKE) --no-print-directory -j2 all report
	@/usr/bin/python3 -B test/bench/bench.py $(if $(QUICK),--quick) $(if $(PARTS),--parts $(PARTS)) $(if $(NETWORKS),--networks $(NETWORKS))
report: $(REPORT) $(B)/test/bench/bench_load

bench-docs:                                        ## tables and roofline of docs/benchmarks.md, from build/bench.json
	@/usr/bin/python3 -B test/bench/tables.py build/bench.json docs/benchmarks.md
	@/usr/bin/python3 -B test/bench/roofline.py build/bench.json docs/images/roofline.svg

bench-parts: all benches                           ## speed of single parts: neurons, first layer, recordings, traces, analysis
	@for program in $(filter-out $(REPORT),$(BENCHES)); do $$program || exit 1; done
	@test/bench/analysis.sh
	@test/bench/events_numpy.sh
	@test/bench/relatives.sh
	@test/bench/input.sh 20000
	@test/bench/python.sh

SCALING ?= configs/models/weights/fashion-2-64.safetensors fashion-2-64 /usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz 8000
bench-scaling: deps-bench deps-check               ## ranks on this machine, a model of their time, estimates: build/scaling.json, docs/cluster.md
	@$(MAKE) --no-print-directory -j2 MPI=1 B=$(B) $(B)-mpi/spikeq
	@SPIKEQ_MPI=$(B)-mpi/spikeq /usr/bin/python3 -B test/bench/scaling.py $(SCALING) $(if $(QUICK),--quick)
	@$(if $(QUICK),:,/usr/bin/python3 -B test/bench/scaling.py --docs build/scaling.json docs/cluster.md)

FILE ?= test/golden/accounting/published.json
vectors: $(VECTORS)                                ## check energy vectors, FILE=published.json
	$(Q)$(VECTORS) $(FILE)

figures: $(VECTORS)                                ## docs/published-figures.md, from the same vectors
	$(Q)$(VECTORS) --figures $(FILE)

fuzz: ; @test/fuzz/fuzz.sh                          ## every parser under libFuzzer, SECONDS_EACH=60

units: $(UNITS) $(VECTORS) $(TRACES) $(GRAPHS) $(DIGESTS) $(FAILING) $(B)/test/bench/bench_kernels $(B)/test/bench/bench_network
replays: $(REPLAYS)
benches: $(BENCHES)

deps: deps-build                                   ## install what `make` needs
deps-build: ; @test/house/deps build
deps-demo:  ; @test/house/deps build demo
deps-test:  ; @test/house/deps build demo unit test
deps-docs:  ; @test/house/deps build demo test torch
deps-docs-api: ; @test/house/deps docs
deps-docs-notebook: ; @test/house/deps build demo test docs
deps-torch: ; @test/house/deps build demo test torch
deps-slurm: ; @test/house/deps build demo check slurm
deps-check: ; @test/house/deps build demo unit test check docs pack
deps-bench: ; @test/house/deps build demo unit bench
deps-pack:  ; @test/house/deps build demo pack bare

# Man pages and completions of shells: what the program's --help says, written otherwise, and docs/man/spikeq.1.in.
PAGES := $(B)/pages
$(PAGES)/done: $(L)/spikeq docs/man/spikeq.1.in $(wildcard docs/packaging/*.awk docs/packaging/pages.sh)
	$(call say,PAGES,$(PAGES))
	$(Q)rm -rf $(PAGES) && docs/packaging/pages.sh $(L)/spikeq $(PAGES) $(VERSION) && touch $@

# What goes below PREFIX, SOURCE:TARGET. The command finds its configurations from where it lies, so
# PREFIX is in no object, and an installed tree may be moved. The pages of the commands are installed too.
SONAME    := libspikeq.so.$(firstword $(subst ., ,$(VERSION)))
LIBDIR    ?= lib
LIBFOLDER := $(patsubst $(PREFIX)/%,%,$(LIBDIR))
ZSHDIR    ?= share/zsh/site-functions
PYTHONDIR ?= share/spikeq/python
INSTALLED  = $(L)/spikeq:bin/spikeq sim/spikeq.h:include/spikeq.h $(LIB):$(LIBFOLDER)/libspikeq.a \
             $(L)/libspikeq.so:$(LIBFOLDER)/libspikeq.so.$(VERSION) \
             $(B)/spikeq.pc:$(LIBFOLDER)/pkgconfig/spikeq.pc \
             $(PAGES)/completions/spikeq.bash:share/bash-completion/completions/spikeq \
             $(PAGES)/completions/_spikeq:$(ZSHDIR)/_spikeq \
             $(PAGES)/completions/spikeq.fish:share/fish/vendor_completions.d/spikeq.fish \
             traces/python/spikeq_trace.py:share/spikeq/python/spikeq_trace.py \
             $(foreach file,$(PYTHON_FILES),$(file):$(PYTHONDIR)/$(file:sim/python/%=%)) \
             $(foreach file,$(wildcard configs/architectures/*.json configs/models/*.json configs/models/weights/*.safetensors \
                 configs/hardware/*.json),$(file):share/spikeq/$(file))
PYTHON_FILES := $(sort $(shell find sim/python -type f -not -path '*/__pycache__/*' -not -path '*/.*' 2>/dev/null))
PYTHON_FOLDERS = $(patsubst sim/python/%/,$(PYTHONDIR)/%,$(sort $(dir $(PYTHON_FILES))))
LINKED    := $(LIBFOLDER)/$(SONAME) $(LIBFOLDER)/libspikeq.so

# For pkg-config; it names its prefix from where it lies.
$(B)/spikeq.pc: sim/spikeq.pc.in FORCE
	$(Q)sed -e 's|@VERSION@|$(VERSION)|' -e 's|@LIBRARIES@|$(LIBRARIES)|' -e 's|@LIBDIR@|$(LIBFOLDER)|' \
	    -e 's|@UP@|$(shell realpath -ms --relative-to=/$(LIBFOLDER)/pkgconfig /)|' $< >$@

install: all $(LIB) $(B)/spikeq.pc $(PAGES)/done   ## to DESTDIR/PREFIX: command, libraries, header, configs, Python package, man pages, completions
	@umask 022; for pair in $(INSTALLED) $$(cd $(PAGES)/man && for page in *; do echo "$(PAGES)/man/$$page:share/man/man1/$$page"; done); do \
	    test -x "$${pair%%:*}" && mode=755 || mode=644; \
	    install -D -m $$mode "$${pair%%:*}" "$(DESTDIR)$(PREFIX)/$${pair#*:}" || exit; \
	done
	@for link in $(LINKED); do ln -sf libspikeq.so.$(VERSION) "$(DESTDIR)$(PREFIX)/$$link" || exit; done
	@echo "installed $(DESTDIR)$(PREFIX)/bin/spikeq, its libraries and share/spikeq"

uninstall:                                         ## remove what `make install` put there
	@for pair in $(INSTALLED); do rm -f "$(DESTDIR)$(PREFIX)/$${pair#*:}" || exit; done
	@rm -f "$(DESTDIR)$(PREFIX)/share/man/man1"/spikeq.1 "$(DESTDIR)$(PREFIX)/share/man/man1"/spikeq-*.1
	@for link in $(LINKED); do rm -f "$(DESTDIR)$(PREFIX)/$$link" || exit; done
	@for folder in $(PYTHON_FOLDERS); do \
	    rm -rf "$(DESTDIR)$(PREFIX)/$$folder/__pycache__"; rmdir "$(DESTDIR)$(PREFIX)/$$folder" 2>/dev/null || true; \
	done
	@for folder in /configs/architectures /configs/models/weights /configs/models /configs/hardware /configs /python ''; do \
	    rmdir "$(DESTDIR)$(PREFIX)/share/spikeq$$folder" 2>/dev/null || true; \
	done

abi: all                                           ## test/api/spikeq.abi anew: the interface that programs are linked with
	@B=$(B) test/house/abi.sh --write

# Archives to give away (docs/installing.md): sources; Debian packages of them; a wheel for Python.
DIST  := build/spikeq-$(VERSION).tar.xz
dist: ; @docs/packaging/dist.sh $(VERSION) $(DIST)  ## build/spikeq-VERSION.tar.xz, the sources; the same sources give the same bytes

DEB_BUILD_OPTIONS ?= nocheck parallel=2
deb: dist                                          ## Debian packages in build/deb, of the sources as committed; DEBFULLNAME= DEBEMAIL= of the maintainer
	@DEB_BUILD_OPTIONS='$(DEB_BUILD_OPTIONS)' docs/packaging/deb.sh $(DIST) $(VERSION) build/deb >build/deb.log 2>&1 || \
	    { tail -n 20 build/deb.log | cut -c 1-300 >&2; exit 1; }
	@ls build/deb/*.deb
	@sed -n 's/^Maintainer: /maintainer: /p' build/deb/*.changes

# The Python package with the library in it. WHEEL_GLIBC: no symbol of glibc may be newer (Debian 12).
WHEEL_GLIBC ?= 2.36
wheel: $(LIB)                                      ## build/wheel/spikeq-VERSION-py3-none-manylinux_*.whl, for any Linux with that glibc
	@/usr/bin/python3 -B docs/packaging/wheel.py --version $(VERSION) --archive $(LIB) --libraries '$(LIBRARIES)' \
	    --cc '$(CC)' --glibc $(WHEEL_GLIBC) --out build/wheel

layers: ; @test/house/layers.sh --floors            ## every folder and what it stands on, bottom first

format:                                            ## clang-format every source in place
	clang-format -i $(shell git ls-files '*.c' '*.h')

tidy:                                              ## clang-tidy by .clang-tidy
	clang-tidy --quiet $(LIB_SOURCES) $(CLI_SOURCES) -- $(ALL_CPPFLAGS) -std=c11

clean:                                             ## remove build/
	rm -rf build

help:                                              ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F'|' '{ printf "  make %-12s %s\n", $$1, $$2 }'

.PHONY: all abi memory demo compare docs docs-api docs-notebook picture test check check-asan check-tsan check-clang check-slurm check-torch bench bench-docs bench-parts bench-scaling report fuzz vectors figures units replays benches \
        dist deb wheel check-pack test-programs deps deps-build deps-demo deps-test deps-docs deps-torch deps-slurm deps-check deps-bench deps-pack install uninstall layers format tidy clean help FORCE
.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)

# csvnet: from a labelled CSV to a leaderboard file.
#
#   make            build the programs into build/bin, and build/csvnet, which runs them; with MPI=1
#                   also fit-mpi, for one training by processes of many machines
#   make deps       install what is missing (Debian, Ubuntu)
#   make check      test; with SAN=1 under the address and undefined-behaviour sanitizers, with
#                   SAN=thread under that for data races
#   make bench      measure next to PyTorch and oneDNN; make bench-ingest: next to other readers of CSV
#                   (make deps FOR=bench installs them); make bench-budget BUDGET=seconds DATA=folder:
#                   how long that recipe takes, and its accuracy out of fold
#   make fuzz       look for inputs that break a reader, RUNS=100000 for each of six targets
#   make torture    make every call fail once that can, and kill programs at random instants; minutes
#   make check-builds   the same models from every compiler here and its options; half an hour
#   make valgrind   test under Valgrind: SUITES, and the command tests COMMANDS; many minutes
#   make coverage   which lines no test runs, and the share of branches taken; minutes
#   make mutants FOLDER=pipeline/csv   turn its conditions one by one: which no test notices; minutes.
#                   TESTS: more than the folder's suites, as fuzz or ingest/refused
#   make demo       the whole road on Fashion-MNIST, or on your own files: DATA=folder
#   make notebook-NAME DATA=folder   repeat a published training by its recipe: our figure next to it;
#                   make notebooks: all but deotte, which takes long. SEEDS=3, FIT='--epochs 2'
#   make check-torch   weights both ways with PyTorch, for every preset
#   make check-distributions   README's two commands on other distributions, from nothing, as root: NAMES
#   make check-package   the Debian package made, installed and tried in chroots of Debian 12 and 13, as root
#   make static     all of it in one file that needs nothing else, build/static/csvnet
#   make dist       a release of the last commit, its source and that file, to build/dist
#   make build/libnn.a   the neural network for programs of your own: fixtures/predict_one.c
#   make install    to PREFIX (/usr/local), below DESTDIR; make uninstall takes it away
#   make clean      remove what was built
#
# Variables: CC, CFLAGS, CPPFLAGS, LDFLAGS, AR, OBJCOPY, PKG_CONFIG, BUILD=folder, PREFIX, DESTDIR, WERROR=1, SAN,
# UNIFONT=unifont.hex where Debian's package has not put it. Those of the compiler stay in force until
# `make clean`. For another processor:
#
#   make BUILD=build/here                   programs that run here tell what their pages say
#   make CC=aarch64-linux-gnu-gcc PKG_CONFIG=aarch64-linux-gnu-pkg-config HELP_FROM=build/here/bin

ifneq (,$(filter 3.% 4.0 4.0.% 4.1 4.1.%,$(MAKE_VERSION)))
$(error csvnet needs GNU make 4.2 or newer; this is $(MAKE_VERSION))
endif

VERSION = 0.1.0

BUILD   ?= build$(if $(SAN),/$(SAN:1=san))
SAN     ?=
# What was given to an earlier make stays until `make clean`, or until something else is given: so
# what is tested and installed is what was built, whoever says `make install`.
kept    = CC AR OBJCOPY PKG_CONFIG CFLAGS CPPFLAGS LDFLAGS WERROR
given  := $(strip $(foreach name,$(kept),$(if $(filter undefined default,$(origin $(name))),,$(name))))
$(eval $(file <$(BUILD)/given)) # kept_CFLAGS = -O3 and the like
before := $(strip $(foreach name,$(filter-out $(given),$(kept)),$(if $(filter undefined,$(origin kept_$(name))),,$(name))))
$(foreach name,$(before),$(eval $(name) = $(value kept_$(name))))
AR         ?= ar
OBJCOPY    ?= objcopy
NM         ?= nm
CC         ?= cc
CFLAGS     ?= -O2 -g
PKG_CONFIG ?= pkg-config
WERROR     ?=
MPI        ?=
HELP_FROM  ?=
PREFIX     ?= /usr/local
PYTHON     ?= /usr/bin/python3
UNIFONT    ?= /usr/share/unifont/unifont.hex
DATA       ?=
SEEDS      ?= 1
FIT        ?=

all: programs

# Every rule is written here: make's own would try to link each NAME from NAME.o.
.SUFFIXES:
.DELETE_ON_ERROR:

quoted = '$(subst ','\'',$(1))'

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

# ---- What is needed ----

# fixtures/deps.sh has the table. FOR: which parts of it `make deps` looks for.
FOR     ?= build check demo
fashion  = /usr/share/datasets/fashion-mnist
ask_deps = $(foreach name,CC CPPFLAGS CFLAGS PKG_CONFIG PACKAGES PYTHON DATA UNIFONT,$(name)=$(call quoted,$($(name)))) \
           sh fixtures/deps.sh

deps:
	@$(ask_deps) install $(FOR)
	@$(if $(filter bench,$(FOR)),$(npm_peers))

# Debian has neither Polars nor DuckDB nor ONNX Runtime, whose script would fetch CUDA. Later versions of
# nodejs-polars want a later Node than its 18.
npm_peers = if command -v npm >/dev/null; then mkdir -p build/bench && cd build/bench && \
    npm install --no-save --no-audit --no-fund --ignore-scripts nodejs-polars@0.24.1 @duckdb/node-api \
    onnxruntime-node@1.20; \
    else echo 'deps: without npm there will be no Polars, DuckDB, ONNX Runtime to compare with'; fi

# What builds waits for this, and this for deps, so that `make -j deps demo` installs first.
need: | $(filter deps,$(MAKECMDGOALS))
	@$(if $(before),printf '%s\n' $(call quoted,As given before: $(foreach name,$(before),$(name)='$($(name))'); make clean forgets it.))
	@$(ask_deps) missing build $(filter check demo torch,$(MAKECMDGOALS:check-%=%)) >&2 || { \
	    echo "To install what is missing: make deps$(if $(filter check-torch,$(MAKECMDGOALS)), FOR='build torch')"; exit 1; } >&2

# ---- Compiling ----

PACKAGES = libzstd jansson libxxhash libutf8proc fribidi libpng libjpeg minizip zlib # a static zlib has to follow those that use it
PROGRAMS = ingest split fit predict submit audit compare show report explain export

warnings = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla $(if $(WERROR),-Werror)
san_1      = -fsanitize=address -fsanitize=undefined -fno-sanitize-recover=all
san_thread = -fsanitize=thread
san      = $(if $(SAN),$(or $(san_$(SAN)),$(error SAN = $(SAN): it has to be 1 or thread)) -fno-omit-frame-pointer -DSANITIZED)
base     = -std=c11 -D_GNU_SOURCE -I. -DCSVNET_VERSION='"$(VERSION)"' -pthread $(warnings) $(san) -MMD -MP
# Multiply-adds are fused where nn/ says so, nowhere else.
compile  = $(CC) $(base) $(CPPFLAGS) $(pkg_cflags) $(CFLAGS) $(opt) -ffp-contract=off
link     = $(CC) $(san) $(CFLAGS) -pthread $(LDFLAGS)
# Asked of pkg-config once, at the first use, so that `make deps` can run before.
pkg_cflags = $(eval pkg_cflags := $$(shell $$(PKG_CONFIG) --cflags $(PACKAGES)))$(pkg_cflags)
pkg_libs   = $(eval pkg_libs := $$(shell $$(PKG_CONFIG) --libs $(PACKAGES)))$(pkg_libs)
check_libs = $(eval check_libs := $$(shell $$(PKG_CONFIG) --libs check))$(check_libs)
libs       = $(pkg_libs) -lcsv -lm

# The order of folders, bottom first: a file includes only from its own and those before it, as
# tests/order.sh tests.
folders = nn nn/base nn/kernels nn/device nn/augment nn/layers nn/layers/conv2d nn/network nn/plan nn/train \
          $(addprefix pipeline/,base files csv tensor dataset split picture ingest model predict fit submit audit report export/steps export chain tune init) \
          $(addprefix cmd/,cli terminal compare predict fit mpi show explain ingest tune csvnet) cmd

objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(sort $(wildcard $(1))))
# nn/kernels/kernels.c is compiled once per instruction set. The compiler says for which processor; before
# `make deps` has installed one, it will be for this machine's.
tables := baseline $(if $(filter x86_64-%,$(or $(shell $(CC) -dumpmachine 2>/dev/null),$(shell uname -m)-)),avx2 avx512 avx512bf16)
kernel_obj   := $(tables:%=$(BUILD)/obj/nn/kernels/kernels_%.o)
nn_obj       := $(filter-out %/kernels.o,$(call objects,$(patsubst %,%/*.c,$(filter nn/%,$(folders))))) $(kernel_obj) $(BUILD)/obj/device_source.o
device_src   := nn/device/dialect.h nn/device/functions.cl nn/kernels/winograd_maps.h $(filter-out %/functions.cl,$(sort $(wildcard $(patsubst %,%/*.cl,$(filter nn/%,$(folders))))))
pipeline_obj := $(call objects,$(patsubst %,%/*.c,$(filter pipeline/%,$(folders)))) $(BUILD)/obj/built_in.o
cmd_obj      := $(call objects,$(patsubst %,%/*.c,$(filter-out cmd/mpi,$(filter cmd/%,$(folders))))) $(BUILD)/obj/rules.o
archives     := $(BUILD)/libcmd.a $(BUILD)/libpipeline.a $(BUILD)/libnn-whole.a
presets      := $(sort $(wildcard pipeline/model/presets/*.net))
recipes      := $(sort $(wildcard pipeline/model/recipes/*.recipe))
budgets      := $(sort $(wildcard pipeline/budgets/*.mk pipeline/budgets/*.net))
page_files   := $(sort $(wildcard pipeline/report/page/* pipeline/export/steps/* pipeline/export/try_files/*))
programs     := $(PROGRAMS:%=$(BUILD)/bin/%)
mpi          := $(if $(or $(MPI),$(wildcard $(BUILD)/bin/fit-mpi)),$(BUILD)/bin/fit-mpi)
rules        := $(addprefix $(BUILD)/share/csvnet/,Makefile.inc $(budgets:pipeline/%=%))
page_src     := $(sort $(wildcard cmd/man/*.[157]))
pages        := $(foreach page,$(notdir $(page_src)),$(BUILD)/share/man/man$(subst .,,$(suffix $(page)))/$(page))
completions  := $(addprefix $(BUILD)/share/,bash-completion/completions/csvnet zsh/site-functions/_csvnet \
                fish/vendor_completions.d/csvnet.fish)

programs: $(programs) $(mpi) $(BUILD)/bin/csvnet $(BUILD)/csvnet $(BUILD)/bin/chain $(rules) $(pages) $(completions)

# Makefile.inc runs the program chain; users need not.
$(programs) $(BUILD)/bin/chain $(BUILD)/bin/csvnet: $(BUILD)/bin/%: $(BUILD)/obj/cmd/%.o $(archives)
	@mkdir -p $(@D)
	$(link) -o $@ $^ $(libs)
# Training by several processes. The other programs need no MPI.
$(BUILD)/obj/cmd/mpi/fit_mpi.o: cmd/mpi/fit_mpi.c $(BUILD)/flags | need
	@mkdir -p $(@D)
	$(compile) $(shell $(PKG_CONFIG) --cflags ompi-c) -c -o $@ $<
$(BUILD)/bin/fit-mpi: $(BUILD)/obj/cmd/fit.o $(BUILD)/obj/cmd/mpi/fit_mpi.o $(archives)
	@mkdir -p $(@D)
	$(link) -o $@ $^ $(libs) $(shell $(PKG_CONFIG) --libs ompi-c)
# For the PATH, where bare names as `split` would hide others.
$(BUILD)/csvnet: $(BUILD)/bin/csvnet
	ln -sf bin/csvnet $@
$(BUILD)/share/csvnet/%: %
	@mkdir -p $(@D)
	install -m 644 $< $@
$(BUILD)/share/csvnet/%: pipeline/%
	@mkdir -p $(@D)
	install -m 644 $< $@

# One file: the driver with the main functions of all programs, and every library. Debian's libxxhash.a is
# without the functions that choose the widest vectors, of which the shared one has more.
static_obj = $(patsubst %,$(BUILD)/static/%.o,$(PROGRAMS) chain)
static_libs = $(shell $(PKG_CONFIG) --static --libs $(PACKAGES)) -lcsv -lm
no_dispatch = $(foreach f,64bits 64bits_withSeed 64bits_update 128bits 128bits_update,-Wl,--defsym=XXH3_$f_dispatch=XXH3_$f)
# What is loaded at run time, which nn/device/library.c asks for, is not for one file.
no_dlopen = -Wl,--wrap=dlopen,--wrap=dlsym
static: $(BUILD)/static/csvnet
$(static_obj): $(BUILD)/static/%.o: $(BUILD)/obj/cmd/%.o
	@mkdir -p $(@D)
	$(OBJCOPY) --redefine-sym main=$*_main $< $@
$(BUILD)/static/csvnet: $(BUILD)/obj/cmd/csvnet.o $(static_obj) $(archives)
	$(link) -static -s $(no_dispatch) $(no_dlopen) -o $@ $^ $(static_libs)

# Manual pages: cmd/man/PAGE, with what the program's table of options says, the comment of Makefile.inc,
# or the other pages.
man_parts  := $(wildcard cmd/man/*.awk cmd/man/*.mdoc)
fill        = awk -f cmd/man/fill.awk blocks=1 $(1) blocks=0 $< >$@

# What a program's table of options says, from a build that runs here.
help_from = $(or $(HELP_FROM),$(BUILD)/bin)
says      = $(help_from)/$* --help=$(1) >$@ || { \
    echo '$(help_from)/$* does not run here; manual pages and completion say what programs tell that do:' \
        'HELP_FROM=their folder (see: make help)' >&2; exit 1; }
$(BUILD)/help/%.mdoc: $(BUILD)/bin/%
	@mkdir -p $(@D)
	@$(call says,mdoc)
.SECONDARY: $(PROGRAMS:%=$(BUILD)/help/%.mdoc)
$(BUILD)/help/%.words: $(BUILD)/bin/%
	@mkdir -p $(@D)
	@$(call says,words)
# A line of mdoc for each program, as its page calls what it does.
$(BUILD)/help/programs: $(page_src) Makefile
	@mkdir -p $(@D)
	@{ echo @programs; for page in $(PROGRAMS); do \
	       sed -n "s/^\.Nd /.It Cm $$page\n/p" cmd/man/csvnet-$$page.1 || exit; \
	   done; echo @pages; printf '.Xr csvnet-%s 1 ,\n' $(sort $(PROGRAMS)); } >$@
$(BUILD)/help/rules: Makefile.inc README.md cmd/man/makefile.awk cmd/man/budgets.awk
	@mkdir -p $(@D)
	@{ awk -f cmd/man/makefile.awk Makefile.inc && awk -f cmd/man/budgets.awk README.md; } >$@
$(BUILD)/help/init.words: $(BUILD)/bin/csvnet
	@mkdir -p $(@D)
	@$(help_from)/csvnet init --help=words >$@
$(BUILD)/help/completion: $(patsubst %,$(BUILD)/help/%.words,$(PROGRAMS) init) cmd/completion.awk Makefile
	@{ echo @words; for name in $(PROGRAMS) init; do \
	       words=$$(cat $(BUILD)/help/$$name.words) || exit; printf "    %s) echo '%s' ;;\n" $$name "$$words"; \
	   done; echo @options; for name in $(PROGRAMS) init; do \
	       awk -v program=$$name -f cmd/completion.awk $(BUILD)/help/$$name.words || exit; \
	   done; } >$@

$(BUILD)/share/man/man1/csvnet-%.1: cmd/man/csvnet-%.1 $(BUILD)/help/%.mdoc $(man_parts)
	@mkdir -p $(@D)
	@$(call fill,$(BUILD)/help/$*.mdoc)
$(BUILD)/share/man/man1/csvnet.1: cmd/man/csvnet.1 $(BUILD)/help/programs $(man_parts)
	@mkdir -p $(@D)
	@$(call fill,$(BUILD)/help/programs)
$(BUILD)/share/man/man5/csvnet-makefile.5: cmd/man/csvnet-makefile.5 $(BUILD)/help/rules $(man_parts)
	@mkdir -p $(@D)
	@$(call fill,$(BUILD)/help/rules)
$(BUILD)/share/man/man5/%: cmd/man/% $(man_parts)
	@mkdir -p $(@D)
	@$(call fill,/dev/null)
$(BUILD)/share/man/man7/%: cmd/man/% $(man_parts)
	@mkdir -p $(@D)
	@$(call fill,/dev/null)

$(word 1,$(completions)): cmd/completion.bash
$(word 2,$(completions)): cmd/completion.zsh
$(word 3,$(completions)): cmd/completion.fish
$(completions): $(BUILD)/help/completion
	@mkdir -p $(@D)
	@sed 's/@programs/$(PROGRAMS)/' $(filter cmd/%,$^) >$(BUILD)/help/$(@F).unfilled
	@awk -f cmd/man/fill.awk blocks=1 $(BUILD)/help/completion blocks=0 $(BUILD)/help/$(@F).unfilled >$@

# The folder is a prerequisite because a removed source has to leave its archive.
$(BUILD)/libcmd.a: $(cmd_obj) $(filter-out cmd/mpi,$(filter cmd/%,$(folders)))
$(BUILD)/libpipeline.a: $(pipeline_obj) $(filter pipeline/%,$(folders))
$(BUILD)/libnn-whole.a: $(nn_obj) $(filter nn/%,$(folders))
$(archives):
	@rm -f $@
	$(AR) rcs $@ $(filter %.o,$^)

# For programs of others, whose names may be any: one object that exports the names of nn/nn.h alone.
$(BUILD)/libnn.a: $(nn_obj) $(filter nn/%,$(folders))
	@rm -f $@
	$(CC) -r -nostdlib -o $(BUILD)/obj/nn.o $(nn_obj)
	$(OBJCOPY) --wildcard --keep-global-symbol='nn_*' $(BUILD)/obj/nn.o
	$(AR) rcs $@ $(BUILD)/obj/nn.o

$(BUILD)/obj/%.o: %.c $(BUILD)/flags | need
	@mkdir -p $(@D)
	$(compile) -c -o $@ $<
# Whole networks are run by plain loops there.
$(BUILD)/obj/pipeline/export/run.o: opt = $(kernel_opt)

# The files of presets, recipes, of the report's page and of exported sources and pages, as the programs carry them.
built_in = model/presets model/recipes report/page export/steps export/try_files
$(BUILD)/obj/built_in.c: $(presets) $(recipes) $(page_files) $(addprefix pipeline/,$(built_in)) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "pipeline/model/built_in.h"'; for list in $(built_in); do \
	       echo "const struct built_in $${list#*/}[] = {"; \
	       for f in pipeline/$$list/*; do \
	           name=$$(basename "$$f"); printf '{"%s",\n' "$${name%.*}"; $(quoted_file); \
	       done; echo '{0, 0}};'; done; } >$@
quoted_file = sed 's/[\"]/\\&/g; s/.*/"&\\n"/' "$$f"; echo '},'
# The rules that Makefiles include, as csvnet carries them, and the page that no program's --help says.
$(BUILD)/help/tensor-file: cmd/man/csvnet-tensor-file.5 cmd/man/text.awk
	@mkdir -p $(@D)
	@awk -f cmd/man/text.awk $< >$@
$(BUILD)/obj/rules.c: Makefile.inc $(budgets) pipeline/budgets $(BUILD)/help/tensor-file Makefile
	@mkdir -p $(@D)
	@{ echo '#include "cmd/csvnet/rules.h"'; echo 'const struct built_in rules[] = {'; \
	   for f in Makefile.inc $(budgets); do printf '{"%s",\n' "$${f#pipeline/}"; $(quoted_file); done; \
	   f=$(BUILD)/help/tensor-file; echo '{0, 0}}, tensor_file_page = {"tensor-file",'; $(quoted_file) | sed '$$s/,/;/'; } >$@
# The kernels for devices, as one text.
$(BUILD)/obj/device_source.c: $(device_src) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "nn/device/private.h"'; echo 'const char device_source[] ='; \
	   sed '/^#include "/d; s/[\"]/\\&/g; s/.*/"&\\n"/' $(device_src); echo ';'; } >$@
$(BUILD)/obj/built_in.o $(BUILD)/obj/rules.o $(BUILD)/obj/device_source.o: %.o: %.c $(BUILD)/flags | need
	$(compile) -c -o $@ $<

# The font of pictures.
$(BUILD)/obj/unifont.zst: $(wildcard $(UNIFONT)) Makefile | need
	@mkdir -p $(@D)
	@zstd -q -19 -c $(call quoted,$(UNIFONT)) >$@
$(BUILD)/obj/pipeline/picture/font.o: $(BUILD)/obj/unifont.zst
$(BUILD)/obj/pipeline/picture/font.o: base += -DUNIFONT='"$(BUILD)/obj/unifont.zst"'

# Only these objects get their instruction set's flags.
flags_kernels_baseline = -DVECTOR_BYTES=16
flags_kernels_avx2     = -DVECTOR_BYTES=32 -mavx2 -mfma
flags_kernels_avx512   = -DVECTOR_BYTES=64 -mavx512f -mavx512vl -mavx512dq -mavx512bw -mfma $(san_kernels_512)
flags_kernels_avx512bf16 = $(flags_kernels_avx512) -mavx512bf16
# Under the sanitizers, and with gcov's counters, -O3 compiles for the better part of a minute. Over vectors of
# 512 bits gcc takes many minutes with the checks of addresses and of undefined behaviour; their code is that of
# the others.
# -fno-ivopts: gcc would have a loop go by gcov's counter of it, which other threads change.
counted      = $(findstring --coverage,$(CFLAGS))
kernel_opt   = $(if $(SAN)$(counted),-O1,-O3) $(if $(counted),-fno-ivopts)
san_kernels_512 = $(if $(filter 1,$(SAN)),-fno-sanitize=all)
kernel_flags = $(kernel_opt) -fno-math-errno -DTABLE=kernels_$* -DTABLE_NAME='"$*"' \
               $(flags_kernels_$*)

# Objects are compiled again when the compiler or its flags are others than last time.
flags := $(strip $(CC) $(AR) $(PKG_CONFIG) $(base) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(kernel_flags) \
         $(foreach table,$(tables),$(flags_kernels_$(table))))
ifneq ($(flags),$(file <$(BUILD)/flags))
.PHONY: $(BUILD)/flags
endif
$(BUILD)/flags:
	@mkdir -p $(@D)
	@printf '%s\n' $(foreach name,$(given) $(before),$(call quoted,kept_$(name) = $(value $(name)))) >$(BUILD)/given
	@printf '%s\n' $(call quoted,$(flags)) >$@

$(kernel_obj): $(BUILD)/obj/nn/kernels/kernels_%.o: nn/kernels/kernels.c $(BUILD)/flags | need
	@mkdir -p $(@D)
	$(compile) $(kernel_flags) -c -o $@ $<
$(tables:%=$(BUILD)/double/nn/kernels/kernels_%.o): $(BUILD)/double/nn/kernels/kernels_%.o: nn/kernels/kernels.c $(BUILD)/flags | need
	@mkdir -p $(@D)
	$(compile) $(kernel_flags) -DNN_DOUBLE -c -o $@ $<

-include $(shell find $(BUILD)/obj $(BUILD)/double -name '*.d' 2>/dev/null)

# ---- Tests ----

# tests/FOLDER/check_SUBJECT.c exports `Suite *suite_SUBJECT(void)`; double_SUBJECT.c likewise, built
# with nn/ in double. The runners' lists of suites are generated from the files' names.
test_dirs  := $(sort $(wildcard tests/*/ tests/*/*/))
check_src  := $(sort $(wildcard $(test_dirs:%=%check_*.c)))
double_src := $(sort $(wildcard $(test_dirs:%=%double_*.c)))
both_src   := tests/nn/plan/absorb_nets.c tests/nn/train/torch_steps.c # built for each runner
ingest_src := tests/pipeline/ingest/ingest_file.c
fuzz_src   := $(patsubst %,tests/fuzz/%.c,line lanes tensor pictures texts tables memory_file) $(ingest_src)
suites      = $(patsubst $(1)_%.c,%,$(notdir $($(1)_src)))
device_obj := $(BUILD)/obj/device_source.o
double_obj  = $(patsubst $(BUILD)/obj/%,$(BUILD)/double/%,$(filter-out $(device_obj),$(nn_obj))) $(device_obj)

$(BUILD)/double/%.o: %.c $(BUILD)/flags | need
	@mkdir -p $(@D)
	$(compile) -DNN_DOUBLE -c -o $@ $<
$(BUILD)/tests/%-suites.c: $(test_dirs) Makefile
	@mkdir -p $(@D)
	@{ echo '#include <check.h>'; \
	   for s in $(call suites,$*); do echo "Suite *suite_$$s(void);"; done; \
	   echo 'Suite *(*const suites[])(void) = {'; \
	   for s in $(call suites,$*); do echo "    suite_$$s,"; done; echo '    0};'; } >$@

# CUDA without a GPU, for the suite of devices; what it compiled before is forgotten with it.
fake_cuda := build/tests/cuda/libcuda.so.1 build/tests/cuda/libnvrtc.so.12
build/tests/cuda/libcuda.so.1: tests/faults/cuda.c
build/tests/cuda/libnvrtc.so.12: tests/faults/nvrtc.c
$(fake_cuda): tests/faults/fake_cuda.h nn/device/cuda.h
	@mkdir -p $(@D)
	@rm -rf $(@D)/cache
	$(CC) -std=c11 -O1 -Wall -Wextra -shared -fPIC -I. -Wl,-soname,$(@F) -o $@ $(filter %.c,$^) -ldl

# check_allocation.c counts the calls of these; check_progress.c sets the clock, check_output_places.c renames.
wrapped = -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=posix_memalign,--wrap=clock_gettime,--wrap=rename
$(BUILD)/tests/check: $(patsubst %.c,$(BUILD)/obj/%.o,$(check_src) $(both_src) $(fuzz_src)) $(BUILD)/obj/tests/main.o $(BUILD)/tests/check-suites.c $(archives) | $(fake_cuda)
	$(compile) $(LDFLAGS) $(wrapped) -o $@ $^ $(check_libs) $(libs)
$(BUILD)/tests/double: $(patsubst %.c,$(BUILD)/double/%.o,$(double_src) $(both_src)) $(BUILD)/obj/tests/main.o $(BUILD)/tests/double-suites.c $(double_obj)
	$(compile) $(LDFLAGS) -o $@ $^ $(check_libs) -lm

$(BUILD)/tests/ingest-many: $(call objects,tests/pipeline/ingest/ingest_many.c $(ingest_src)) $(archives)
	@mkdir -p $(@D)
	$(link) -o $@ $^ $(libs)
# As a program of others is, but with the flags of the rest.
$(BUILD)/tests/predict_one: fixtures/predict_one.c $(BUILD)/libnn.a
	@mkdir -p $(@D)
	$(link) $(CPPFLAGS) $(pkg_cflags) -I. -o $@ $^ $(pkg_libs) -lm

ifneq (,$(filter check valgrind coverage,$(MAKECMDGOALS)))
$(if $(word 2,$(CURDIR)),$(error make cannot include files from a folder whose name has blanks, which tests do: move $(CURDIR)))
endif
# The command tests, all or those of TESTS, find an installed tree in tests/root, and the program
# ingest-many.
# Under the sanitizers the same code in double would show nothing more.
runners = $(BUILD)/tests/check $(if $(SAN),,$(BUILD)/tests/double)
order: programs
	@NM='$(NM)' sh tests/order.sh '$(folders)' $(BUILD)/obj $(nn_obj) $(pipeline_obj) $(cmd_obj) $(patsubst %,$(BUILD)/obj/cmd/%.o,$(PROGRAMS) chain csvnet)
check: order programs $(runners) $(BUILD)/tests/ingest-many $(BUILD)/tests/predict_one
	set -e; for runner in $(runners); do $$runner; done
	@rm -rf $(BUILD)/tests/root
	@$(MAKE) --no-print-directory install DESTDIR='$(abspath $(BUILD)/tests/root)' PREFIX=/usr >/dev/null
	sh tests/commands/run $(BUILD)/bin $(TESTS)

# What tests/faults/ tells: every call that can fail made to fail, programs killed at random instants.
# Takes minutes; FAULTS and KILLS shorten it.
$(BUILD)/tests/inject.so: tests/faults/inject.c Makefile
	@mkdir -p $(@D)
	$(CC) -O1 -Wall -Wextra -shared -fPIC -o $@ $< -ldl
torture: programs $(BUILD)/tests/inject.so
	$(PYTHON) -B tests/faults/faults.py $(BUILD)/bin $(BUILD)/tests/inject.so $(FAULTS)
	$(PYTHON) -B tests/faults/kills.py $(BUILD)/bin $(KILLS)

# Memory that is used before it is set, or lost: suites and command tests under Valgrind, with the
# AVX2 kernels because it knows no AVX-512. Left out are suites that would take hours: training every
# preset at full size, and arithmetic over millions of values; and command tests that run make. Memory
# that is only possibly lost is that of threads, where a signal ends a program.
memcheck      = valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect \
                --errors-for-leak-kinds=definite,indirect
memcheck_long = allocation checkpoint csv device exp_log kernels fast_chunks threads torch
SUITES        = $(filter-out $(memcheck_long),$(call suites,check))
COMMANDS      = fit/bytes fit/history fit/refused ingest/files ingest/good ingest/idx ingest/like ingest/pictures \
                ingest/refused predict/oof predict/refused predict/scores predict/weights \
                split/good split/refused submit/check submit/refused submit/write
valgrind: programs $(BUILD)/tests/check
	@command -v valgrind >/dev/null || { echo 'valgrind is missing: make deps FOR=ci' >&2; exit 1; }
	@rm -rf $(BUILD)/valgrind
	@mkdir -p $(BUILD)/valgrind
	@for name in $(PROGRAMS); do printf '#!/bin/sh\nexec %s/$(memcheck) %s "$$@"\n' \
	    "$$(dirname "$$(command -v valgrind)")" '$(abspath $(BUILD)/bin)'/$$name \
	    >$(BUILD)/valgrind/$$name; chmod +x $(BUILD)/valgrind/$$name; done
	CSVNET_KERNELS=avx2 CK_TIMEOUT_MULTIPLIER=100 $(memcheck) $(BUILD)/tests/check $(SUITES)
	LIMIT=3000 CSVNET_KERNELS=avx2 sh tests/commands/run $(BUILD)/valgrind $(COMMANDS)

# Which lines no test runs, by gcov's counters, of which threads may lose some in place of waiting for
# each other; they are written before exec() as well, which gcc has in gnu11 alone. Left out are the
# corpora of CSV, which take long, and the test of limits, which the files with the counters would
# disturb; of the faults one is taken for each chain of functions. What tests say is not judged here:
# some see these files, or that memory fails while they are written.
coverage:
	@find build/coverage -name '*.gcda' -delete 2>/dev/null || true
	@$(MAKE) --no-print-directory BUILD=build/coverage \
	    CFLAGS='-O0 -g -std=gnu11 --coverage -fprofile-update=single -include tests/support/gcov.h' coverage-run
	$(PYTHON) -B tests/coverage.py build/coverage
coverage-run: programs $(runners) $(BUILD)/tests/ingest-many $(BUILD)/tests/predict_one $(BUILD)/tests/inject.so
	-for runner in $(runners); do CK_TIMEOUT_MULTIPLIER=100 $$runner; done
	@$(MAKE) --no-print-directory install DESTDIR='$(abspath $(BUILD)/tests/root)' PREFIX=/usr >/dev/null
	-LIMIT=3000 sh tests/commands/run $(BUILD)/bin $(filter-out %/limits.sh ingest/corpus.sh ingest/oracle.sh,$(patsubst tests/commands/%,%,$(wildcard tests/commands/*/*.sh)))
	-$(PYTHON) -B tests/faults/faults.py $(BUILD)/bin $(BUILD)/tests/inject.so --places $(FAULTS)

# What tests/mutants.py tells.
FOLDER ?= pipeline/csv pipeline/tensor pipeline/files
mutants: need
	@command -v clang >/dev/null || { echo 'mutants needs clang: make deps FOR=ci' >&2; exit 1; }
	$(PYTHON) -B tests/mutants.py $(FOLDER) --make '$(MAKE)' --tests $(TESTS)

# The same models from every compiler that is installed, with and without optimisation, links at link
# time, sanitizers. For other processors: tests/pinned-aarch64, tests/pinned-avx512.
check-builds: need
	tests/builds

# Slower, and needs PyTorch: the weights of every preset, both ways, and the manual page's lines for it.
check-torch: programs
	$(PYTHON) -B tests/torch_weights.py $(BUILD)/bin '$(or $(DATA),$(fashion))'

# Much slower, as root: README's two commands in chroots of other distributions, all or those of NAMES.
check-distributions:
	tests/distributions $(NAMES)

# Likewise: tests/package has the steps.
check-package:
	tests/package $(NAMES)

# ---- Fuzzing ----

# Each target reads RUNS mutated inputs under libFuzzer and the sanitizers; what it learns stays in
# FUZZ_OUT for the next time. Inputs that were found to break something are kept in fixtures/fuzz/TARGET, and
# `make check` reads them without clang.
fuzz_targets := line lanes tensor pictures texts tables
RUNS         ?= 100000
FUZZ_OUT     ?= build/fuzz/inputs
fuzz_common  := $(call objects,tests/fuzz/memory_file.c)

fuzz: $(fuzz_targets:%=fuzz-%)
$(fuzz_targets:%=fuzz-%): fuzz-%: fuzz-programs
	@mkdir -p $(FUZZ_OUT)/$*
	$(PYTHON) -B tests/fuzz/seeds.py $* $(FUZZ_OUT)/$*
	build/fuzz/tests/fuzz-$* -runs=$(RUNS) -max_len=2048 -rss_limit_mb=4096 -verbosity=0 -print_final_stats=1 \
	    -artifact_prefix=$(FUZZ_OUT)/$*- $(FUZZ_OUT)/$*
fuzz-programs:
	@command -v clang >/dev/null || { echo 'fuzz needs clang: make deps FOR=ci' >&2; exit 1; }
	@$(MAKE) --no-print-directory CC=clang SAN=1 BUILD=build/fuzz CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' kernel_opt='-O1 -fno-sanitize=all' \
	    $(fuzz_targets:%=build/fuzz/tests/fuzz-%)

$(BUILD)/tests/fuzz-tensor $(BUILD)/tests/fuzz-pictures: $(BUILD)/tests/fuzz-%: $(BUILD)/obj/tests/fuzz/%_mutator.o
$(BUILD)/tests/fuzz-lanes: $(call objects,$(ingest_src) tests/fuzz/no_writer.c)
$(BUILD)/tests/fuzz-%: $(BUILD)/obj/tests/fuzz/%.o $(fuzz_common) $(archives)
	@mkdir -p $(@D)
	$(compile) -fsanitize=fuzzer $(LDFLAGS) -DFUZZ_TARGET=fuzz_$* -o $@ tests/fuzz/libfuzzer.c \
	    $(filter %.o,$^) $(filter %.a,$^) $(libs)

# ---- Benchmarks ----

# Beside PyTorch and ONNX Runtime, those that are installed: make deps FOR=bench. OPTIONS: see tests/bench/nn.py.
bench-nn: $(BUILD)/tests/bench-nn
	@$(PYTHON) -c 'import torch' 2>/dev/null || { \
	    echo 'bench-nn needs PyTorch: make deps FOR=bench' >&2; exit 1; }
	@mkdir -p $(BUILD)/bench
	$(PYTHON) tests/bench/nn.py $(BUILD) $(OPTIONS)
$(BUILD)/tests/bench-nn: $(BUILD)/obj/tests/bench/nn.o $(BUILD)/obj/tests/bench/peak.o $(BUILD)/libnn-whole.a
	@mkdir -p $(@D)
	$(link) -o $@ $^ -lm

# A BUDGET of Makefile.inc on DATA (train.csv and test.csv, or IDX files): its time and its accuracy out
# of fold. OPTIONS: see tests/bench/budget.py.
bench-budget: programs
	$(PYTHON) tests/bench/budget.py $(BUILD) '$(BUDGET)' --data '$(DATA)' $(OPTIONS)

# Beside other readers of CSV, those that are installed: make deps FOR=bench. DATA: a file of your own.
bench-ingest: $(BUILD)/bin/ingest $(BUILD)/tests/bench-libcsv
	$(PYTHON) tests/bench/ingest.py $(BUILD) $(DATA) $(OPTIONS)
$(BUILD)/tests/bench-libcsv: $(BUILD)/obj/tests/bench/libcsv.o
	@mkdir -p $(@D)
	$(link) -o $@ $^ -lcsv
# The products of all presets' layers next to oneDNN's (Debian's libdnnl-dev) where that is installed;
# SECONDS: for each layer.
dnnl = $(wildcard /usr/include/dnnl.h)
bench-kernels: $(BUILD)/tests/bench-kernels
	@$(if $(dnnl),,echo 'Not next to oneDNN, whose package libdnnl-dev is missing: make deps FOR=bench' >&2)
	$< $(or $(SECONDS),1) $(presets)
$(BUILD)/tests/bench-kernels: $(patsubst %,$(BUILD)/obj/tests/bench/%.o,kernels dnnl peak) $(BUILD)/libnn-whole.a
	@mkdir -p $(@D)
	$(link) -o $@ $^ $(if $(dnnl),-ldnnl) -lm
# A DEVICE (gpu) beside the processor: bytes and speed of every preset and network of a budget; on a machine
# without make, tests/bench/gpu.sh itself.
bench-gpu: programs
	tests/bench/gpu.sh $(BUILD)/bin $(or $(DEVICE),gpu)
bench: bench-nn bench-kernels bench-ingest

# ---- Demo ----

make_command = $(MAKE)# by another name, so that `make -n demo` does not run it
demo: programs
	@MAKE='$(make_command)' PYTHON='$(PYTHON)' sh fixtures/demo.sh $(BUILD) '$(or $(DATA),$(fashion))'

# ---- Notebooks ----

notebook_names := $(basename $(notdir $(recipes)))
notebook = $(PYTHON) fixtures/notebook.py --bin $(BUILD)/bin --out $(BUILD)/notebooks \
           --data '$(DATA)' --seeds '$(SEEDS)' --fit='$(FIT)'

$(notebook_names:%=notebook-%): notebook-%: programs
	@$(notebook) $*
notebooks: programs
	@$(notebook) $(filter-out deotte,$(notebook_names))

# ---- Installing ----

bindir     = $(DESTDIR)$(PREFIX)/bin
libexecdir = $(DESTDIR)$(PREFIX)/libexec/csvnet
datadir    = $(DESTDIR)$(PREFIX)/share/csvnet
mandir     = $(DESTDIR)$(PREFIX)/share/man
shells     = bash-completion/completions zsh/site-functions fish/vendor_completions.d

install: programs
	install -d '$(bindir)' '$(libexecdir)' '$(datadir)/presets' '$(datadir)/recipes' '$(datadir)/budgets'
	install -d '$(mandir)/man1' '$(mandir)/man5' '$(mandir)/man7' $(shells:%='$(DESTDIR)$(PREFIX)/share/%')
	install -m 755 $(BUILD)/bin/csvnet '$(bindir)'
	install -m 755 $(programs) $(mpi) $(BUILD)/bin/chain '$(libexecdir)'
	install -m 644 Makefile.inc pipeline/picture/unifont-license.txt '$(datadir)'
	install -m 644 $(presets) '$(datadir)/presets'
	install -m 644 $(recipes) '$(datadir)/recipes'
	install -m 644 $(budgets) '$(datadir)/budgets'
	install -m 644 $(filter %.1,$(pages)) '$(mandir)/man1'
	install -m 644 $(filter %.5,$(pages)) '$(mandir)/man5'
	install -m 644 $(filter %.7,$(pages)) '$(mandir)/man7'
	$(foreach file,$(completions:$(BUILD)/share/%=%),install -m 644 $(BUILD)/share/$(file) '$(DESTDIR)$(PREFIX)/share/$(dir $(file))' &&) :

# The source and the one file of the last commit, to BUILD/dist.
dist:
	@git diff --quiet HEAD -- 2>/dev/null || { \
	    echo 'dist: this is no clone, or it has changes that are not committed: a release is of a commit' >&2; exit 1; }
	@$(MAKE) --no-print-directory static
	@sh fixtures/dist.sh '$(VERSION)' $(BUILD) '$(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))'

uninstall:
	rm -f '$(bindir)/csvnet' $(patsubst %,'$(libexecdir)/%',$(PROGRAMS) chain fit-mpi) '$(datadir)/Makefile.inc' '$(datadir)/unifont-license.txt'
	rm -f $(patsubst pipeline/model/%,'$(datadir)/%',$(presets) $(recipes)) $(budgets:pipeline/%='$(datadir)/%')
	rm -f $(completions:$(BUILD)/share/%='$(DESTDIR)$(PREFIX)/share/%') $(patsubst $(BUILD)/share/man/%,'$(mandir)/%',$(pages))
	@for folder in '$(libexecdir)' '$(DESTDIR)$(PREFIX)/libexec' '$(datadir)/presets' '$(datadir)/recipes' \
	    '$(datadir)/budgets' '$(datadir)'; do \
	    [ ! -d "$$folder" ] || rmdir --ignore-fail-on-non-empty "$$folder"; \
	done

clean:
	rm -rf $(addprefix $(BUILD)/,bin static dist csvnet share help obj double tests demo notebooks flags given *.a san thread clang aarch64 avx512 fuzz bench coverage mutants valgrind distributions builds)

.PHONY: all help deps need programs static dist order bench bench-nn bench-kernels bench-ingest bench-gpu bench-budget fuzz fuzz-programs $(fuzz_targets:%=fuzz-%) check check-builds check-torch check-distributions check-package torture valgrind mutants coverage coverage-run demo notebooks install uninstall clean \
        $(notebook_names:%=notebook-%)

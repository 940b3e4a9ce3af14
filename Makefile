# csvnet: from a labelled CSV to a leaderboard file.
#
#   make          build                     make check    test (SAN=1: under sanitizers)
#   make deps     install what is needed    make demo     the whole road on Fashion-MNIST
#   make install  PREFIX=/usr/local         make uninstall

VERSION = 0.1.0

CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
PYTHON  ?= /usr/bin/python3
BUILD   ?= build$(if $(SAN),/san)
SAN     ?=

all: programs

# ---- Compiling ----

PACKAGES = libzstd jansson zlib libxxhash
PROGRAMS = ingest split fit predict submit

warnings = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla $(if $(WERROR),-Werror)
san      = $(if $(SAN),-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
base     = -std=c11 -D_GNU_SOURCE -DCSVNET_VERSION='"$(VERSION)"' -ffp-contract=off -pthread \
           $(warnings) $(san) -MMD -MP
compile  = $(CC) $(base) $(CPPFLAGS) $(CFLAGS)
# Asked of pkg-config once, at the first use, so that `make deps` can run before.
pkgs     = $(eval pkgs := $$(shell pkg-config --libs $(PACKAGES)))$(pkgs)
libs     = $(pkgs) -lcsv -lm

objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard $(1)))
nn_obj       := $(call objects,nn/[!k]*.c nn/k[!e]*.c)
pipeline_obj := $(call objects,pipeline/*.c)
cmd_obj      := $(call objects,cmd/*.c)
shared_obj   := $(filter-out $(PROGRAMS:%=$(BUILD)/obj/cmd/%.o),$(cmd_obj))

programs: $(PROGRAMS:%=$(BUILD)/bin/%)

$(PROGRAMS:%=$(BUILD)/bin/%): $(BUILD)/bin/%: $(BUILD)/obj/cmd/%.o $(shared_obj) $(BUILD)/libpipeline.a $(BUILD)/libnn.a
	@mkdir -p $(@D)
	$(CC) $(san) $(CFLAGS) -pthread $(LDFLAGS) -o $@ $^ $(libs)

$(BUILD)/libpipeline.a: $(pipeline_obj)
$(BUILD)/libnn.a: $(nn_obj)
$(BUILD)/lib%.a:
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(compile) -c -o $@ $<

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

# ---- Tests ----

# tests/check_SUBJECT.c exports `Suite *suite_SUBJECT(void)`; tests/double_SUBJECT.c likewise, built
# with nn/ in double. The runners' lists of suites are generated from the files' names.
check_src  := $(wildcard tests/check_*.c)
double_src := $(wildcard tests/double_*.c)
both_src   := tests/torch_steps.c # built for each runner
double_obj  = $(patsubst $(BUILD)/obj/%,$(BUILD)/double/%,$(nn_obj))

$(BUILD)/double/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(compile) -DNN_DOUBLE $(flags_$(basename $(@F))) -c -o $@ $<
$(BUILD)/tests/%-suites.c: $(check_src) $(double_src) Makefile
	@mkdir -p $(@D)
	@{ echo '#include <check.h>'; \
	   for s in $(patsubst tests/$*_%.c,%,$($*_src)); do echo "Suite *suite_$$s(void);"; done; \
	   echo 'Suite *(*const suites[])(void) = {'; \
	   for s in $(patsubst tests/$*_%.c,%,$($*_src)); do echo "    suite_$$s,"; done; echo '    0};'; } >$@

check_libs = $(shell pkg-config --libs check)
$(BUILD)/tests/check: $(patsubst %.c,$(BUILD)/obj/%.o,$(check_src) $(both_src)) $(BUILD)/obj/tests/main.o $(BUILD)/tests/check-suites.c $(shared_obj) $(BUILD)/libpipeline.a $(BUILD)/libnn.a
	$(CC) $(base) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(check_libs) $(libs)
$(BUILD)/tests/double: $(patsubst %.c,$(BUILD)/double/%.o,$(double_src) $(both_src)) $(BUILD)/obj/tests/main.o $(BUILD)/tests/double-suites.c $(double_obj)
	$(CC) $(base) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(check_libs) -lm

check: programs $(BUILD)/tests/check $(BUILD)/tests/double
	$(BUILD)/tests/check
	$(BUILD)/tests/double
	tests/commands/run $(BUILD)/bin

clean:
	rm -rf build

.PHONY: all programs check clean

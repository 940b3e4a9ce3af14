#ifndef PIPELINE_BUILT_IN_H
#define PIPELINE_BUILT_IN_H

/* Text files that the programs carry with them: those of presets/, recipes/, page/, steps/ and
 * try_files/, each list sorted by name (without the ending), name NULL at the end. */
struct built_in {
    const char *name, *text;
};
extern const struct built_in presets[], recipes[], page[], steps[], try_files[];

#endif

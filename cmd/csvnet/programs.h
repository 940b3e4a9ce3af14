#ifndef CMD_PROGRAMS_H
#define CMD_PROGRAMS_H

/* The programs: executables of their own, or all in this one, as the Makefile links it for `make
 * static`. */
struct program {
    const char *name;
    const char *does;                   /* NULL: it serves Makefile.inc, and is not listed */
    int (*main)(int argc, char **argv); /* NULL: an executable of its own */
};
extern const struct program programs[]; /* name NULL at the end */

/* Returns the program of that name; NULL: there is none. */
const struct program *program_of(const char *name);
/* Runs it as argv[0], whatever that is; returns its exit status, or that of the failure, which it
 * has printed. */
int program_run(const struct program *program, int argc, char **argv);

/* Argument by which this executable was called. */
extern const char *called_by;
/* Returns the path of this executable, without links, for free(); NULL: it cannot be told. */
char *own_path(void);
/* Returns the path of a program that the shell would run, for free(); NULL: there is none. */
char *find_on_path(const char *name);
/* Returns FOLDER/rest seen from the folder that this executable is in, for free(), without links;
 * NULL: there is none. */
char *path_beside(const char *rest);

#endif

/* The programs that csvnet runs, and where they are. */
#include "programs.h"

#include "cmd/cli/say.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/auxv.h>
#endif

/* There is one of these where the programs are linked into this executable. */
__attribute__((weak)) extern int ingest_main(int, char **), split_main(int, char **),
    fit_main(int, char **), predict_main(int, char **), submit_main(int, char **),
    audit_main(int, char **), compare_main(int, char **), show_main(int, char **), report_main(int, char **),
    explain_main(int, char **), export_main(int, char **), chain_main(int, char **);

const struct program programs[] = {
    {"ingest", "a CSV into a tensor file", ingest_main},
    {"split", "a tensor file into parts: training and validation", split_main},
    {"fit", "trains a network", fit_main},
    {"predict", "probabilities from one model or several", predict_main},
    {"submit", "predictions into a submission file; checks and scores one", submit_main},
    {"audit", "finds wrong labels, repeated and odd pictures, other test data", audit_main},
    {"compare", "whether one of two predictions is better, or only luckier", compare_main},
    {"show", "data, models, predictions, histories: figures, pictures, curves", show_main},
    {"report", "one page about a run: score, warnings, mistakes, curves", report_main},
    {"explain", "what made a tensor file, and whether that is still on disk", explain_main},
    {"export", "a model as one C file, or for ONNX", export_main},
    {"chain", NULL, chain_main},
    {0}};

const struct program *program_of(const char *name)
{
    for (const struct program *p = programs; p->name; p++)
        if (strcmp(p->name, name) == 0)
            return p;
    return NULL;
}

/* ---- Where they are ---- */

const char *called_by = "csvnet";

char *find_on_path(const char *name)
{
    const char *at = getenv("PATH");
    char *file = NULL;

    while (at) {
        const size_t length = strcspn(at, ":"); /* 0: this folder */

        if (asprintf(&file, "%.*s%s%s", (int)length, at, length ? "/" : "./", name) < 0)
            return NULL;
        if (access(file, X_OK) == 0)
            return file;
        free(file);
        at = at[length] ? at + length + 1 : NULL;
    }
    return NULL;
}

char *own_path(void)
{
#ifdef __linux__
    /* What was executed, whatever argv[0] says, and where there is no /proc. */
    return realpath((const char *)getauxval(AT_EXECFN), NULL);
#else
    char *found = strchr(called_by, '/') ? strdup(called_by) : find_on_path(called_by);
    char *real = found ? realpath(found, NULL) : NULL;

    free(found);
    return real;
#endif
}

char *path_beside(const char *rest)
{
    char *self = own_path(), *slash = self ? strrchr(self, '/') : NULL, *path = NULL, *real;

    if (slash && asprintf(&path, "%.*s/%s", (int)(slash - self), self, rest) < 0)
        path = NULL;
    real = path ? realpath(path, NULL) : NULL;
    free(self);
    free(path);
    return real;
}

/* ---- Running one ---- */

int program_run(const struct program *program, int argc, char **argv)
{
    char *folder, *path = NULL;
    struct err err;

    if (program->main)
        return program->main(argc, argv);
    folder = path_beside("../libexec/csvnet");
    if (!folder)
        folder = path_beside("."); /* not installed: build/bin */
    if (folder && asprintf(&path, "%s/%s", folder, program->name) > 0) {
        argv[0] = path;
        execv(path, argv);
    }
    err_set(&err, EX_OSERR, "%s: cannot be run: %s", path ? path : program->name, strerror(errno));
    return fail(&err);
}

/* What `make audit` ends with. */
#include "chain.h"

#include "pipeline/audit/findings.h"
#include "pipeline/base/json.h"

#include <string.h>

/* Says what takes the list: the option's rows are those of one CSV. */
static void say_next(const struct chain *c, FILE *out)
{
    const bool own = c->scored[0] && !c->folds && c->val_csv[0];
    const char *name = own ? "VAL" : "TRAIN";

    fprintf(out, "Look at %.*s.png; copy the list, delete the lines that you do not believe, and ",
            (int)(strlen(c->audit) - strlen(".csv")), c->audit);
    if (c->parts[own ? PARTS_VAL : PARTS_TRAIN].count)
        fprintf(out,
                "make\none CSV of those of %s, through which its rows are numbered; then set\n",
                name);
    else
        fprintf(out, "set\n");
    fprintf(out, "%s.ingest = --relabel COPY, or --without COPY\n", name);
}

int chain_audit(struct chain *c, FILE *out, struct err *err)
{
    FILE *file = fopen(c->audit_json, "re");
    json_t *summary = file ? json_read_file(file, NULL) : NULL;
    const json_t *kinds = json_object_get(summary, "kinds");
    int count = 0;

    if (file)
        fclose(file);
    if (!kinds) {
        json_decref(summary);
        return err_set(err, EX_DATAERR, "%s: not an audit's summary; make csvnet_force=%s audit",
                       c->audit_json, c->audit);
    }
    fprintf(out, "%s: ", c->audit);
    for (int k = 0; k < FINDING_KINDS; k++) {
        const char *word = finding_word((enum finding_kind)k);
        const long long rows = json_integer_value(json_object_get(kinds, word));

        if (rows > 0)
            fprintf(out, "%s%lld %s", count++ ? ", " : "", rows, word);
    }
    fprintf(out, "%s\n", count ? "" : "nothing");
    if (c->scored[0] && strcmp(c->scored, c->train) != 0)
        fprintf(out, "These are of the rows that validate; with FOLDS = 5 all of TRAIN are looked "
                     "at\n");
    if (count)
        say_next(c, out);
    json_decref(summary);
    return 0;
}

/* Lists the fits that are due as commands: for a job array, GNU parallel, xargs. */
#include "chain.h"

#include <string.h>

/* Returns a value as make has to be given it to expand to it. */
static const char *unexpanded(struct chain *c, const char *value)
{
    struct strbuf text = {0};

    for (; *value; value++) {
        strbuf_puts(&text, *value == '$' ? "$" : "");
        strbuf_add(&text, value, 1);
    }
    return pool_take(&c->pool, &text);
}

/* Returns what was given on make's command line, for that of a job; OUT and the like of a budget
 * depend on it. */
static struct words given(struct chain *c)
{
    struct words words = {0};

    for (int i = 0; i < c->variables.count; i++) {
        const struct variable *v = &c->variables.list[i];

        if (strcmp(v->origin, "command") == 0)
            words_add(&words, &c->pool, pool_text(&c->pool, "%s=%s", v->name, unexpanded(c, v->value)));
    }
    return words;
}

int chain_jobs(struct chain *c, const char *make, const char *makefile, FILE *out, struct err *err)
{
    const struct words variables = given(c);

    for (int i = 0; i < c->stage_count; i++) {
        const struct stage *stage = &c->stages[i];

        if (!stage->fit || stage->due == NOT_DUE)
            continue;
        fprintf(out, "%s -f %s %s", make, shell_word(makefile, &c->pool),
                shell_word(stage->output, &c->pool));
        for (int v = 0; v < variables.count; v++)
            fprintf(out, " %s", shell_word(variables.list[v], &c->pool));
        putc('\n', out);
    }
    return c->pool.failed ? err_memory(err, "the chain", 0) : 0;
}

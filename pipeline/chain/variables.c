/* A Makefile's variables, as make hands them over. */
#include "variables.h"

#include <string.h>

static const struct variable *find(const struct variables *v, const char *name)
{
    for (int i = 0; i < v->count; i++)
        if (strcmp(v->list[i].name, name) == 0)
            return &v->list[i];
    return NULL;
}

void variables_read(struct variables *v, char *const *arguments, int count, struct pool *pool)
{
    v->list = pool_alloc(pool, ((size_t)count + 1) * sizeof *v->list);
    for (int i = 0; v->list && i < count; i++) {
        static const char blanks[] = " \t\n";
        const char *blank = strchr(arguments[i], ' ');
        const char *equals = blank ? strchr(blank, '=') : NULL, *value;
        size_t length;

        if (!equals)
            continue;
        value = equals + 1 + strspn(equals + 1, blanks);
        length = strlen(value);
        while (length > 0 && strchr(blanks, value[length - 1]))
            length--;
        v->list[v->count++] =
            (struct variable){pool_text(pool, "%.*s", (int)(equals - blank - 1), blank + 1),
                              pool_text(pool, "%.*s", (int)length, value),
                              pool_text(pool, "%.*s", (int)(blank - arguments[i]), arguments[i])};
    }
}

const char *variable(const struct variables *v, const char *name, const char *otherwise)
{
    const struct variable *found = find(v, name);

    return found && found->value[0] ? found->value : otherwise;
}

const char *variable_of(const struct variables *v, const char *name, const char *kind,
                        struct pool *pool)
{
    return variable(v, pool_text(pool, "%s.%s", name, kind), "");
}

const char *variable_origin(const struct variables *v, const char *name)
{
    const struct variable *found = find(v, name);

    return found ? found->origin : "";
}

/* Networks and recipes by name, from built-in texts or files. */
#include "recipe.h"

#include "pipeline/base/strbuf.h"
#include "pipeline/files/noted.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 65536 }; /* of a file */
static const char QUOTE = '\'';
static const char MARK[] = "\xef\xbb\xbf"; /* a byte-order mark, as some editors write it */

/* ---- Lines ---- */

/* Cuts the line at *text off: its content without comment, outer space and a comma at its end.
 * Returns its length. */
static size_t next_line(const char **text, const char **line)
{
    const size_t whole = strcspn(*text, "\n");
    size_t length = strcspn(*text, "\n#");

    *line = *text;
    *text += whole + ((*text)[whole] == '\n');
    while (length > 0 && isspace((unsigned char)**line)) {
        ++*line;
        length--;
    }
    while (length > 0 &&
           (isspace((unsigned char)(*line)[length - 1]) || (*line)[length - 1] == ','))
        length--;
    return length;
}

/* Takes off the quotes, which are there for the blanks between them. */
static void unquote(char *word)
{
    char *to = word;

    for (; *word; word++)
        if (*word != QUOTE)
            *to++ = *word;
    *to = 0;
}

static int add_option(struct recipe *recipe, const char *word, size_t length, struct err *err)
{
    char **grown = realloc(recipe->option, ((size_t)recipe->options + 1) * sizeof *recipe->option);

    if (!grown)
        return err_memory(err, "a recipe", 0);
    recipe->option = grown;
    grown[recipe->options] = strndup(word, length);
    if (!grown[recipe->options])
        return err_memory(err, "a recipe", length);
    unquote(grown[recipe->options++]);
    return 0;
}

static int add_options(struct recipe *recipe, const char *line, size_t length, struct err *err)
{
    const char *end = line + length;

    while (line < end) {
        bool quoted = false;
        size_t word = 0;

        while (line + word < end && (quoted || !isspace((unsigned char)line[word])))
            quoted ^= line[word++] == QUOTE;
        if (quoted)
            return err_set(err, EX_USAGE, "a recipe's line has a quote without its end: %.*s",
                           (int)word, line);
        if (word > 0 && add_option(recipe, line, word, err))
            return -1;
        line += word + 1;
    }
    return 0;
}

static int parse(struct recipe *recipe, const char *text, struct err *err)
{
    struct strbuf layers = {0};
    const char *line;

    while (*text) {
        const size_t length = next_line(&text, &line);

        if (length >= 2 && memcmp(line, "--", 2) == 0) {
            if (add_options(recipe, line, length, err)) {
                strbuf_free(&layers);
                return -1;
            }
        } else if (length > 0) {
            strbuf_puts(&layers, layers.size ? ", " : "");
            strbuf_add(&layers, line, length);
        }
    }
    recipe->description = strbuf_take(&layers);
    return recipe->description ? 0 : err_memory(err, "a recipe", 0);
}

/* ---- Where they are found ---- */

static int read_file(const char *path, FILE *file, struct recipe *recipe, struct err *err)
{
    char *text = malloc(MAX_BYTES + 1);
    size_t size;
    int result;

    if (!text)
        return err_memory(err, "a recipe", MAX_BYTES);
    size = fread(text, 1, MAX_BYTES + 1, file);
    if (ferror(file)) {
        result = err_set(err, EX_IOERR, "%s: %s", path, strerror(errno));
    } else if (size > MAX_BYTES || memchr(text, 0, size)) {
        result = err_set(err, EX_DATAERR, "%s: not a description of a network: %s", path,
                         memchr(text, 0, size)
                             ? "it is not text; show prints that of a model, --from begins with one"
                             : "it is too large");
    } else {
        text[size] = 0;
        result = parse(recipe, text + (strncmp(text, MARK, strlen(MARK)) ? 0 : strlen(MARK)), err);
        if (result == 0 && !*recipe->description && recipe->options == 0)
            result = err_set(err, EX_DATAERR,
                             "%s: there is nothing in it, neither layers nor options", path);
    }
    free(text);
    return result;
}

/* Returns 1 found and read, 0 neither built in nor a file, -1 error. */
static int find(struct recipe *recipe, const struct built_in *list, const char *spec,
                struct err *err)
{
    FILE *file;
    int result;

    *recipe = (struct recipe){0};
    for (; list->name; list++)
        if (strcmp(list->name, spec) == 0)
            return parse(recipe, list->text, err) ? -1 : 1;
    file = fopen(spec, "r");
    if (!file && errno == EACCES)
        return err_set(err, EX_NOINPUT, "%s: cannot be opened: %s", spec, strerror(errno));
    if (!file)
        return 0;
    note_read(spec);
    result = read_file(spec, file, recipe, err);
    fclose(file);
    return result ? -1 : 1;
}

static void add_names(struct strbuf *text, const struct built_in *list)
{
    for (int i = 0; list[i].name; i++)
        strbuf_printf(text, "%s%s", i ? ", " : "", list[i].name);
}

int recipe_find(struct recipe *recipe, const char *spec, struct err *err)
{
    const int found = find(recipe, recipes, spec, err);
    struct strbuf names = {0};

    if (found > 0)
        return 0;
    if (found == 0) {
        add_names(&names, recipes);
        err_set(err, EX_USAGE, "'%s' is neither a recipe (%s) nor a file", spec,
                strbuf_shown(&names));
        strbuf_free(&names);
    }
    recipe_free(recipe);
    return -1;
}

void recipe_free(struct recipe *recipe)
{
    for (int i = 0; i < recipe->options; i++)
        free(recipe->option[i]);
    free(recipe->option);
    free(recipe->description);
    *recipe = (struct recipe){0};
}

int architecture_find(const char *spec, char **description, struct err *err)
{
    struct recipe recipe;
    const int found = find(&recipe, presets, spec, err);
    struct strbuf names = {0};
    int result = found;

    if (found == 0 && strpbrk(spec, ", "))
        result = parse(&recipe, spec, err);
    else if (found == 0) {
        add_names(&names, presets);
        result = err_set(err, EX_USAGE,
                         "--arch %s: neither a preset (%s) nor a file; a description of a network "
                         "has layers with commas between them",
                         spec, strbuf_shown(&names));
        strbuf_free(&names);
    } else if (found > 0 && recipe.options)
        result =
            err_set(err, EX_USAGE, "--arch %s: the file has options such as %s; it is for --recipe",
                    spec, recipe.option[0]);
    if (result >= 0) {
        *description = recipe.description;
        recipe.description = NULL;
        result = 0;
    }
    recipe_free(&recipe);
    return result;
}

/* The settings of the trainings: the options that differ from the defaults, as lines to copy. */
#include "pipeline/fit/settings_line.h"
#include "section.h"

#include <stdlib.h>
#include <string.h>

/* Settings in which the trainings of one group differ. */
static const char *const own[] = {"seed", "fold", NULL};

/* Returns the file of the part of that content; NULL: none is. */
static const char *find_data(const struct report *r, const char *digest)
{
    for (int p = 0; p < r->files.data_count && digest; p++)
        if (strcmp(tensor_file_digest(r->parts[p].data.file), digest) == 0)
            return r->parts[p].path;
    return NULL;
}

/* Returns the data that validated the model, as its history says; NULL: not known, or a fold. */
static const char *find_validation(const struct report *r, int m)
{
    const json_t *validation = json_object_get(r->models[m].history.start, "validation");

    return find_data(r, json_string_value(json_object_get(validation, "digest")));
}

/* Adds the options of model m, or why there is no such line; `whole`: with its seed and fold. */
static void add_options(struct strbuf *line, const struct report *r, int m, bool whole)
{
    const struct model *model = &r->ensemble.models[m];
    json_t *record = json_copy(model->settings);
    struct err err;

    line->failed |= json_object_set_new(record, "architecture",
                                        json_string(nn_network_description(model->net))) != 0;
    for (const char *const *key = own; *key && !whole; key++)
        json_object_del(record, *key);
    /* what a training came to is no option */
    json_object_del(record, "kept_epoch");
    if (record && settings_line(line, record, &err)) {
        line->failed |= err.status == EX_OSERR;
        strbuf_puts(line, " # ");
        strbuf_puts(line, err.text);
    }
    json_decref(record);
}

/* Writes the line that trains model m; `whole`: with its seed and fold. */
static void write_line(const struct report *r, int m, bool whole, struct strbuf *html)
{
    const char *data = find_data(r, r->ensemble.models[m].data_digest);
    const char *validation = find_validation(r, m);
    struct strbuf line = {0};

    strbuf_puts(&line, "csvnet fit");
    shell_word_add(&line, data ? data : "TRAIN");
    if (validation) {
        strbuf_puts(&line, " --val");
        shell_word_add(&line, validation);
    }
    add_options(&line, r, m, whole);
    if (whole) {
        strbuf_puts(&line, " -o");
        shell_word_add(&line, r->models[m].path);
    }
    strbuf_puts(html, "<pre class=\"line\">");
    report_options(html, strbuf_text(&line));
    strbuf_puts(html, "</pre>\n");
    html->failed |= line.failed;
    strbuf_free(&line);
}

/* Tells whether models a and b were trained alike but for seed and fold. */
static bool is_alike(const struct report *r, int a, int b, struct strbuf *html)
{
    struct strbuf one = {0}, other = {0};
    bool alike;

    add_options(&one, r, a, false);
    add_options(&other, r, b, false);
    alike = strcmp(strbuf_text(&one), strbuf_text(&other)) == 0;
    html->failed |= one.failed || other.failed;
    strbuf_free(&one);
    strbuf_free(&other);
    return alike;
}

/* Returns the model of the group after m whose line is another than those before; -1: none. */
static int next_line(const struct report *r, int group, int m, struct strbuf *html)
{
    for (m++; m < r->files.model_count; m++) {
        int before = 0;

        if (r->models[m].group != group)
            continue;
        while (before < m && !(r->models[before].group == group && is_alike(r, before, m, html)))
            before++;
        if (before == m)
            return m;
    }
    return -1;
}

/* Writes the lines of a group, and their networks, but for *last, the one before. */
static void write_group(const struct report *r, int group, const char **last, struct strbuf *html)
{
    const bool one = r->groups[group].count == 1;

    strbuf_puts(html, "<h3>");
    report_group_name(r, group, html);
    strbuf_puts(html, "</h3>\n");
    for (int m = next_line(r, group, -1, html); m >= 0; m = next_line(r, group, m, html)) {
        const char *network = nn_network_description(r->ensemble.models[m].net);

        if (strcmp(network, *last)) {
            strbuf_puts(html, "<p class=\"network\">");
            html_text(html, network);
            strbuf_puts(html, "</p>\n");
        }
        *last = network;
        write_line(r, m, one, html);
    }
}

void report_write_settings(const struct report *r, struct strbuf *html)
{
    const char *last = "";
    bool several = false;

    if (r->files.model_count == 0)
        return;
    for (int g = 0; g < r->group_count; g++)
        several = several || r->groups[g].count > 1;
    report_begin(html, "settings", "Settings");
    strbuf_puts(html, "<p class=\"says\">Each network, and the options that differ from the "
                      "defaults");
    strbuf_puts(html, several ? "; the trainings of one name differ in seed and fold. " : ". ");
    strbuf_puts(html, "<code>csvnet explain MODEL --command</code> prints the whole line of a "
                      "model.</p>\n");
    for (int g = 0; g < r->group_count; g++)
        write_group(r, g, &last, html);
    report_end(html);
}

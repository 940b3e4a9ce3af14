/* Settings that may differ between a checkpoint and the run that resumes from it: those on which
 * nothing depends that was done already, so that it ends as a run with the new ones from its
 * beginning. */
#include "resumable.h"

#include "pipeline/base/json.h"
#include "pipeline/base/setting.h"

#include <stdlib.h>
#include <string.h>

static int whole(const json_t *record, const char *key)
{
    return (int)json_integer_value(json_object_get(record, key));
}

/* Returns the word of --keep, which a record has in two parts. */
static const char *keep_of(const json_t *record)
{
    const enum keep keep = keep_recorded(record);

    return keep_words[json_is_true(json_object_get(record, "keep_best")) && keep == KEEP_LAST
                          ? KEEP_BEST
                          : keep];
}

/* Tells whether the epochs up to `epoch` would have been the same with the other number of all. */
static bool epochs_may_differ(const json_t *was, const json_t *now, int epoch)
{
    const char *schedule = json_string_value(json_object_get(now, "schedule"));
    const int before = whole(was, "epochs"), after = whole(now, "epochs");
    const int plain = whole(now, "plain_epochs"), fewer = before < after ? before : after;

    return schedule && strcmp(schedule, schedule_words[NN_COSINE]) != 0 &&
           strcmp(schedule, schedule_words[NN_ONE_CYCLE]) != 0 && epoch <= after &&
           (plain == 0 || epoch <= fewer - plain);
}

/* Tells whether the run would not have stopped yet: only a longer patience is sure of that. */
static bool patience_may_differ(const json_t *was, const json_t *now)
{
    const int before = whole(was, "patience"), after = whole(now, "patience");

    return after == 0 || (before > 0 && after >= before);
}

/* Tells whether the checkpoint has what the run will keep: the weights of its best epoch are not to
 * be had again. */
static bool keep_may_differ(const json_t *now)
{
    return !json_is_true(json_object_get(now, "keep_best")) && whole(now, "patience") == 0;
}

static bool may_differ(const char *key, const json_t *was, const json_t *now, int epoch)
{
    if (strcmp(key, "epochs") == 0)
        return epochs_may_differ(was, now, epoch);
    if (strcmp(key, "patience") == 0)
        return patience_may_differ(was, now);
    if (strcmp(key, "keep") == 0)
        return keep_may_differ(now);
    return strcmp(key, "within") == 0;
}

static void add(struct strbuf *to, const char *key, const char *now, const char *was)
{
    char name[SETTING_NAME];

    setting_name(key, name);
    strbuf_printf(to, "%s%s%s is %s, was %s", to->size ? "; " : "", setting_of_option(name) ? "--" : "",
                  name, now, was);
}

/* Says why fewer epochs are refused, where they are too few. */
static void add_begun(struct strbuf *to, const json_t *now, int epoch)
{
    if (epoch > whole(now, "epochs"))
        strbuf_printf(to, ", %d of them begun", epoch);
}

/* Returns a setting's value as text, for free(); a word is recorded only where it is not the usual
 * one. NULL: out of memory. */
static char *value_of(const json_t *record, const struct setting *setting)
{
    const json_t *value = json_object_get(record, setting->key);

    if (!value && setting->kind == SETTING_WORD)
        return strdup(setting->words[(int)setting->default_value]);
    return setting_value(value ? value : json_null());
}

static void compare(struct resumable *r, const struct setting *setting, const json_t *was,
                    const json_t *now, int epoch)
{
    const char *key = setting->key;
    char *before = value_of(was, setting), *after = value_of(now, setting);

    if (!before || !after)
        r->refused.failed = true;
    else if (strcmp(before, after) != 0) {
        add(may_differ(key, was, now, epoch) ? &r->taken : &r->refused, key, after, before);
        if (strcmp(key, "epochs") == 0)
            add_begun(&r->refused, now, epoch);
    }
    free(before);
    free(after);
}

int resumable_compare(struct resumable *r, const json_t *was, const json_t *now, int epoch,
                      struct err *err)
{
    /* Recorded for people alone, or below. */
    static const char *const passed[] = {"preset", "trial", "keep_best", "keep"};

    *r = (struct resumable){.refused = {0}};
    for (int i = 0; i < setting_count; i++) {
        bool pass = !setting_table[i].key;

        for (size_t p = 0; p < sizeof passed / sizeof *passed && !pass; p++)
            pass = strcmp(setting_table[i].key, passed[p]) == 0;
        if (!pass)
            compare(r, &setting_table[i], was, now, epoch);
    }
    if (strcmp(keep_of(was), keep_of(now)) != 0)
        add(may_differ("keep", was, now, epoch) ? &r->taken : &r->refused, "keep", keep_of(now),
            keep_of(was));
    return r->refused.failed || r->taken.failed ? err_memory(err, "a checkpoint's settings", 0) : 0;
}

void resumable_free(struct resumable *r)
{
    strbuf_free(&r->refused);
    strbuf_free(&r->taken);
}

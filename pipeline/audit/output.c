/* An audit's findings as text, CSV, JSON and a contact sheet. */
#include "audit.h"

#include "pipeline/base/figures.h"
#include "pipeline/base/json.h"
#include "pipeline/csv/put.h"
#include "pipeline/dataset/keys.h"
#include "pipeline/picture/contact_sheet.h"
#include "pipeline/picture/png.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const set_words[] = {"data", "test"};

static int64_t row_of(const struct audit *a, int set, int64_t row)
{
    return a->set[set].rows[row];
}

/* Returns the class that a finding's row is labelled as, -1: none. */
static int label_of(const struct audit *a, const struct finding *one)
{
    const int32_t *labels = a->set[one->set].labels;

    return labels ? labels[one->row] : -1;
}

/* ---- Reasons ---- */

static void add_other(const struct audit *a, const struct finding *one, struct strbuf *text)
{
    strbuf_printf(text, "row %lld%s", (long long)row_of(a, one->other_set, one->other),
                  one->other_set == one->set ? ""
                  : one->other_set           ? " of the test data"
                                             : " of the data");
}

static void add_share(double share, struct strbuf *text)
{
    char percent[SHARE_TEXT];

    strbuf_printf(text, "%s %%", percent_cut(share, 1, percent));
}

static void add_class(const struct audit *a, int class, struct strbuf *text)
{
    strbuf_puts(text, a->set[0].info.class_names[class]);
}

static void add_label_reason(const struct audit *a, const struct finding *one, struct strbuf *text)
{
    add_class(a, one->suggested, text);
    strbuf_puts(text, " at ");
    add_share(one->figure, text);
    strbuf_puts(text, ", where rows labelled so have ");
    add_share(a->confident.thresholds[one->suggested], text);
    strbuf_puts(text, " on average");
}

void audit_reason(const struct audit *a, const struct finding *one, struct strbuf *text)
{
    char share[SHARE_TEXT];

    switch (one->kind) {
    case FOUND_LABEL:
        add_label_reason(a, one, text);
        break;
    case FOUND_CONFLICT:
        strbuf_puts(text, one->figure < 1 ? "nearly the picture of " : "the picture of ");
        add_other(a, one, text);
        strbuf_puts(text, ", labelled ");
        add_class(a, a->set[0].labels[one->other], text);
        break;
    case FOUND_LEAK:
    case FOUND_DUPLICATE:
    case FOUND_NEAR:
        strbuf_puts(text, one->figure < 1 ? "nearly the picture of " : "the picture of ");
        add_other(a, one, text);
        if (one->figure < 1)
            strbuf_printf(text, " (correlation %s)", ratio_text(one->figure, 4, share));
        break;
    case FOUND_EMPTY:
        strbuf_puts(text, "all pixels are equal");
        break;
    case FOUND_INVERTED:
        strbuf_puts(text, "ground and ink are the other way round");
        break;
    case FOUND_CUT:
        strbuf_puts(text, "a quarter of an edge or more is ink, as in few others");
        break;
    case FOUND_DRIFT:
        strbuf_puts(text, one->set ? "like the test data, not like the data: "
                                   : "like the data, not like the test data: ");
        add_share(one->figure, text);
        break;
    case FINDING_KINDS:
        break;
    }
}

/* ---- CSV ---- */

static int put(struct output *out, const char *text, struct err *err)
{
    return (*text && csv_put_field(out, text, strlen(text), err)) || output_write(out, ",", 1, err)
               ? -1
               : 0;
}

static int put_class(const struct audit *a, struct output *out, int class, struct err *err)
{
    return put(out, class < 0 ? "" : a->set[0].info.classes[class], err);
}

static int put_probability(struct output *out, bool known, float p, struct err *err)
{
    return known ? output_printf(out, err, "%.6g,", (double)p) : output_write(out, ",", 1, err);
}

/* Writes the probabilities of the label and of the class suggested, as far as they are known. */
static int put_probabilities(const struct audit *a, struct output *out, const struct finding *one,
                             struct err *err)
{
    const bool known = a->predicted && one->set == 0;
    const bool guessed = known && one->suggested == a->guess[one->row];

    return put_probability(out, known, known ? a->of_label[one->row] : 0, err) ||
                   put_probability(out, guessed, guessed ? a->of_guess[one->row] : 0, err)
               ? -1
               : 0;
}

static int write_finding(const struct audit *a, struct output *out, const struct finding *one,
                         bool with_ids, struct err *err)
{
    const struct audited *set = &a->set[one->set];
    struct strbuf reason = {0};
    char id[KEY_TEXT] = "";
    int result;

    if (set->ids)
        key_text(id, set->ids, set->info.id_width, one->row);
    audit_reason(a, one, &reason);
    result = output_printf(out, err, "%s,%lld,", set_words[one->set],
                           (long long)row_of(a, one->set, one->row)) ||
             (with_ids && put(out, id, err)) || put(out, finding_word(one->kind), err) ||
             put_class(a, out, label_of(a, one), err) || put_class(a, out, one->suggested, err) ||
             put_probabilities(a, out, one, err) ||
             csv_put_field(out, strbuf_text(&reason), strlen(strbuf_text(&reason)), err) ||
             output_write(out, "\n", 1, err);
    if (!result && reason.failed)
        result = err_memory(err, "the findings", 0);
    strbuf_free(&reason);
    return result ? -1 : 0;
}

int audit_write(const struct audit *a, struct output *out, struct err *err)
{
    const bool with_ids = a->set[0].ids || a->set[1].ids;

    if (output_printf(out, err, "set,row,%skind,given,suggested,p_given,p_suggested,reason\n",
                      with_ids ? "id," : ""))
        return -1;
    for (int64_t i = 0; i < a->findings.count; i++)
        if (write_finding(a, out, &a->findings.list[i], with_ids, err))
            return -1;
    return 0;
}

/* ---- Contact sheet ---- */

enum { SHEET_FIRST = 100, SHEET_EACH = 20 };

static char *title_of(const struct audit *a, const struct finding *one)
{
    struct strbuf text = {0};
    const int label = label_of(a, one);

    if (one->suggested >= 0)
        add_class(a, one->suggested, &text);
    if (one->suggested >= 0 && label >= 0)
        strbuf_puts(&text, " ");
    if (label >= 0) {
        strbuf_puts(&text, "(");
        add_class(a, label, &text);
        strbuf_puts(&text, ")");
    }
    return strbuf_take(&text);
}

static char *note_of(const struct audit *a, const struct finding *one)
{
    struct strbuf text = {0};

    if (one->kind != FOUND_LABEL)
        strbuf_printf(&text, "%s ", finding_word(one->kind));
    strbuf_printf(&text, "%s%lld", one->set ? "test " : "",
                  (long long)row_of(a, one->set, one->row));
    return strbuf_take(&text);
}

/* Puts the chosen findings on the list. Returns how many, -1: err is set. */
static int choose(const struct audit *a, struct captioned *list, struct err *err)
{
    const struct dataset_info *info = &a->set[0].info;
    const struct pixel_range range = picture_range(info->pixel, info->pixels.min, info->pixels.max);
    int count = 0, kinds[FINDING_KINDS] = {0};

    for (int64_t i = 0; i < a->findings.count; i++) {
        const struct finding *one = &a->findings.list[i];
        struct captioned *to = &list[count];

        if (kinds[one->kind]++ >= (one->kind == FOUND_LABEL ? SHEET_FIRST : SHEET_EACH))
            continue;
        if (picture_of_row(&to->picture, info, a->images, a->set[one->set].begin + one->row, range,
                           err))
            return -1;
        count++;
        to->title = title_of(a, one);
        to->note = note_of(a, one);
        if (!to->title || !to->note)
            return err_memory(err, "the contact sheet", 0);
    }
    return count;
}

/* Makes the sheet of no findings. */
static int blank(struct picture *sheet, struct err *err)
{
    enum { SIDE = 160 };

    if (picture_init(sheet, SIDE, SIDE, 1, err))
        return -1;
    memset(sheet->pixels, 255, SIDE * SIDE);
    return 0;
}

int audit_sheet(const struct audit *a, unsigned char **png, size_t *size, struct err *err)
{
    enum { MOST = SHEET_FIRST + (FINDING_KINDS - 1) * SHEET_EACH };
    struct captioned *list = calloc(MOST, sizeof *list);
    struct picture sheet = {0};
    int count, result = -1;

    if (!list)
        return err_memory(err, "the contact sheet", 0);
    count = choose(a, list, err);
    if (count == 0)
        result = blank(&sheet, err);
    else if (count > 0)
        result = contact_sheet(&sheet, list, count, err);
    if (result == 0)
        result = png_encode(png, size, &sheet, err);
    picture_free(&sheet);
    captioned_free(list, MOST);
    return result;
}

/* ---- JSON ---- */

static json_t *class_json(const struct audit *a, int class)
{
    return class < 0 ? json_null() : json_string(a->set[0].info.classes[class]);
}

/* Lists the first findings of each kind. */
static json_t *findings_json(const struct audit *a)
{
    json_t *list = json_array();
    int kinds[FINDING_KINDS] = {0};

    for (int64_t i = 0; i < a->findings.count; i++) {
        const struct finding *one = &a->findings.list[i];
        struct strbuf reason = {0};

        if (kinds[one->kind]++ >= SHEET_EACH)
            continue;
        audit_reason(a, one, &reason);
        json_array_append_new(
            list, json_pack("{s:s, s:I, s:s, s:o, s:o, s:o, s:s}", "set", set_words[one->set],
                            "row", (json_int_t)row_of(a, one->set, one->row), "kind",
                            finding_word(one->kind), "given", class_json(a, label_of(a, one)),
                            "suggested", class_json(a, one->suggested), "p",
                            json_real_or_null(one->kind == FOUND_LABEL ? one->figure : NAN),
                            "reason", strbuf_shown(&reason)));
        strbuf_free(&reason);
    }
    return list;
}

static json_t *labels_json(const struct audit *a)
{
    const struct confident *c = &a->confident;
    json_t *thresholds = json_object(), *joint = json_array();

    for (int k = 0; k < c->classes; k++) {
        json_t *row = json_array();

        json_object_set_new(thresholds, a->set[0].info.classes[k],
                            json_real_or_null(c->thresholds[k]));
        for (int l = 0; l < c->classes; l++)
            json_array_append_new(row, json_integer(c->joint[k * c->classes + l]));
        json_array_append_new(joint, row);
    }
    return json_pack("{s:s, s:f, s:o, s:o, s:o}", "predictions_digest", a->pred_digest, "noise",
                     confident_noise(c), "thresholds", thresholds, "confident_joint", joint,
                     "relation", relation_json(&a->relation));
}

json_t *audit_json(const struct audit *a)
{
    json_t *kinds = json_object(), *json;

    for (int k = 0; k < FINDING_KINDS; k++)
        json_object_set_new(kinds, finding_word((enum finding_kind)k),
                            json_integer(a->findings.kinds[k]));
    json = json_pack("{s:s, s:I, s:o, s:o}", "data_digest", a->set[0].digest, "rows",
                     (json_int_t)a->set[0].n, "kinds", kinds, "findings", findings_json(a));
    if (json && a->sets > 1) {
        json_object_set_new(json, "test_digest", json_string(a->set[1].digest));
        json_object_set_new(json, "test_rows", json_integer(a->set[1].n));
    }
    if (json && a->predicted)
        json_object_set_new(json, "labels", labels_json(a));
    if (json && a->drift_measured)
        json_object_set_new(json, "drift",
                            json_pack("{s:f, s:f, s:b}", "auc", a->drift.auc, "standard_error",
                                      a->drift.error, "seen", drift_is_seen(&a->drift)));
    return json;
}

/* Descriptions of augmentation, such as "shift 2, rotate 10": from words and to words. */
#include "nn/base/words.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* The amounts by which pictures change; 0 is no change. */
static const struct amount {
    const char *name, *usage;
    size_t at; /* in struct nn_augment */
    double most;
} amounts[] = {
    {"shift", "shift PIXELS", offsetof(struct nn_augment, shift), 64},
    {"rotate", "rotate DEGREES", offsetof(struct nn_augment, rotate), 180},
    {"scale", "scale SHARE", offsetof(struct nn_augment, scale), 0.9},
    {"shear", "shear SHARE", offsetof(struct nn_augment, shear), 2},
    {"elastic", "elastic PIXELS", offsetof(struct nn_augment, elastic), 32},
    {"thickness", "thickness SHARE", offsetof(struct nn_augment, thickness), 1},
};
enum { AMOUNTS = sizeof amounts / sizeof *amounts, MOST_CROP = 64, MOST_ERASED = 256 };

static const char changes[] = "shift PIXELS, rotate DEGREES, scale SHARE, shear SHARE, "
                              "elastic PIXELS, thickness SHARE, crop PIXELS, erase PIXELS, "
                              "erase area SHARE [chance P], flip h|v|h v [alternate]";

static double *amount_in(struct nn_augment *augment, const struct amount *amount)
{
    return (double *)((char *)augment + amount->at);
}

static int check_number(const struct words *words, int found, bool again, const char *usage,
                        struct nn_error *error)
{
    if (again)
        return words_error(words, error, "duplicate '%s'", words->word[0]);
    if (found == 0)
        return words_error(words, error, "a number is needed: %s", usage);
    return found < 0 ? -1 : 0;
}

static int parse_amount(struct nn_augment *augment, const struct amount *amount,
                        struct words *words, struct nn_error *error)
{
    double *value = amount_in(augment, amount);
    const bool again = *value > 0;
    const int found = words_real(words, 0, amount->most, value, error);

    if (check_number(words, found, again, amount->usage, error))
        return -1;
    return words_end(words, amount->usage, error);
}

static int parse_crop(struct nn_augment *augment, struct words *words, struct nn_error *error)
{
    const bool again = augment->crop > 0;
    const int found = words_int(words, 0, MOST_CROP, &augment->crop, error);

    if (check_number(words, found, again, "crop PIXELS, a whole number", error))
        return -1;
    return words_end(words, "crop PIXELS", error);
}

/* Reads "area SHARE [chance P]", from "SHARE" on. */
static int parse_area(struct nn_augment *augment, struct words *words, struct nn_error *error)
{
    static const char usage[] = "erase area SHARE [chance P]";
    int found = words_real(words, 0.02, 1, &augment->erase_area, error);

    if (check_number(words, found, false, usage, error))
        return -1;
    augment->erase_chance = 0.5;
    if (words_accept(words, "chance")) {
        found = words_real(words, 0, 1, &augment->erase_chance, error);
        if (check_number(words, found, false, usage, error))
            return -1;
    }
    return words_end(words, usage, error);
}

static int parse_erase(struct nn_augment *augment, struct words *words, struct nn_error *error)
{
    const bool again = augment->erase > 0 || augment->erase_area > 0;

    if (!again && words_accept(words, "area"))
        return parse_area(augment, words, error);
    const int found = words_int(words, 0, MOST_ERASED, &augment->erase, error);

    if (check_number(words, found, again, "erase PIXELS, a whole number", error))
        return -1;
    return words_end(words, "erase PIXELS", error);
}

static int parse_flip(struct nn_augment *augment, struct words *words, struct nn_error *error)
{
    const char *usage = "flip h (left to right), flip v (upside down), or flip h v, and perhaps "
                        "alternate (every other epoch)";

    if (augment->flip_h || augment->flip_v)
        return words_error(words, error, "duplicate 'flip'");
    augment->flip_h = words_accept(words, "h");
    augment->flip_v = words_accept(words, "v");
    if (!augment->flip_h && !augment->flip_v)
        return words_error(words, error, "it is: %s", usage);
    augment->flip_alternate = words_accept(words, "alternate");
    return words_end(words, usage, error);
}

static int parse_change(struct nn_augment *augment, struct words *words, struct nn_error *error)
{
    words->next = 1;
    for (int i = 0; i < AMOUNTS; i++)
        if (strcmp(words->word[0], amounts[i].name) == 0)
            return parse_amount(augment, &amounts[i], words, error);
    if (strcmp(words->word[0], "crop") == 0)
        return parse_crop(augment, words, error);
    if (strcmp(words->word[0], "erase") == 0)
        return parse_erase(augment, words, error);
    if (strcmp(words->word[0], "flip") == 0)
        return parse_flip(augment, words, error);
    return words_error(words, error, "no such change; there are: %s", changes);
}

int nn_augment_parse(struct nn_augment *augment, const char *description, struct nn_error *error)
{
    struct words words = {.kind = "change"};

    *augment = (struct nn_augment){0};
    error->out_of_memory = false;
    do {
        words.number++;
        if (words_take(&words, &description, error) || parse_change(augment, &words, error))
            return -1;
    } while (*description++ == ',');
    return 0;
}

/* Appends to the text, with a comma between. */
__attribute__((format(printf, 2, 3))) static void add(char text[NN_AUGMENT_TEXT],
                                                      const char *format, ...)
{
    size_t used = strlen(text);
    va_list args;

    if (used)
        used += (size_t)snprintf(text + used, NN_AUGMENT_TEXT - used, ", ");
    va_start(args, format);
    vsnprintf(text + used, NN_AUGMENT_TEXT - used, format, args);
    va_end(args);
}

void nn_augment_text(const struct nn_augment *augment, char text[NN_AUGMENT_TEXT])
{
    struct nn_augment of = *augment;

    text[0] = 0;
    for (int i = 0; i < AMOUNTS; i++)
        if (*amount_in(&of, &amounts[i]) > 0)
            add(text, "%s %.9g", amounts[i].name, *amount_in(&of, &amounts[i]));
    if (of.crop > 0)
        add(text, "crop %d", of.crop);
    if (of.erase_area > 0)
        add(text, "erase area %.9g chance %.9g", of.erase_area, of.erase_chance);
    if (of.erase > 0)
        add(text, "erase %d", of.erase);
    if (of.flip_h || of.flip_v)
        add(text, "flip%s%s%s", of.flip_h ? " h" : "", of.flip_v ? " v" : "",
            of.flip_alternate ? " alternate" : "");
}

bool nn_augment_any(const struct nn_augment *augment)
{
    char text[NN_AUGMENT_TEXT];

    nn_augment_text(augment, text);
    return *text;
}

int nn_augment_fits(const struct nn_augment *augment, struct nn_shape shape, struct nn_error *error)
{
    const int side = shape.h < shape.w ? shape.h : shape.w;
    const struct {
        const char *name;
        double amount;
    } pixels[] = {{"shift", augment->shift},
                  {"elastic", augment->elastic},
                  {"crop", augment->crop},
                  {"erase", augment->erase}};

    error->out_of_memory = false;
    for (int i = 0; i < 4; i++)
        if (pixels[i].amount >= side) {
            snprintf(error->text, sizeof error->text,
                     "%s %g is not below the pictures' smaller side, %d pixels", pixels[i].name,
                     pixels[i].amount, side);
            return -1;
        }
    return 0;
}

/* CSVs for a Makefile: found plain, packed or in an archive, and looked at. */
#include "found_private.h"

#include "pipeline/csv/layout.h"
#include "pipeline/files/inputs.h"
#include "pipeline/files/member.h"

#include <stdlib.h>
#include <string.h>

bool is_nameable(const char *path)
{
    static const char never[] = " \t\n\v\f\r#$", of_files[] = " \t\n\v\f\r#$:;|";
    size_t length = strlen(path);

    (void)member_is_named(path, &length);
    return strcspn(path, of_files) == length && !strpbrk(path + length, never);
}

const char *with(struct found *f, const char *name, const char *old, const char *new)
{
    const char *at = NULL;

    for (const char *next = name; (next = strstr(next, old)); next++)
        at = next;
    return at ? pool_text(&f->pool, "%.*s%s%s", (int)(at - name), name, new, at + strlen(old))
              : NULL;
}

/* ---- Finding ---- */

struct search {
    struct pool *pool;
    const char *archive, *name;
    const char *found; /* ARCHIVE:MEMBER, or "" */
};

/* Takes the first file of that name, in whichever folder of the archive, that make can name. */
static void note_member(void *data, const char *name, size_t size)
{
    struct search *search = data;
    const size_t wanted = strlen(search->name);
    const char *path;

    if (*search->found || size < wanted || memcmp(name + size - wanted, search->name, wanted) ||
        (size > wanted && name[size - wanted - 1] != '/') || memchr(name, 0, size))
        return;
    path = pool_text(search->pool, "%s:%.*s", search->archive, (int)size, name);
    if (is_nameable(path))
        search->found = path;
}

static bool is_archive(const char *name)
{
    return ends_with(name, ".zip") && is_file(name);
}

/* Tells whether all files of the archive were visited. */
static bool visit(struct found *f, const char *archive, visit_member *each, void *data)
{
    struct err err;

    if (archive_visit(archive, each, data, &err) == 0)
        return true;
    note_trouble(f, &err);
    return false;
}

/* Returns ARCHIVE:MEMBER for the first archive here that has a file of that name; "": none has. */
static const char *find_member(struct found *f, const char *name)
{
    for (int i = 0; i < f->names.count; i++) {
        const char *archive = f->names.list[i];
        struct search search = {&f->pool, archive, name, ""};

        if (is_archive(archive) && visit(f, archive, note_member, &search) && *search.found)
            return search.found;
    }
    return "";
}

const char *find_csv(struct found *f, const char *const *names)
{
    static const char *const endings[] = {"", ".gz", ".zst"};

    for (; *names; names++) {
        const char *member;

        for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
            const char *file = pool_text(&f->pool, "%s%s", *names, endings[i]);

            if (is_file(file))
                return file;
        }
        member = find_member(f, *names);
        if (*member)
            return member;
    }
    return "";
}

/* ---- Looking ---- */

/* Takes the rows that a CSV begins with; csv_look_close() frees them. */
MUST_CHECK static int look_at(struct found *f, const char *path, struct csv_look *look,
                              struct err *err)
{
    struct inputs inputs = {0};
    struct csv_file file;
    int result = csv_file_open(&file, path, &inputs, "csv", err);

    *look = (struct csv_look){0};
    if (result == 0)
        result = csv_layout_find(file.reader, 0, look, err);
    csv_file_close(&file);
    inputs_free(&inputs);
    if (result)
        note_trouble(f, err);
    return result;
}

/* ---- Two that are called alike ---- */

struct listing {
    struct pool *pool;
    const char *archive;
    struct words csvs;
};

static bool is_csv(const char *name)
{
    return ends_with(name, ".csv") || ends_with(name, ".csv.gz") || ends_with(name, ".csv.zst");
}

static void list_member(void *data, const char *name, size_t size)
{
    struct listing *l = data;
    const char *path = pool_text(l->pool, "%s:%.*s", l->archive, (int)size, name);

    if (!memchr(name, 0, size) && is_csv(path) && is_nameable(path))
        words_add(&l->csvs, l->pool, path);
}

/* Returns the CSVs that are here, or those in the archives here. */
static struct words list_csvs(struct found *f, bool in_archives)
{
    struct listing l = {.pool = &f->pool};

    for (int i = 0; i < f->names.count; i++) {
        l.archive = f->names.list[i];
        if (!in_archives && is_csv(l.archive) && is_nameable(l.archive) && is_file(l.archive))
            words_add(&l.csvs, &f->pool, l.archive);
        else if (in_archives && is_archive(l.archive) && !visit(f, l.archive, list_member, &l))
            l.csvs.count = 0; /* a damaged one: what else it has is not known */
    }
    return l.csvs;
}

/* Tells whether a CSV may have a pixel in each column. */
static bool has_pixels(struct found *f, const char *path)
{
    enum { LEAST = 10 };
    struct csv_look look;
    struct err ignored;
    bool has;

    if (look_at(f, path, &look, &ignored))
        return false;
    has = look.count > 0 && look.rows[0].count >= LEAST;
    csv_look_close(&look);
    return has;
}

/* Returns how many pairs there are among the CSVs, and the first of them. */
static int count_pairs(struct found *f, const struct words *csvs, const char *pair[2])
{
    static const char *const words[][2] = {{"train", "test"}, {"Train", "Test"}, {"TRAIN", "TEST"}};
    int count = 0;

    for (int i = 0; i < csvs->count; i++)
        for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
            const char *other = with(f, csvs->list[i], words[k][0], words[k][1]);

            if (!other || !words_have(csvs, other) || !has_pixels(f, csvs->list[i]) || count++)
                continue;
            pair[0] = csvs->list[i];
            pair[1] = other;
        }
    return count;
}

void find_pair(struct found *f)
{
    const char *pair[2];
    int count = 0;

    for (int in_archives = 0; in_archives <= 1 && count == 0; in_archives++) {
        const struct words csvs = list_csvs(f, in_archives);

        count = count_pairs(f, &csvs, pair);
    }
    if (count != 1)
        return;
    f->train = pair[0];
    f->test = pair[1];
}

/* ---- Pictures and submissions ---- */

/* Returns the picture that the first row after the names begins with; "": it is no name. */
static const char *picture_of(struct found *f, const char *csv)
{
    enum { MOST = 100 }; /* columns: else they are pixels */
    struct csv_look look;
    struct err ignored;
    const char *name = "";

    if (look_at(f, csv, &look, &ignored))
        return name;
    if (look.count > 1 && look.rows[1].count < MOST)
        name = pool_text(&f->pool, "%s", csv_text(&look.rows[1], 0));
    csv_look_close(&look);
    return name;
}

const char *folder_of(struct found *f, const char *csv, const char *const *folders)
{
    static const char *const endings[] = {"", ".png", ".jpg", ".jpeg", ".PNG", ".JPG", ".JPEG"};
    const char *picture = *csv ? picture_of(f, csv) : "", *slash = strrchr(csv, '/');
    size_t length;
    int beside = slash && !member_is_named(csv, &length) ? (int)(slash + 1 - csv) : 0;

    for (; *picture && *folders; folders++) {
        const char *folder = pool_text(&f->pool, "%.*s%s", beside, csv, *folders);

        for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
            if (is_file(pool_text(&f->pool, "%s/%s%s", folder, picture, endings[i])))
                return folder;
    }
    return "";
}

/* Tells whether all cells after the id are numbers, in the first row after the names. */
static bool has_numbers(const struct csv_look *look)
{
    double number;

    if (look->count < 2 || look->rows[1].count != look->rows[0].count)
        return false;
    for (int i = 1; i < look->rows[1].count; i++)
        if (!cell_number(csv_cell(&look->rows[1], i), &number))
            return false;
    return true;
}

void find_form(struct found *f)
{
    enum { ID_AND_LABEL = 2 };
    struct csv_look look;
    struct err err;

    if (!*f->sample)
        return;
    if (look_at(f, f->sample, &look, &err)) {
        f->sample_fault = pool_text(&f->pool, "%s", err.text);
        return;
    }
    if (look.count > 0 && look.rows[0].count <= ID_AND_LABEL)
        f->submit = pool_text(&f->pool, "--sample %s", f->sample);
    else if (has_numbers(&look))
        f->submit = pool_text(&f->pool, "--sample %s --probabilities", f->sample);
    else
        f->sample_fault = pool_text(&f->pool,
                                    "%s: it has neither ids and labels nor numbers in all "
                                    "columns after the ids",
                                    f->sample);
    csv_look_close(&look);
}

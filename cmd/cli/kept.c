/* --store: outputs taken from where they were kept, and kept. */
#include "kept.h"

#include "if_changed.h"
#include "pipeline/base/json.h"
#include "pipeline/files/store.h"
#include "say.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char ending[] = ".st.zst";

struct option_list kept_folders;

/* Returns the seconds that the run took by the last line of its record; 0: not known. The record is
 * no input of this run, and so not read as one. */
static double seconds_of(const char *record)
{
    FILE *file = record ? fopen(record, "re") : NULL;
    char *line = NULL;
    size_t room = 0;
    json_t *last = NULL;
    double seconds;

    while (file && getline(&line, &room, file) > 0) {
        json_decref(last);
        last = json_loads(line, 0, NULL);
    }
    seconds = json_number(last, "seconds");
    json_decref(last);
    free(line);
    if (file)
        fclose(file);
    return seconds > 0 ? seconds : 0;
}

/* Writes ", 41 min saved"; "" where that is not known. */
static void saved_text(char text[40], double seconds)
{
    text[0] = 0;
    if (seconds >= 3600)
        snprintf(text, 40, ", %.1f h saved", seconds / 3600);
    else if (seconds >= 60)
        snprintf(text, 40, ", %.0f min saved", seconds / 60);
    else if (seconds >= 0.1)
        snprintf(text, 40, ", %.1f s saved", seconds);
}

/* Says of which run the output is, whose time the kept file has. */
static void say_taken(const char *path, const struct stat *kept, const char *record)
{
    char when[32] = "", saved[40];
    const time_t now = time(NULL);
    struct tm then, today;

    if (localtime_r(&kept->st_mtime, &then) && localtime_r(&now, &today))
        strftime(when, sizeof when,
                 then.tm_year == today.tm_year && then.tm_yday == today.tm_yday ? "%H:%M"
                                                                                : "%Y-%m-%d %H:%M",
                 &then);
    saved_text(saved, seconds_of(record));
    say("%s: taken from the run of %s%s", path, when, saved);
}

/* ---- Records: KEY.DIGEST.jsonl, by the digest of their bytes ---- */

static void record_ending(char text[DIGEST_TEXT + 7], const char digest[DIGEST_TEXT])
{
    snprintf(text, DIGEST_TEXT + 7, ".%s.jsonl", digest);
}

/* Returns what follows the key in the name of a record; NULL: the file is none of that key. */
static const char *record_of(const struct dirent *file, const char key[DIGEST_TEXT])
{
    const char *rest = file->d_name + strlen(key);

    return strncmp(file->d_name, key, strlen(key)) == 0 && strstr(rest, ".jsonl") ? rest : NULL;
}

/* Returns the record that was kept under a key, for free(); NULL: there is none that is intact. */
static char *find_record(const char *folder, const char key[DIGEST_TEXT])
{
    DIR *files = opendir(folder);
    const struct dirent *file;
    char *found = NULL;

    while (files && !found && (file = readdir(files))) {
        const char *rest = record_of(file, key);
        char digest[DIGEST_TEXT], name[DIGEST_TEXT + 7];

        if (!rest)
            continue;
        found = store_path(folder, key, rest);
        if (found && file_digest(found, digest) == 0) {
            record_ending(name, digest);
            if (strcmp(rest, name) == 0)
                continue;
        }
        free(found);
        found = NULL;
    }
    if (files)
        closedir(files);
    return found;
}

/* Removes the records of runs before, whose output the last one's has replaced. */
static void drop_records(const char *folder, const char key[DIGEST_TEXT], const char *last)
{
    DIR *files = opendir(folder);
    const struct dirent *file;

    while (files && (file = readdir(files))) {
        const char *rest = record_of(file, key);

        if (rest && strcmp(rest, last))
            (void)unlinkat(dirfd(files), file->d_name, 0);
    }
    if (files)
        closedir(files);
}

static int keep_record(const char *folder, const char key[DIGEST_TEXT], const char *record,
                       struct err *err)
{
    char digest[DIGEST_TEXT], name[DIGEST_TEXT + 7];

    if (file_digest(record, digest))
        return err_set(err, EX_IOERR, "%s: cannot be read", record);
    record_ending(name, digest);
    if (store_keep(record, folder, key, name, err))
        return -1;
    drop_records(folder, key, name);
    return 0;
}

/* ---- Outputs ---- */

/* Takes it from one folder. */
static int take(const struct kept *what, const char *folder, const char key[DIGEST_TEXT],
                struct err *err)
{
    char *kept = store_path(folder, key, ending), *record = find_record(folder, key);
    struct stat status;
    int taken = 0;

    if (!kept)
        taken = err_memory(err, "the name of a kept file", 0);
    else if (stat(kept, &status) == 0 && (record || !what->record_needed))
        taken = tensor_writer_take(what->writer, kept, what->options, what->inputs, err);
    if (taken == 1 && record && what->record && store_copy(record, what->record, err))
        taken = -1;
    if (taken == 1)
        say_taken(tensor_writer_path(what->writer), &status, record);
    free(kept);
    free(record);
    return taken;
}

int kept_take(const struct kept *what, struct err *err)
{
    char key[DIGEST_TEXT];
    int taken = 0;

    if (!if_changed || kept_folders.count == 0 ||
        tensor_store_key(key, what->options, what->inputs, what->more))
        return 0;
    for (int i = 0; i < kept_folders.count && taken == 0; i++)
        taken = take(what, kept_folders.items[i], key, err);
    return taken;
}

void kept_put(const struct kept *what)
{
    char key[DIGEST_TEXT];
    struct err err;

    if (kept_folders.count == 0 || tensor_store_key(key, what->options, what->inputs, what->more))
        return;
    if (store_keep(tensor_writer_path(what->writer), kept_folders.items[0], key, ending, &err) ||
        (what->record && keep_record(kept_folders.items[0], key, what->record, &err)))
        warn("%s; the output is not kept for later", err.text);
}

/* Rules for what is out of date: whether what made an output is what would make it now. All of it
 * is here: which files a stage depends on, where its note is, and how the two are compared. Times
 * are not ordered: a file that is another than the one noted has the stage look, older or newer. */
#include "chain.h"

#include "pipeline/base/arithmetic.h"
#include "pipeline/base/path.h"
#include "pipeline/files/output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* ---- What would make an output ---- */

/* Returns the options less those that cannot change a byte of the output. */
static struct words options_of(struct chain *c, const struct stage *stage)
{
    static const struct {
        const char *name;
        char letter;
    } with_value[] = {{"--threads", 'T'}, {"--json", 0}, {"--spool", 0}, {"--device", 0}};
    static const char *const flags[] = {"--resume", "--restart", "--quiet",
                                        "-q",       "--verbose", "-v"};
    const struct words given = words_of(variable(&c->variables, stage->options, ""), &c->pool);
    struct words kept = {0};

    for (int i = 0; i < given.count; i++) {
        const char *value;
        int passed = 0;

        for (size_t o = 0; o < sizeof with_value / sizeof *with_value && !passed; o++)
            passed = words_option(&given, i, with_value[o].name, with_value[o].letter, &value);
        for (size_t f = 0; f < sizeof flags / sizeof *flags && !passed; f++)
            passed = strcmp(given.list[i], flags[f]) == 0;
        if (!passed)
            words_add(&kept, &c->pool, given.list[i]);
        else
            i += passed - 1;
    }
    return kept;
}

/* Returns a path as the shell will find it. */
static const char *real_path(struct chain *c, const char *path)
{
    const char *home = getenv("HOME");

    return begins_with(path, "~/") && home ? pool_text(&c->pool, "%s%s", home, path + 1) : path;
}

static bool is_in(const char *file, const char *folder)
{
    return begins_with(file, folder) && file[strlen(folder)] == '/';
}

/* Describes what makes the output: program, its arguments, and the user's options. */
static const char *describe(struct chain *c, const struct stage *stage)
{
    const struct words options = options_of(c, stage);

    return pool_text(&c->pool, "csvnet %d: %s %s%s%s", ARITHMETIC, stage->program,
                     words_text(&stage->arguments, &c->pool), options.count > 0 ? " " : "",
                     words_text(&options, &c->pool));
}

/* Returns the file that the user's options have --json write; NULL: none. */
static const char *summary_of(struct chain *c, const struct stage *stage)
{
    const struct words options = words_of(variable(&c->variables, stage->options, ""), &c->pool);

    for (int i = 0; i < options.count; i++) {
        const char *value;

        if (words_option(&options, i, "--json", 0, &value))
            return *value ? value : NULL;
    }
    return NULL;
}

/* Returns the file with the note of what made the output. One outside of OUT is the same file for
 * every BUDGET; its note has its whole path for a name. */
static const char *note_of(struct chain *c, const char *output)
{
    struct strbuf name = {0};

    if (is_in(output, c->out))
        return pool_text(&c->pool, "%s.params", output);
    for (const char *at = output; *at; at++) {
        const bool begins = at == output || at[-1] == '/';

        if (begins && begins_with(at, "./"))
            at++;
        else if (begins_with(at, "//"))
            continue;
        else if (*at == '/' || *at == '%')
            strbuf_printf(&name, "%%%02X", (unsigned)*at);
        else
            strbuf_add(&name, at, 1);
    }
    return pool_text(&c->pool, "%s/%s.params", c->base, pool_take(&c->pool, &name));
}

/* ---- How it differs from what made it ---- */

/* Writes "30 bytes of 2026-11-29T09:30:00.123456789Z". */
static const char *state_text(struct chain *c, const struct file_state *state)
{
    struct tm tm;
    char time[32] = "";

    if (state->size < 0)
        return state->size == STATE_ABSENT ? "not there" : "no file";
    if (gmtime_r(&state->modified.tv_sec, &tm))
        strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%S", &tm);
    return pool_text(&c->pool, "%lld bytes of %s.%09ldZ", (long long)state->size, time,
                     state->modified.tv_nsec);
}

/* Says how an input or output is not what is noted of it; "": it is. */
static const char *difference(struct chain *c, const struct note_file *was, const char *path)
{
    const struct file_state now = file_state(path);
    const char *before, *after;

    if (!was)
        return pool_text(&c->pool, "    %s is new to it", path);
    if (now.size >= 0 && !was->digest[0])
        return pool_text(&c->pool, "    %s changed while it was in use", path);
    if (same_state(&now, &was->state))
        return was->young ? pool_text(&c->pool, "    %s is as young as the note of it", path) : "";
    if (now.size == STATE_FOLDER && was->state.size == STATE_FOLDER)
        return pool_text(&c->pool, "    %s: other files, sizes or times", path);
    before = state_text(c, &was->state);
    after = state_text(c, &now);
    if (strcmp(before, after) == 0)
        return pool_text(&c->pool, "    %s: another file of the same size and time", path);
    return pool_text(&c->pool, "    %s: was %s, now %s", path, before, after);
}

static void set_due(struct stage *stage, enum due due, const char *reason)
{
    if (reason[0]) {
        stage->due = due;
        stage->reason = reason;
    }
}

/* Returns the stage that makes that file, be it its output or one besides; NULL: none. */
static struct stage *find_maker(const struct chain *c, const char *file)
{
    for (int i = 0; i < c->stage_count; i++)
        if (strcmp(c->stages[i].output, file) == 0 || words_have(&c->stages[i].besides, file))
            return &c->stages[i];
    return NULL;
}

static void judge(struct chain *c, struct stage *stage);

static void judge_inputs(struct chain *c, struct stage *stage)
{
    for (int i = 0; i < stage->prerequisites.count; i++) {
        const char *file = stage->prerequisites.list[i];
        struct stage *maker = find_maker(c, file);
        const struct note_file *was = note_find(&stage->note, false, file);

        if (maker)
            judge(c, maker);
        if (maker && maker->due != NOT_DUE)
            set_due(stage, TO_LOOK,
                    pool_text(&c->pool, "    %s %s be made again", maker->output,
                              maker->due == TO_MAKE ? "will" : "may"));
        else if (was && was->state.size != STATE_ABSENT && file_state(file).size == STATE_ABSENT)
            words_add(&stage->lost, &c->pool, file);
        else
            set_due(stage, TO_LOOK, difference(c, was, file));
    }
}

static void judge_outputs(struct chain *c, struct stage *stage)
{
    for (int i = stage->outputs.count - 1; i >= 0; i--) { /* the first counts most */
        const char *file = stage->outputs.list[i];
        const struct note_file *was = note_find(&stage->note, true, file);

        if (file_state(file).size == STATE_ABSENT)
            set_due(stage, TO_MAKE, pool_text(&c->pool, "    %s is missing", file));
        else if (was && stage->due == NOT_DUE && difference(c, was, file)[0])
            set_due(stage, TO_LOOK,
                    was->young ? difference(c, was, file)
                               : pool_text(&c->pool, "    %s was edited or replaced", file));
    }
}

/* Judges a stage after those that make its inputs. An input that is lost is not needed as long as
 * all else is as it was noted. */
static void judge(struct chain *c, struct stage *stage)
{
    if (stage->judged)
        return;
    stage->judged = true;
    stage->reason = "";
    set_due(stage, TO_LOOK, c->ask_all ? "    csvnet_ask is set" : "");
    set_due(stage, TO_LOOK, stage->force ? "    csvnet_force is set" : "");
    if (strcmp(stage->now, stage->note.text))
        set_due(stage, TO_LOOK,
                pool_text(&c->pool, "    was: %s\n    now: %s",
                          stage->note.text[0] ? stage->note.text : "not finished", stage->now));
    else
        judge_inputs(c, stage);
    judge_outputs(c, stage);
    if (stage->due != NOT_DUE)
        stage->lost.count = 0;
    for (int i = 0; i < stage->lost.count; i++)
        words_add(&c->warnings, &c->pool,
                  pool_text(&c->pool, "%s is not here; %s is taken as made of it",
                            stage->lost.list[i], stage->output));
}

/* ---- Stages that the user chose ---- */

/* Tells whether a word names the stage: its output, with or without the folder and the ending, or
 * its model. */
static bool is_called(struct chain *c, const struct stage *stage, const char *word)
{
    const char *name = path_name(stage->output);

    return strcmp(word, "all") == 0 || strcmp(word, "1") == 0 || strcmp(word, stage->output) == 0 ||
           strcmp(word, name) == 0 || strcmp(pool_text(&c->pool, "%s.st.zst", word), name) == 0 ||
           strcmp(pool_text(&c->pool, "%s.shards", word), name) == 0 ||
           (stage->fit &&
            (strcmp(word, stage->fit->name) == 0 || strcmp(word, stage->fit->model->name) == 0));
}

static int refuse_choice(const struct chain *c, const char *name, const char *word, struct err *err)
{
    for (int m = 0; m < c->model_count; m++)
        if (c->models[m].brought[0] && strcmp(c->models[m].name, word) == 0)
            return err_set(err, EX_USAGE,
                           "%s = %s: %s.model = %s is a model that is brought: it is taken as it "
                           "is and never trained",
                           name, word, word, c->models[m].brought);
    return err_set(err, EX_USAGE, "%s = %s: it has to be models, files such as %s, or all", name,
                   word, c->train);
}

/* Reads csvnet_force or csvnet_accept. */
static int choose(struct chain *c, const char *name, bool accept, struct err *err)
{
    const struct words words = words_of(variable(&c->variables, name, ""), &c->pool);

    for (int i = 0; i < words.count; i++) {
        bool found = strcmp(words.list[i], "0") == 0;

        for (int s = 0; s < c->stage_count; s++)
            if (is_called(c, &c->stages[s], words.list[i])) {
                *(accept ? &c->stages[s].accept : &c->stages[s].force) = true;
                found = true;
            }
        if (!found)
            return refuse_choice(c, name, words.list[i], err);
    }
    return 0;
}

static bool have_place(const struct words *files, const char *file)
{
    for (int i = 0; i < files->count; i++)
        if (output_same_target(files->list[i], file))
            return true;
    return false;
}

/* Refuses a SUBMISSION that would replace a file which it is made of, or another output. */
static int check_submission(const struct chain *c, struct err *err)
{
    if (!c->has_test)
        return 0;
    for (int i = 0; i < c->stage_count; i++) {
        const struct stage *stage = &c->stages[i];

        if (have_place(&stage->prerequisites, c->submission))
            return err_set(err, EX_USAGE,
                           "SUBMISSION = %s would replace this file, which %s reads: name another",
                           c->submission, stage->program);
        if (strcmp(stage->program, "submit") && have_place(&stage->outputs, c->submission))
            return err_set(err, EX_USAGE,
                           "SUBMISSION = %s would replace this file, which %s writes: name another",
                           c->submission, stage->program);
    }
    return 0;
}

int due_read(struct chain *c, struct err *err)
{
    if (choose(c, "csvnet_force", false, err) || choose(c, "csvnet_accept", true, err))
        return -1;
    for (int i = 0; i < c->stage_count; i++) {
        struct stage *stage = &c->stages[i];
        const char *summary = summary_of(c, stage);

        for (int f = 0; f < stage->inputs.count; f++)
            words_add(&stage->prerequisites, &c->pool, real_path(c, stage->inputs.list[f]));
        named_files(c, stage);
        if (c->audit[0] && strcmp(stage->program, "ingest") == 0 &&
            words_have(&stage->prerequisites, c->audit))
            return err_set(err, EX_USAGE,
                           "%s names %s, which is itself made of what that would change: copy it, "
                           "delete the lines that you do not believe, and name the copy",
                           stage->options, c->audit);
        words_add(&stage->outputs, &c->pool, stage->output);
        words_add_all(&stage->outputs, &c->pool, &stage->besides);
        if (summary && !words_have(&stage->outputs, summary))
            words_add(&stage->outputs, &c->pool, real_path(c, summary));
        stage->params = note_of(c, stage->output);
        stage->now = describe(c, stage);
        (void)note_load(&stage->note, stage->params, &c->pool);
        for (int f = 0; f < stage->note.count; f++)
            if (stage->note.files[f].role == NOTE_FOUND &&
                strcmp(stage->now, stage->note.text) == 0 &&
                !words_have(&stage->prerequisites, stage->note.files[f].path))
                words_add(&stage->prerequisites, &c->pool, stage->note.files[f].path);
    }
    if (check_submission(c, err))
        return -1;
    for (int i = 0; i < c->stage_count; i++)
        judge(c, &c->stages[i]);
    return 0;
}

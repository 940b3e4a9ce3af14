/* How a fit goes on from its checkpoint. */
#include "fit_resume.h"

#include "cmd/cli/say.h"
#include "fit_team.h"
#include "pipeline/fit/checkpoint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Begins anew where a checkpoint does not fit: with --restart it stays under another name, else
 * that is refused. */
static int refuse_or_restart(const struct fit_options *o, const char *use, struct err *err)
{
    const char *path = o->checkpoint;
    struct err why = *err;
    char *kept = NULL;
    int result;

    if (why.status != EX_DATAERR)
        return -1;
    if (!o->restart)
        return err_set(err, EX_DATAERR,
                       "%s; it stays as it is: %s%s--restart keeps it as %s.old and begins anew",
                       why.text, use, *use ? ", " : "", path);
    result = checkpoint_set_aside(path, &kept, err);
    if (result == 0)
        say("%s; kept as %s, training from the beginning", why.text, kept);
    free(kept);
    return result;
}

static void say_new(const struct fit_options *o)
{
    say("%s: there is no checkpoint yet; training from the beginning", o->checkpoint);
    if (!o->restart && access(o->out, F_OK) == 0)
        say("%s is finished; --from %s goes on from its weights", o->out, o->out);
}

/* Resumes from the checkpoint if it matches this run. */
static int resume(const struct fit_options *o, struct training *t, struct err *err)
{
    const char *path = o->checkpoint;
    char within[64] = "";
    struct err note;
    int result;

    if (!o->resume) {
        if (path && access(path, F_OK) == 0)
            say("%s: exists and will be overwritten; --resume would continue from it", path);
        return 0;
    }
    result = checkpoint_load(t, path, &note, err);
    if (result < 0)
        return refuse_or_restart(o, note.text, err);
    if (result == 0) {
        say_new(o);
        return 0;
    }
    if (t->settings.within > 0 && isnan(o->time_left))
        snprintf(within, sizeof within, "; --within %gs counts from now", t->settings.within);
    say("%s: resuming in epoch %d after step %lld%s%s%s", path,
        nn_trainer_progress(t->trainer)->epoch, (long long)nn_trainer_progress(t->trainer)->step,
        *note.text ? "; " : "", note.text, within);
    return 0;
}

/* Resumes as the first process did. */
static int follow(const char *path, struct training *t, struct err *err)
{
    struct err note;
    const int result = checkpoint_load(t, path, &note, err);

    return result == 0 ? err_set(err, EX_NOINPUT,
                                 "%s: is not here, and the first process resumes from it; all need "
                                 "the same folder",
                                 path)
                       : result;
}

/* Checks that all processes resumed from the same checkpoint, where each machine may have its own.
 */
static int compare(const struct nn_team *team, const char *path, struct err *err)
{
    struct tensor_file *file = NULL;
    int result = team ? tensor_file_open(&file, path, NULL, "", err) : 0;

    result = fit_team_agree(team, result, err);
    if (result == 0 && team)
        result = fit_team_compare(team, "another checkpoint", tensor_file_digest(file), err);
    tensor_file_close(file);
    return fit_team_agree(team, result, err);
}

int fit_resume(const struct fit_options *o, struct training *t, struct err *err)
{
    const struct nn_team *team = t->settings.nn.team;
    const bool leads = fit_team_leads(team);
    int first, resumed = 0;

    if (leads)
        resumed = resume(o, t, err) ? -1 : nn_trainer_progress(t->trainer)->epoch > 0;
    first = (int)fit_team_tell(team, resumed);
    if (!leads && first == 1)
        resumed = follow(o->checkpoint, t, err);
    if (fit_team_agree(team, resumed < 0 ? -1 : 0, err))
        return -1;
    return first == 1 ? compare(team, o->checkpoint, err) : 0;
}

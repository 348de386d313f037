#include "sim/app/app_manifest.h"

#include <stdio.h>
#include <string.h>

#define VERSION_MAX 3 /* the last that dstack 0.6 knows, and what needs it: */
#define NEEDS_3 "manifest_version \"3\", as a string, so that older guests refuse the app"
#define START_0_6 "start with --dstack-os 0.6"
#define RUNNER_NERDCTL "nerdctl-compose"

static bool runs_nerdctl(const struct app_compose *compose)
{
    return compose->runner && strcmp(compose->runner, RUNNER_NERDCTL) == 0;
}

static int check_0_6(const struct app_compose *compose, struct error *error)
{
    if (compose->manifest_version > VERSION_MAX)
        return error_input(error, "manifest_version is \"%u\", but dstack 0.6 knows only 1 to %d",
                           (unsigned)compose->manifest_version, VERSION_MAX);
    if (compose->has_snapshotter && !runs_nerdctl(compose))
        return error_input(error, "snapshotter needs the runner " RUNNER_NERDCTL);
    if (compose->manifest_version == VERSION_MAX)
        return 0;
    if (compose->requirements)
        return error_input(error, "requirements need " NEEDS_3);
    if (runs_nerdctl(compose))
        return error_input(error, "the runner " RUNNER_NERDCTL " needs " NEEDS_3);
    if (compose->init_script_count > 1)
        return error_input(error, "more than one init_script needs " NEEDS_3);
    return 0;
}

int app_manifest_check(const struct app_compose *compose, bool is_0_6, struct error *error)
{
    if (is_0_6)
        return check_0_6(compose, error);
    if (compose->is_manifest_text)
        return error_input(
            error, "manifest_version is the string \"%u\", which needs an OS image of dstack 0.6: " START_0_6,
            (unsigned)compose->manifest_version);
    return 0;
}

bool app_manifest_ignored(const struct app_compose *compose,
                          char sentence[static APP_MANIFEST_SENTENCE_BYTES])
{
    const char *const members[] = {
        compose->event_log_version > 1 ? "event_log_version" : NULL,
        compose->init_script_count ? "init_script" : NULL,
        compose->requirements ? "requirements" : NULL,
    };
    const size_t end = sizeof members / sizeof *members;
    const char *found[sizeof members / sizeof *members] = {NULL};
    size_t count = 0, len = 0;

    for (size_t i = 0; i < end; i++)
        if (members[i])
            found[count++] = members[i];
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(sentence + len, APP_MANIFEST_SENTENCE_BYTES - len, "%s%s",
                                i == 0          ? ""
                                : i + 1 < count ? ", "
                                                : " and ",
                                found[i]);
    if (count)
        snprintf(sentence + len, APP_MANIFEST_SENTENCE_BYTES - len,
                 " %s measured or checked only by an OS image of dstack 0.6: " START_0_6,
                 count == 1 ? "is" : "are");
    return count > 0;
}

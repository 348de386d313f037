#include "sim/app/app_health.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/health_file.h"
#include "sim/base/memory.h"

/* Names in reports for what is not a container, as the real agent has them. */
#define NAME_UNDECIDED "<health>"
#define NAME_FILE "<health_file>"
#define NAME_COMPOSE "<compose>"

static struct app_health_verdict unhealthy(const char *name, const char *status)
{
    struct app_health_verdict verdict = {.is_healthy = false};

    snprintf(verdict.name, sizeof verdict.name, "%s", name);
    snprintf(verdict.status, sizeof verdict.status, "%s", status);
    return verdict;
}

void app_health_init(struct app_health *health, const struct app_requirements *requirements, const char *file)
{
    *health = (struct app_health){
        .is_checked = requirements->has_health_check,
        .has_file = requirements->health_status_file != NULL,
        .file = file ? memory_copy(file, strlen(file)) : NULL,
        .judged = {.is_healthy = true},
    };
    if (health->is_checked)
        health->judged = unhealthy(NAME_UNDECIDED, "health has not been determined yet");
}

void app_health_free(struct app_health *health)
{
    free(health->file);
    health->file = NULL;
}

static struct app_health_verdict judge_file(const char *file, int64_t now)
{
    char reason[HEALTH_FILE_REASON_BYTES];

    if (!file)
        return unhealthy(NAME_FILE, "health file is nowhere on this machine: start with --health-file");
    if (health_file_read(file, now, reason))
        return (struct app_health_verdict){.is_healthy = true};
    return unhealthy(NAME_FILE, reason);
}

static bool is_same(const struct app_health_verdict *a, const struct app_health_verdict *b)
{
    return a->is_healthy == b->is_healthy && strcmp(a->name, b->name) == 0 &&
           strcmp(a->status, b->status) == 0 && strcmp(a->error, b->error) == 0;
}

bool app_health_judge(struct app_health *health, int64_t now)
{
    struct app_health_verdict before = health->judged;

    if (!health->is_checked)
        return false;
    health->judged = health->has_file ? judge_file(health->file, now)
                                      : unhealthy(NAME_COMPOSE, "no container has been created yet");
    return !health->is_set && !is_same(&before, &health->judged);
}

const struct app_health_verdict *app_health_report(const struct app_health *health)
{
    return health->is_set ? &health->set : &health->judged;
}

static int copy_text(const char *field, char *out, size_t size, const char *text, struct error *error)
{
    if (strlen(text) >= size)
        return error_input(error, "%s must have at most %zu bytes, not %zu", field, size - 1, strlen(text));
    strcpy(out, text);
    return 0;
}

int app_health_set(struct app_health *health, const char *state, const char *name, const char *why,
                   struct error *error)
{
    struct app_health_verdict set = {.is_healthy = strcmp(state, "healthy") == 0};
    bool is_unhealthy = strcmp(state, "starting") == 0 || strcmp(state, "unhealthy") == 0;

    if (*state && !set.is_healthy && !is_unhealthy)
        return error_input(
            error, "state must be healthy, starting or unhealthy, or empty to judge by the rules again");
    if (!is_unhealthy && (*name || *why))
        return error_input(error, "name and error are for an app that is starting or unhealthy");
    if (copy_text("name", set.name, sizeof set.name, name, error) ||
        copy_text("error", set.error, sizeof set.error, why, error))
        return -1;
    if (is_unhealthy && !*name && !*why)
        strcpy(set.name, "app");
    if (*set.name)
        strcpy(set.status, state);
    health->is_set = *state != '\0';
    health->set = set;
    return 0;
}

void app_health_unset(struct app_health *health)
{
    health->is_set = false;
}

void app_health_describe(const struct app_health_verdict *verdict, char *out, size_t size)
{
    if (verdict->is_healthy)
        snprintf(out, size, "healthy");
    else if (*verdict->error)
        snprintf(out, size, "unhealthy: %s", verdict->error);
    else
        snprintf(out, size, "unhealthy: %s: %s", verdict->name, verdict->status);
}

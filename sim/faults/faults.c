#include "sim/faults/faults.h"

#include <stdio.h>

_Static_assert(FAULT_DELAY_MS_MAX == 600000, "a message below names it");

int faults_check(const struct fault *fault, struct error *error)
{
    if (!fault->status && !fault->delay_ms && !fault->drop && !fault->cut && !fault->garbage)
        return error_input(error, "a fault needs a status, a delay, drop, cut or garbage");
    if (fault->status && (fault->status < 400 || fault->status > 599))
        return error_quote_number(error, "status must be between 400 and 599, not ", fault->status, "");
    if (fault->delay_ms > FAULT_DELAY_MS_MAX)
        return error_quote_number(error, "delay_ms must be at most 600000, not ", fault->delay_ms, "");
    if (fault->percent > 100)
        return error_quote_number(error, "percent must be between 1 and 100, not ", fault->percent, "");
    return 0;
}

void faults_seed(struct fault *fault, const struct seed *seed)
{
    uint64_t state;

    seed_bytes(seed, "fault", span_text(fault->method), (uint8_t *)&state, sizeof state);
    fault->random ^= state;
}

static struct fault *find(struct faults *faults, const char *method)
{
    for (size_t i = 0; i < faults->count; i++)
        if (strcmp(faults->list[i].method, method) == 0)
            return &faults->list[i];
    return NULL;
}

int faults_set(struct faults *faults, const struct fault *fault, struct error *error)
{
    struct fault *place = find(faults, fault->method);

    if (faults_check(fault, error))
        return -1;
    if (!place && faults->count == FAULTS_MAX)
        return error_input(error, "there are already %d faults; clear them first", FAULTS_MAX);
    if (!place)
        place = &faults->list[faults->count++];
    *place = *fault;
    place->hits = 0;
    if (place->percent == 0)
        place->percent = 100;
    return 0;
}

void faults_clear(struct faults *faults)
{
    faults->count = 0;
}

/* --- taking --- */

static bool is_path(const struct fault *fault, struct span path)
{
    return fault->method[0] == '/' && strlen(fault->method) == path.len &&
           memcmp(fault->method, path.data, path.len) == 0;
}

static struct fault *most_particular(struct faults *faults, const char *label, struct span path, bool by_all)
{
    struct fault *found;

    for (size_t i = 0; i < faults->count; i++)
        if (is_path(&faults->list[i], path))
            return &faults->list[i];
    found = find(faults, label);
    while (!found && label[0] != '/' && (label = strchr(label, '.')))
        found = find(faults, ++label);
    return !found && by_all ? find(faults, "") : found;
}

/* Sebastiano Vigna's SplitMix64, in which every state starts a different sequence. */
static uint64_t draw(uint64_t *state)
{
    uint64_t mixed = *state += 0x9e3779b97f4a7c15u;

    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
}

/* Removes a fault that has affected as many calls as it should. */
static void use_up(struct faults *faults, struct fault *fault)
{
    size_t later = faults->count - (size_t)(fault - faults->list) - 1;

    if (fault->times == 0 || --fault->times > 0)
        return;
    memmove(fault, fault + 1, later * sizeof *fault);
    faults->count--;
}

bool faults_take(struct faults *faults, const char *label, struct span path, bool by_all, struct fault *taken)
{
    struct fault *fault = faults->count ? most_particular(faults, label, path, by_all) : NULL;

    if (!fault || (fault->percent < 100 && draw(&fault->random) % 100 >= fault->percent))
        return false;
    fault->hits++;
    *taken = *fault;
    use_up(faults, fault);
    return true;
}

/* --- for people --- */

void faults_describe(const struct fault *fault, char *out, size_t size)
{
    char line[FAULT_METHOD_BYTES + 160];
    size_t at = (size_t)snprintf(line, sizeof line, "%s:", fault->method[0] ? fault->method : "every method");

    if (fault->delay_ms)
        at += (size_t)snprintf(line + at, sizeof line - at, " delayed by %u ms,", fault->delay_ms);
    if (fault->status)
        at += (size_t)snprintf(line + at, sizeof line - at, " fails with %u,", fault->status);
    if (fault->drop)
        at += (size_t)snprintf(line + at, sizeof line - at, " dropped,");
    if (fault->cut)
        at += (size_t)snprintf(line + at, sizeof line - at, " cut,");
    if (fault->garbage)
        at += (size_t)snprintf(line + at, sizeof line - at, " garbage,");
    if (fault->percent < 100)
        at += (size_t)snprintf(line + at, sizeof line - at, " %u of 100 calls,", fault->percent);
    if (fault->times)
        at += (size_t)snprintf(line + at, sizeof line - at, " %u more time%s,", fault->times,
                               fault->times == 1 ? "" : "s");
    line[at - 1] = '\0'; /* the last comma or the colon */
    snprintf(out, size, "%s", line);
}

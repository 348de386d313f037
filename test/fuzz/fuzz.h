/* A fuzz target: what reads bytes from outside, called with one input.
 *
 * Each file of targets/ defines fuzz_input for one parser, links with libFuzzer (scripts/fuzz) or with
 * replay.c, and has its inputs in corpus/ under its own name. A target keeps nothing from one input to
 * the next. What it computes must not depend on luck: an input that fails has to fail again. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stdlib.h>

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include "sim/base/span.h"

/* What libFuzzer calls. The input ends where its memory ends, so that the sanitizers find a read past it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Ends the process, which is a finding, unless the condition holds. */
#define FUZZ_EXPECT(condition)                                                                               \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

/* A failure has a sentence, and only a failure. */
static inline void fuzz_expect_sentence(int result, const struct error *error)
{
    FUZZ_EXPECT(result == 0 || result == -1);
    FUZZ_EXPECT((result == 0) == (error->kind == ERROR_NONE));
    FUZZ_EXPECT(result == 0 || error->text[0] != '\0');
}

/* The first byte, to choose among a few ways, and the rest of the input; 0 of an empty one. */
static inline uint8_t fuzz_choice(struct span *input)
{
    uint8_t choice = input->len > 0 ? input->data[0] : 0;

    if (input->len > 0)
        *input = span_of(input->data + 1, input->len - 1);
    return choice;
}

/* A copy with a NUL, for what takes text. */
static inline char *fuzz_text(struct span input, struct arena *arena)
{
    return arena_copy(arena, input.data, input.len);
}

#endif

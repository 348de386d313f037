#include "sim/tsm/tsm_registers.h"

#include <stdio.h>

/* One byte more than is right, to see what is too long. */
#define READ_BYTES (REGISTER_BYTES + 1)

static const struct {
    const char *name;
    mode_t mode;
    size_t offset; /* in struct registers */
    bool is_zero;  /* MROWNER and MROWNERCONFIG */
    int imr;       /* of an RTMR; else -1 */
} rows[TSM_REGISTERS] = {
    {"mrtd:sha384", 0444, offsetof(struct registers, mrtd), false, -1},
    {"mrconfigid", 0444, offsetof(struct registers, config_id), false, -1},
    {"mrowner", 0444, 0, true, -1},
    {"mrownerconfig", 0444, 0, true, -1},
    {"rtmr0:sha384", 0444, offsetof(struct registers, rtmr[0]), false, 0},
    {"rtmr1:sha384", 0444, offsetof(struct registers, rtmr[1]), false, 1},
    {"rtmr2:sha384", 0644, offsetof(struct registers, rtmr[2]), false, 2},
    {"rtmr3:sha384", 0644, offsetof(struct registers, rtmr[3]), false, 3},
};

int tsm_registers_open(struct tsm_registers *registers, const char *directory, bool has_leases,
                       struct log *log, struct error *error)
{
    *registers = (struct tsm_registers){.log = log};
    for (; registers->count < TSM_REGISTERS; registers->count++)
        if (tsm_file_open(&registers->files[registers->count], directory, rows[registers->count].name,
                          rows[registers->count].mode, has_leases, error)) {
            tsm_registers_close(registers);
            return -1;
        }
    return 0;
}

void tsm_registers_close(struct tsm_registers *registers)
{
    while (registers->count)
        tsm_file_close(&registers->files[--registers->count]);
}

static struct span value_of(size_t row, const struct td *td)
{
    static const uint8_t zeros[REGISTER_BYTES];

    return rows[row].is_zero
               ? span_of(zeros, sizeof zeros)
               : span_of((const uint8_t *)&td->state.registers + rows[row].offset, REGISTER_BYTES);
}

static bool is_well(const struct tsm_registers *registers, const struct error *error)
{
    if (error->kind != ERROR_NONE)
        log_write(registers->log, LOG_WARN, "%s", error->text);
    return error->kind == ERROR_NONE;
}

bool tsm_registers_hold(struct tsm_registers *registers)
{
    bool is_done = true;

    for (size_t row = 0; row < registers->count; row++) {
        struct error error = {.kind = ERROR_NONE};

        (void)!tsm_file_hold(&registers->files[row], &error);
        is_done &= is_well(registers, &error);
    }
    return is_done;
}

/* --- what is written --- */

struct extension {
    const struct tsm_registers *registers;
    struct td *td;
    size_t row;
};

static bool extend(void *data, const struct tsm_file_written *written)
{
    const struct extension *extension = data;
    const struct tsm_registers *registers = extension->registers;
    const char *path = registers->files[extension->row].path;
    struct error error = {.kind = ERROR_NONE};

    if (written->contents.len != REGISTER_BYTES) {
        if (written->is_closed && written->contents.len > 0) /* else it may grow, or was only opened */
            log_write(registers->log, LOG_WARN, "%s takes a digest of %d bytes; the register is not extended",
                      path, REGISTER_BYTES);
        return false;
    }
    if (td_extend(extension->td, (unsigned)rows[extension->row].imr, written->contents.data, &error))
        log_write(registers->log, LOG_WARN, "%s: %s", path, error.text);
    else
        log_write(registers->log, LOG_INFO, "%s: the register is extended", path);
    return true;
}

/* Of a register that is set once and for all, which root may write to nevertheless. */
static bool refuse(void *data, const struct tsm_file_written *written)
{
    const struct extension *extension = data;

    (void)written;
    log_write(extension->registers->log, LOG_WARN, "%s cannot be written",
              extension->registers->files[extension->row].path);
    return true;
}

void tsm_registers_collect(struct tsm_registers *registers, struct td *td)
{
    for (size_t row = 0; row < registers->count; row++) {
        struct extension extension = {registers, td, row};

        tsm_file_collect(&registers->files[row], READ_BYTES, rows[row].imr >= 0 ? extend : refuse,
                         &extension);
    }
}

/* --- what is read --- */

/* Who waits is let in even if the value cannot be written. */
bool tsm_registers_admit(struct tsm_registers *registers, const struct td *td)
{
    bool is_done = true;

    for (size_t row = 0; row < registers->count; row++) {
        struct tsm_file *file = &registers->files[row];
        struct error error = {.kind = ERROR_NONE};

        if (!tsm_file_is_held(file))
            continue;
        (void)!tsm_file_set(file, value_of(row, td), &error);
        (void)!tsm_file_admit(file, &error);
        is_done &= is_well(registers, &error);
    }
    return is_done;
}

bool tsm_registers_publish(struct tsm_registers *registers, const struct td *td)
{
    bool is_done = true;

    for (size_t row = 0; row < registers->count; row++) {
        struct error error = {.kind = ERROR_NONE};

        (void)!tsm_file_set(&registers->files[row], value_of(row, td), &error);
        is_done &= is_well(registers, &error);
    }
    return is_done;
}

int tsm_registers_restore(struct tsm_registers *registers, struct error *error)
{
    for (size_t row = 0; row < registers->count; row++)
        if (tsm_file_restore(&registers->files[row], error))
            return -1;
    return 0;
}

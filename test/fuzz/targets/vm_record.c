/* The record of a VM in a state directory; what was read is written, and read again. */
#include "sim/vmm/vm_record_read.h"
#include "sim/vmm/vm_record_write.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct error error = {.kind = ERROR_NONE};
    struct vm *vm = vm_record_read(span_of(data, len), &error), *again;
    struct buf record;

    fuzz_expect_sentence(vm ? 0 : -1, &error);
    if (!vm)
        return 0;
    buf_init(&record, VM_RECORD_BYTES_MAX);
    vm_record_write(vm, &record);
    again = vm_record_read(buf_span(&record), &error);
    FUZZ_EXPECT(again);
    vm_free(again);
    vm_free(vm);
    buf_free(&record);
    return 0;
}

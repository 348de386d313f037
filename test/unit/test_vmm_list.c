/* VMs in order, by id, and in the queue. */
#include "sim/vmm/vmm_list.h"

#include "test/unit/vmm_fixture.h"

#define MANY 3000 /* more than there are buckets */

static struct vmm vmm;

static struct vm *add(unsigned number)
{
    const struct vm_settings settings = vmm_fixture_settings("a");
    struct vm *vm = vm_new(&settings);

    snprintf(vm->id, sizeof vm->id, "%u", number);
    vmm_list_add(&vmm, vm);
    return vm;
}

static void drop(struct vm *vm)
{
    vmm_list_remove(vm);
    vm_free(vm);
}

static int empty(void **state)
{
    (void)state;
    while (vmm.first)
        drop(vmm.first);
    return vmm.count || vmm.queued || vmm.last || vmm.queue_first || vmm.queue_last ? -1 : 0;
}

static void each_is_found_and_they_are_in_order(void **state)
{
    unsigned number = 0;
    char id[16];

    (void)state;
    for (unsigned i = 0; i < MANY; i++)
        add(i);
    assert_int_equal(vmm.count, MANY);
    for (const struct vm *vm = vmm.first; vm; vm = vm->next, number++) {
        snprintf(id, sizeof id, "%u", number);
        assert_string_equal(vm->id, id);
        assert_ptr_equal(vmm_list_find(&vmm, id), vm);
    }
    assert_int_equal(number, MANY);
    assert_null(vmm_list_find(&vmm, "none"));
}

static void one_is_removed_from_anywhere(void **state)
{
    struct vm *vms[5], *new;

    (void)state;
    for (unsigned i = 0; i < 5; i++)
        vms[i] = add(i);
    drop(vms[2]);
    drop(vms[0]);
    drop(vms[4]);
    assert_ptr_equal(vmm.first, vms[1]);
    assert_ptr_equal(vmm.last, vms[3]);
    assert_ptr_equal(vms[1]->next, vms[3]);
    assert_null(vms[3]->next);
    assert_null(vmm_list_find(&vmm, "2"));
    assert_ptr_equal(vmm_list_find(&vmm, "3"), vms[3]);
    new = add(5);
    assert_ptr_equal(new->previous, vms[3]);
    assert_ptr_equal(vms[3]->next, new);
}

static void the_queue_keeps_its_order(void **state)
{
    struct vm *vms[4];

    (void)state;
    for (unsigned i = 0; i < 4; i++)
        vms[i] = add(i);
    for (unsigned i = 4; i-- > 0;)
        vmm_list_enqueue(vms[i]);
    vmm_list_enqueue(vms[3]); /* stays where it is */
    assert_int_equal(vmm.queued, 4);
    drop(vms[1]);
    assert_ptr_equal(vmm_list_dequeue(&vmm), vms[3]);
    vmm_list_enqueue(vms[3]);
    assert_ptr_equal(vmm_list_dequeue(&vmm), vms[2]);
    assert_ptr_equal(vmm_list_dequeue(&vmm), vms[0]);
    assert_ptr_equal(vmm_list_dequeue(&vmm), vms[3]);
    assert_null(vmm_list_dequeue(&vmm));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(each_is_found_and_they_are_in_order, empty),
        cmocka_unit_test_teardown(one_is_removed_from_anywhere, empty),
        cmocka_unit_test_teardown(the_queue_keeps_its_order, empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What people see of a full name. */
#include "sim/rpc/proto_name.h"

#include "test/unit/vectors.h"

static void a_version_stays(void **state)
{
    static const char *const names[][3] = {
        {"dstack.GetKeyArgs", "dstack", "GetKeyArgs"},
        {"dstack.guest.v1.GetKeyRequest", "dstack.guest.v1", "v1.GetKeyRequest"},
        {"dstack.guest.v12.Worker", "dstack.guest.v12", "v12.Worker"},
        {"dstack.v0.Worker", "dstack.v0", "v0.Worker"},
        {"dstack.v09.Worker", "dstack.v09", "v09.Worker"},
        {"v1.Worker", "v1", "v1.Worker"},
        {"dstack.kms.Admin", "dstack.kms", "Admin"},
        {"dstack.v.Worker", "dstack.v", "Worker"},
        {"dstack.v1a.Worker", "dstack.v1a", "Worker"},
        {"dstack.video.Worker", "dstack.video", "Worker"},
        {"dstack.Outer.Inner", "dstack", "Outer.Inner"},
        {"Worker", "", "Worker"},
        {"dstacks.Worker", "dstack", "dstacks.Worker"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(proto_name_short(names[i][0], names[i][1]), names[i][2]);
    assert_string_equal(proto_name_short("Sample", NULL), "Sample");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_version_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "sim/tdx/sgx_extension.h"

/* 1.2.840.113741.1.13.1, and with one more arc for each member. */
#define ARC 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01

static const uint8_t oid_sgx[] = {ARC};

enum member {
    PPID = 1,
    TCB = 2,
    PCE_ID = 3,
    FMSPC = 4,
    SGX_TYPE = 5,
    PLATFORM_INSTANCE_ID = 6,
    CONFIGURATION = 7
};
enum { TCB_PCE_SVN = 17, TCB_CPU_SVN = 18, CONFIGURATION_FLAGS = 3, SGX_TYPE_SCALABLE = 1 };

/* Puts the object identifier in front of the value written since the mark, and
 * makes the pair a SEQUENCE. */
static void name_member(struct der *der, size_t mark, uint8_t member)
{
    const uint8_t oid[] = {ARC, member};

    der_oid(der, oid, sizeof oid);
    der_wrap(der, mark, DER_SEQUENCE);
}

static void name_inner(struct der *der, size_t mark, uint8_t member, uint8_t inner)
{
    const uint8_t oid[] = {ARC, member, inner};

    der_oid(der, oid, sizeof oid);
    der_wrap(der, mark, DER_SEQUENCE);
}

static void write_octets(struct der *der, uint8_t member, const uint8_t *data, size_t len)
{
    size_t mark = der_mark(der);

    der_value(der, DER_OCTET_STRING, data, len);
    name_member(der, mark, member);
}

static void write_configuration(struct der *der)
{
    size_t whole = der_mark(der);

    for (uint8_t flag = CONFIGURATION_FLAGS; flag > 0; flag--) {
        size_t mark = der_mark(der);
        der_bool(der, true);
        name_inner(der, mark, CONFIGURATION, flag);
    }
    der_wrap(der, whole, DER_SEQUENCE);
    name_member(der, whole, CONFIGURATION);
}

static void write_tcb(struct der *der, const struct platform_tcb *tcb)
{
    size_t whole = der_mark(der);

    der_value(der, DER_OCTET_STRING, tcb->cpu_svn, sizeof tcb->cpu_svn);
    name_inner(der, whole, TCB, TCB_CPU_SVN);
    for (uint8_t number = TCB_PCE_SVN; number > 0; number--) {
        size_t mark = der_mark(der);
        der_uint(der, number == TCB_PCE_SVN ? tcb->pce_svn : tcb->cpu_svn[number - 1]);
        name_inner(der, mark, TCB, number);
    }
    der_wrap(der, whole, DER_SEQUENCE);
    name_member(der, whole, TCB);
}

void sgx_extension_add(struct x509_extensions *extensions, const struct platform *platform)
{
    static const uint8_t platform_instance_id[16];
    static const uint8_t sgx_type = SGX_TYPE_SCALABLE;
    struct der der;
    size_t mark;

    x509_extensions_begin(extensions, &der);
    write_configuration(&der);
    write_octets(&der, PLATFORM_INSTANCE_ID, platform_instance_id, sizeof platform_instance_id);
    mark = der_mark(&der);
    der_value(&der, DER_ENUMERATED, &sgx_type, sizeof sgx_type);
    name_member(&der, mark, SGX_TYPE);
    write_octets(&der, FMSPC, platform->tcb.fmspc, sizeof platform->tcb.fmspc);
    write_octets(&der, PCE_ID, platform->tcb.pce_id, sizeof platform->tcb.pce_id);
    write_tcb(&der, &platform->tcb);
    write_octets(&der, PPID, platform->ppid, sizeof platform->ppid);
    der_wrap(&der, 0, DER_SEQUENCE);
    x509_extensions_end(extensions, &der, (struct bytes){oid_sgx, sizeof oid_sgx}, false);
}

#include "sim/tdx/pck.h"

#include <string.h>

#include "crypto/der.h"
#include "crypto/der_read.h"

/* The extension's identifier. Its members have one more arc, the members of those two more. */
#define ARC 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01

static const uint8_t oid_sgx[] = {ARC};

enum member {
    PPID = 1,
    TCB = 2,
    PCE_ID = 3,
    FMSPC = 4,
    SGX_TYPE = 5,
    PLATFORM_INSTANCE_ID = 6,
    CONFIGURATION = 7,
};
enum tcb_member { TCB_FIRST_COMPONENT = 1, TCB_PCE_SVN = PCK_SVN_COUNT + 1, TCB_CPU_SVN };
enum { MEMBERS_READ = FMSPC, CONFIGURATION_FLAGS = 3, SGX_TYPE_SCALABLE = 1 };

struct bytes pck_extension_oid(void)
{
    return (struct bytes){oid_sgx, sizeof oid_sgx};
}

/* --- writing, from the end to the beginning --- */

/* Puts the object identifier before the value written since the mark, and wraps the pair in a
 * SEQUENCE. */
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

static void write_tcb(struct der *der, const struct pck *pck)
{
    size_t whole = der_mark(der);

    der_value(der, DER_OCTET_STRING, pck->cpu_svn, sizeof pck->cpu_svn);
    name_inner(der, whole, TCB, TCB_CPU_SVN);
    for (uint8_t number = TCB_PCE_SVN; number >= TCB_FIRST_COMPONENT; number--) {
        size_t mark = der_mark(der);
        der_uint(der, number == TCB_PCE_SVN ? pck->pce_svn : pck->cpu_svn[number - TCB_FIRST_COMPONENT]);
        name_inner(der, mark, TCB, number);
    }
    der_wrap(der, whole, DER_SEQUENCE);
    name_member(der, whole, TCB);
}

void pck_add_extension(struct x509_extensions *extensions, const struct pck *pck)
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
    write_octets(&der, FMSPC, pck->fmspc, sizeof pck->fmspc);
    write_octets(&der, PCE_ID, pck->pce_id, sizeof pck->pce_id);
    write_tcb(&der, pck);
    write_octets(&der, PPID, pck->ppid, sizeof pck->ppid);
    der_wrap(&der, 0, DER_SEQUENCE);
    x509_extensions_end(extensions, &der, pck_extension_oid(), false);
}

/* --- reading --- */

/* Reads SEQUENCE { identifier, value } whose identifier is the extension's plus `more` arcs.
 * Out: the last arc, and what follows the identifier. */
static bool read_member(struct bytes *list, size_t more, uint8_t *arc, struct bytes *value)
{
    struct bytes oid;
    const uint8_t *octets;

    if (!der_read(list, DER_SEQUENCE, value) || !der_read(value, DER_OID, &oid) ||
        oid.len != sizeof oid_sgx + more)
        return false;
    octets = oid.data;
    *arc = octets[oid.len - 1];
    return memcmp(octets, oid_sgx, sizeof oid_sgx) == 0 && (more == 1 || octets[sizeof oid_sgx] == TCB);
}

static bool read_octets(struct bytes value, uint8_t *out, size_t len)
{
    struct bytes contents;

    if (!der_read(&value, DER_OCTET_STRING, &contents) || contents.len != len || value.len != 0)
        return false;
    memcpy(out, contents.data, len);
    return true;
}

static bool read_svn(struct pck *pck, uint8_t arc, struct bytes value)
{
    uint8_t cpu_svn[PCK_SVN_COUNT]; /* unused: the components hold the same values */
    uint32_t svn;

    if (arc == TCB_CPU_SVN)
        return read_octets(value, cpu_svn, sizeof cpu_svn);
    if (arc < TCB_FIRST_COMPONENT || arc > TCB_CPU_SVN ||
        !der_read_uint(&value, arc == TCB_PCE_SVN ? UINT16_MAX : UINT8_MAX, &svn))
        return false;
    if (arc == TCB_PCE_SVN)
        pck->pce_svn = (uint16_t)svn;
    else
        pck->cpu_svn[arc - TCB_FIRST_COMPONENT] = (uint8_t)svn;
    return true;
}

static bool read_tcb(struct pck *pck, struct bytes value)
{
    struct bytes list, member;
    uint32_t seen = 0;
    uint8_t arc;

    if (!der_read(&value, DER_SEQUENCE, &list))
        return false;
    while (list.len > 0) {
        if (!read_member(&list, 2, &arc, &member) || !read_svn(pck, arc, member) || seen & 1u << arc)
            return false;
        seen |= 1u << arc;
    }
    return seen == ((1u << TCB_CPU_SVN) - 1) << TCB_FIRST_COMPONENT;
}

static bool read_value(struct pck *pck, uint8_t arc, struct bytes value)
{
    switch (arc) {
    case PPID:
        return read_octets(value, pck->ppid, sizeof pck->ppid);
    case TCB:
        return read_tcb(pck, value);
    case PCE_ID:
        return read_octets(value, pck->pce_id, sizeof pck->pce_id);
    case FMSPC:
        return read_octets(value, pck->fmspc, sizeof pck->fmspc);
    default:
        return true;
    }
}

int pck_read(struct pck *pck, struct bytes contents, struct error *error)
{
    struct bytes list, value;
    uint32_t seen = 0;
    uint8_t arc;

    *pck = (struct pck){.pce_svn = 0};
    if (!contents.data)
        return error_input(error, "the PCK certificate has no SGX extension");
    if (!der_read(&contents, DER_SEQUENCE, &list) || contents.len != 0)
        return error_input(error, "the PCK certificate's SGX extension is not a SEQUENCE");
    while (list.len > 0) {
        if (!read_member(&list, 1, &arc, &value) || arc > 31 || seen & 1u << arc ||
            !read_value(pck, arc, value))
            return error_input(error, "the PCK certificate's SGX extension is malformed");
        seen |= 1u << arc;
    }
    for (int member = 1; member <= MEMBERS_READ; member++)
        if (!(seen & 1u << member))
            return error_input(error, "member %d of the PCK certificate's SGX extension is missing", member);
    return 0;
}

#include "sim/tdx/pck.h"

#include <string.h>

#include "crypto/der_read.h"

static const uint8_t oid_sgx[] = {0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01};

/* Arcs behind it. */
enum { PPID = 1, TCB = 2, PCE_ID = 3, FMSPC = 4, MEMBERS_READ = 4 };
enum { TCB_PCE_SVN = 17, TCB_CPU_SVN = 18, TCB_MEMBERS = 18 };

struct bytes pck_extension_oid(void)
{
    return (struct bytes){oid_sgx, sizeof oid_sgx};
}

/* Reads SEQUENCE { identifier, value } whose identifier is the extension's with `more`
 * arcs behind it. Out: the last arc, and what stands behind the identifier. */
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
    uint8_t cpu_svn[PLATFORM_SVN_COUNT]; /* raw; the components say the same */
    uint32_t svn;

    if (arc == TCB_CPU_SVN)
        return read_octets(value, cpu_svn, sizeof cpu_svn);
    if (arc == 0 || arc > TCB_MEMBERS ||
        !der_read_uint(&value, arc == TCB_PCE_SVN ? UINT16_MAX : UINT8_MAX, &svn))
        return false;
    if (arc == TCB_PCE_SVN)
        pck->pce_svn = (uint16_t)svn;
    else
        pck->components[arc - 1] = (uint8_t)svn;
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
    return seen == ((1u << TCB_MEMBERS) - 1) << 1;
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
        return error_input(error, "the PCK certificate's SGX extension is no sequence");
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

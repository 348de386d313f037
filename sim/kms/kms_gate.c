#include "sim/kms/kms_gate.h"

#include "sim/kms/kms_authority.h"
#include "sim/kms/kms_peer.h"

/* --- the client's certificate --- */

int kms_gate_identify(struct kms_gate *gate, struct error *error)
{
    bool is_there = false;
    int result;

    if (!gate->certificate.len)
        return 0;
    result = kms_peer_read(gate->certificate, gate->arena, &gate->attested, &is_there, error);
    if (result == 0 && !is_there)
        return 0;
    gate->server->attestation_requests++;
    if (result ||
        kms_peer_verify(gate->server->cluster, gate->certificate, gate->arena, &gate->attested, error)) {
        gate->server->attestation_failures++;
        return error_context(error, "invalid quote");
    }
    gate->has_attestation = true;
    return 0;
}

/* --- the KMS itself --- */

static int attest(const struct kms_gate *gate, const struct td *td, struct attested *attested,
                  struct error *error)
{
    static const uint8_t report_data[QUOTE_REPORT_DATA_BYTES];
    const struct span attestation = td_attestation(td, TD_ATTESTATION_WHOLE, report_data, gate->arena, NULL);
    struct quote_authority authority;

    return kms_authority_of(gate->server->cluster, &authority, error) ||
                   evidence_read_attestation(attestation, gate->arena, &attested->evidence, error) ||
                   attested_verify(attested, report_data, &authority, gate->arena, error)
               ? -1
               : 0;
}

static int attest_self(const struct kms_gate *gate, struct attested_boot *boot, struct error *error)
{
    struct attested *attested = arena_zalloc(gate->arena, sizeof *attested);

    if (attest(gate, gate->server->td, attested, error))
        return error_context(error, "Failed to verify local KMS attestation");
    return attested_boot_info(attested, false, SPAN_NONE, gate->arena, boot, error);
}

int kms_gate_self(const struct kms_gate *gate, struct error *error)
{
    struct kms_verdict verdict;
    struct attested_boot boot;

    if (attest_self(gate, &boot, error))
        return error_context(error, "KMS self authorization failed");
    if (kms_policy_decide(&gate->server->policy, &boot, true, gate->answers, gate->arena, &verdict, error)) {
        error_context(error, "Failed to call self KMS auth check");
        return error_context(error, "KMS self authorization failed");
    }
    if (verdict.is_allowed)
        return 0;
    error_input(error, "KMS is not allowed: %s", verdict.reason);
    return error_context(error, "KMS self authorization failed");
}

/* --- the caller --- */

static int decide(const struct kms_gate *gate, bool is_kms, struct kms_gate_pass *pass, struct error *error)
{
    struct kms_verdict verdict;

    if (kms_policy_decide(&gate->server->policy, &pass->boot, is_kms, gate->answers, gate->arena, &verdict,
                          error))
        return -1;
    pass->gateway_app_id = verdict.gateway_app_id;
    return verdict.is_allowed ? 0 : error_input(error, "Boot denied: %s", verdict.reason);
}

int kms_gate_admit(const struct kms_gate *gate, bool is_kms, struct span vm_config,
                   struct kms_gate_pass *pass, struct error *error)
{
    if (!gate->has_attestation)
        return error_input(error, "No attestation provided");
    if (attested_boot_info(&gate->attested, false, vm_config, gate->arena, &pass->boot, error))
        return -1;
    return decide(gate, is_kms, pass, error);
}

int kms_gate_admit_early(const struct kms_gate *gate, const struct attested *attested, struct span vm_config,
                         struct kms_gate_pass *pass, struct error *error)
{
    if (attested_boot_info(attested, true, vm_config, gate->arena, &pass->boot, error))
        return -1;
    return decide(gate, false, pass, error);
}

/* --- a TD of the cluster --- */

static int admit_td(const struct kms_gate *gate, const struct td *td, bool asks_for_keys, struct error *error)
{
    struct attested *attested = arena_zalloc(gate->arena, sizeof *attested);
    struct kms_gate_pass pass;

    if (attest(gate, td, attested, error))
        return error_context(error, "invalid quote");
    if (kms_gate_self(gate, error))
        return -1;
    if (kms_gate_admit_early(gate, attested, SPAN_NONE, &pass, error) == 0)
        return 0;
    return asks_for_keys ? error_context(error, "App not allowed") : -1;
}

int kms_gate_boot(struct kms_server *server, const struct td *td, struct kms_answers *answers,
                  struct arena *arena, struct error *error)
{
    const struct kms_gate gate = {.server = server, .arena = arena, .answers = answers};

    return admit_td(&gate, td, true, error)
               ? error_context(error, "failed to get the app's keys from the KMS")
               : 0;
}

int kms_gate_sign(struct kms_server *server, const struct td *td, struct kms_answers *answers,
                  struct arena *arena, struct error *error)
{
    const struct kms_gate gate = {.server = server, .arena = arena, .answers = answers};

    return admit_td(&gate, td, false, error) ? error_context(error, "Failed to sign the CSR") : 0;
}

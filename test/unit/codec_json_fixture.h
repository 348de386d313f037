/* What the tests of the JSON decoder share. */
#ifndef TEST_CODEC_JSON_FIXTURE_H
#define TEST_CODEC_JSON_FIXTURE_H

#include <stdio.h>

#include "proto/dstack_guest.pb-c.h"
#include "test/unit/rpc_fixture.h"
#include "test/unit/sample_message.h"

#define TLS (&dstack__get_tls_key_args__descriptor)
#define EVENT (&dstack__emit_event_args__descriptor)
#define SAMPLE (&sample_descriptor)

static inline Dstack__GetTlsKeyArgs *tls(struct rpc_fixture *fixture, const char *text)
{
    return rpc_decode(fixture, codec_json_decode, TLS, text);
}

static inline const struct sample *sample(struct rpc_fixture *fixture, const char *text)
{
    return rpc_decode(fixture, codec_json_decode, SAMPLE, text);
}

struct refusal {
    const char *text;
    const char *says;
};

static inline void refuse_each(struct rpc_fixture *fixture, const ProtobufCMessageDescriptor *descriptor,
                               const struct refusal *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        rpc_refuse(fixture, codec_json_decode, descriptor, cases[i].text, cases[i].says);
}

#define REFUSE_EACH(fixture, descriptor, cases)                                                              \
    refuse_each(fixture, descriptor, cases, sizeof(cases) / sizeof *(cases))

#endif

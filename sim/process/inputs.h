/* The files that a TD is made from, as named by options. */
#ifndef PROCESS_INPUTS_H
#define PROCESS_INPUTS_H

#include "sim/base/arena.h"
#include "sim/cli/options.h"
#include "sim/cluster/cluster.h"
#include "sim/process/endpoints.h"

struct inputs {
    struct cluster_config cluster; /* point into the files below and into the options */
    struct td_config td;
    char *app_compose;
    char *app_keys;
    char *gpu_info;
    char *encrypted_env;
    char *sys_config;
    char public_url[512]; /* room for cluster.public_url */
    struct arena arena;   /* of what is decoded from them */
};

/* Reads the files. Returns 0, or -1 with a sentence that names option and file; free it with
 * inputs_free either way, after the TD is made. */
MUST_CHECK int inputs_read(struct inputs *inputs, const struct options *options, struct error *error);

/* Sets the URL that certificates point to: that of --public-url, else the first TCP endpoint.
 * endpoints: the open ones; or NULL for the one that the options would open. */
void inputs_set_public_url(struct inputs *inputs, const struct options *options,
                           const struct endpoints *endpoints);

void inputs_free(struct inputs *inputs);

#endif

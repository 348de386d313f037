/* The files, named by options, that a TD is made from. */
#ifndef PROCESS_INPUTS_H
#define PROCESS_INPUTS_H

#include "sim/base/arena.h"
#include "sim/cli/options.h"
#include "sim/cluster/cluster.h"
#include "sim/engine/engine.h"
#include "sim/image/image_directory.h"
#include "sim/process/endpoints.h"

struct inputs {
    struct cluster_config cluster; /* both configs point into the files below and the options */
    struct td_config td;
    char *app_compose;
    char *app_keys;
    char *gpu_info;
    char *user_config;
    char *encrypted_env;
    char *sys_config;
    struct image_directory *images; /* heap: those of --image */
    size_t image_count;
    struct engine_program engine; /* with --run-containers */
    char public_url[512];         /* what cluster.public_url points to */
    struct arena arena;           /* for data decoded from the files */
};

/* Reads the files. Returns 0, or -1 with an error that names option and file. In both cases
 * call inputs_free, but not before the TD is made. */
MUST_CHECK int inputs_read(struct inputs *inputs, const struct options *options, struct error *error);

/* Sets the URL in certificates: --public-url or else the first TCP endpoint.
 * endpoints: the open ones, or NULL to predict the URL from the options. */
void inputs_set_public_url(struct inputs *inputs, const struct options *options,
                           const struct endpoints *endpoints);

/* Once the TD has its keys: wipes the file they were read from. */
void inputs_forget_keys(struct inputs *inputs);

void inputs_free(struct inputs *inputs);

#endif

/* Reads arguments with their own syntax, each into its field of struct options.
 *
 * Each takes the text of one argument, which can be empty only for options_read_healthcheck, and
 * returns 0, or -1 with a sentence that does not name the option. A list gets one more item. */
#ifndef CLI_OPTIONS_READ_H
#define CLI_OPTIONS_READ_H

#include "sim/cli/options_data.h"

typedef int options_reader(struct options *options, const char *text, struct error *error);

MUST_CHECK options_reader options_read_listen;
MUST_CHECK options_reader options_read_socket_mode;
MUST_CHECK options_reader options_read_public_url;
MUST_CHECK options_reader options_read_allow_host; /* keeps text */
MUST_CHECK options_reader options_read_kms_listen;
MUST_CHECK options_reader options_read_kms_auth_url;
MUST_CHECK options_reader options_read_kms_url;
MUST_CHECK options_reader options_read_vmm_token;
MUST_CHECK options_reader options_read_image;
MUST_CHECK options_reader options_read_seed;
MUST_CHECK options_reader options_read_app_id;
MUST_CHECK options_reader options_read_tcb_status;
MUST_CHECK options_reader options_read_advisory;
MUST_CHECK options_reader options_read_fault;
MUST_CHECK options_reader options_read_healthcheck; /* keeps text as options->healthcheck.address */

#endif

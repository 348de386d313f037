/* The id by which a KMS identifies an app: the first bytes of the SHA-256 of its app-compose,
 * unless it was deployed with another id. */
#ifndef KEYS_APP_ID_H
#define KEYS_APP_ID_H

#define APP_ID_BYTES 20

#endif

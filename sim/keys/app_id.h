/* An app's id, by which a KMS tells apps apart: the first bytes of the SHA-256 of its
 * app-compose, unless it was deployed under an id of its own. */
#ifndef KEYS_APP_ID_H
#define KEYS_APP_ID_H

#define APP_ID_BYTES 20

#endif

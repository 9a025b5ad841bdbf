/* random.h – unpredictable bytes, and identifiers made from them. */
#ifndef GREFFIER_CRYPTO_RANDOM_H
#define GREFFIER_CRYPTO_RANDOM_H

#include <stddef.h>

/* Initialises cryptography. Call it once per process, before any other function of crypto/.
 * Stops the process when the system has no randomness. */
void crypto_start(void);

void random_bytes(void *ret_data, size_t length);
double random_unit(void); /* uniform in [0, 1), for jitter */
/* Writes `length` random characters of 0-9A-Za-z (5.95 bits each) and a NUL. */
void random_base62(char *ret_text, size_t length);
void random_hex(char *ret_text, size_t length); /* lower case; `length` characters and a NUL */
void random_uuid(char ret_text[37]);            /* version 4 */

#endif

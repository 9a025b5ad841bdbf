/* peer.h – the hostile other side: a receiver and authorization server on loopback whose answers are made of the input. */
#ifndef GREFFIER_FUZZ_PEER_H
#define GREFFIER_FUZZ_PEER_H

#include <stddef.h>
#include <stdint.h>

#define PEER_SCRIPT_MAX 64

/* Starts it; it serves as long as the process lives. Its port. */
unsigned peer_start(void);
/* What it answers from now on: one byte chooses each answer, further ones fill it. Copied. */
void peer_script(const uint8_t *script, size_t length);

#endif

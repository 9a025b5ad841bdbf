/* core_dumps.h – keeps secrets in memory out of files. */
#ifndef GREFFIER_CRYPTO_CORE_DUMPS_H
#define GREFFIER_CRYPTO_CORE_DUMPS_H

/* From now on this process leaves no core dump, and no other process of its user reads its memory (ptrace, /proc). Before any
 * secret is read. Stops the process when the system refuses. */
void core_dumps_disable(void);

#endif

/* log.h – one line per event worth a person's attention, on standard error.
 *
 *   2026-01-31T12:00:00.123Z warn sender: endpoint cb_… of account …: refused (503); next try in 41 s
 *
 * A line says who, what, and what the operator can do. Secrets never come here. The file behind
 * standard error is main.c's business (--log-file, reopened on SIGHUP), so this has no state. */
#ifndef GREFFIER_BASE_LOG_H
#define GREFFIER_BASE_LOG_H

#include "base/macros.h"

/* `who` names the part that speaks ("server", "sender", "store"). Control characters in the text are
 * escaped: a stranger's bytes cannot forge a line. */
void log_info(const char *who, const char *format, ...) PRINTF_LIKE(2, 3);
void log_warn(const char *who, const char *format, ...) PRINTF_LIKE(2, 3);
void log_error(const char *who, const char *format, ...) PRINTF_LIKE(2, 3);

#endif

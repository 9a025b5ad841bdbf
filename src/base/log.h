/* log.h – writes log lines to standard error, one line per event that deserves a person's
 * attention.
 *
 *   2026-01-31T12:00:00.123Z warn sender: endpoint cb_… of account …: refused (503); next try in 41 s
 *
 * A line says which object is concerned, what happened, and what the operator can do. Secrets
 * are never logged. main.c decides which file is behind standard error (--log-file, reopened on
 * SIGHUP), so this module has no state. */
#ifndef GREFFIER_BASE_LOG_H
#define GREFFIER_BASE_LOG_H

#include "base/macros.h"

/* Write one line. `who` names the component ("server", "sender", "store"). Control characters in
 * the text are escaped, so that bytes from outside cannot forge a line. */
void log_info(const char *who, const char *format, ...) PRINTF_LIKE(2, 3);
void log_warn(const char *who, const char *format, ...) PRINTF_LIKE(2, 3);
void log_error(const char *who, const char *format, ...) PRINTF_LIKE(2, 3);

#endif

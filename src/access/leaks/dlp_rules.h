/* dlp_rules.h – rules by which scanners recognise this installation's credentials. Pure. */
#ifndef GREFFIER_ACCESS_DLP_RULES_H
#define GREFFIER_ACCESS_DLP_RULES_H

#include <stdbool.h>

#include "base/arena.h"

/* Writes rules in a format, in `arena`. `prefixes` are all prefixes of this installation,
 * separated by blanks (installation_keys.h). *ret_type is the media type. Returns false when the
 * format is unknown. */
bool dlp_rules(struct arena *arena, const char *format, const char *prefixes, const char *base_url,
	       const char **ret_text, const char **ret_type);
/* "gitleaks, trufflehog …": for errors and documentation. */
extern const char dlp_rule_formats[];

#endif

/* dlp_rules.h – rules for scanners that look for this installation's credentials. Pure. */
#ifndef GREFFIER_ACCESS_DLP_RULES_H
#define GREFFIER_ACCESS_DLP_RULES_H

#include <stdbool.h>

#include "base/arena.h"

/* `prefixes`: all this installation has used, separated by blanks (installation_keys.h). *ret_type: the media type. False
 * when there is no such format. The text is in `arena`. */
bool dlp_rules(struct arena *arena, const char *format, const char *prefixes, const char *base_url,
	       const char **ret_text, const char **ret_type);
/* "gitleaks, trufflehog …", for an error's text and the documentation. */
extern const char dlp_rule_formats[];

#endif

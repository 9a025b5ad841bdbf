/* leak_reports.h – who may report leaks, the list of reports, and hashes for exact matching. */
#ifndef GREFFIER_ACCESS_LEAK_REPORTS_H
#define GREFFIER_ACCESS_LEAK_REPORTS_H

#include <jansson.h>

#include "base/buf.h"
#include "context/context.h"

/* Verifies that one of the partner's keys ({"public_keys":[{"key_identifier","key"}]}, as GitHub
 * publishes them) has signed the body. Fails with ERROR_INVALID_CREDENTIALS. */
MUST_CHECK bool leak_partner_check(const struct access_config *config, struct arena *arena,
				   const char *key_identifier, const char *signature,
				   struct bytes body, struct error *err);
/* Checks an operator's credential and returns its id. Fails with ERROR_INVALID_CREDENTIALS. */
MUST_CHECK bool operator_credential_check(const struct context *context, const char *value,
					  const char **ret_id, struct error *err);
/* Lists the reports of the context's account as {count, results}. New reference. */
json_t *leak_reports_list(const struct context *context, int64_t offset, int64_t limit,
			  struct error *err);
/* Returns {algorithm, salt, entries} for tools that search for exact matches. New reference. */
json_t *leak_fingerprints(const struct context *context, struct error *err);
/* Makes and ends credentials of operators, which report leaks. One that `manages` may also
 * manage the installation (operators.h). */
MUST_CHECK bool operator_credential_make(const struct context *context, const char *name, bool manages,
					 const char **ret_id, const char **ret_value,
					 struct error *err);
MUST_CHECK bool operator_credential_end(const struct context *context, const char *id,
					struct error *err);

#endif

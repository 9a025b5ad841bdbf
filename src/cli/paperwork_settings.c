/* paperwork_settings.c – see paperwork_settings.h. */
#include "cli/paperwork_settings.h"

#include <unistd.h>

#define WAIT_S 5      /* for a free helper; the calls that wait are as few as --document-workers */
#define HELPERS_MIN 2 /* one slow document does not stop all others */
#define HELPERS_MAX 8 /* unless the setting asks for more: each has a few MB of its own */

static unsigned one_for_each_processor(void)
{
	const long processors = sysconf(_SC_NPROCESSORS_ONLN);

	return processors < HELPERS_MIN	  ? HELPERS_MIN
	       : processors > HELPERS_MAX ? HELPERS_MAX
					  : (unsigned)processors;
}

void paperwork_settings_read(const struct settings *settings, struct paperwork_config *ret_config)
{
	const unsigned helpers = (unsigned)setting_number(settings, SETTING_DOCUMENT_HELPERS);

	*ret_config = (struct paperwork_config){
		.helpers = helpers ? helpers : one_for_each_processor(),
		.memory_mib = (unsigned)setting_number(settings, SETTING_DOCUMENT_MEMORY),
		.processor_seconds = (unsigned)setting_number(settings, SETTING_DOCUMENT_CPU_TIME),
		.wait = duration_s(WAIT_S),
		.time = duration_s(setting_number(settings, SETTING_DOCUMENT_TIME)),
		.may_be_unconfined = setting_is_on(settings, SETTING_ALLOW_UNCONFINED_DOCUMENTS,
						   false),
	};
}

/* pool_settings.c – how many threads each pool of workers has, from settings, processors and
 * engine. */
#include "cli/pool_settings.h"

#include <unistd.h>

#define WORKERS_SQLITE 4
#define WORKERS_POSTGRESQL 16
#define DOCUMENT_WORKERS_SQLITE 4
#define DOCUMENT_WORKERS_POSTGRESQL 6
#define PASSWORD_WORKERS_MAX 8 /* unless the setting asks for more: 64 MB each */

/* Argon2 fills a processor. The other half stays for all other calls. */
static unsigned half_the_processors(void)
{
	const long processors = sysconf(_SC_NPROCESSORS_ONLN);
	const long half = processors / 2;

	return half < 1 ? 1 : half > PASSWORD_WORKERS_MAX ? PASSWORD_WORKERS_MAX : (unsigned)half;
}

static struct pool_config pool_of(const struct settings *settings, enum setting threads,
				  unsigned chosen, enum setting queue_limit)
{
	const unsigned set = (unsigned)setting_number(settings, threads);

	return (struct pool_config){
		.threads = set ? set : chosen,
		.queue_limit = (unsigned)setting_number(settings, queue_limit),
	};
}

void pool_settings_read(const struct settings *settings, bool postgresql,
			struct pool_config ret_pools[POOL_COUNT])
{
	ret_pools[POOL_API] = pool_of(settings, SETTING_WORKERS,
				      postgresql ? WORKERS_POSTGRESQL : WORKERS_SQLITE,
				      SETTING_QUEUE_LIMIT);
	ret_pools[POOL_PASSWORDS] = pool_of(settings, SETTING_PASSWORD_WORKERS,
					    half_the_processors(), SETTING_PASSWORD_QUEUE_LIMIT);
	ret_pools[POOL_DOCUMENTS] = pool_of(settings, SETTING_DOCUMENT_WORKERS,
					    postgresql ? DOCUMENT_WORKERS_POSTGRESQL
						       : DOCUMENT_WORKERS_SQLITE,
					    SETTING_DOCUMENT_QUEUE_LIMIT);
	ret_pools[POOL_EXPORTS] = pool_of(settings, SETTING_EXPORT_WORKERS, 1,
					  SETTING_EXPORT_QUEUE_LIMIT);
}

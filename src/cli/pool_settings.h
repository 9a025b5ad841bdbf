/* pool_settings.h – the size of each pool of workers. Inside src/cli only. */
#ifndef GREFFIER_CLI_POOL_SETTINGS_H
#define GREFFIER_CLI_POOL_SETTINGS_H

#include "api/core/pools.h"
#include "cli/settings.h"

/* Where a setting says 0, the number depends on the engine or the processors. */
void pool_settings_read(const struct settings *settings, bool postgresql,
			struct pool_config ret_pools[POOL_COUNT]);

#endif

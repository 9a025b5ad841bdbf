/* paperwork_settings.h – reads the settings of the helper processes that read documents. Inside
 * src/cli only. */
#ifndef GREFFIER_CLI_PAPERWORK_SETTINGS_H
#define GREFFIER_CLI_PAPERWORK_SETTINGS_H

#include "cli/settings.h"
#include "paperwork/paperwork.h"

void paperwork_settings_read(const struct settings *settings, struct paperwork_config *ret_config);

#endif

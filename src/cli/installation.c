/* installation.c – opens what an installation consists of: the data folder, its key, its store. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/credentials/installation_keys.h"
#include "cli/command.h"

static bool folder_make(const char *setting, const char *path, struct error *err)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return true;
	return error_set(err, ERROR_CONFIGURATION, "--%s: cannot make the folder %s: %s", setting,
			 path, strerror(errno));
}

const char *mail_folder_of(const struct settings *settings, struct arena *arena)
{
	const char *folder = setting_text(settings, SETTING_MAIL_FOLDER);

	if (*folder || *setting_text(settings, SETTING_SMTP_URL) ||
	    !setting_is_on(settings, SETTING_DEMO, false))
		return folder;
	return arena_printf(arena, "%s/mail", setting_text(settings, SETTING_DATA));
}

bool mail_folder_make(const struct settings *settings, struct arena *arena, struct error *err)
{
	const char *folder = mail_folder_of(settings, arena);

	if (!*folder)
		return true;
	if (!folder_make("mail-folder", folder, err))
		return false;
	return access(folder, W_OK | X_OK) == 0 ||
	       error_set(err, ERROR_CONFIGURATION, "--mail-folder %s: %s", folder, strerror(errno));
}

static bool key_bind(const struct settings *settings, const struct installation *installation,
		     struct arena *arena, struct error *err)
{
	scoped(session) struct session *session = session_open(installation->store, err);
	return session && keyring_bind_to_store(session, installation->keyring, arena, err) &&
	       credential_prefix_choose(session, installation->keyring, arena,
					setting_text(settings, SETTING_CREDENTIAL_PREFIX), err);
}

const char *key_file_of(const struct settings *settings, struct arena *arena)
{
	const char *key_file = setting_text(settings, SETTING_KEY_FILE);

	return *key_file ? key_file
			 : arena_printf(arena, "%s/greffier.key",
					setting_text(settings, SETTING_DATA));
}

bool has_sqlite_database(const struct settings *settings, struct arena *arena)
{
	return !*setting_text(settings, SETTING_DATABASE) &&
	       access(arena_printf(arena, "%s/greffier.db", setting_text(settings, SETTING_DATA)),
		      F_OK) == 0;
}

bool installation_open(const struct settings *settings, struct arena *arena,
		       void (*on_topic)(enum store_topic topic, void *arg),
		       void (*on_gone)(void *arg), void *arg, struct installation *ret_installation,
		       struct error *err)
{
	const char *data = setting_text(settings, SETTING_DATA);
	struct installation opened = {0};
	const struct store_config config = {
		.directory = data,
		.database = setting_text(settings, SETTING_DATABASE),
		.exclusive = on_topic != NULL,
		.allow_unsafe = setting_is_on(settings, SETTING_ALLOW_UNSAFE_DATABASE, false),
		.on_topic = on_topic,
		.on_gone = on_gone,
		.arg = arg,
	};

	if (!folder_make("data", data, err))
		return false;
	/* A new key would not open an old database, and look as if it were the key that was lost.
	 */
	opened.keyring = keyring_open(key_file_of(settings, arena),
				      !has_sqlite_database(settings, arena), err);
	if (opened.keyring)
		opened.store = store_open(&config, err);
	if (opened.store && key_bind(settings, &opened, arena, err)) {
		*ret_installation = opened;
		return true;
	}
	installation_close(&opened);
	return false;
}

void installation_close(struct installation *installation)
{
	store_close(installation->store);
	keyring_free(installation->keyring);
	*installation = (struct installation){0};
}

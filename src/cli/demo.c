/* demo.c – see demo.h. */
#include "cli/demo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/accounts/accounts.h"
#include "store/account_store.h"
#include "store/store_clock.h"

#define DEMO_NAME "Demonstration"
#define DEMO_EMAIL "owner@demo.example"

static void rule_print(void)
{
	puts("--------------------------------------------------------------------------------");
}

/* What the printed lines refer to. */
struct welcome {
	const char *url;
	const char *program;	  /* as it was called */
	const char *installation; /* the options that commands need to find it, or "" */
	const char *mail_folder;  /* "": mails are sent, or wait */
};

static struct welcome welcome_of(const struct settings *settings, const char *url,
				 struct arena *arena)
{
	const struct option_value *data = &settings->values[SETTING_DATA];
	bool is_elsewhere = strcmp(data->text, setting_specs[SETTING_DATA].default_value) != 0;
	bool is_postgresql = *setting_text(settings, SETTING_DATABASE) != '\0';

	return (struct welcome){
		.url = url,
		.program = program_invocation_name,
		.installation = arena_printf(
			arena, "%s%s%s", is_elsewhere ? " --data " : "",
			is_elsewhere ? data->text : "",
			is_postgresql && !getenv("GREFFIER_DATABASE") ? " --database URI" : ""),
		.mail_folder = mail_folder_of(settings, arena),
	};
}

static void places_print(const struct welcome *welcome)
{
	printf("  Base URL  %s\n  Console   %s/admin\n", welcome->url, welcome->url);
	if (*welcome->mail_folder)
		printf("  Mails     are not sent: each becomes a file in %s\n",
		       welcome->mail_folder);
}

static void first_start_print(const struct account_created *created, const struct welcome *welcome)
{
	const char *url = welcome->url, *key = created->api_key;

	printf("Greffier is ready. A demonstration account has been created.\n"
	       "Its credentials are shown only once.\n\n");
	places_print(welcome);
	printf("  E-mail    %s\n  Password  %s\n  API key   %s\n\n"
	       "Next, in another terminal:\n\n",
	       created->email, created->password, key);
	printf("1. Listen for notifications:\n\n"
	       "   %s receive --port 9000 --key my-callback-key\n\n"
	       "2. In a third terminal, register a callback:\n\n"
	       "   curl %s/api/callback -H 'Authorization: Basic %s' \\\n"
	       "     -d "
	       "'{\"url\":\"http://127.0.0.1:9000/"
	       "\",\"key\":\"my-callback-key\",\"events\":[\"PACKAGE_CREATE\"]}'\n\n",
	       welcome->program, url, key);
	printf("3. Create a transaction, and see its notification arrive:\n\n"
	       "   curl %s/api/packages -H 'Authorization: Basic %s' \\\n"
	       "     -d '{\"name\":\"My first transaction\"}'\n",
	       url, key);
}

static void later_start_print(const struct welcome *welcome)
{
	const char *program = welcome->program, *installation = welcome->installation;

	puts("Greffier is ready and uses the data of its last run.\n");
	places_print(welcome);
	printf("\nSign in to the console with the e-mail address and the password of the first\n"
	       "start. For a new password, a new API key, or a new account:\n\n"
	       "   %s user password --email " DEMO_EMAIL "%s\n"
	       "   %s apikey rotate --email " DEMO_EMAIL "%s\n"
	       "   %s account create --name NAME --owner-email E-MAIL%s\n",
	       program, installation, program, installation, program, installation);
}

static bool demo_account_create(struct session *session, const struct installation *installation,
				const struct access_config *config, struct arena *arena,
				struct account_created *ret_created, struct error *err)
{
	const struct account_params params = {.name = DEMO_NAME,
					      .owner_email = DEMO_EMAIL,
					      .owner_first_name = "Demo",
					      .owner_last_name = "Owner"};
	const struct context_tools tools = {.keyring = installation->keyring, .config = config};
	const struct context context = context_for_command(&tools, session, arena);

	return account_create(&context, &params, ret_created, err) ||
	       error_wrap(err, "creating the demonstration account");
}

bool demo_welcome(const struct settings *settings, const struct installation *installation,
		  const struct access_config *config, struct arena *arena, struct error *err)
{
	const struct welcome welcome = welcome_of(settings, config->base_url, arena);
	struct account_created created;
	int64_t accounts;

	scoped(session) struct session *session = session_open(installation->store, err);
	if (!session || !account_count(session_db(session), &accounts, err))
		return false;
	if (accounts == 0 &&
	    !demo_account_create(session, installation, config, arena, &created, err))
		return false;
	putchar('\n');
	rule_print();
	if (accounts == 0)
		first_start_print(&created, &welcome);
	else
		later_start_print(&welcome);
	rule_print();
	putchar('\n');
	fflush(stdout);
	return true;
}

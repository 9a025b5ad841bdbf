/* demo.c – see demo.h. */
#include "cli/demo.h"

#include <stdio.h>

#include "access/accounts.h"
#include "store/account_store.h"
#include "store/store_clock.h"

#define DEMO_NAME "Demonstration"
#define DEMO_EMAIL "owner@demo.example"

static void rule_print(void)
{
	puts("--------------------------------------------------------------------------------");
}

static void first_start_print(const struct account_created *created, const char *url)
{
	putchar('\n');
	rule_print();
	printf("Greffier is ready. A demonstration account has been created.\n"
	       "Its credentials are shown only now.\n\n"
	       "  Base URL  %s\n"
	       "  E-mail    %s\n"
	       "  Password  %s\n"
	       "  Console   %s/admin\n"
	       "  API key   %s\n\n"
	       "Next, in another terminal:\n\n",
	       url, created->email, created->password, url, created->api_key);
	printf("1. Listen for notifications:\n\n"
	       "   build/greffier receive --port 9000 --key my-callback-key\n\n"
	       "2. In a third one, ask for them:\n\n"
	       "   curl %s/api/callback -H 'Authorization: Basic %s' \\\n"
	       "     -d "
	       "'{\"url\":\"http://127.0.0.1:9000/"
	       "\",\"key\":\"my-callback-key\",\"events\":[\"PACKAGE_CREATE\"]}'\n\n"
	       "3. Create a transaction, and see its notification arrive:\n\n"
	       "   curl %s/api/packages -H 'Authorization: Basic %s' \\\n"
	       "     -d '{\"name\":\"My first transaction\"}'\n",
	       url, created->api_key, url, created->api_key);
	rule_print();
	putchar('\n');
}

static void later_start_print(const char *url)
{
	putchar('\n');
	rule_print();
	printf("Greffier is ready, with the data of its last run.\n\n"
	       "  Base URL  %s\n"
	       "  Console   %s/admin\n\n"
	       "The credentials were shown at first start. For new ones, or a new account\n"
	       "(add --data FOLDER if the server has DATA=FOLDER):\n\n"
	       "   build/greffier user password --email " DEMO_EMAIL "\n"
	       "   build/greffier apikey rotate --email " DEMO_EMAIL "\n"
	       "   build/greffier account create --name NAME --owner-email E-MAIL\n",
	       url, url);
	rule_print();
	putchar('\n');
}

bool demo_welcome(const struct installation *installation, const struct access_config *config,
		  struct arena *arena, struct error *err)
{
	const char *base_url = config->base_url;
	const struct account_params params = {.name = DEMO_NAME,
					      .owner_email = DEMO_EMAIL,
					      .owner_first_name = "Demo",
					      .owner_last_name = "Owner"};
	struct account_created created;
	int64_t accounts;

	scoped(session) struct session *session = session_open(installation->store, err);
	if (!session || !account_count(session_db(session), &accounts, err))
		return false;
	if (accounts > 0) {
		later_start_print(base_url);
	} else {
		const struct access_service service = {
			.session = session,
			.keyring = installation->keyring,
			.config = config,
			.arena = arena,
			.now = session_now(session),
			.queue_now = session_queue_now(session),
			.is_operator = true,
			.account = "",
			.address = "",
		};
		if (!account_create(&service, &params, &created, err))
			return error_wrap(err, "creating the demonstration account");
		first_start_print(&created, base_url);
	}
	fflush(stdout);
	return true;
}

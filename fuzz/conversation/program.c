/* program.c – see program.h. */
#include "conversation/program.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "access/credentials/api_keys.h"
#include "base/ensure.h"
#include "base/log.h"
#include "cli/command.h"
#include "crypto/random.h"
#include "store/account_store.h"

#define START_WAIT_MS 30000

static struct {
	char folder[64];
	char listen[32];
	pthread_t thread;
	unsigned port;
	struct arena *arena;
	struct settings settings;
	struct installation installation;
	struct access_config access;
	struct session *session;
} program;

/* Short time limits: a conversation waits for receivers. No rate limit: it comes from one address.
 */
static const char *const arguments[] = {
	"--delivery-timeout",
	"80",
	"--delivery-connect-timeout",
	"80",
	"--token-rate",
	"0",
	"--workers",
	"2",
	"--drain-timeout",
	"1",
};

static unsigned free_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ensure(probe >= 0 && bind(probe, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	       getsockname(probe, (struct sockaddr *)&address, &size) == 0);
	close(probe);
	return ntohs(address.sin_port);
}

static void *serve(void *arg)
{
	char *argv[32] = {(char *)(uintptr_t) "greffier", (char *)(uintptr_t) "serve",
			  (char *)(uintptr_t) "--data",	  program.folder,
			  (char *)(uintptr_t) "--listen", program.listen};
	int argc = 6;

	for (size_t i = 0; i < ARRAY_SIZE(arguments); i++)
		argv[argc++] = (char *)(uintptr_t)arguments[i];
	ensure(cli_main(argc, argv) == 0);
	return arg;
}

static bool answers(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((uint16_t)program.port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool connected = connect(probe, (struct sockaddr *)&address, sizeof(address)) == 0;

	close(probe);
	return connected;
}

/* Opens the same installation beside the server, as the command line does. */
static void installation_share(void)
{
	char *argv[] = {(char *)(uintptr_t) "--data", program.folder};
	const struct option_table table = settings_table(&program.settings);
	struct error err = {0};

	program.arena = arena_new();
	bool ok = options_parse(&table, 1, program.arena, 2, argv, &err) &&
		  installation_open(&program.settings, program.arena, NULL, NULL, NULL,
				    &program.installation, &err) &&
		  access_config_read(&program.settings, program.arena, "http://127.0.0.1",
				     &program.access, &err);
	program.session = ok ? session_open(program.installation.store, &err) : NULL;
	if (!program.session)
		log_error("fuzz", "%s", err.technical);
	ensure(program.session);
}

static int entry_remove(const char *path, const struct stat *facts, int what, struct FTW *where)
{
	return remove(path);
}

static void program_stop(void)
{
	session_close(program.session);
	installation_close(&program.installation);
	arena_free(program.arena);
	raise(SIGTERM);
	pthread_join(program.thread, NULL);
	nftw(program.folder, entry_remove, 8, FTW_DEPTH | FTW_PHYS);
}

unsigned program_start(void)
{
	const char *memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

	crypto_start();
	snprintf(program.folder, sizeof(program.folder), "%s/greffier-fuzz-XXXXXX", memory);
	ensure(mkdtemp(program.folder));
	program.port = free_port();
	snprintf(program.listen, sizeof(program.listen), "127.0.0.1:%u", program.port);
	ensure(pthread_create(&program.thread, NULL, serve, NULL) == 0);
	for (int waited = 0; !answers(); waited += 20) {
		ensure(waited < START_WAIT_MS);
		usleep(20000);
	}
	installation_share();
	ensure(atexit(program_stop) == 0);
	return program.port;
}

/* ---- accounts ---- */

static struct user user_of(struct arena *arena, const char *account, const char *type)
{
	char uid[USER_UID_LENGTH + 1];

	random_base62(uid, USER_UID_LENGTH);
	return (struct user){
		.account = account,
		.uid = arena_strdup(arena, uid),
		.email = arena_printf(arena, "%s@fuzz.example", uid),
		.first_name = "F",
		.last_name = "Uzz",
		.title = "",
		.phone = "",
		.company = "",
		.language = "en",
		.status = "ACTIVE",
		.type = type,
		.profile = "{}",
		.password_hash = "", /* hashing takes a tenth of a second: nobody signs in */
		.created = wall_now(),
		.updated = wall_now(),
		.activated = wall_now(),
	};
}

struct party program_party(struct arena *arena)
{
	char id[ACCOUNT_ID_LENGTH + 1];
	struct error err = {0};
	struct party party = {0};

	random_base62(id, ACCOUNT_ID_LENGTH);
	party.account = arena_strdup(arena, id);
	const struct user owner = user_of(arena, party.account, "MANAGER");
	const struct user member = user_of(arena, party.account, "REGULAR");
	party.owner = owner.uid;
	party.member = member.uid;
	const struct account account = {
		.id = party.account,
		.name = "Fuzz",
		.owner = owner.uid,
		.parent = "",
		.features = ~0u,
		.accepted_methods = ACCEPT_ALL,
		.leak_policy = "NOTIFY",
		.system_settings = "{}",
		.created = wall_now(),
	};
	const struct context_tools tools = {.keyring = program.installation.keyring,
					    .config = &program.access};
	const struct context installation = context_for_command(&tools, program.session, arena);
	const struct context context = context_about(&installation, party.account);
	scoped(txn) struct txn *txn = txn_begin(program.session, &err);
	ensure(txn && account_insert(txn_db(txn), &account, &err) &&
	       user_insert(txn_db(txn), &owner, &err) && user_insert(txn_db(txn), &member, &err) &&
	       api_key_make_new(&context, txn_db(txn), account.id, owner.uid, &party.owner_key,
				&err) &&
	       api_key_make_new(&context, txn_db(txn), account.id, member.uid, &party.member_key,
				&err) &&
	       txn_commit(&txn, &err));
	return party;
}

/* serve_command.c – `greffier serve`: builds the parts, hands them down, runs the loop, takes them
 * apart. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/thread.h>

#include "access/credentials/client_apps.h"
#include "access/steps.h"
#include "api/api.h"
#include "base/ensure.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/demo.h"
#include "cli/http_settings.h"
#include "cli/listen_address.h"
#include "cli/paperwork_settings.h"
#include "cli/pool_settings.h"
#include "crypto/pem.h"
#include "crypto/random.h"
#include "mail/sender.h"
#include "notify/steps.h"
#include "outbound/outbound.h"
#include "signing/steps.h"
#include "store/store_clock.h"

/* The parts of a running server, in the order they are built; taken apart the other way round. */
struct server {
	const struct settings *settings;
	struct listen_address listen;
	char node[17]; /* this process, in leases */
	struct guard_self self;
	struct identity_cache *cache;
	struct rate_limit *limits;
	struct installation installation;
	struct access_config access;
	struct usage *usage;
	struct token_registry *registry;
	struct outbound *outbound;
	struct mail_sender *mail_sender;
	struct notify_steps notify_steps;
	struct clockwork *clockwork;
	struct paperwork *paperwork;
	struct api *api;
	struct loop *loop;
	struct http_server *http;
	struct event *signals[3];
	bool draining;
	atomic_bool lost; /* the data folder is gone: docs/guide/operation.md */
	/* Commits are announced from any thread, before the parts stand and after they are gone. */
	pthread_mutex_t topic_lock;
	bool listening;
};

static void topic_pass_on(struct server *server, enum store_topic topic)
{
	switch (topic) {
	case STORE_TOPIC_DUE:
		outbound_wake(server->outbound);
		api_events_appended(server->api);
		break;
	case STORE_TOPIC_EVENT:
		api_events_appended(server->api);
		break;
	case STORE_TOPIC_ENDPOINT:
		outbound_endpoints_changed(server->outbound);
		break;
	case STORE_TOPIC_ACCESS:
		identity_cache_drop(server->cache);
		token_registry_drop(server->registry);
		api_access_changed(server->api);
		break;
	case STORE_TOPIC_MAIL:
		mail_sender_wake(server->mail_sender);
		break;
	case STORE_TOPIC_CLOCKWORK:
	case STORE_TOPIC_COUNT:
		break;
	}
	clockwork_call(server->clockwork, topic);
}

static void on_topic(enum store_topic topic, void *arg)
{
	struct server *server = arg;

	pthread_mutex_lock(&server->topic_lock);
	if (server->listening)
		topic_pass_on(server, topic);
	pthread_mutex_unlock(&server->topic_lock);
}

static void on_drained(void *arg)
{
	struct server *server = arg;
	loop_break(server->loop);
}

/* Of a server whose data folder is gone: how long callers are told so (503, /readyz); then for what
 * is under way; and for all of it. */
#define LOST_SHOWN_S 3
#define LOST_PATIENCE_S 2
#define LOST_LIMIT_S 9

static void stop_begin(struct server *server, struct duration patience)
{
	if (server->draining)
		return;
	server->draining = true;
	api_end_waits(server->api);
	http_server_drain(server->http, patience, on_drained, server);
}

static void on_lost_shown(evutil_socket_t none, short what, void *arg)
{
	stop_begin(arg, duration_s(LOST_PATIENCE_S));
}

static void lost_stop(void *arg)
{
	struct server *server = arg;
	const struct timeval shown = {.tv_sec = LOST_SHOWN_S};

	if (event_base_once(loop_base(server->loop), -1, EV_TIMEOUT, on_lost_shown, server,
			    &shown) != 0)
		stop_begin(server, duration_s(LOST_PATIENCE_S));
}

static void listening_set(struct server *server, bool listening)
{
	pthread_mutex_lock(&server->topic_lock);
	server->listening = listening;
	pthread_mutex_unlock(&server->topic_lock);
	/* What was announced while the parts were built. */
	for (int topic = 0; listening && topic < STORE_TOPIC_COUNT; topic++)
		on_topic((enum store_topic)topic, server);
	if (listening && atomic_load(&server->lost))
		loop_post(server->loop, lost_stop, server);
}

/* Standard error is the log (base/log.h); a log file takes its place. */
static bool log_open(const struct settings *settings, struct error *err)
{
	const char *path = setting_text(settings, SETTING_LOG_FILE);

	if (!*path)
		return true;
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	if (fd < 0 || dup2(fd, STDERR_FILENO) < 0)
		return error_set(err, ERROR_CONFIGURATION, "--log-file: cannot open %s: %s", path,
				 strerror(errno));
	close(fd);
	return true;
}

static void on_hangup(evutil_socket_t signal_number, short what, void *arg)
{
	struct server *server = arg;
	struct error err = {0};

	if (!log_open(server->settings, &err))
		log_error("server", "%s", err.technical);
	if (!http_server_reload_tls(server->http, &err))
		log_error("server",
			  "the certificate was not reloaded and the old one stays in use: %s",
			  err.technical);
	log_info("server", "log file and certificate reloaded (SIGHUP)");
}

static void on_terminate(evutil_socket_t signal_number, short what, void *arg)
{
	struct server *server = arg;

	if (!server->draining)
		log_info("server", "stopping: waiting for requests and deliveries in progress (%s)",
			 strsignal((int)signal_number));
	stop_begin(server, duration_s(setting_number(server->settings, SETTING_DRAIN_TIMEOUT)));
}

/* Whatever holds the stop up: nobody must go on believing in this server. */
static void *lost_limit(void *arg)
{
	sleep(LOST_LIMIT_S);
	log_error("server", "did not stop within %d s after losing its data folder: ending now",
		  LOST_LIMIT_S);
	_exit(error_exit_code(ERROR_STORE_GONE));
}

static void on_gone(void *arg)
{
	struct server *server = arg;
	pthread_t thread;

	log_error("store",
		  "the data folder %s is gone (deleted, renamed or unmounted): nothing can "
		  "be stored, calls are answered 503, and the server stops",
		  setting_text(server->settings, SETTING_DATA));
	atomic_store(&server->lost, true);
	if (pthread_create(&thread, NULL, lost_limit, NULL) == 0)
		pthread_detach(thread);
	pthread_mutex_lock(&server->topic_lock);
	if (server->listening)
		loop_post(server->loop, lost_stop, server);
	pthread_mutex_unlock(&server->topic_lock);
}

static bool signals_catch(struct server *server, struct error *err)
{
	static const struct {
		int number;
		event_callback_fn handler;
	} caught[] = {{SIGTERM, on_terminate}, {SIGINT, on_terminate}, {SIGHUP, on_hangup}};

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file at its limit is an error like a full disk */
	for (size_t i = 0; i < ARRAY_SIZE(caught); i++) {
		server->signals[i] = evsignal_new(loop_base(server->loop), caught[i].number,
						  caught[i].handler, server);
		if (!server->signals[i] || event_add(server->signals[i], NULL) != 0)
			return error_set(err, ERROR_IO, "cannot catch signals");
	}
	return true;
}

static bool listen_is_acceptable(const struct server *server, struct error *err)
{
	const struct settings *settings = server->settings;
	bool tls = *setting_text(settings, SETTING_TLS_CERTIFICATE) != '\0';

	if (tls != (*setting_text(settings, SETTING_TLS_KEY) != '\0'))
		return error_set(err, ERROR_USAGE, "--tls-certificate and --tls-key go together");
	if (!tls && !server->listen.is_loopback &&
	    !setting_is_on(settings, SETTING_ALLOW_PLAIN_HTTP, false))
		return error_set(
			err, ERROR_USAGE,
			"--listen %s is not loopback: give --tls-certificate and --tls-key, or "
			"--allow-plain-http when a proxy does TLS",
			setting_text(settings, SETTING_LISTEN));
	return true;
}

/* Who listens on loopback only is developing: then receivers on this machine may be reached, over
 * http too. All else needs the operator's word. */
static struct guard guard_of(const struct server *server)
{
	const struct settings *settings = server->settings;
	const bool development = server->listen.is_loopback;
	bool https = setting_is_on(settings, SETTING_REQUIRE_HTTPS_TARGETS, !development);
	bool http_anywhere = !setting_is_on(settings, SETTING_REQUIRE_HTTPS_TARGETS, true);

	return (struct guard){
		.allow_loopback = setting_is_on(settings, SETTING_ALLOW_PRIVATE_TARGETS,
						development),
		.allow_private = setting_is_on(settings, SETTING_ALLOW_PRIVATE_TARGETS, false),
		.plain_http = http_anywhere ? PLAIN_HTTP_ANYWHERE
			      : https	    ? PLAIN_HTTP_NOWHERE
					    : PLAIN_HTTP_TO_LOOPBACK,
	};
}

static bool outbound_build(struct server *server, struct error *err)
{
	const struct settings *settings = server->settings;
	const char *authorities = setting_text(settings, SETTING_CA_CERTIFICATES);

	if (*authorities && !pem_file_is_readable(authorities))
		return error_set(err, ERROR_CONFIGURATION,
				 "--ca-certificates %s: not a file with certificates in PEM",
				 authorities);
	random_hex(server->node, 16);
	struct outbound_config config = {
		.store = server->installation.store,
		.keyring = server->installation.keyring,
		.node = server->node,
		.in_flight_limit = (unsigned)setting_number(settings, SETTING_IN_FLIGHT_LIMIT),
		.connect_timeout = duration_ms(
			setting_number(settings, SETTING_DELIVERY_CONNECT_TIMEOUT)),
		.request_timeout = duration_ms(setting_number(settings, SETTING_DELIVERY_TIMEOUT)),
		.guard = guard_of(server),
		.proxy = setting_text(settings, SETTING_DELIVERY_PROXY),
		.ca_certificates = authorities,
		.user_agent = setting_text(settings, SETTING_USER_AGENT),
		.disable_after = duration_s(setting_number(settings, SETTING_DISABLE_AFTER) *
					    86400),
		.retry_scale = (double)setting_number(settings, SETTING_RETRY_SCALE),
	};
	if (!setting_networks(settings, SETTING_ALLOW_TARGET_NETWORKS, &config.guard.networks, err))
		return false;
	if (!guard_self_read(&server->self, server->listen.address, server->listen.port,
			     setting_text(settings, SETTING_BASE_URL)))
		return error_set(err, ERROR_CONFIGURATION, "--listen: not an address");
	server->self.has_tls = *setting_text(settings, SETTING_TLS_CERTIFICATE) != '\0';
	config.guard.self = &server->self;
	server->outbound = outbound_start(&config, err);
	return server->outbound != NULL;
}

static bool mail_sender_build(struct server *server, struct arena *arena, struct error *err)
{
	const struct settings *settings = server->settings;
	struct mail_sender_config config = {
		.store = server->installation.store,
		.keyring = server->installation.keyring,
		.smtp_url = setting_text(settings, SETTING_SMTP_URL),
		.smtp_user = setting_text(settings, SETTING_SMTP_USER),
		.from = setting_text(settings, SETTING_MAIL_FROM),
		.folder = mail_folder_of(settings, arena),
		.retry_scale = (double)setting_number(settings, SETTING_RETRY_SCALE),
	};
	if (!mail_folder_make(settings, arena, err) ||
	    !smtp_password_read(settings, arena, &config.smtp_password, err))
		return false;
	server->mail_sender = mail_sender_start(&config, err);
	return server->mail_sender != NULL;
}

static struct retention_config retention_of(const struct settings *settings)
{
	return (struct retention_config){
		.days = {[RETENTION_EVENTS] = setting_number(settings, SETTING_RETAIN_EVENTS),
			 [RETENTION_DELIVERIES] = setting_number(settings,
								 SETTING_RETAIN_DELIVERIES),
			 [RETENTION_REPLAYS] = setting_number(settings, SETTING_RETAIN_REPLAYS),
			 [RETENTION_MAILS] = setting_number(settings, SETTING_RETAIN_MAILS),
			 [RETENTION_REQUESTS] = setting_number(settings, SETTING_RETAIN_REQUESTS)}};
}

static bool clockwork_build(struct server *server, struct error *err)
{
	server->notify_steps = (struct notify_steps){.keyring = server->installation.keyring,
						     .retention = retention_of(server->settings)};
	server->clockwork = clockwork_new(server->installation.store, err);
	if (!server->clockwork)
		return false;
	access_steps_add(server->clockwork);
	notify_steps_add(&server->notify_steps, server->clockwork);
	signing_steps_add(server->clockwork, server->installation.keyring);
	return clockwork_start(server->clockwork, err);
}

/* What checking credentials needs; before anything serves. */
static bool access_build(struct server *server, struct arena *arena, struct error *err)
{
	if (!access_config_read(server->settings, arena, "", &server->access, err))
		return false;
	server->limits = rate_limit_new();
	server->registry = token_registry_new(server->installation.keyring,
					      server->installation.store);
	identity_cache_follow(server->cache, server->installation.store);
	server->usage = usage_start(server->installation.store, err);
	return server->usage != NULL;
}

static bool paperwork_build(struct server *server, struct error *err)
{
	struct paperwork_config config;

	paperwork_settings_read(server->settings, &config);
	server->paperwork = paperwork_start(&config, err);
	return server->paperwork != NULL;
}

static bool api_build(struct server *server, struct error *err)
{
	const struct settings *settings = server->settings;
	struct api_config config = {
		.store = server->installation.store,
		.keyring = server->installation.keyring,
		.authenticator = {.keyring = server->installation.keyring,
				  .config = &server->access,
				  .cache = server->cache,
				  .registry = server->registry,
				  .limits = server->limits,
				  .usage = server->usage},
		.retention = retention_of(settings),
		.body_limit = (size_t)setting_number(settings, SETTING_BODY_LIMIT),
		.standing_limit = (unsigned)setting_number(settings, SETTING_STREAMS_LIMIT),
		.prober = {outbound_probe, server->outbound},
		.turns = {outbound_turn, server->outbound},
		.judge = paperwork_judge(server->paperwork),
		.data_folder = setting_text(settings, SETTING_DATA),
	};
	pool_settings_read(settings, store_is_postgresql(config.store), config.pools);
	config.loop = server->loop = loop_new("http", err);
	if (!server->loop)
		return false;
	server->api = api_start(&config, err);
	return server->api != NULL;
}

static bool http_build(struct server *server, struct error *err)
{
	const struct settings *settings = server->settings;
	struct http_server_config config;

	if (!http_settings_read(settings, &server->listen, &config, err))
		return false;
	config.on_head = api_on_head;
	config.on_request = api_on_request;
	config.arg = server->api;
	server->http = http_server_new(server->loop, &config, err);
	if (!server->http)
		return false;
	server->listen.port = http_server_port(server->http); /* the system may have chosen it */
	atomic_store(&server->self.port, server->listen.port);
	return signals_catch(server, err);
}

static bool server_build(struct server *server, struct arena *arena, struct error *err)
{
	return listen_address_parse(setting_text(server->settings, SETTING_LISTEN), &server->listen,
				    err) &&
	       listen_is_acceptable(server, err) && log_open(server->settings, err) &&
	       installation_open(server->settings, arena, on_topic, on_gone, server,
				 &server->installation, err) &&
	       access_build(server, arena, err) && outbound_build(server, err) &&
	       mail_sender_build(server, arena, err) && clockwork_build(server, err) &&
	       paperwork_build(server, err) && api_build(server, err) && http_build(server, err);
}

static void server_take_apart(struct server *server)
{
	struct duration patience = duration_s(
		atomic_load(&server->lost)
			? LOST_PATIENCE_S
			: setting_number(server->settings, SETTING_DRAIN_TIMEOUT));

	listening_set(server, false);
	for (size_t i = 0; i < ARRAY_SIZE(server->signals); i++) {
		if (server->signals[i])
			event_free(server->signals[i]);
	}
	/* Who holds exchanges ends before the HTTP server: the workers, and then whoever they have
	 * asked for a probe. */
	api_stop(server->api);
	paperwork_stop(server->paperwork);
	clockwork_stop_and_free(server->clockwork);
	outbound_stop_and_free(server->outbound, patience);
	http_server_free(server->http);
	api_free(server->api);
	loop_free(server->loop);
	usage_stop_and_free(server->usage);
	mail_sender_stop_and_free(server->mail_sender);
	installation_close(&server->installation);
	token_registry_free(server->registry);
	rate_limit_free(server->limits);
	identity_cache_free(server->cache);
	libevent_global_shutdown();
}

/* A server that cannot write still serves readers. */
static void apps_to_confirm_name(const struct server *server)
{
	struct error err = {0};
	scoped(session) struct session *session = session_open(server->installation.store, &err);

	if (!session || !client_apps_to_confirm_log(session, session_now(session), &err))
		log_warn("server", "%s: %s", error_message(err.code), err.technical);
}

static void on_unknown_variable(const char *name, const char *meant)
{
	log_warn("server", "environment variable %.60s is not a setting%s%s%s", name,
		 meant ? "; did you mean " : "", meant ? meant : "", meant ? "?" : "");
}

static bool serve_run(const struct settings *settings, const struct option_value *options,
		      struct arena *arena, struct error *err)
{
	struct server server = {.settings = settings, .topic_lock = PTHREAD_MUTEX_INITIALIZER};

	ensure(evthread_use_pthreads() == 0);
	options_unknown_environment(
		&(struct option_table){setting_specs, SETTING_COUNT, NULL, true}, arena,
		on_unknown_variable);
	server.cache = identity_cache_new();
	bool ok = server_build(&server, arena, err);
	const char *url = base_url_of(
		settings, arena,
		arena_printf(arena, "%s:%u", server.listen.shown_address, server.listen.port));
	server.access.base_url = url; /* the port is known now, and nothing is served yet */
	atomic_store(&server.self.shown_url, url);
	if (ok)
		listening_set(&server, true);
	if (ok && setting_is_on(settings, SETTING_DEMO, false))
		ok = demo_welcome(settings, &server.installation, &server.access, arena, err);
	if (ok)
		apps_to_confirm_name(&server);
	if (ok) {
		log_info("server", "greffier %s serves %s (%s), listening on %s:%u",
			 GREFFIER_VERSION, url,
			 store_is_postgresql(server.installation.store) ? "PostgreSQL" : "SQLite",
			 server.listen.shown_address, server.listen.port);
		loop_run(server.loop);
	}
	server_take_apart(&server);
	if (ok)
		log_info("server", "stopped");
	if (ok && atomic_load(&server.lost))
		return error_set(err, ERROR_STORE_GONE, NULL);
	return ok;
}

const struct command serve_command = {
	.name = "serve",
	.summary = "Run the server.",
	.takes_settings = true,
	.run = serve_run,
};

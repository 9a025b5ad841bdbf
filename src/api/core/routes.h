/* routes.h – every route of the server, in one table. openapi/openapi.yaml describes the same ones
 * (routes_test.c). Inside src/api only. */
#ifndef GREFFIER_API_ROUTES_H
#define GREFFIER_API_ROUTES_H

#include <stddef.h>

#include "api/core/call.h"
#include "api/core/pools.h"

enum route_flags {
	ROUTE_PUBLIC = 1,      /* needs no credentials */
	ROUTE_FROM_MEMORY = 2, /* tried on the loop first, without a session */
	ROUTE_SIGNER = 4,      /* a signer's session may call it */
	ROUTE_SENDER = 8,      /* a session bound to one of a sender's packages may call it */
	ROUTE_OWNER = 16,      /* the account's owner only */
	ROUTE_SAME_SITE = 32,  /* not from another site's page, credentials or not */
	ROUTE_OAUTH = 64,      /* errors have RFC 6749's members too */
	ROUTE_WAITS = 128,     /* may wait for something: call_wait */
	ROUTE_GUESSES = 8192,  /* strangers try passwords: limited by address before a thread is taken */
	ROUTE_CAUSES_NOTHING = 32768, /* raises no event, whoever calls: a notification may come here */
	ROUTE_OPERATOR = 16384, /* an operator only (access/accounts/operators.h), and nobody in an account */
	ROUTE_WITHOUT_STORE = 4096, /* answered even when the data folder is gone */
};

/* Whose session may call it, whatever it is bound to. */
#define ROUTE_ANY_SESSION (ROUTE_SIGNER | ROUTE_SENDER)
#define NO_SCOPE SCOPE_COUNT
#define NO_PERMISSION PERMISSION_COUNT

/* What a route's body may hold, and so its limits: they are checked before the body is read (docs/reference/limits.md). */
enum body_class {
	BODY_SMALL,        /* none, or a few members */
	BODY_CREDENTIALS,  /* credentials and forms; UTF-16 counts as the UTF-8 it stands for */
	BODY_DEFAULT,
	BODY_CERTIFICATES, /* endpoints, with certificates and keys */
	BODY_LIST,         /* many events or leak reports */
	BODY_PACKAGE,      /* packages, roles, approvals, metadata of documents */
	BODY_DOCUMENTS,    /* contents of documents */
};

struct body_kind {
	size_t limit;  /* bytes; 0: --body-limit */
	size_t values; /* that JSON may hold: base/json.h */
	bool may_be_utf16; /* the limit counts UTF-8, the raw body may be twice as long */
};
extern const struct body_kind body_kinds[];

struct api_route {
	enum http_method method;
	const char *pattern;
	call_handler *handler;
	unsigned flags;
	enum scope scope;           /* that a client app's token must have; NO_SCOPE: none */
	enum permission permission; /* that the user must have; NO_PERMISSION: none */
	enum body_class body;
	enum route_pool pool;       /* whose threads run it */
};

extern const struct api_route api_routes[];
extern const size_t api_route_count;

/* The handlers, by resource. */
call_handler on_health_live, on_health_ready, on_sysinfo_get;                   /* health_api.c */
call_handler on_home, on_icon, on_login_page, on_login_style, on_login_script, on_console_page,
	on_console_asset;                                                       /* pages_api.c */
call_handler on_tokens_post;                                                    /* tokens_api.c */
call_handler on_oauth_token, on_oauth_jwks, on_oauth_revoke, on_oauth_introspect,
	on_oauth_metadata;                                                      /* oauth_api.c */
const char *oauth_error_name(enum error_code code); /* of RFC 6749 section 5.2 */
call_handler on_auth_get, on_authentication_token_user, on_authentication_token_sender,
	on_authentication_token_signer, on_authentication_token_signer_once,
	on_sessions_post;                                                       /* authentication_tokens_api.c */
call_handler on_session_get, on_visitor_get, on_session_post, on_session_delete, on_sessions_delete,
	on_password_forgotten, on_password_post, on_second_factor_post, on_second_factor_put,
	on_second_factor_delete;                                                /* session_api.c */
call_handler on_own_sessions_get, on_own_sessions_delete, on_own_session_delete; /* own_sessions_api.c */
call_handler on_senders_get, on_senders_post, on_sender_get, on_sender_post, on_sender_delete,
	on_sender_invite, on_sender_password, on_sender_reset, on_sender_sign_out;
call_handler on_delegates_get, on_delegates_put, on_delegates_delete, on_delegate_post,
	on_delegate_delete;                                                     /* senders_api.c */
call_handler on_roles_get, on_roles_post, on_role_get, on_role_put, on_role_delete,
	on_role_users_get, on_sender_roles_get, on_sender_roles_post;           /* roles_api.c */
call_handler on_subaccounts_get, on_subaccounts_post, on_subaccount_get, on_subaccount_put, on_subaccount_keys_get,
	on_accessible_accounts_get, on_system_settings_get, on_system_settings_patch,
	on_system_settings_delete, on_authentication_settings_get,
	on_authentication_settings_put;                                         /* accounts_api.c */
call_handler on_client_apps_get, on_client_apps_post, on_client_app_get, on_client_app_put,
	on_client_app_renew, on_client_app_retire_secret, on_client_app_collect,
	on_client_app_take_over, on_client_app_delete, on_sender_client_apps_get;                                              /* client_apps_api.c */
call_handler on_client_apps_usage_get, on_client_app_usage_get, on_client_app_calls_get,
	on_client_app_calls_export;                                             /* client_app_usage_api.c */
call_handler on_api_keys_get, on_api_key_reveal;                                /* api_keys_api.c */
call_handler on_dlp_rules_get, on_dlp_fingerprints_get, on_dlp_reports_get, on_dlp_reports_post,
	on_dlp_verify_post;                                                     /* dlp_api.c */
call_handler on_audit_get, on_audit_verification_get, on_audit_export;          /* audit_api.c */
call_handler on_history_get, on_history_undo;                                  /* history_api.c */
call_handler on_operator_session_get, on_operator_visitor_get, on_operator_session_post, on_operator_session_delete,
	on_operated_accounts_get, on_operated_accounts_post, on_operated_account_get,
	on_operated_account_patch;                                              /* operator_api.c */
call_handler on_operator_queues_get, on_operator_mails_get, on_operator_mail_retry,
	on_operator_mail_cancel, on_operator_system_get;                        /* operation_api.c */
call_handler on_packages_post, on_packages_get, on_package_get, on_package_put, on_package_delete,
	on_document_pdf_get;                                                    /* packages_api.c */
call_handler on_package_roles_get, on_package_roles_post, on_package_roles_put, on_package_role_get, on_package_role_put,
	on_package_role_delete, on_package_role_unlock;                         /* package_roles_api.c */
call_handler on_approvals_post, on_approvals_put, on_approval_get, on_approval_put, on_approval_delete,
	on_fields_post, on_field_get, on_field_put, on_field_delete, on_field_conditions_put,
	on_document_fields_post, on_document_fields_put, on_document_field_get, on_document_field_put,
	on_document_field_delete, on_signer_approvals_get, on_document_signer_approvals_get,
	on_referenced_conditions_get, on_field_summary_get, on_signing_status_get; /* approvals_api.c */
call_handler on_callback_get, on_callback_post, on_connector_get, on_connector_post; /* callback_api.c */
call_handler on_endpoints_get, on_endpoints_post, on_endpoint_get, on_endpoint_put, on_endpoint_delete,
	on_endpoint_pause, on_endpoint_resume, on_endpoint_disable, on_endpoint_enable,
	on_endpoint_rotate, on_endpoints_health;                                                     /* endpoints_api.c */
call_handler on_endpoint_test, on_endpoint_check, on_probes_post;               /* probes_api.c */
call_handler on_catchers_get, on_catchers_post, on_catcher_get, on_catcher_put, on_catcher_delete,
	on_caught_get, on_catch;                                                /* catchers_api.c */
call_handler on_deliveries_get, on_deliveries_export, on_deliveries_failures, on_delivery_get, on_delivery_resend, on_delivery_retry,
	on_delivery_cancel;                                                     /* deliveries_api.c */
call_handler on_replays_get, on_replays_post, on_replay_get, on_replay_cancel;  /* replays_api.c */
call_handler on_events_get, on_event_stream_get, on_event_types_get, on_event_types_last; /* events_api.c */
call_handler on_transactions_get, on_statistics_get, on_events_post, on_event_expunge, on_manifests_get, on_signing_keys_get,
	on_signing_keys_post, on_public_keys_get, on_retention_get,
	on_retention_put;                                                       /* records_api.c */

#endif

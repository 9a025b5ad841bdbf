/* oauth_words.h – words of OAuth 2.0 that go over the wire, each once: RFC 6749 for requests and answers, RFC 7521 section 4.2 for
 * assertions, RFC 9068 section 2.2 for claims of access tokens. */
#ifndef GREFFIER_BASE_OAUTH_WORDS_H
#define GREFFIER_BASE_OAUTH_WORDS_H

#define OAUTH_GRANT_TYPE "grant_type"
#define OAUTH_CLIENT_CREDENTIALS "client_credentials"
#define OAUTH_CLIENT_ID "client_id"
#define OAUTH_CLIENT_SECRET "client_secret"
#define OAUTH_CLIENT_ASSERTION "client_assertion"
#define OAUTH_CLIENT_ASSERTION_TYPE "client_assertion_type"
#define OAUTH_SCOPE "scope"
#define OAUTH_ACCESS_TOKEN "access_token"
#define OAUTH_TOKEN_TYPE "token_type"
#define OAUTH_EXPIRES_IN "expires_in"
#define OAUTH_ERROR_DESCRIPTION "error_description"
#define OAUTH_INVALID_CLIENT "invalid_client"

#endif

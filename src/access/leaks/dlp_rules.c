/* dlp_rules.c – one table of what there is to find, written in each scanner's own form. */
#include "access/leaks/dlp_rules.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/ensure.h"
#include "base/macros.h"
#include "base/text.h"
#include "crypto/credential.h"
#include "crypto/digest.h"

const char dlp_rule_formats[] =
	"gitleaks, trufflehog, github, secretlint, secretlint-rule, purview or regex";

/* Something a scanner looks for. */
struct pattern {
	const char *id;	     /* "greffier-client-secret" */
	const char *name;    /* for people */
	const char *regex;   /* of the whole, without what stands around it */
	const char *keyword; /* a fixed text in each find; may be one of several */
	bool has_checksum;   /* the last six characters are the CRC32 of all before, in base 62 */
};
#define PATTERNS_MAX 64

struct patterns {
	struct pattern list[PATTERNS_MAX];
	size_t count;
};

static const struct {
	enum credential_kind kind;
	const char *id, *name;
} kinds[] = {
	{CREDENTIAL_CLIENT_ID, "greffier-client-id", "Greffier client id"},
	{CREDENTIAL_CLIENT_SECRET, "greffier-client-secret", "Greffier client secret"},
	{CREDENTIAL_API_TOKEN, "greffier-api-token", "Greffier API token"},
	{CREDENTIAL_SESSION, "greffier-session", "Greffier session"},
	{CREDENTIAL_AUTHENTICATION_TOKEN, "greffier-authentication-token",
	 "Greffier authentication token"},
	{CREDENTIAL_PASSWORD_LINK, "greffier-password-link", "Greffier password link"},
	{CREDENTIAL_OPERATOR, "greffier-operator-credential", "Greffier operator credential"},
};

static void add(struct patterns *patterns, struct pattern pattern)
{
	ensure(patterns->count < PATTERNS_MAX);
	patterns->list[patterns->count++] = pattern;
}

/* Base64 of 3n bytes that stand at a place divisible by three: the same in every credential of the
 * kind. */
static const char *fixed_base64(struct arena *arena, const char *text)
{
	ensure(strlen(text) % 3 == 0);
	return base64_encode(arena, text, strlen(text));
}

static void prefix_add(struct arena *arena, struct patterns *patterns, const char *prefix,
		       const char *suffix)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *head = arena_printf(arena, "%s%s", prefix,
						credential_tag(kinds[i].kind));
		add(patterns, (struct pattern){arena_printf(arena, "%s%s", kinds[i].id, suffix),
					       kinds[i].name,
					       arena_printf(arena, "%s[0-9A-Za-z]{%zu}", head,
							    credential_body_width(kinds[i].kind) +
								    CREDENTIAL_CHECKSUM_LENGTH),
					       head, true});
	}
	const char *middle = fixed_base64(arena, arena_printf(arena, ":%sak", prefix));
	add(patterns,
	    (struct pattern){arena_printf(arena, "greffier-api-key%s", suffix), "Greffier API key",
			     arena_printf(arena, "[0-9A-Za-z]{16}%s[0-9A-Za-z]{%zu}", middle,
					  API_KEY_TEXT_LENGTH - 16 - strlen(middle)),
			     middle, false});
	const char *start = fixed_base64(
		arena, arena_printf(arena, "{\"alg\":\"ES256\",\"kid\":\"%sjk", prefix));
	add(patterns,
	    (struct pattern){arena_printf(arena, "greffier-access-token%s", suffix),
			     "Greffier OAuth 2.0 access token",
			     arena_printf(arena,
					  "%s[0-9A-Za-z_-]+[.][0-9A-Za-z_-]+[.][0-9A-Za-z_-]{86}",
					  start),
			     start, false});
}

static void patterns_make(struct arena *arena, const char *prefixes, struct patterns *patterns)
{
	*patterns = (struct patterns){0};
	for (const char *at = prefixes; *at; at += strspn(at, " ")) {
		const char *prefix = arena_strndup(arena, at, strcspn(at, " "));
		/* Rules of former prefixes need ids of their own. */
		if (patterns->count + ARRAY_SIZE(kinds) + 2 <= PATTERNS_MAX)
			prefix_add(arena, patterns, prefix,
				   at == prefixes ? "" : arena_printf(arena, "-%s", prefix));
		at += strlen(prefix);
	}
}

/* ---- the forms ---- */

static const char *gitleaks(struct arena *arena, const struct patterns *patterns)
{
	const char *text = "title = \"Greffier credentials\"\n";

	for (size_t i = 0; i < patterns->count; i++)
		text = arena_printf(arena,
				    "%s\n[[rules]]\nid = \"%s\"\ndescription = \"%s\"\n"
				    "regex = '''(?:^|[^0-9A-Za-z])(%s)(?:[^0-9A-Za-z]|$)'''\n"
				    "secretGroup = 1\nkeywords = [\"%s\"]\n",
				    text, patterns->list[i].id, patterns->list[i].name,
				    patterns->list[i].regex, patterns->list[i].keyword);
	return text;
}

static const char *trufflehog(struct arena *arena, const struct patterns *patterns)
{
	const char *text = "detectors:\n";

	for (size_t i = 0; i < patterns->count; i++)
		text = arena_printf(arena,
				    "%s  - name: %s\n    keywords:\n      - '%s'\n    regex:\n"
				    "      credential: '\\b(%s)\\b'\n",
				    text, patterns->list[i].id, patterns->list[i].keyword,
				    patterns->list[i].regex);
	return text;
}

static const char *json_text_of(struct arena *arena, json_t *json)
{
	char *text = json_dumps(json, JSON_INDENT(2));
	ensure(text);
	const char *kept = arena_printf(arena, "%s\n", text);
	free(text);
	json_decref(json);
	return kept;
}

/* The fields of the form for a custom pattern. */
static const char *github(struct arena *arena, const struct patterns *patterns)
{
	json_t *list = json_array();

	for (size_t i = 0; i < patterns->count; i++)
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s, s:s}", "name", patterns->list[i].name,
					"secretFormat", patterns->list[i].regex, "beforeSecret",
					"\\A|[^0-9A-Za-z]", "afterSecret", "\\z|[^0-9A-Za-z]"));
	return json_text_of(arena, list);
}

/* @secretlint/secretlint-rule-pattern: no checksum. */
static const char *secretlint(struct arena *arena, const struct patterns *patterns)
{
	json_t *list = json_array();

	for (size_t i = 0; i < patterns->count; i++)
		json_array_append_new(
			list, json_pack("{s:s, s:s}", "name", patterns->list[i].id, "pattern",
					arena_printf(arena, "/(?<![0-9A-Za-z])%s(?![0-9A-Za-z])/g",
						     patterns->list[i].regex)));
	return json_text_of(arena, json_pack("{s:[{s:s, s:{s:o}}]}", "rules", "id",
					     "@secretlint/secretlint-rule-pattern", "options",
					     "patterns", list));
}

static const char *regex(struct arena *arena, const struct patterns *patterns, const char *base_url)
{
	json_t *list = json_array();

	for (size_t i = 0; i < patterns->count; i++)
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s, s:b}", "id", patterns->list[i].id, "name",
					patterns->list[i].name, "regex", patterns->list[i].regex,
					"checksum", patterns->list[i].has_checksum));
	return json_text_of(
		arena,
		json_pack(
			"{s:s, s:s, s:s, s:o}", "checksum",
			"Where `checksum` is true: the last six characters are the CRC-32 (the one of "
			"zlib) of all characters before them, as six digits of base 62 (0-9, A-Z, "
			"a-z), most significant first. An API key is base64 of <user id>:<part>; the "
			"part has the same checksum.",
			"boundary", "Neither a letter nor a digit stands before or after a find.",
			"verify",
			arena_printf(arena, "%s/api/account/authentication/dlp/verify", base_url),
			"patterns", list));
}

/* A rule of secretlint's own kind, which checks the checksum: no look-alike is reported. */
static const char *secretlint_rule(struct arena *arena, const struct patterns *patterns)
{
	json_t *list = json_array();

	for (size_t i = 0; i < patterns->count; i++)
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s, s:b}", "id", patterns->list[i].id, "name",
					patterns->list[i].name, "regex", patterns->list[i].regex,
					"checksum", patterns->list[i].has_checksum));
	return arena_printf(
		arena,
		"// A rule for secretlint (https://secretlint.github.io): finds this installation's\n"
		"// credentials and checks their checksum, so that look-alikes are not reported.\n"
		"const patterns = %s;\n"
		"const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';\n"
		"function crc32(text) {\n"
		"  let crc = ~0;\n"
		"  for (const byte of Buffer.from(text)) {\n"
		"    crc ^= byte;\n"
		"    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);\n"
		"  }\n"
		"  return ~crc >>> 0;\n"
		"}\n"
		"function checksumIsRight(text) {\n"
		"  let value = crc32(text.slice(0, -6));\n"
		"  let expected = '';\n"
		"  for (let i = 0; i < 6; i++, value = Math.floor(value / 62)) expected = digits[value "
		"%% 62] + expected;\n"
		"  return text.slice(-6) === expected;\n"
		"}\n"
		"function isCredential(pattern, text) {\n"
		"  if (pattern.checksum) return checksumIsRight(text);\n"
		"  if (!pattern.id.startsWith('greffier-api-key')) return true;\n"
		"  return checksumIsRight(Buffer.from(text, 'base64').toString('latin1').slice(13));\n"
		"}\n"
		"export const creator = {\n"
		"  messages: { found: { en: (found) => `found ${found.name}` } },\n"
		"  meta: { id: 'greffier-secretlint-rule', recommended: true, type: 'scanner',\n"
		"    supportedContentTypes: ['text'], docs: { url: 'https://secretlint.github.io' } },\n"
		"  create(context) {\n"
		"    const translate = context.createTranslator(creator.messages);\n"
		"    return {\n"
		"      file(source) {\n"
		"        for (const pattern of patterns) {\n"
		"          const regex = new RegExp(`(?<![0-9A-Za-z])${pattern.regex}(?![0-9A-Za-z])`, "
		"'g');\n"
		"          for (const match of source.content.matchAll(regex)) {\n"
		"            if (!isCredential(pattern, match[0])) continue;\n"
		"            context.report({ message: translate('found', { name: pattern.name }),\n"
		"              range: [match.index, match.index + match[0].length] });\n"
		"          }\n"
		"        }\n"
		"      },\n"
		"    };\n"
		"  },\n"
		"};\n",
		json_text_of(arena, list));
}

/* The same identifier for the same thing, always: an update must replace the rule, not add another.
 */
static const char *guid_of(struct arena *arena, const char *name)
{
	unsigned char d[SHA256_BYTES];

	sha256(name, strlen(name), d);
	return arena_printf(arena,
			    "%02x%02x%02x%02x-%02x%02x-4%x%02x-8%x%02x-%02x%02x%02x%02x%02x%02x",
			    d[0], d[1], d[2], d[3], d[4], d[5], d[6] & 15, d[7], d[8] & 15, d[9],
			    d[10], d[11], d[12], d[13], d[14], d[15]);
}

static const char *purview(struct arena *arena, const struct patterns *patterns)
{
	const char *entities = "", *regexes = "", *names = "";

	for (size_t i = 0; i < patterns->count; i++) {
		const struct pattern *pattern = &patterns->list[i];
		const char *guid = guid_of(arena, pattern->id);
		entities = arena_printf(
			arena,
			"%s    <Entity id=\"%s\" patternsProximity=\"300\" "
			"recommendedConfidence=\"85\">\n      <Pattern confidenceLevel=\"85\">\n"
			"        <IdMatch idRef=\"Regex_%s\"/>\n      </Pattern>\n    </Entity>\n",
			entities, guid, pattern->id);
		regexes = arena_printf(arena, "%s    <Regex id=\"Regex_%s\">\\b%s\\b</Regex>\n",
				       regexes, pattern->id, pattern->regex);
		names = arena_printf(
			arena,
			"%s      <Resource idRef=\"%s\">\n        <Name default=\"true\" "
			"langcode=\"en-us\">%s</Name>\n        <Description "
			"default=\"true\" langcode=\"en-us\">%s, recognised by its "
			"form</Description>\n      </Resource>\n",
			names, guid, pattern->name, pattern->name);
	}
	return arena_printf(
		arena,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		"<RulePackage xmlns=\"http://schemas.microsoft.com/office/2011/mce\">\n"
		"  <RulePack id=\"%s\">\n    <Version major=\"1\" minor=\"0\" build=\"0\" "
		"revision=\"0\"/>\n    <Publisher id=\"%s\"/>\n    <Details "
		"defaultLangCode=\"en-us\">\n      <LocalizedDetails langcode=\"en-us\">\n"
		"        <PublisherName>Greffier</PublisherName>\n        <Name>Greffier "
		"credentials</Name>\n        <Description>Credentials of a Greffier "
		"installation</Description>\n      </LocalizedDetails>\n    </Details>\n  </RulePack>\n"
		"  <Rules>\n%s%s    <LocalizedStrings>\n%s    </LocalizedStrings>\n  </Rules>\n"
		"</RulePackage>\n",
		guid_of(arena, "greffier rule pack"), guid_of(arena, "greffier"), entities, regexes,
		names);
}

bool dlp_rules(struct arena *arena, const char *format, const char *prefixes, const char *base_url,
	       const char **ret_text, const char **ret_type)
{
	struct patterns *patterns = arena_alloc(arena, sizeof(*patterns));

	patterns_make(arena, prefixes, patterns);
	*ret_type = "application/json";
	if (strcmp(format, "gitleaks") == 0) {
		*ret_text = gitleaks(arena, patterns);
		*ret_type = "application/toml";
	} else if (strcmp(format, "trufflehog") == 0) {
		*ret_text = trufflehog(arena, patterns);
		*ret_type = "application/yaml";
	} else if (strcmp(format, "github") == 0) {
		*ret_text = github(arena, patterns);
	} else if (strcmp(format, "secretlint") == 0) {
		*ret_text = secretlint(arena, patterns);
	} else if (strcmp(format, "secretlint-rule") == 0) {
		*ret_text = secretlint_rule(arena, patterns);
		*ret_type = "text/javascript; charset=utf-8";
	} else if (strcmp(format, "purview") == 0) {
		*ret_text = purview(arena, patterns);
		*ret_type = "application/xml";
	} else if (strcmp(format, "regex") == 0) {
		*ret_text = regex(arena, patterns, base_url);
	} else {
		return false;
	}
	return true;
}

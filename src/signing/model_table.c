/* model_table.c – the table of the model. One line a member; order is the order in answers. What
 * contains others comes behind them. */
#include "signing/model.h"

#include "base/macros.h"

/* name, flags, default */
#define OF_KIND(json, kind_name, bits, text) \
	{ \
		.name = json, .kind = SHAPE_KIND_##kind_name, .flags = bits, .otherwise = text \
	}
#define TEXT(name, flags, text) OF_KIND(name, TEXT, flags, text)
#define BOOL(name, flags, text) OF_KIND(name, BOOL, flags, text)
#define INT(name, flags, text) OF_KIND(name, INT, flags, text)
#define NUMBER(name, flags, text) OF_KIND(name, NUMBER, flags, text)
#define DATE(name, flags, text) OF_KIND(name, DATE, flags, text)
#define TEXTS(name, flags, text) OF_KIND(name, TEXTS, flags, text)
#define MAP(name, flags, text) OF_KIND(name, JSON, flags, text)
#define OBJECT(json, of, bits) \
	{ \
		.name = json, .kind = SHAPE_KIND_OBJECT, .flags = bits, .shape = &of \
	}
#define LIST(json, of, bits) \
	{ \
		.name = json, .kind = SHAPE_KIND_LIST, .flags = bits, .shape = &of \
	}
#define NOT_NULL SHAPE_COMPLETED /* clients fail on null: gets its default */
#define OURS SHAPE_ANSWER

/* Every object has them; `id` and `name` are completed where they mean something. */
#define ENTITY TEXT("id", 0, NULL), TEXT("name", 0, NULL), MAP("data", 0, NULL)

#define MEMBERS(table) .members = table, .count = ARRAY_SIZE(table)

static const struct shape_member address[] = {
	TEXT("address1", 0, NULL), TEXT("address2", 0, NULL), TEXT("city", 0, NULL),
	TEXT("country", 0, NULL),  TEXT("state", 0, NULL),    TEXT("zipcode", 0, NULL),
};
static const struct shape model_address = {MEMBERS(address)};

static const struct shape_member challenge[] = {
	TEXT("question", NOT_NULL, NULL),
	TEXT("answer", 0, NULL),
	BOOL("maskInput", NOT_NULL, NULL),
	TEXT("challengeType", 0, NULL),
};
static const struct shape model_challenge = {MEMBERS(challenge)};

static const struct shape_member idv_workflow[] = {
	TEXT("id", NOT_NULL, NULL),
	TEXT("type", NOT_NULL, NULL),
	TEXT("tenant", NOT_NULL, NULL),
	TEXT("desc", 0, NULL),
	BOOL("skipWhenAccessingSignedDocuments", 0, NULL),
};
static const struct shape model_idv_workflow = {MEMBERS(idv_workflow)};

static const struct shape_member auth[] = {
	TEXT("scheme", NOT_NULL, "NONE"),
	LIST("challenges", model_challenge, NOT_NULL),
	OBJECT("idvWorkflow", model_idv_workflow, 0),
};
static const struct shape model_auth = {MEMBERS(auth)};

static const struct shape_member delivery[] = {
	BOOL("email", NOT_NULL, "true"),
	BOOL("download", NOT_NULL, NULL),
	BOOL("provider", NOT_NULL, NULL),
};
static const struct shape model_delivery = {MEMBERS(delivery)};

static const struct shape_member external[] = {
	TEXT("id", NOT_NULL, NULL),
	TEXT("provider", NOT_NULL, NULL),
	TEXT("providerName", 0, NULL),
	MAP("data", 0, NULL),
};
static const struct shape model_external = {MEMBERS(external)};

static const struct shape_member group[] = {ENTITY, TEXT("email", 0, NULL)};
static const struct shape model_group = {MEMBERS(group)};

static const struct shape_member signature_style[] = {
	TEXT("handdrawn", 0, NULL),
	MAP("textual", 0, NULL),
};
static const struct shape model_signature_style = {MEMBERS(signature_style)};

static const struct shape_member kba[] = {
	TEXT("knowledgeBasedAuthenticationStatus", NOT_NULL, "NOT_YET_ATTEMPTED"),
	MAP("signerInformationForLexisNexis", 0, NULL),
	MAP("signerInformationForEquifaxUSA", 0, NULL),
	MAP("signerInformationForEquifaxCanada", 0, NULL),
};
static const struct shape model_kba = {MEMBERS(kba)};

static const struct shape_member notification_methods[] = {TEXTS("primary", NOT_NULL, NULL)};
static const struct shape model_notification_methods = {MEMBERS(notification_methods)};

static const struct shape_member reference[] = {ENTITY, TEXT("value", 0, NULL)};
static const struct shape model_reference = {MEMBERS(reference)};

static const struct shape_member signer[] = {
	ENTITY,
	TEXT("email", NOT_NULL, NULL),
	TEXT("firstName", NOT_NULL, NULL),
	TEXT("lastName", NOT_NULL, NULL),
	TEXT("company", NOT_NULL, NULL),
	TEXT("title", NOT_NULL, NULL),
	TEXT("phone", 0, NULL),
	TEXT("language", 0, NULL),
	TEXT("timezoneId", NOT_NULL, "GMT"),
	TEXT("signerType", OURS, NULL),
	DATE("created", OURS, NULL),
	DATE("updated", OURS, NULL),
	OBJECT("address", model_address, 0),
	OBJECT("auth", model_auth, NOT_NULL),
	OBJECT("delivery", model_delivery, NOT_NULL),
	OBJECT("external", model_external, 0),
	OBJECT("group", model_group, 0),
	OBJECT("signature", model_signature_style, 0),
	OBJECT("knowledgeBasedAuthentication", model_kba, 0),
	OBJECT("notificationMethods", model_notification_methods, 0),
	TEXTS("specialTypes", NOT_NULL, NULL),
	LIST("professionalIdentityFields", model_reference, NOT_NULL),
	LIST("userCustomFields", model_reference, NOT_NULL),
};
static const struct shape model_signer = {MEMBERS(signer)};

static const struct shape_member content[] = {TEXT("content", NOT_NULL, NULL)};
static const struct shape model_content = {MEMBERS(content)};

static const struct shape_member attachment_file[] = {
	INT("id", NOT_NULL, NULL),
	TEXT("name", NOT_NULL, NULL),
	DATE("insertDate", 0, NULL),
	BOOL("preview", NOT_NULL, NULL),
};
static const struct shape model_attachment_file = {MEMBERS(attachment_file)};

static const struct shape_member attachment_requirement[] = {
	ENTITY,
	TEXT("description", NOT_NULL, NULL),
	BOOL("required", NOT_NULL, "true"),
	TEXT("status", NOT_NULL, "INCOMPLETE"),
	TEXT("comment", 0, NULL),
	LIST("files", model_attachment_file, OURS | NOT_NULL),
	TEXT("attachmentType", 0, NULL),
	BOOL("extractionEnabled", 0, NULL),
};
static const struct shape model_attachment_requirement = {MEMBERS(attachment_requirement)};

static const struct shape_member role[] = {
	ENTITY,
	TEXT("type", NOT_NULL, "SIGNER"),
	INT("index", NOT_NULL, NULL),
	LIST("signers", model_signer, NOT_NULL),
	BOOL("locked", OURS, NULL),
	BOOL("reassign", 0, NULL),
	OBJECT("emailMessage", model_content, 0),
	LIST("attachmentRequirements", model_attachment_requirement, NOT_NULL),
	TEXTS("specialTypes", NOT_NULL, NULL),
};
const struct shape model_role = {MEMBERS(role)};

static const struct shape_member page[] = {
	TEXT("id", NOT_NULL, NULL), INT("index", NOT_NULL, NULL), INT("version", NOT_NULL, NULL),
	NUMBER("left", 0, NULL),    NUMBER("top", 0, NULL),	  NUMBER("width", 0, NULL),
	NUMBER("height", 0, NULL),
};
static const struct shape model_page = {MEMBERS(page)};

static const struct shape_member extract_anchor[] = {
	TEXT("text", NOT_NULL, NULL),	       INT("index", NOT_NULL, NULL),
	INT("characterIndex", NOT_NULL, NULL), TEXT("anchorPoint", NOT_NULL, "TOPLEFT"),
	INT("leftOffset", NOT_NULL, NULL),     INT("topOffset", NOT_NULL, NULL),
	INT("width", NOT_NULL, NULL),	       INT("height", NOT_NULL, NULL),
};
static const struct shape model_extract_anchor = {MEMBERS(extract_anchor)};

static const struct shape_member field_validation[] = {
	BOOL("required", NOT_NULL, NULL), BOOL("disabled", NOT_NULL, NULL),
	INT("minLength", 0, NULL),	  INT("maxLength", 0, NULL),
	TEXT("pattern", 0, NULL),	  TEXTS("enum", 0, NULL),
	INT("errorCode", 0, NULL),	  TEXT("errorMessage", 0, NULL),
	TEXT("group", 0, NULL),		  INT("minimumRequired", 0, NULL),
	INT("maximumRequired", 0, NULL),  TEXT("groupTooltip", 0, NULL),
};
static const struct shape model_field_validation = {MEMBERS(field_validation)};

static const struct shape_member field[] = {
	ENTITY,
	TEXT("type", NOT_NULL, "SIGNATURE"),
	TEXT("subtype", NOT_NULL, "FULLNAME"),
	TEXT("value", NOT_NULL, NULL),
	TEXT("binding", 0, NULL),
	INT("page", NOT_NULL, NULL),
	NUMBER("left", 0, NULL),
	NUMBER("top", 0, NULL),
	NUMBER("width", 0, NULL),
	NUMBER("height", 0, NULL),
	BOOL("extract", NOT_NULL, NULL),
	OBJECT("extractAnchor", model_extract_anchor, 0),
	OBJECT("validation", model_field_validation, 0),
	INT("fontSize", 0, NULL),
	TEXT("tooltip", NOT_NULL, NULL),
};
const struct shape model_field = {MEMBERS(field)};

static const struct shape_member approval[] = {
	ENTITY,
	TEXT("role", NOT_NULL, NULL),
	LIST("fields", model_field, NOT_NULL),
	DATE("accepted", OURS, NULL),
	DATE("signed", OURS, NULL),
	BOOL("optional", NOT_NULL, NULL),
	BOOL("disabled", NOT_NULL, NULL),
	BOOL("enforceCaptureSignature", NOT_NULL, NULL),
	BOOL("fromFile", NOT_NULL, NULL),
	TEXT("tooltip", NOT_NULL, NULL),
};
const struct shape model_approval = {MEMBERS(approval)};

static const struct shape_member document[] = {
	TEXT("id", 0, NULL),
	TEXT("name", 0, NULL),
	MAP("data", NOT_NULL, NULL), /* SDKs read it unasked */
	TEXT("description", NOT_NULL, NULL),
	INT("index", NOT_NULL, NULL),
	INT("size", OURS | NOT_NULL, NULL),
	TEXT("status", 0, NULL),
	LIST("pages", model_page, OURS | NOT_NULL),
	LIST("approvals", model_approval, NOT_NULL),
	LIST("fields", model_field, NOT_NULL),
	BOOL("extract", NOT_NULL, NULL),
	TEXTS("extractionTypes", NOT_NULL, NULL),
	BOOL("tagged", NOT_NULL, NULL),
	BOOL("externalSigned", NOT_NULL, NULL),
	OBJECT("external", model_external, 0),
};
const struct shape model_document = {MEMBERS(document)};

static const struct shape_member message_user[] = {
	ENTITY,
	TEXT("email", NOT_NULL, NULL),
	TEXT("firstName", NOT_NULL, NULL),
	TEXT("lastName", NOT_NULL, NULL),
};
static const struct shape model_message_user = {MEMBERS(message_user)};

static const struct shape_member message[] = {
	TEXT("content", NOT_NULL, NULL),
	TEXT("status", NOT_NULL, "NEW"),
	DATE("created", OURS, NULL),
	OBJECT("from", model_message_user, 0),
	LIST("to", model_message_user, NOT_NULL),
	LIST("documents", model_reference, NOT_NULL),
};
const struct shape model_message = {MEMBERS(message)};

static const struct shape_member condition[] = {
	TEXT("id", NOT_NULL, NULL),
	TEXT("condition", NOT_NULL, NULL),
	TEXT("action", NOT_NULL, NULL),
};
const struct shape model_condition = {MEMBERS(condition)};

static const struct shape_member limits[] = {INT("documents", 0, NULL), INT("roles", 0, NULL)};
static const struct shape model_limits = {MEMBERS(limits)};

static const struct shape_member ceremony_complete[] = {
	BOOL("dialog", 0, NULL),
	TEXT("redirect", 0, NULL),
};
static const struct shape model_ceremony_complete = {MEMBERS(ceremony_complete)};

static const struct shape_member ceremony_events[] = {
	OBJECT("complete", model_ceremony_complete, 0),
};
static const struct shape model_ceremony_events = {MEMBERS(ceremony_events)};

static const struct shape_member link[] = {
	TEXT("href", 0, NULL),	       TEXT("text", 0, NULL),	     TEXT("title", 0, NULL),
	BOOL("autoRedirect", 0, NULL), TEXTS("parameters", 0, NULL),
};
static const struct shape model_link = {MEMBERS(link)};

static const struct shape_member toolbar[] = {BOOL("downloadButton", NOT_NULL, "true")};
static const struct shape model_toolbar = {MEMBERS(toolbar)};

static const struct shape_member ceremony[] = {
	BOOL("inPerson", NOT_NULL, NULL),
	BOOL("declineButton", NOT_NULL, NULL),
	TEXTS("declineReasons", NOT_NULL, NULL),
	BOOL("disableDeclineOther", NOT_NULL, NULL),
	BOOL("optOutButton", NOT_NULL, NULL),
	TEXTS("optOutReasons", NOT_NULL, NULL),
	BOOL("disableOptOutOther", NOT_NULL, NULL),
	INT("maxAuthFailsAllowed", 0, NULL),
	INT("maxAttachmentFiles", NOT_NULL, NULL),
	BOOL("enforceCaptureSignature", NOT_NULL, NULL),
	BOOL("defaultTimeBasedExpiry", NOT_NULL, NULL),
	INT("remainingDays", 0, NULL),
	OBJECT("events", model_ceremony_events, 0),
	OBJECT("handOver", model_link, 0),
	OBJECT("documentToolbarOptions", model_toolbar, 0),
	BOOL("ada", NOT_NULL, NULL),
	INT("fontSize", 0, NULL),
	BOOL("hideCaptureText", NOT_NULL, NULL),
	BOOL("hideLanguageDropdown", NOT_NULL, NULL),
	BOOL("hidePackageOwnerInPerson", NOT_NULL, NULL),
	BOOL("hideWatermark", NOT_NULL, NULL),
	BOOL("disableDownloadForUncompletedPackage", NOT_NULL, NULL),
	BOOL("disableFirstInPersonAffidavit", NOT_NULL, NULL),
	BOOL("disableInPersonAffidavit", NOT_NULL, NULL),
	BOOL("disableSecondInPersonAffidavit", NOT_NULL, NULL),
	BOOL("leftMenuExpand", NOT_NULL, NULL),
	BOOL("showNseHelp", NOT_NULL, NULL),
	BOOL("showNseOverview", NOT_NULL, "true"),
	BOOL("showNseLogoInIframe", 0, NULL),
};
static const struct shape model_ceremony = {MEMBERS(ceremony)};

static const struct shape_member settings[] = {
	OBJECT("ceremony", model_ceremony, NOT_NULL),
	LIST("integrationFrameworkWorkflows", model_reference, NOT_NULL),
};
static const struct shape model_settings = {MEMBERS(settings)};

static const struct shape_member signed_delivery[] = {
	LIST("destinations", model_external, NOT_NULL),
	LIST("excludedDocuments", model_reference, NOT_NULL),
	TEXT("filePrefix", 0, NULL),
	TEXT("fileSuffix", 0, NULL),
};
static const struct shape model_signed_delivery = {MEMBERS(signed_delivery)};

static const struct shape_member package[] = {
	TEXT("id", OURS, NULL),
	TEXT("name", 0, NULL),
	TEXT("description", NOT_NULL, NULL),
	TEXT("type", NOT_NULL, "PACKAGE"),
	TEXT("status", NOT_NULL, "DRAFT"),
	BOOL("trashed", NOT_NULL, NULL),
	BOOL("autocomplete", NOT_NULL, "true"),
	TEXT("visibility", NOT_NULL, "ACCOUNT"),
	TEXT("language", 0, NULL),
	TEXT("emailMessage", NOT_NULL, NULL),
	TEXT("consent", 0, NULL),
	TEXT("timezoneId", 0, NULL),
	DATE("due", 0, NULL),
	DATE("created", OURS, NULL),
	DATE("updated", OURS, NULL),
	DATE("completed", OURS, NULL),
	BOOL("notarized", 0, NULL),
	TEXT("notaryRoleId", 0, NULL),
	OBJECT("sender", model_signer, OURS),
	LIST("roles", model_role, NOT_NULL),
	LIST("documents", model_document, NOT_NULL),
	LIST("messages", model_message, NOT_NULL),
	LIST("conditions", model_condition, 0),
	OBJECT("limits", model_limits, 0),
	OBJECT("settings", model_settings, 0),
	OBJECT("signedDocumentDelivery", model_signed_delivery, 0),
	MAP("data", 0, NULL),
};
const struct shape model_package = {MEMBERS(package)};

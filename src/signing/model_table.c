/* model_table.c – the table of the model. One line a member; order is the order in answers. */
#include "signing/model.h"

#include "base/macros.h"

#define TEXT(name, ...) \
	{ \
		name, MODEL_KIND_TEXT, MODEL_NONE, __VA_ARGS__ \
	}
#define BOOL(name, ...) \
	{ \
		name, MODEL_KIND_BOOL, MODEL_NONE, __VA_ARGS__ \
	}
#define INT(name, ...) \
	{ \
		name, MODEL_KIND_INT, MODEL_NONE, __VA_ARGS__ \
	}
#define NUMBER(name, ...) \
	{ \
		name, MODEL_KIND_NUMBER, MODEL_NONE, __VA_ARGS__ \
	}
#define DATE(name, ...) \
	{ \
		name, MODEL_KIND_DATE, MODEL_NONE, __VA_ARGS__ \
	}
#define TEXTS(name, ...) \
	{ \
		name, MODEL_KIND_TEXTS, MODEL_NONE, __VA_ARGS__ \
	}
#define MAP(name, ...) \
	{ \
		name, MODEL_KIND_MAP, MODEL_NONE, __VA_ARGS__ \
	}
#define OBJECT(name, type, ...) \
	{ \
		name, MODEL_KIND_OBJECT, MODEL_##type, __VA_ARGS__ \
	}
#define LIST(name, type, ...) \
	{ \
		name, MODEL_KIND_LIST, MODEL_##type, __VA_ARGS__ \
	}
#define NOT_NULL MODEL_NEVER_NULL
#define OURS MODEL_SERVER

/* Every object has them; `id` and `name` are completed where they mean something. */
#define ENTITY TEXT("id", 0, NULL), TEXT("name", 0, NULL), MAP("data", 0, NULL)

static const struct model_member package[] = {
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
	OBJECT("sender", SIGNER, OURS, NULL),
	LIST("roles", ROLE, NOT_NULL, NULL),
	LIST("documents", DOCUMENT, NOT_NULL, NULL),
	LIST("messages", MESSAGE, NOT_NULL, NULL),
	LIST("conditions", CONDITION, 0, NULL),
	OBJECT("limits", LIMITS, 0, NULL),
	OBJECT("settings", SETTINGS, 0, NULL),
	OBJECT("signedDocumentDelivery", SIGNED_DELIVERY, 0, NULL),
	MAP("data", 0, NULL),
};

static const struct model_member role[] = {
	ENTITY,
	TEXT("type", NOT_NULL, "SIGNER"),
	INT("index", NOT_NULL, NULL),
	LIST("signers", SIGNER, NOT_NULL, NULL),
	BOOL("locked", OURS, NULL),
	BOOL("reassign", 0, NULL),
	OBJECT("emailMessage", CONTENT, 0, NULL),
	LIST("attachmentRequirements", ATTACHMENT_REQUIREMENT, NOT_NULL, NULL),
	TEXTS("specialTypes", NOT_NULL, NULL),
};

static const struct model_member signer[] = {
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
	OBJECT("address", ADDRESS, 0, NULL),
	OBJECT("auth", AUTH, NOT_NULL, NULL),
	OBJECT("delivery", DELIVERY, NOT_NULL, NULL),
	OBJECT("external", EXTERNAL, 0, NULL),
	OBJECT("group", GROUP, 0, NULL),
	OBJECT("signature", SIGNATURE_STYLE, 0, NULL),
	OBJECT("knowledgeBasedAuthentication", KBA, 0, NULL),
	OBJECT("notificationMethods", NOTIFICATION_METHODS, 0, NULL),
	TEXTS("specialTypes", NOT_NULL, NULL),
	LIST("professionalIdentityFields", REFERENCE, NOT_NULL, NULL),
	LIST("userCustomFields", REFERENCE, NOT_NULL, NULL),
};

static const struct model_member auth[] = {
	TEXT("scheme", NOT_NULL, "NONE"),
	LIST("challenges", CHALLENGE, NOT_NULL, NULL),
	OBJECT("idvWorkflow", IDV_WORKFLOW, 0, NULL),
};

static const struct model_member challenge[] = {
	TEXT("question", NOT_NULL, NULL),
	TEXT("answer", 0, NULL),
	BOOL("maskInput", NOT_NULL, NULL),
	TEXT("challengeType", 0, NULL),
};

static const struct model_member idv_workflow[] = {
	TEXT("id", NOT_NULL, NULL),
	TEXT("type", NOT_NULL, NULL),
	TEXT("tenant", NOT_NULL, NULL),
	TEXT("desc", 0, NULL),
	BOOL("skipWhenAccessingSignedDocuments", 0, NULL),
};

static const struct model_member kba[] = {
	TEXT("knowledgeBasedAuthenticationStatus", NOT_NULL, "NOT_YET_ATTEMPTED"),
	MAP("signerInformationForLexisNexis", 0, NULL),
	MAP("signerInformationForEquifaxUSA", 0, NULL),
	MAP("signerInformationForEquifaxCanada", 0, NULL),
};

static const struct model_member delivery[] = {
	BOOL("email", NOT_NULL, "true"),
	BOOL("download", NOT_NULL, NULL),
	BOOL("provider", NOT_NULL, NULL),
};

static const struct model_member notification_methods[] = {TEXTS("primary", NOT_NULL, NULL)};
static const struct model_member group[] = {ENTITY, TEXT("email", 0, NULL)};
static const struct model_member content[] = {TEXT("content", NOT_NULL, NULL)};

static const struct model_member address[] = {
	TEXT("address1", 0, NULL), TEXT("address2", 0, NULL), TEXT("city", 0, NULL),
	TEXT("country", 0, NULL),  TEXT("state", 0, NULL),    TEXT("zipcode", 0, NULL),
};

static const struct model_member external[] = {
	TEXT("id", NOT_NULL, NULL),
	TEXT("provider", NOT_NULL, NULL),
	TEXT("providerName", 0, NULL),
	MAP("data", 0, NULL),
};

static const struct model_member signature_style[] = {
	TEXT("handdrawn", 0, NULL),
	MAP("textual", 0, NULL),
};

static const struct model_member attachment_requirement[] = {
	ENTITY,
	TEXT("description", NOT_NULL, NULL),
	BOOL("required", NOT_NULL, "true"),
	TEXT("status", NOT_NULL, "INCOMPLETE"),
	TEXT("comment", 0, NULL),
	LIST("files", ATTACHMENT_FILE, OURS | NOT_NULL, NULL),
	TEXT("attachmentType", 0, NULL),
	BOOL("extractionEnabled", 0, NULL),
};

static const struct model_member attachment_file[] = {
	INT("id", NOT_NULL, NULL),
	TEXT("name", NOT_NULL, NULL),
	DATE("insertDate", 0, NULL),
	BOOL("preview", NOT_NULL, NULL),
};

static const struct model_member document[] = {
	TEXT("id", 0, NULL),
	TEXT("name", 0, NULL),
	MAP("data", NOT_NULL, NULL), /* SDKs read it unasked */
	TEXT("description", NOT_NULL, NULL),
	INT("index", NOT_NULL, NULL),
	INT("size", OURS | NOT_NULL, NULL),
	TEXT("status", 0, NULL),
	LIST("pages", PAGE, OURS | NOT_NULL, NULL),
	LIST("approvals", APPROVAL, NOT_NULL, NULL),
	LIST("fields", FIELD, NOT_NULL, NULL),
	BOOL("extract", NOT_NULL, NULL),
	TEXTS("extractionTypes", NOT_NULL, NULL),
	BOOL("tagged", NOT_NULL, NULL),
	BOOL("externalSigned", NOT_NULL, NULL),
	OBJECT("external", EXTERNAL, 0, NULL),
};

static const struct model_member page[] = {
	TEXT("id", NOT_NULL, NULL), INT("index", NOT_NULL, NULL), INT("version", NOT_NULL, NULL),
	NUMBER("left", 0, NULL),    NUMBER("top", 0, NULL),	  NUMBER("width", 0, NULL),
	NUMBER("height", 0, NULL),
};

static const struct model_member approval[] = {
	ENTITY,
	TEXT("role", NOT_NULL, NULL),
	LIST("fields", FIELD, NOT_NULL, NULL),
	DATE("accepted", OURS, NULL),
	DATE("signed", OURS, NULL),
	BOOL("optional", NOT_NULL, NULL),
	BOOL("disabled", NOT_NULL, NULL),
	BOOL("enforceCaptureSignature", NOT_NULL, NULL),
	BOOL("fromFile", NOT_NULL, NULL),
	TEXT("tooltip", NOT_NULL, NULL),
};

static const struct model_member field[] = {
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
	OBJECT("extractAnchor", EXTRACT_ANCHOR, 0, NULL),
	OBJECT("validation", FIELD_VALIDATION, 0, NULL),
	INT("fontSize", 0, NULL),
	TEXT("tooltip", NOT_NULL, NULL),
};

static const struct model_member field_validation[] = {
	BOOL("required", NOT_NULL, NULL), BOOL("disabled", NOT_NULL, NULL),
	INT("minLength", 0, NULL),	  INT("maxLength", 0, NULL),
	TEXT("pattern", 0, NULL),	  TEXTS("enum", 0, NULL),
	INT("errorCode", 0, NULL),	  TEXT("errorMessage", 0, NULL),
	TEXT("group", 0, NULL),		  INT("minimumRequired", 0, NULL),
	INT("maximumRequired", 0, NULL),  TEXT("groupTooltip", 0, NULL),
};

static const struct model_member extract_anchor[] = {
	TEXT("text", NOT_NULL, NULL),	       INT("index", NOT_NULL, NULL),
	INT("characterIndex", NOT_NULL, NULL), TEXT("anchorPoint", NOT_NULL, "TOPLEFT"),
	INT("leftOffset", NOT_NULL, NULL),     INT("topOffset", NOT_NULL, NULL),
	INT("width", NOT_NULL, NULL),	       INT("height", NOT_NULL, NULL),
};

static const struct model_member condition[] = {
	TEXT("id", NOT_NULL, NULL),
	TEXT("condition", NOT_NULL, NULL),
	TEXT("action", NOT_NULL, NULL),
};

static const struct model_member message[] = {
	TEXT("content", NOT_NULL, NULL),
	TEXT("status", NOT_NULL, "NEW"),
	DATE("created", OURS, NULL),
	OBJECT("from", MESSAGE_USER, 0, NULL),
	LIST("to", MESSAGE_USER, NOT_NULL, NULL),
	LIST("documents", REFERENCE, NOT_NULL, NULL),
};

static const struct model_member message_user[] = {
	ENTITY,
	TEXT("email", NOT_NULL, NULL),
	TEXT("firstName", NOT_NULL, NULL),
	TEXT("lastName", NOT_NULL, NULL),
};

static const struct model_member reference[] = {ENTITY, TEXT("value", 0, NULL)};
static const struct model_member limits[] = {INT("documents", 0, NULL), INT("roles", 0, NULL)};

static const struct model_member signed_delivery[] = {
	LIST("destinations", EXTERNAL, NOT_NULL, NULL),
	LIST("excludedDocuments", REFERENCE, NOT_NULL, NULL),
	TEXT("filePrefix", 0, NULL),
	TEXT("fileSuffix", 0, NULL),
};

static const struct model_member settings[] = {
	OBJECT("ceremony", CEREMONY, NOT_NULL, NULL),
	LIST("integrationFrameworkWorkflows", REFERENCE, NOT_NULL, NULL),
};

static const struct model_member ceremony[] = {
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
	OBJECT("events", CEREMONY_EVENTS, 0, NULL),
	OBJECT("handOver", LINK, 0, NULL),
	OBJECT("documentToolbarOptions", TOOLBAR, 0, NULL),
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

static const struct model_member ceremony_events[] = {
	OBJECT("complete", CEREMONY_COMPLETE, 0, NULL),
};
static const struct model_member ceremony_complete[] = {
	BOOL("dialog", 0, NULL),
	TEXT("redirect", 0, NULL),
};
static const struct model_member link[] = {
	TEXT("href", 0, NULL),	       TEXT("text", 0, NULL),	     TEXT("title", 0, NULL),
	BOOL("autoRedirect", 0, NULL), TEXTS("parameters", 0, NULL),
};
static const struct model_member toolbar[] = {BOOL("downloadButton", NOT_NULL, "true")};

#define MEMBERS(table) \
	{ \
		table, ARRAY_SIZE(table) \
	}
const struct model_object model_objects[MODEL_TYPE_COUNT] = {
	[MODEL_PACKAGE] = MEMBERS(package),
	[MODEL_ROLE] = MEMBERS(role),
	[MODEL_SIGNER] = MEMBERS(signer),
	[MODEL_AUTH] = MEMBERS(auth),
	[MODEL_CHALLENGE] = MEMBERS(challenge),
	[MODEL_IDV_WORKFLOW] = MEMBERS(idv_workflow),
	[MODEL_KBA] = MEMBERS(kba),
	[MODEL_DELIVERY] = MEMBERS(delivery),
	[MODEL_NOTIFICATION_METHODS] = MEMBERS(notification_methods),
	[MODEL_GROUP] = MEMBERS(group),
	[MODEL_ADDRESS] = MEMBERS(address),
	[MODEL_EXTERNAL] = MEMBERS(external),
	[MODEL_SIGNATURE_STYLE] = MEMBERS(signature_style),
	[MODEL_CONTENT] = MEMBERS(content),
	[MODEL_ATTACHMENT_REQUIREMENT] = MEMBERS(attachment_requirement),
	[MODEL_ATTACHMENT_FILE] = MEMBERS(attachment_file),
	[MODEL_DOCUMENT] = MEMBERS(document),
	[MODEL_PAGE] = MEMBERS(page),
	[MODEL_APPROVAL] = MEMBERS(approval),
	[MODEL_FIELD] = MEMBERS(field),
	[MODEL_FIELD_VALIDATION] = MEMBERS(field_validation),
	[MODEL_EXTRACT_ANCHOR] = MEMBERS(extract_anchor),
	[MODEL_CONDITION] = MEMBERS(condition),
	[MODEL_MESSAGE] = MEMBERS(message),
	[MODEL_MESSAGE_USER] = MEMBERS(message_user),
	[MODEL_REFERENCE] = MEMBERS(reference),
	[MODEL_LIMITS] = MEMBERS(limits),
	[MODEL_SIGNED_DELIVERY] = MEMBERS(signed_delivery),
	[MODEL_SETTINGS] = MEMBERS(settings),
	[MODEL_CEREMONY] = MEMBERS(ceremony),
	[MODEL_CEREMONY_EVENTS] = MEMBERS(ceremony_events),
	[MODEL_CEREMONY_COMPLETE] = MEMBERS(ceremony_complete),
	[MODEL_LINK] = MEMBERS(link),
	[MODEL_TOOLBAR] = MEMBERS(toolbar),
};

// matrix.test.mjs – every route × every kind of caller, with the status each gets. A route of openapi.yaml without a row here
// fails.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { engines, freshInstallation, createAccount, Server, Client, sendablePackage, until } from './lib/server.mjs';
import { documentedRoutes } from './lib/routes.mjs';
import { SessionClient, accessToken, apiToken, appsPath, createApp, createSender, signIn, tokenPath, makeOperator } from './lib/callers.mjs';

const scopes = ['package.read', 'package.write', 'session.create', 'notification.read', 'notification.manage', 'user.read', 'user.manage', 'access.manage', 'event.write'];

// Who may: 'public', 'everyone' (who belongs to the account), 'users' (sender_admin.users), 'owner' (or by permission: nobody else
// here has it), 'operator' (nobody in an account). `status`: what an admitted call gets, as it is sent here (`body`, default {}). Others differ where named. Ids in
// the path are those of makeCallers, under the names that `as` gives them where it does.
const apps = appsPath;
const senders = '/api/account/senders';
const packages = '/api/packages';
const dlp = '/api/account/authentication/dlp';
const notifications = '/api/notifications';
const endpoints = `${notifications}/endpoints`;
const nowhere = 'http://127.0.0.1:9/'; // the discard port: nobody answers
const rows = {
  'GET /healthz': { who: 'public', status: 200 },
  'GET /readyz': { who: 'public', status: 200 },
  'GET /': { who: 'public', status: 404 }, // for programs; browsers are led to the console
  'GET /api': { who: 'public', status: 404 },
  'GET /login': { who: 'public', status: 200 },
  'GET /icon.svg': { who: 'public', status: 200 },
  'GET /login.css': { who: 'public', status: 200 },
  'GET /login.js': { who: 'public', status: 200 },
  'GET /admin': { who: 'public', status: 200 },
  'GET /admin/notifications': { who: 'public', status: 200 },
  'GET /admin/access': { who: 'public', status: 200 },
  'GET /admin/people': { who: 'public', status: 200 },
  'GET /admin/audit': { who: 'public', status: 200 },
  'GET /admin/history': { who: 'public', status: 200 },
  'GET /admin/settings': { who: 'public', status: 200 },
  'GET /admin/operator': { who: 'public', status: 200 },
  'GET /admin/me': { who: 'public', status: 200 },
  'GET /admin/assets/{assetName}': { who: 'public', status: 404 }, // which there are, the page says
  'GET /api/sysinfo': { who: 'everyone', status: 200, signer: 200 },
  [`POST ${tokenPath}`]: { who: 'public', status: 400 },
  'POST /oauth2/token': { who: 'public', status: 400 },
  'GET /oauth2/jwks': { who: 'public', status: 200 },
  'POST /oauth2/revoke': { who: 'public', status: 400 },
  'POST /oauth2/introspect': { who: 'public', status: 400 },
  'GET /.well-known/oauth-authorization-server': { who: 'public', status: 200 },
  'GET /auth': { who: 'public', status: 400 },
  'POST /api/authenticationTokens': { who: 'everyone', status: 200, scope: 'session.create' },
  'POST /api/authenticationTokens/user': { who: 'everyone', status: 200, scope: 'session.create' },
  'POST /api/authenticationTokens/sender': { who: 'everyone', status: 400, scope: 'session.create' },
  'POST /api/senderAuthenticationTokens': { who: 'everyone', status: 400, scope: 'session.create' },
  'POST /api/authenticationTokens/signer/multiUse': { who: 'everyone', status: 400, scope: 'session.create' },
  'POST /api/signerAuthenticationTokens': { who: 'everyone', status: 400, scope: 'session.create' },
  'POST /api/authenticationTokens/signer/singleUse': { who: 'everyone', status: 400, scope: 'session.create' },
  'POST /api/sessions': { who: 'everyone', status: 200, scope: 'session.create' },
  'DELETE /api/sessions': { who: 'everyone', status: 200, scope: 'user.manage' },
  'GET /api/session': { who: 'everyone', status: 200, signer: 200 },
  'POST /api/session': { who: 'public', status: 400 },
  'GET /api/visitor': { who: 'public', status: 200 },
  'DELETE /api/session': { who: 'everyone', status: 403, session: 200, signer: 200 }, // only a session can end
  'POST /api/password/forgotten': { who: 'public', status: 400 },
  'POST /api/password': { who: 'public', status: 400 },
  'POST /api/account/authentication/secondFactor': { who: 'everyone', status: 403, session: 200, scope: 'user.manage' }, // a person only
  'PUT /api/account/authentication/secondFactor': { who: 'everyone', status: 403, session: 400, scope: 'user.manage' },
  'DELETE /api/account/authentication/secondFactor': { who: 'everyone', status: 403, session: 403, scope: 'user.manage' }, // with the password only
  'GET /api/account/authentication/sessions': { who: 'everyone', status: 403, session: 200, scope: 'user.read' }, // a person only
  'DELETE /api/account/authentication/sessions': { who: 'everyone', status: 403, session: 200, scope: 'user.manage' },
  'DELETE /api/account/authentication/sessions/{sessionId}': { who: 'everyone', status: 403, session: 404, scope: 'user.manage' },
  [`GET ${senders}`]: { who: 'users', status: 200, scope: 'user.read' },
  [`POST ${senders}`]: { who: 'users', status: 400, scope: 'user.manage' },
  [`GET ${senders}/{senderId}`]: { who: 'everyone', status: 200, otherStatus: 404, scope: 'user.read' },
  [`POST ${senders}/{senderId}`]: { who: 'everyone', status: 200, otherStatus: 404, scope: 'user.manage' },
  [`DELETE ${senders}/{senderId}`]: { who: 'users', status: 404, id: 'nobody000000', scope: 'user.manage' },
  [`POST ${senders}/{senderId}/invite`]: { who: 'users', status: 400, otherStatus: 404, scope: 'user.manage' }, // active already
  [`POST ${senders}/{senderId}/password`]: { who: 'everyone', status: 403, regular: 400, scope: 'user.manage' }, // one's own only
  [`POST ${senders}/{senderId}/resetpassword`]: { who: 'everyone', status: 404, id: 'nobody000000', scope: 'user.manage' }, // mails to one person have a pace
  [`DELETE ${senders}/{senderId}/sessions`]: { who: 'users', status: 404, id: 'nobody000000', scope: 'user.manage' },
  [`GET ${senders}/{senderId}/clientApps`]: { who: 'users', status: 200, otherStatus: 404, scope: 'user.read' },
  [`GET ${senders}/{senderId}/delegates`]: { who: 'everyone', status: 200, otherStatus: 404, scope: 'user.read' },
  [`PUT ${senders}/{senderId}/delegates`]: { who: 'everyone', status: 400, scope: 'user.manage' },
  [`DELETE ${senders}/{senderId}/delegates`]: { who: 'everyone', status: 200, otherStatus: 404, scope: 'user.manage' },
  [`POST ${senders}/{senderId}/delegates/{delegateId}`]: { who: 'everyone', status: 404, scope: 'user.manage' },
  [`DELETE ${senders}/{senderId}/delegates/{delegateId}`]: { who: 'everyone', status: 404, scope: 'user.manage' },
  [`GET ${senders}/{senderId}/roles`]: { who: 'users', status: 200, otherStatus: 404, scope: 'user.read' },
  [`POST ${senders}/{senderId}/roles`]: { who: 'owner', status: 400, scope: 'user.manage' },
  'GET /api/account/roles': { who: 'everyone', status: 200, scope: 'user.read' },
  'POST /api/account/roles': { who: 'owner', status: 400, scope: 'user.manage' },
  'GET /api/account/roles/{accountRoleId}': { who: 'everyone', status: 200, scope: 'user.read' },
  'PUT /api/account/roles/{accountRoleId}': { who: 'owner', status: 403, scope: 'user.manage' }, // predefined
  'DELETE /api/account/roles/{accountRoleId}': { who: 'owner', status: 304, scope: 'user.manage' },
  'GET /api/account/roles/{accountRoleId}/users': { who: 'users', status: 200, scope: 'user.read' },
  'GET /api/account/subaccounts': { who: 'owner', status: 200, scope: 'user.read' },
  'POST /api/account/subaccounts': { who: 'owner', status: 400, scope: 'user.manage' },
  'GET /api/account/subaccounts/{accountId}': { who: 'owner', status: 404, scope: 'user.read' },
  'PUT /api/account/subaccounts/{accountId}': { who: 'owner', status: 404, body: { name: 'x' }, scope: 'user.manage' },
  'GET /api/account/subaccountApiKeys': { who: 'everyone', status: 200, app: 403 }, // of none, unless permitted there; a key outlives an app
  'GET /api/account/accessibleaccounts': { who: 'everyone', status: 200, scope: 'user.read' },
  'GET /api/account/admin/accountSettings/systemSettings': { who: 'users', status: 200, scope: 'user.read' },
  'PATCH /api/account/admin/accountSettings/systemSettings': { who: 'owner', status: 200, scope: 'user.manage' },
  'DELETE /api/account/admin/accountSettings/systemSettings': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/account/admin/accountSettings/featureSettings': { who: 'everyone', status: 200, scope: 'user.read' },
  'PATCH /api/account/admin/accountSettings/featureSettings': { who: 'owner', status: 200, scope: 'user.manage' },
  'DELETE /api/account/admin/accountSettings/featureSettings': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/account/admin/accountSettings/packageSettings': { who: 'everyone', status: 200, scope: 'user.read' },
  'PATCH /api/account/admin/accountSettings/packageSettings': { who: 'owner', status: 200, scope: 'user.manage' },
  'DELETE /api/account/admin/accountSettings/packageSettings': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/account/admin/accountSettings/designerSettings': { who: 'everyone', status: 200, scope: 'user.read' },
  'PATCH /api/account/admin/accountSettings/designerSettings': { who: 'owner', status: 200, scope: 'user.manage' },
  'DELETE /api/account/admin/accountSettings/designerSettings': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/account/admin/accountSettings/emailReminderSettings': { who: 'everyone', status: 200, scope: 'user.read' },
  'PATCH /api/account/admin/accountSettings/emailReminderSettings': { who: 'owner', status: 200, scope: 'user.manage' },
  'DELETE /api/account/admin/accountSettings/emailReminderSettings': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/account/admin/accountSettings/attachmentsWhitelist': { who: 'everyone', status: 200, scope: 'user.read' },
  'PUT /api/account/admin/accountSettings/attachmentsWhitelist': { who: 'owner', status: 200, scope: 'user.manage' },
  'DELETE /api/account/admin/accountSettings/attachmentsWhitelist': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/account/admin/accountSettings/limitSupportedLanguages': { who: 'everyone', status: 204, scope: 'user.read' },
  'PATCH /api/account/admin/accountSettings/limitSupportedLanguages': { who: 'owner', status: 200, scope: 'user.manage' },
  'DELETE /api/account/admin/accountSettings/limitSupportedLanguages': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/account/admin/accountSettings/signatureLayout': { who: 'everyone', status: 200, scope: 'user.read' },
  'PATCH /api/account/admin/accountSettings/signatureLayout': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/account/admin/chooseSignature': { who: 'everyone', status: 200, scope: 'user.read' },
  'PATCH /api/account/admin/chooseSignature': { who: 'owner', status: 200, scope: 'user.manage' },
  'DELETE /api/account/admin/chooseSignature': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/account/admin/signingUiOptions': { who: 'everyone', status: 200, scope: 'user.read' },
  'PATCH /api/account/admin/signingUiOptions': { who: 'owner', status: 200, scope: 'user.manage' },
  'DELETE /api/account/admin/signingUiOptions': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/passwordPolicy': { who: 'everyone', status: 200, scope: 'user.read' },
  'PUT /api/passwordPolicy': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/dataRetentionSettings/expiryTimeConfiguration': { who: 'everyone', status: 200, scope: 'user.read' },
  'PUT /api/dataRetentionSettings/expiryTimeConfiguration': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/dataRetentionSettings/dataManagementPolicy': { who: 'everyone', status: 200, scope: 'user.read' },
  'PUT /api/dataRetentionSettings/dataManagementPolicy': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/account/signingThemes': { who: 'everyone', status: 200, scope: 'user.read' },
  'POST /api/account/signingThemes': { who: 'owner', status: 200, body: {}, scope: 'user.manage' },
  'PUT /api/account/signingThemes': { who: 'owner', status: 200, body: {}, scope: 'user.manage' },
  'DELETE /api/account/signingThemes': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/accountConfig/idvWorkflowConfigs': { who: 'everyone', status: 200, scope: 'user.read' },
  'POST /api/accountConfig/idvWorkflowConfigs': { who: 'owner', status: 200, body: [], scope: 'user.manage' },
  'PUT /api/accountConfig/idvWorkflowConfigs': { who: 'owner', status: 200, body: [], scope: 'user.manage' },
  'DELETE /api/accountConfig/idvWorkflowConfigs': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/accountConfig/declineReasons/{language}': { who: 'everyone', status: 200, scope: 'user.read' },
  'POST /api/accountConfig/declineReasons/{language}': { who: 'owner', status: 200, body: [], scope: 'user.manage' },
  'PUT /api/accountConfig/declineReasons/{language}': { who: 'owner', status: 200, body: [], scope: 'user.manage' },
  'DELETE /api/accountConfig/declineReasons/{language}': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/accountConfig/handoverUrl/{language}': { who: 'everyone', status: 200, scope: 'user.read' },
  'POST /api/accountConfig/handoverUrl/{language}': { who: 'owner', status: 200, body: {}, scope: 'user.manage' },
  'PUT /api/accountConfig/handoverUrl/{language}': { who: 'owner', status: 200, body: {}, scope: 'user.manage' },
  'DELETE /api/accountConfig/handoverUrl/{language}': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/account/admin/signingLogos': { who: 'everyone', status: 200, scope: 'user.read' },
  'POST /api/account/admin/signingLogos': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/account/customfields': { who: 'everyone', status: 200, scope: 'user.read' },
  'POST /api/account/customfields': { who: 'owner', status: 200, body: { id: 'x' }, scope: 'user.manage' },
  'PUT /api/account/customfields': { who: 'owner', status: 200, body: { id: 'x' }, scope: 'user.manage' },
  'GET /api/account/customfields/{customFieldId}': { who: 'everyone', status: 204, scope: 'user.read' },
  'DELETE /api/account/customfields/{customFieldId}': { who: 'owner', status: 200, scope: 'user.manage' },
  'GET /api/account/authentication/settings': { who: 'owner', status: 200, scope: 'access.manage' },
  'PUT /api/account/authentication/settings': { who: 'owner', status: 200, scope: 'access.manage' },
  [`GET ${apps}`]: { who: 'owner', status: 200, scope: 'access.manage' },
  [`POST ${apps}`]: { who: 'owner', status: 400, scope: 'access.manage' },
  [`GET ${apps}/{clientId}`]: { who: 'owner', status: 404, scope: 'access.manage' },
  [`PUT ${apps}/{clientId}`]: { who: 'owner', status: 404, scope: 'access.manage' },
  [`DELETE ${apps}/{clientId}`]: { who: 'owner', status: 404, scope: 'access.manage' },
  [`POST ${apps}/{clientId}/regenerate-secret`]: { who: 'owner', status: 404, scope: 'access.manage' },
  [`POST ${apps}/{clientId}/takeOver`]: { who: 'owner', status: 404, scope: 'access.manage' },
  [`POST ${apps}/{clientId}/retire-secret`]: { who: 'owner', status: 404, scope: 'access.manage' },
  [`POST ${apps}/{clientId}/collect-secret`]: { who: 'owner', status: 404, scope: 'access.manage' },
  [`GET ${apps}/{clientId}/usage`]: { who: 'owner', status: 404, scope: 'access.manage' },
  [`GET ${apps}/{clientId}/calls`]: { who: 'owner', status: 404, scope: 'access.manage' },
  [`GET ${apps}/{clientId}/calls/export`]: { who: 'owner', status: 404, scope: 'access.manage' },
  'GET /api/account/authentication/clientAppsUsage': { who: 'owner', status: 200, scope: 'access.manage' },
  'GET /api/account/authentication/apiKeys': { who: 'owner', status: 200, scope: 'access.manage' },
  'POST /api/account/authentication/apiKeys/{senderId}/reveal': { who: 'owner', status: 403, session: 200, scope: 'access.manage' }, // without a password
  [`GET ${dlp}/rules`]: { who: 'owner', status: 200, scope: 'access.manage' },
  [`GET ${dlp}/fingerprints`]: { who: 'owner', status: 200, scope: 'access.manage' },
  [`GET ${dlp}/reports`]: { who: 'owner', status: 200, scope: 'access.manage' },
  [`POST ${dlp}/reports`]: { who: 'public', status: 401, operator: 400 }, // an operator's credential or a partner's signature
  [`POST ${dlp}/verify`]: { who: 'public', status: 400 },
  'GET /api/account/audit': { who: 'owner', status: 200, scope: 'access.manage' },
  'GET /api/account/audit/verification': { who: 'owner', status: 200, scope: 'access.manage' },
  'GET /api/account/history': { who: 'users', status: 200, scope: ['notification.read', 'user.read', 'access.manage'] },
  'POST /api/account/history/{sequence}/undo': { who: 'everyone', status: 404 },
  'GET /api/operator/session': { who: 'operator', status: 200 },
  'GET /api/operator/visitor': { who: 'public', status: 200 },
  'POST /api/operator/session': { who: 'public', status: 400 },
  'DELETE /api/operator/session': { who: 'operator', status: 403 }, // only a session can end
  'GET /api/operator/accounts': { who: 'operator', status: 200 },
  'POST /api/operator/accounts': { who: 'operator', status: 400 },
  'GET /api/operator/accounts/{accountId}': { who: 'operator', status: 404 },
  'PATCH /api/operator/accounts/{accountId}': { who: 'operator', status: 404 },
  'GET /api/operator/queues': { who: 'operator', status: 200 },
  'GET /api/operator/mails': { who: 'operator', status: 200 },
  'POST /api/operator/mails/{accountId}/{mailId}/retry': { who: 'operator', status: 404 },
  'POST /api/operator/mails/{accountId}/{mailId}/cancel': { who: 'operator', status: 404 },
  'GET /api/operator/system': { who: 'operator', status: 200 },
  'GET /api/account/audit/export': { who: 'owner', status: 200, scope: 'access.manage' },
  [`POST ${packages}`]: { who: 'everyone', status: 400, scope: 'package.write' },
  [`GET ${packages}`]: { who: 'everyone', status: 200, scope: 'package.read' },
  'GET /api/layouts': { who: 'everyone', status: 200, scope: 'package.read' },
  'POST /api/layouts': { who: 'everyone', status: 400, scope: 'package.write' },
  [`GET ${packages}/{packageId}`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, signer: 200, scope: 'package.read' },
  [`PUT ${packages}/{packageId}`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`POST ${packages}/{packageId}`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`DELETE ${packages}/{packageId}`]: { who: 'everyone', status: 404, id: 'nothing', scope: 'package.write' },
  [`POST ${packages}/{packageId}/clone`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`GET ${packages}/{packageId}/documents`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, signer: 200, scope: 'package.read' },
  [`POST ${packages}/{packageId}/documents`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`PUT ${packages}/{packageId}/documents`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, body: [], scope: 'package.write' },
  [`DELETE ${packages}/{packageId}/documents`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, body: ['none'], scope: 'package.write' },
  [`GET ${packages}/{packageId}/documents/zip`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, signer: 200, scope: 'package.read' },
  [`GET ${packages}/{packageId}/documents/visibility`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, scope: 'package.read' },
  [`POST ${packages}/{packageId}/documents/visibility`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, body: { configurations: [] }, scope: 'package.write' },
  [`GET ${packages}/{packageId}/documents/{documentId}`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, signer: 200, scope: 'package.read' },
  [`PUT ${packages}/{packageId}/documents/{documentId}`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`POST ${packages}/{packageId}/documents/{documentId}`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`DELETE ${packages}/{packageId}/documents/{documentId}`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`POST ${packages}/{packageId}/documents/{documentId}/layout`]: { who: 'everyone', status: 400, regular: 400, otherStatus: 400, scope: 'package.write' }, // no layout is named
  [`GET ${packages}/{packageId}/documents/{documentId}/pdf`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, signer: 200, scope: 'package.read' },
  [`GET ${packages}/{packageId}/documents/{documentId}/original`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, signer: 200, scope: 'package.read' },
  // The matrix's package has been sent: changes are refused, after the caller has been let in.
  [`GET ${packages}/{packageId}/roles`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, signer: 200, scope: 'package.read' },
  [`POST ${packages}/{packageId}/roles`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`PUT ${packages}/{packageId}/roles`]: { who: 'everyone', status: 400, body: [], regular: 403, otherStatus: 404, scope: 'package.write' },
  [`GET ${packages}/{packageId}/roles/{roleId}`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, signer: 200, scope: 'package.read' },
  [`PUT ${packages}/{packageId}/roles/{roleId}`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`DELETE ${packages}/{packageId}/roles/{roleId}`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`POST ${packages}/{packageId}/roles/{roleId}/unlock`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`GET ${packages}/{packageId}/roles/{roleId}/verification`]: { who: 'everyone', status: 204, regular: 403, otherStatus: 404, scope: 'package.read' },
  [`PUT ${packages}/{packageId}/roles/{roleId}/verification`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`POST ${packages}/{packageId}/roles/{roleId}/verification`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`DELETE ${packages}/{packageId}/roles/{roleId}/verification`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, scope: 'package.write' },
  'GET /api/account/{accountId}/verificationTypes': { who: 'everyone', status: 404, scope: 'user.read' },
  [`GET ${packages}/{packageId}/virtual-room/config`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, scope: 'package.read' },
  [`PUT ${packages}/{packageId}/virtual-room/config`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`GET ${packages}/{packageId}/virtual-room/config/masked-fields`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, scope: 'package.read' },
  [`POST ${packages}/{packageId}/virtual-room/config/masked-fields`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, body: [], scope: 'package.write' },
  [`PUT ${packages}/{packageId}/virtual-room/config/masked-fields/{maskedFieldId}`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`DELETE ${packages}/{packageId}/virtual-room/config/masked-fields/{maskedFieldId}`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`GET ${packages}/{packageId}/signers/{signerId}/approvals`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, signer: 200, scope: 'package.read' },
  [`GET ${packages}/{packageId}/signingStatus`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, signer: 200, scope: 'package.read' },
  [`GET ${packages}/{packageId}/fieldSummary`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, scope: 'package.read' },
  [`GET ${packages}/{packageId}/referencedConditions`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, signer: 200, scope: 'package.read' },
  [`POST ${packages}/{packageId}/documents/{documentId}/approvals`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`PUT ${packages}/{packageId}/documents/{documentId}/approvals`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, body: [], scope: 'package.write' },
  [`GET ${packages}/{packageId}/documents/{documentId}/approvals/{approvalId}`]: { who: 'everyone', status: 404, regular: 403, otherStatus: 404, signer: 404, scope: 'package.read' },
  [`PUT ${packages}/{packageId}/documents/{documentId}/approvals/{approvalId}`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`DELETE ${packages}/{packageId}/documents/{documentId}/approvals/{approvalId}`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`POST ${packages}/{packageId}/documents/{documentId}/approvals/{approvalId}/fields`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`GET ${packages}/{packageId}/documents/{documentId}/approvals/{approvalId}/fields/{fieldId}`]: { who: 'everyone', status: 404, regular: 403, otherStatus: 404, signer: 404, scope: 'package.read' },
  [`PUT ${packages}/{packageId}/documents/{documentId}/approvals/{approvalId}/fields/{fieldId}`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`POST ${packages}/{packageId}/documents/{documentId}/approvals/{approvalId}/fields/{fieldId}`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`DELETE ${packages}/{packageId}/documents/{documentId}/approvals/{approvalId}/fields/{fieldId}`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`PUT ${packages}/{packageId}/documents/{documentId}/approvals/{approvalId}/fields/{fieldId}/conditionalFields`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`POST ${packages}/{packageId}/documents/{documentId}/fields`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`PUT ${packages}/{packageId}/documents/{documentId}/fields`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, body: [], scope: 'package.write' },
  [`GET ${packages}/{packageId}/documents/{documentId}/fields/{fieldId}`]: { who: 'everyone', status: 404, regular: 403, otherStatus: 404, signer: 404, scope: 'package.read' },
  [`PUT ${packages}/{packageId}/documents/{documentId}/fields/{fieldId}`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`DELETE ${packages}/{packageId}/documents/{documentId}/fields/{fieldId}`]: { who: 'everyone', status: 400, regular: 403, otherStatus: 404, scope: 'package.write' },
  [`GET ${packages}/{packageId}/documents/{documentId}/signers/{signerId}/approvals`]: { who: 'everyone', status: 200, regular: 403, otherStatus: 404, signer: 200, scope: 'package.read' },
  'GET /api/callback': { who: 'owner', status: 200, scope: 'notification.read' },
  'POST /api/callback': { who: 'owner', status: 200, scope: 'notification.manage' },
  'GET /api/callback/connectors/{origin}': { who: 'owner', status: 200, scope: 'notification.read' },
  'POST /api/callback/connectors/{origin}': { who: 'owner', status: 200, scope: 'notification.manage' },
  [`GET ${endpoints}`]: { who: 'owner', status: 200, scope: 'notification.read' },
  [`POST ${endpoints}`]: { who: 'owner', status: 400, scope: 'notification.manage' },
  [`GET ${endpoints}/{endpointId}`]: { who: 'owner', status: 200, otherStatus: 404, scope: 'notification.read' },
  [`PUT ${endpoints}/{endpointId}`]: { who: 'owner', status: 200, otherStatus: 404, body: { url: nowhere }, scope: 'notification.manage' },
  [`DELETE ${endpoints}/{endpointId}`]: { who: 'owner', status: 404, id: 'nothing', scope: 'notification.manage' },
  [`POST ${endpoints}/{endpointId}/pause`]: { who: 'owner', status: 200, otherStatus: 404, scope: 'notification.manage' },
  [`POST ${endpoints}/{endpointId}/resume`]: { who: 'owner', status: 200, otherStatus: 404, scope: 'notification.manage' },
  [`POST ${endpoints}/{endpointId}/disable`]: { who: 'owner', status: 200, otherStatus: 404, scope: 'notification.manage' },
  [`POST ${endpoints}/{endpointId}/enable`]: { who: 'owner', status: 200, otherStatus: 404, scope: 'notification.manage' },
  [`POST ${endpoints}/{endpointId}/signingSecrets`]: { who: 'owner', status: 200, otherStatus: 404, scope: 'notification.manage' },
  [`POST ${endpoints}/{endpointId}/test`]: { who: 'owner', status: 200, otherStatus: 404, scope: 'notification.manage' },
  [`POST ${endpoints}/{endpointId}/check`]: { who: 'owner', status: 200, otherStatus: 404, scope: 'notification.manage' },
  [`GET ${notifications}/endpointHealth`]: { who: 'owner', status: 200, scope: 'notification.read' },
  [`GET ${notifications}/catchers`]: { who: 'owner', status: 200, scope: 'notification.read' },
  [`POST ${notifications}/catchers`]: { who: 'owner', status: 400, body: { answer: 302 }, scope: 'notification.manage' },
  [`GET ${notifications}/catchers/{catcherId}`]: { who: 'owner', status: 404, id: 'nothing', scope: 'notification.read' },
  [`PUT ${notifications}/catchers/{catcherId}`]: { who: 'owner', status: 404, id: 'nothing', scope: 'notification.manage' },
  [`DELETE ${notifications}/catchers/{catcherId}`]: { who: 'owner', status: 404, id: 'nothing', scope: 'notification.manage' },
  [`GET ${notifications}/catchers/{catcherId}/requests`]: { who: 'owner', status: 404, id: 'nothing', scope: 'notification.read' },
  'POST /catch/{token}': { who: 'public', status: 404, id: 'nothing' },
  'PUT /catch/{token}': { who: 'public', status: 404, id: 'nothing' },
  [`POST ${notifications}/probes`]: { who: 'owner', status: 400, scope: 'notification.manage' },
  [`GET ${notifications}/deliveries`]: { who: 'owner', status: 200, scope: 'notification.read' },
  [`GET ${notifications}/deliveries/failures`]: { who: 'owner', status: 200, scope: 'notification.read' },
  [`GET ${notifications}/deliveries/export`]: { who: 'owner', status: 200, scope: 'notification.read' },
  [`GET ${notifications}/deliveries/{eventId}/{endpointId}`]: { who: 'owner', status: 200, otherStatus: 404, as: { endpointId: 'pausedEndpointId' }, scope: 'notification.read' },
  [`POST ${notifications}/deliveries/{eventId}/{endpointId}/resend`]: { who: 'owner', status: 409, otherStatus: 404, as: { endpointId: 'pausedEndpointId' }, scope: 'notification.manage' }, // pending
  [`POST ${notifications}/deliveries/{eventId}/{endpointId}/retry`]: { who: 'owner', status: 409, otherStatus: 404, as: { endpointId: 'pausedEndpointId' }, scope: 'notification.manage' }, // paused
  [`POST ${notifications}/deliveries/{eventId}/{endpointId}/cancel`]: { who: 'owner', status: 404, id: 'nothing', scope: 'notification.manage' },
  [`GET ${notifications}/replays`]: { who: 'owner', status: 200, scope: 'notification.read' },
  [`POST ${notifications}/replays`]: { who: 'owner', status: 400, scope: 'notification.manage' },
  [`GET ${notifications}/replays/{replayId}`]: { who: 'owner', status: 200, otherStatus: 404, scope: 'notification.read' },
  [`POST ${notifications}/replays/{replayId}/cancel`]: { who: 'owner', status: 409, otherStatus: 404, scope: 'notification.manage' }, // over
  [`GET ${notifications}/events`]: { who: 'owner', status: 200, scope: 'notification.read' },
  [`POST ${notifications}/events`]: { who: 'owner', status: 400, scope: 'event.write' },
  [`GET ${notifications}/events/stream`]: { who: 'owner', status: 200, scope: 'notification.read' },
  [`DELETE ${notifications}/events/{eventId}/payload`]: { who: 'owner', status: 200, otherStatus: 404, scope: 'notification.manage' },
  [`GET ${notifications}/eventTypes`]: { who: 'everyone', status: 200, scope: 'notification.read' },
  [`GET ${notifications}/eventTypes/lastEvents`]: { who: 'owner', status: 200, scope: 'notification.read' },
  [`GET ${notifications}/transactions`]: { who: 'owner', status: 400, scope: 'notification.read' }, // which?
  [`GET ${notifications}/overview`]: { who: 'owner', status: 200, scope: 'notification.read' },
  [`GET ${notifications}/statistics`]: { who: 'owner', status: 200, scope: 'notification.read' },
  [`GET ${notifications}/manifests`]: { who: 'owner', status: 200, scope: 'notification.read' },
  [`GET ${notifications}/signingKeys`]: { who: 'owner', status: 200, scope: 'notification.read' },
  [`POST ${notifications}/signingKeys`]: { who: 'owner', status: 200, scope: 'notification.manage' },
  'GET /.well-known/webhook-keys/{accountId}': { who: 'public', status: 200 },
  [`GET ${notifications}/retention`]: { who: 'owner', status: 200, scope: 'notification.read' },
  [`PUT ${notifications}/retention`]: { who: 'owner', status: 200, scope: 'notification.manage' },
};

test('every route has a row, and every row a route', () => {
  const routes = documentedRoutes();
  assert.ok(routes.length > 110);
  assert.deepEqual(Object.keys(rows).sort(), routes.sort());
});

const openedByApps = ['regular', 'manager', 'ownerToken', 'ownerJwt', 'readOnly', ...scopes];

/** What `caller` gets, by the row alone. */
function expected(row, method, caller) {
  if (row.who === 'public') return caller === 'operator' ? row.operator ?? row.status : row.status;
  if (['none', 'wrong', 'expired', 'revoked'].includes(caller)) return 401;
  if (caller === 'operator') return row.who === 'operator' ? row.status : 401; // it belongs to no account
  if (row.who === 'operator') return 403;
  if (row.app && openedByApps.includes(caller)) return row.app;
  if (caller === 'signer') return row.signer ?? 403;
  if (caller === 'otherOwner') return row.otherStatus ?? row.status;
  if (caller === 'readOnly') return method === 'GET' ? row.status : 403;
  if (caller === 'session') return row.session ?? row.status;
  if (scopes.includes(caller)) return !row.scope || [row.scope].flat().includes(caller) ? row.status : 403;
  if (caller === 'regular') return row.who === 'everyone' ? row.regular ?? row.status : 403;
  if (caller === 'manager') return row.who === 'owner' ? 403 : row.status;
  return row.status; // the owner, by key or by token
}

/** Of the account's notifications: an endpoint to steer; one that is paused, with a pending delivery; a replay that is over. */
async function makeNotifications(owner) {
  const create = async (events) => (await owner.post(endpoints, { url: nowhere, events })).body.id;
  const [endpointId, pausedEndpointId] = [await create([]), await create(['PACKAGE_TRASH'])];
  await owner.post(`${endpoints}/${pausedEndpointId}/pause`);
  const { body: raised } = await owner.post(`${notifications}/events`, { name: 'PACKAGE_TRASH', packageId: 'elsewhere' });
  const { body: replay } = await owner.post(`${notifications}/replays`, { endpointId, packageId: 'nothing' });
  await until('the end of the replay', async () => (await owner.get(`${notifications}/replays/${replay.id}`)).body.state === 'DONE');
  return { origin: 'dynamics', endpointId, pausedEndpointId, eventId: raised.events[0].id, replayId: replay.id };
}

async function makeCallers(server, installation) {
  const account = await createAccount(installation);
  const owner = Client.withKey(server, account);
  const app = await createApp(owner);
  const regular = await createSender(owner, 'regular@matrix.example');
  await createSender(owner, 'manager@matrix.example', { type: 'MANAGER' });
  const { body: made } = await owner.post(packages, sendablePackage({ status: 'SENT' }));
  const revokedApp = await createApp(owner);
  const revoked = await apiToken(server, revokedApp);
  await owner.delete(`${apps}/${revokedApp.clientId}`);
  await owner.put('/api/account/authentication/settings', { tokenLifeMax: 0 });
  const callers = {
    none: new Client(server),
    wrong: new Client(server, 'Bearer grf_at_wrong'),
    expired: new Client(server, installation.expired),
    revoked,
    regular: await apiToken(server, app, 'regular@matrix.example'),
    manager: await apiToken(server, app, 'manager@matrix.example'),
    owner,
    ownerToken: await apiToken(server, app),
    ownerJwt: await accessToken(server, app),
    otherOwner: Client.withKey(server, await createAccount(installation, 'Other')),
    readOnly: await apiToken(server, await createApp(owner, { name: 'Reads', readOnly: true })),
    session: () => signIn(server, account.email, account.password),
    operator: new Client(server, `Bearer ${await makeOperator(installation)}`),
    signer: async () => new SessionClient(server, (await owner.post(`/api/sessions?package=${encodeURIComponent(made.id)}&signer=ann@example.com`)).body.sessionToken),
  };
  for (const scope of scopes) callers[scope] = await accessToken(server, app, { scope });
  return { callers, ids: { ...(await makeNotifications(owner)), senderId: regular.id, packageId: made.id, documentId: 'default-consent', language: 'fr', customFieldId: 'none', maskedFieldId: 'a-b-c', roleId: 'Role1', signerId: 'nobody', approvalId: 'none', fieldId: 'none', accountRoleId: 'manager', delegateId: 'nobody000000', accountId: 'nobody000000', sequence: '999999', mailId: 'none', clientId: 'grf_ci_none' } };
}

for (const engine of engines) {
  test(`every route × every caller (${engine})`, async () => {
    const installation = freshInstallation(engine);
    // A token that has expired by the time it is used.
    const early = await Server.start(installation, ['--token-life', '1']);
    const before = await createAccount(installation, 'Early');
    installation.expired = (await apiToken(early, await createApp(Client.withKey(early, before)))).authorization;
    await early.stop();
    await sleep(1100);
    const server = await Server.start(installation);
    const { callers, ids } = await makeCallers(server, installation);
    const wrong = [];
    const clients = {};
    for (const [route, row] of Object.entries(rows)) {
      const [method, pattern] = route.split(' ');
      for (const [name, caller] of Object.entries(callers)) {
        const path = pattern.replace(/\{(\w+)\}/g, (_, id) => encodeURIComponent(row.id && ['senderId', 'packageId', 'endpointId'].includes(id) ? row.id : ids[row.as?.[id] ?? id]));
        const ask = (client) => client.request(method, path, method === 'GET' ? undefined : row.body ?? {});
        let answer = await ask((clients[name] ??= typeof caller === 'function' ? await caller() : caller));
        if (answer.status === 401 && typeof caller === 'function') answer = await ask((clients[name] = await caller())); // an earlier row has ended its session
        if (answer.status !== expected(row, method, name)) wrong.push(`${route} by ${name}: ${answer.status} instead of ${expected(row, method, name)} ${JSON.stringify(answer.body)}`);
        if (answer.status >= 400) for (const member of ['code', 'messageKey', 'name', 'message']) if (!answer.body?.[member]) wrong.push(`${route} by ${name}: no ${member}`);
      }
    }
    assert.deepEqual(wrong, []);
    await server.stop();
    installation.remove();
  });
}

// authorization.mjs – oidc-provider as the authorization server that receivers trust: client credentials, the password grant,
// refresh tokens that are replaced at each use. Keeps what it was asked, and can be told to wait or to be away.
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { generateKeyPairSync } from 'node:crypto';
import { Provider, errors } from 'oidc-provider';

const audience = 'urn:receiver';
const signingKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });

function configuration(clients, lives) {
  return {
    clients: clients.map((client) => ({ redirect_uris: [], response_types: [], grant_types: ['client_credentials', 'password'], ...client })),
    clientDefaults: { token_endpoint_auth_method: 'client_secret_basic' },
    scopes: ['openid', 'offline_access', 'notify.write', 'notify.read'],
    ttl: { ClientCredentials: () => lives.seconds, AccessToken: () => lives.seconds, RefreshToken: 3600, Grant: 3600 },
    rotateRefreshToken: true,
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    cookies: { keys: ['of no use here'] },
    jwks: { keys: [signingKey] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        getResourceServerInfo: () => ({ scope: 'notify.write notify.read', audience, accessTokenFormat: 'opaque', accessTokenTTL: lives.seconds }),
        useGrantedResource: () => true,
      },
    },
  };
}

/** oidc-provider has no password grant: this one knows one user. */
async function passwordGrant(ctx, next) {
  const { AccessToken, Grant } = ctx.oidc.provider;
  const { username, password, scope } = ctx.oidc.params;
  if (username !== 'robot' || password !== 'r0b0t pass&word') throw new errors.InvalidGrant('wrong user or password');
  const grant = new Grant({ accountId: username, clientId: ctx.oidc.client.clientId });
  grant.addOIDCScope(scope ?? '');
  const token = new AccessToken({ accountId: username, client: ctx.oidc.client, grantId: await grant.save(), scope, gty: 'password' });
  ctx.body = { access_token: await token.save(), expires_in: token.expiration, token_type: token.tokenType };
  await next();
}

export class AuthorizationServer {
  /** `clients` as oidc-provider registers them. `tls`: {key, cert} for a front with https and Salesforce's path. */
  static async start(clients, tls) {
    const server = new AuthorizationServer();
    Object.assign(server, { requests: [], lives: { seconds: 600 }, hold: undefined, refuse: undefined });
    server.provider = new Provider('http://127.0.0.1', configuration(clients, server.lives));
    server.provider.registerGrantType('password', passwordGrant, ['username', 'password', 'scope']);
    server.provider.use((ctx, next) => server.note(ctx, next));
    server.plain = createServer(server.provider.callback());
    await server.listen(server.plain, 0);
    server.port = server.plain.address().port;
    server.url = `http://127.0.0.1:${server.port}/token`;
    if (tls) await server.addFront(tls);
    return server;
  }
  async addFront(tls) {
    const callback = this.provider.callback();
    this.front = createSecureServer(tls, (request, response) => {
      this.paths = [...(this.paths ?? []), request.url];
      if (request.url === '/services/oauth2/token') request.url = '/token';
      callback(request, response);
    });
    await this.listen(this.front, 0);
    this.frontPort = this.front.address().port;
    this.frontHost = `localhost:${this.frontPort}`;
    this.secureUrl = `https://${this.frontHost}/token`;
  }
  listen(server, port) {
    return new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve).unref());
  }
  async note(ctx, next) {
    const request = { authorization: ctx.get('authorization'), at: Date.now() };
    this.requests.push(request);
    await this.hold;
    if (this.refuse) {
      Object.assign(ctx, this.refuse);
      return;
    }
    await next();
    request.form = { ...ctx.oidc?.body };
    request.status = ctx.status;
    request.answer = ctx.body;
  }
  /** The token that a notification carries, when it is good now; undefined else. */
  async token(notification) {
    const value = notification.headers.authorization?.match(/^Bearer (\S+)$/)?.[1];
    return value && ((await this.provider.ClientCredentials.find(value)) ?? (await this.provider.AccessToken.find(value)));
  }
  /** What a receiver does that trusts this server: 200 with a good token, 401 without. */
  get guard() {
    return async (notification) => ((await this.token(notification)) ? 200 : 401);
  }
  /** A refresh token as a person has granted it to a client. */
  async refreshToken(clientId) {
    const client = await this.provider.Client.find(clientId);
    const grant = new this.provider.Grant({ accountId: 'person', clientId });
    grant.addOIDCScope('openid offline_access');
    const grantId = await grant.save();
    return new this.provider.RefreshToken({ accountId: 'person', client, grantId, scope: 'openid offline_access', gty: 'authorization_code' }).save();
  }
  async close(server) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  /** Away and back, at the same address. */
  goAway() {
    return this.close(this.plain);
  }
  comeBack() {
    return this.listen(this.plain, this.port);
  }
  async stop() {
    if (this.plain.listening) await this.close(this.plain);
    if (this.front) await this.close(this.front);
  }
}

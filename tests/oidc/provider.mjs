// The certified provider `oidc-provider`, with its own pages to sign in and out.
//
// Takes one JSON object: the hub's URL, its client id and secret, the audience of its API, and
// what is known of whom. Prints its issuer when it listens, and ends with its standard input.
// POST /rotate replaces its keys.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

const { hub, clientId, clientSecret, audience, people } = JSON.parse(process.argv[2]);

let keys = 0;

function newKeys() {
  keys += 1;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', kid: `key-${keys}` }] };
}

function start(issuer) {
  const provider = new Provider(issuer, {
    jwks: newKeys(),
    cookies: { keys: ['only for tests'] },
    pkce: { required: () => true },
    ttl: { AuthorizationCode: 30, IdToken: 120, AccessToken: 120, Session: 600, Grant: 600, Interaction: 600 },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'locale'] },
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${hub}/auth/callback`],
        post_logout_redirect_uris: [`${hub}/`],
      },
      {
        // A program of somebody's that speaks to the hub's API.
        client_id: 'program',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://localhost/program'],
      },
    ],
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    // The hub is no stranger, so nobody is asked whether it may know what it asks for.
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope('openid email profile');
      grant.addResourceScope(audience, 'watch');
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => [],
        getResourceServerInfo: () => ({
          scope: 'watch',
          audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 120,
        }),
      },
    },
  });
  return provider.callback();
}

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  let answer = start(issuer);
  server.on('request', (request, response) => {
    if (request.method === 'POST' && request.url === '/rotate') {
      answer = start(issuer);
      response.end();
    } else {
      answer(request, response);
    }
  });
  console.log(issuer);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit());

// A real OIDC provider on one loopback port, and on another one the means to test with it: change its keys, and
// sign any token with its keys (a forged audience is only refused for its audience if the signature is right).
//
// Prints one line of JSON when it listens. Ends when its standard input does.

import { constants, createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const CLIENT = { id: 'gateway', secret: 'not-a-secret-of-anyone' };
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

let generation = 0;
let keys = {};
let provider;

const front = createServer((request, reply) => provider.callback()(request, reply));
const control = createServer((request, reply) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = parts.length ? JSON.parse(Buffer.concat(parts)) : {};
    reply.setHeader('content-type', 'application/json');
    reply.end(JSON.stringify(answer(request.url, body)));
  });
});

front.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  renew();
  control.listen(0, '127.0.0.1', () => {
    console.log(JSON.stringify({ issuer: issuer(), control: `http://127.0.0.1:${control.address().port}` }));
  });
});
process.stdin.on('end', () => process.exit(0)).resume();

function answer(path, body) {
  switch (path) {
    case '/rotate':
      renew();
      return { generation };
    case '/sign':
      return { token: signed(body.header, body.payload) };
    case '/public':
      return { pem: keys.rsa.publicKey.export({ type: 'spki', format: 'pem' }), kid: kid('rsa') };
    default:
      return { error: `no ${path}` };
  }
}

function issuer() {
  return `http://127.0.0.1:${front.address().port}`;
}

function renew() {
  generation += 1;
  keys = {
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    ed: generateKeyPairSync('ed25519'),
  };
  provider = new Provider(issuer(), {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      },
    ],
    jwks: { keys: Object.keys(keys).map((name) => ({ ...privateJwk(name), use: 'sig' })) },
    enabledJWA: { idTokenSigningAlgValues: ALGORITHMS },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: { enabled: true, getResourceServerInfo: (_, resource) => server(resource) },
    },
  });
}

// urn:<audience>:<algorithm>
function server(resource) {
  const [, audience, alg] = resource.split(':');
  return { scope: 'chat', audience, accessTokenFormat: 'jwt', accessTokenTTL: 600, jwt: { sign: { alg } } };
}

function privateJwk(name) {
  return { ...keys[name].privateKey.export({ format: 'jwk' }), kid: kid(name) };
}

function kid(name) {
  return createHash('sha256').update(`${name} ${generation}`).digest('base64url').slice(0, 16);
}

function signed(header, payload) {
  const name = { R: 'rsa', P: 'rsa', E: header.alg === 'EdDSA' ? 'ed' : 'ec' }[header.alg[0]];
  const named = 'kid' in header ? header : { ...header, kid: kid(name) };
  const text = [named, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const key = { key: keys[name].privateKey, dsaEncoding: 'ieee-p1363', ...(header.alg === 'PS256' ? pss : {}) };
  const digest = name === 'ed' ? null : 'sha256';
  return `${text}.${sign(digest, Buffer.from(text), key).toString('base64url')}`;
}

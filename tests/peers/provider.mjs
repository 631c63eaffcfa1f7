// A provider as others run it: oidc-provider, certified by the OpenID Foundation, with one client and people of its own.
//
//     node --input-type=module --eval "$(cat provider.mjs)" '{"client_id", "client_secret", "redirect_uri"}'
//
// runs in the folder that infra/tools/fetch peers has filled. Says its issuer, then each thing that it is asked for, a line each.
// A line `keys` on its standard input changes its keys; it ends with that input.

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

// What it advises for production is of no use here.
console.warn = () => {};

const client = JSON.parse(process.argv[1]);
const server = createServer();
server.listen(0, '127.0.0.1', begin);

function begin() {
    const issuer = `http://127.0.0.1:${server.address().port}`;
    let provider = made(issuer);
    server.on('request', (request, response) => {
        const path = request.url.split('?')[0];
        console.log(`${request.method} ${path}`);
        if (path.startsWith('/interaction/')) return answer(provider, request, response).catch((error) => response.destroy(error));
        provider.callback()(request, response);
    });
    const lines = createInterface({ input: process.stdin });
    lines.on('line', (line) => {
        if (line !== 'keys') return;
        // What was begun goes on: it is kept outside of this.
        provider = made(issuer);
        console.log('keys changed');
    });
    lines.on('close', () => process.exit());
    console.log(issuer);
}

function key() {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'RS256', use: 'sig' };
}

function made(issuer) {
    return new Provider(issuer, {
        clients: [{ client_id: client.client_id, client_secret: client.client_secret, redirect_uris: [client.redirect_uri] }],
        jwks: { keys: [key()] },
        cookies: { keys: ['for a test only'] },
        acrValues: ['gold'],
        claims: { openid: ['sub', 'amr', 'acr'], profile: ['name'], email: ['email', 'email_verified'] },
        features: { devInteractions: { enabled: false } },
        interactions: { url: (context, interaction) => `/interaction/${interaction.uid}` },
        findAccount: (context, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@login.example` }) }),
        // The organisation's own clients need nobody's consent.
        loadExistingGrant: async (context) => {
            const { provider, client, session, params } = context.oidc;
            const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
            grant.addOIDCScope(params.scope);
            await grant.save();
            return grant;
        },
    });
}

// Its sign-in page: who it is, and with a second factor or without. `cancel` is somebody who changes their mind.
async function answer(provider, request, response) {
    if (request.method !== 'POST') {
        response.setHeader('content-type', 'text/html');
        return response.end('<form method="post"><input name="login"><input name="code"><button>Sign in</button></form>');
    }
    let body = '';
    for await (const piece of request) body += piece;
    const typed = new URLSearchParams(body);
    const login = { accountId: typed.get('login'), amr: ['pwd'] };
    if (typed.get('code')) Object.assign(login, { amr: ['pwd', 'otp', 'mfa'], acr: 'gold' });
    const result = typed.has('cancel') ? { error: 'access_denied', error_description: 'They changed their mind.' } : { login };
    await provider.interactionFinished(request, response, result);
}

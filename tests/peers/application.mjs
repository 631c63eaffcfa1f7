// An application as others write it: openid-client, certified by the OpenID Foundation.
//
//     node --input-type=module --eval "$(cat application.mjs)" '{"issuer", "client_id", "client_secret"?, "redirect_uri"}'
//
// runs in the folder that infra/tools/fetch peers has filled. Says where it sends somebody, reads from its standard input the
// address at which they come back, and says what it knows of them then.

import { createInterface } from 'node:readline';
import * as openid from 'openid-client';

const { issuer, client_id, client_secret, redirect_uri } = JSON.parse(process.argv[1]);
const proof = client_secret ? openid.ClientSecretBasic(client_secret) : openid.None();
const configuration = await openid.discovery(new URL(issuer), client_id, undefined, proof, { execute: [openid.allowInsecureRequests] });
// It checks the signature as well, which it need not where the token came by TLS.
openid.enableNonRepudiationChecks(configuration);

const pkceCodeVerifier = openid.randomPKCECodeVerifier();
const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
const way = openid.buildAuthorizationUrl(configuration, {
    redirect_uri,
    scope: 'openid profile email',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
});
console.log(way.href);

for await (const back of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await known(new URL(back))));
}

async function known(back) {
    try {
        const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
        const tokens = await openid.authorizationCodeGrant(configuration, back, checks);
        const claims = tokens.claims();
        return { claims, told: await openid.fetchUserInfo(configuration, tokens.access_token, claims.sub) };
    } catch (error) {
        return { error: error.error ?? error.code ?? error.message };
    }
}

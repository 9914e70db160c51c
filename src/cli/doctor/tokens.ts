import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/index.ts';
import { type DatabaseCheck, databaseCheck } from '../../database/index.ts';
import { assertIssuerKeysReachable, openAuthenticator, openIssuer } from '../../wiring/index.ts';
import { toCommandError } from '../command.ts';

/** Milliseconds that the identity provider has to send its discovery document. */
const PROVIDER_TIMEOUT_MS = 3_000;
/** Characters; a discovery document has about five thousand. */
const LONGEST = 256 * 1024;

/**
 * Whether the identity provider's tokens can be verified, and say when their person signed in: without that time, no one can agree to
 * anything. If FIRMSEAL_TOKEN is set, that token decides. A discovery document only lists what tokens of any kind may contain.
 */
export async function inspectTokens(config: Config): Promise<DatabaseCheck[]> {
	if (!config.tokens) return tryBuiltIn(config);
	const claim = config.tokenRules.authTimeClaim;
	const refreshed = ['iat', 'nbf'].includes(claim)
		? [
				databaseCheck(
					`the time of sign-in is ${claim}: a token that is refreshed in the background counts as a new sign-in`,
					null,
				),
			]
		: [];
	const token = config.client.token?.expose();
	return [
		await askForKeys(config.tokens),
		...refreshed,
		...(token === undefined ? await askProvider(config.tokens.issuer, claim) : [await tryToken(config, token)]),
	];
}

/** Checks nothing if there is no key yet: the first process that needs the key creates it. */
async function tryBuiltIn(config: Config): Promise<DatabaseCheck[]> {
	if (!existsSync(join(config.dataDir, 'issuer/issuer-key.json'))) return [];
	const check = 'the built-in issuer’s key is intact, and only its owner can read it';
	try {
		await openIssuer(config);
		return [databaseCheck(check, null)];
	} catch (error) {
		return [databaseCheck(check, `${toCommandError(error).message} Until then no one can sign in.`)];
	}
}

async function askForKeys(tokens: NonNullable<Config['tokens']>): Promise<DatabaseCheck> {
	const check = 'the identity provider’s keys can be fetched from FIRMSEAL_JWKS_URL';
	try {
		await assertIssuerKeysReachable(tokens);
		return databaseCheck(check, null);
	} catch (error) {
		return databaseCheck(check, `${toCommandError(error).message} Until then no one can sign in.`);
	}
}

async function tryToken(config: Config, token: string): Promise<DatabaseCheck> {
	const check = `FIRMSEAL_TOKEN is accepted, and says in ${config.tokenRules.authTimeClaim} when its person signed in`;
	try {
		const { authTime } = await (await openAuthenticator(config))(`Bearer ${token}`);
		const fix =
			authTime instanceof Date
				? null
				: missingTimeFix(authTime === null ? 'The token does not say it' : 'The time in the token is impossible');
		return databaseCheck(check, fix);
	} catch (error) {
		return databaseCheck(check, toCommandError(error).message);
	}
}

async function askProvider(issuer: string, claim: string): Promise<DatabaseCheck[]> {
	const named = await claimsOf(issuer);
	const check = `the identity provider names ${claim} among its claims`;
	const isNamed = named?.includes(claim) === true;
	// The list never names a claim that an installation has its provider add.
	if (named && !isNamed && claim === 'auth_time')
		return [databaseCheck(check, missingTimeFix('Its discovery document does not'))];
	return [
		...(isNamed ? [databaseCheck(check, null)] : []),
		{
			check: `access tokens say in ${claim} when their person signed in`,
			ok: null,
			fix: 'Only a token can show this: set FIRMSEAL_TOKEN to an access token, and run this again.',
		},
	];
}

const missingTimeFix = (problem: string): string =>
	`${problem}, and without this time no one can agree to a lease or a job, or to anything as an approver: have the issuer put the claim into access tokens, name another claim that has the time in FIRMSEAL_AUTH_TIME_CLAIM, or set FIRMSEAL_TOKEN to a token that has the claim.`;

/** OpenID Connect Discovery, section 4. null if the issuer has no such document here, or the document has no list of claims. */
async function claimsOf(issuer: string): Promise<readonly unknown[] | null> {
	const url = URL.parse(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
	if (!url || !/^https?:$/.test(url.protocol)) return null;
	try {
		const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PROVIDER_TIMEOUT_MS) });
		const text = answer.ok ? await answer.text() : '';
		const { claims_supported: claims } = JSON.parse(text.length > LONGEST ? '{}' : text) as {
			claims_supported?: unknown;
		};
		return Array.isArray(claims) ? claims : null;
	} catch {
		return null;
	}
}

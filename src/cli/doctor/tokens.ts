import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/index.ts';
import type { DatabaseCheck } from '../../database/index.ts';
import { assertIssuerKeysReachable, openAuthenticator, openIssuer } from '../../wiring/index.ts';
import { toCommandError } from '../command.ts';

/** Milliseconds that the identity provider has to say what it is. */
const PROVIDER_TIMEOUT_MS = 3_000;
/** Characters; a discovery document has some five thousand. */
const LONGEST = 256 * 1024;

/**
 * Whether tokens of the identity provider can be checked, and say when their person signed in, without which nobody can agree to anything. A
 * token shows it, so one that is given decides; a discovery document only says what the provider may put into tokens of any kind.
 */
export async function inspectTokens(config: Config): Promise<DatabaseCheck[]> {
	if (!config.tokens) return tryBuiltIn(config);
	const claim = config.tokenRules.authTimeClaim;
	const refreshed = ['iat', 'nbf'].includes(claim)
		? [
				{
					check: `sign-ins go by ${claim}: a token that is refreshed in the background counts as one`,
					ok: true,
					mend: null,
				},
			]
		: [];
	const token = config.client.token?.expose();
	return [
		await askForKeys(config.tokens),
		...refreshed,
		...(token === undefined ? await askProvider(config.tokens.issuer, claim) : [await tryToken(config, token)]),
	];
}

/** Where it has no key yet, nothing is said: who first needs one makes it. */
async function tryBuiltIn(config: Config): Promise<DatabaseCheck[]> {
	if (!existsSync(join(config.dataDir, 'issuer/issuer-key.json'))) return [];
	const check = 'the built-in issuer’s key is whole, and its owner’s alone';
	try {
		await openIssuer(config);
		return [{ check, ok: true, mend: null }];
	} catch (error) {
		return [{ check, ok: false, mend: `${toCommandError(error).message} Until then no one can sign in.` }];
	}
}

async function askForKeys(tokens: NonNullable<Config['tokens']>): Promise<DatabaseCheck> {
	const check = 'the identity provider’s keys can be fetched from FIRMSEAL_JWKS_URL';
	try {
		await assertIssuerKeysReachable(tokens);
		return { check, ok: true, mend: null };
	} catch (error) {
		return { check, ok: false, mend: `${toCommandError(error).message} Until then nobody can sign in.` };
	}
}

async function tryToken(config: Config, token: string): Promise<DatabaseCheck> {
	const check = `FIRMSEAL_TOKEN is taken, and says by ${config.tokenRules.authTimeClaim} when its person signed in`;
	try {
		const { authTime } = await (await openAuthenticator(config))(`Bearer ${token}`);
		const mend =
			authTime instanceof Date ? null : mendOf(authTime === null ? 'The token does not say it' : 'The time can’t be');
		return { check, ok: mend === null, mend };
	} catch (error) {
		return { check, ok: false, mend: toCommandError(error).message };
	}
}

async function askProvider(issuer: string, claim: string): Promise<DatabaseCheck[]> {
	const named = await claimsOf(issuer);
	const check = `the identity provider names ${claim} among its claims`;
	const isNamed = named?.includes(claim) === true;
	// What an installation has its provider add is in no such list.
	if (named && !isNamed && claim === 'auth_time')
		return [{ check, ok: false, mend: mendOf('Its discovery document does not') }];
	return [
		...(isNamed ? [{ check, ok: true, mend: null }] : []),
		{
			check: `access tokens say by ${claim} when their person signed in`,
			ok: null,
			mend: 'Only a token shows it: run this again with an access token in FIRMSEAL_TOKEN.',
		},
	];
}

const mendOf = (what: string): string =>
	`${what}, and without it nobody agrees to a lease, a job or anything as an approver: have the issuer put it into access tokens, name what stands in for it in FIRMSEAL_AUTH_TIME_CLAIM, or show a token that has it in FIRMSEAL_TOKEN.`;

/** OpenID Connect Discovery, section 4; null: the issuer has no such document here, or it has no such list. */
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

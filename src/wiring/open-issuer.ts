import { join } from 'node:path';
import { type LocalIssuer, openLocalIssuer } from '../adapters/issuer-local/index.ts';
import type { Authenticate } from '../api/index.ts';
import { type Config, tokenRefusals } from '../config/index.ts';
import { SetupError } from '../errors.ts';
import { makeDataDirectory } from '../local-files/index.ts';

const BUILT_IN_ISSUER = { issuer: 'firmseal-development', audience: 'firmseal' } as const;

/** The client that tokens of the built-in issuer name. */
const BUILT_IN_CLIENT = 'firmseal-cli';

/** The client that tokens of the pages name: that of the sign-in routes (src/api/issuer/). */
const PAGES_CLIENT = 'firmseal-pages';

/** The issuer that a token must name: the configured issuer, or the built-in one. */
export const issuerOf = ({ tokens }: Config): string => tokens?.issuer ?? BUILT_IN_ISSUER.issuer;

/** The audience that a token must name. */
export const audienceOf = ({ tokens }: Config): string => tokens?.audience ?? BUILT_IN_ISSUER.audience;

/** @throws SetupError if an external issuer is configured */
export function assertBuiltInIssuer({ tokens }: Config): void {
	if (tokens) throw new SetupError('Tokens come from the issuer in FIRMSEAL_JWT_ISSUER: get a token there.');
}

/** The built-in issuer. @throws SetupError if an external issuer is configured */
export async function openIssuer(config: Config): Promise<LocalIssuer> {
	assertBuiltInIssuer(config);
	makeDataDirectory(config.dataDir);
	return openLocalIssuer({
		directory: join(config.dataDir, 'issuer'),
		...BUILT_IN_ISSUER,
		client: BUILT_IN_CLIENT,
		maxSeconds: config.tokenRules.maxLifeSeconds,
	});
}

/** @throws SetupError in production, if production refuses the issuer or the rules for its tokens */
export async function openAuthenticator(config: Config): Promise<Authenticate> {
	const refusals = tokenRefusals(config);
	if (refusals.length > 0) throw new SetupError(refusals.join('\n'));
	// Imported here because most commands don't need the API, and loading it takes half of their start.
	const { createAuthenticator, createRemoteKeys } = await import('../api/index.ts');
	const { tokens, tokenRules: rules } = config;
	if (!tokens)
		return createAuthenticator({
			...BUILT_IN_ISSUER,
			keys: (await openIssuer(config)).keys,
			rules: { ...rules, clients: [BUILT_IN_CLIENT, PAGES_CLIENT] },
		});
	const { jwksUrl, ...provider } = tokens;
	return createAuthenticator({ ...provider, keys: createRemoteKeys(new URL(jwksUrl)), rules });
}

/** Fetches the identity provider's keys, as a process that checks tokens does. @throws SetupError with the reason if it can't */
export async function assertIssuerKeysReachable({ jwksUrl }: NonNullable<Config['tokens']>): Promise<void> {
	const { fetchIssuerKeys } = await import('../api/index.ts');
	await fetchIssuerKeys(new URL(jwksUrl));
}

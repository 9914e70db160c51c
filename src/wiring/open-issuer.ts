import { join } from 'node:path';
import { type LocalIssuer, openLocalIssuer } from '../adapters/issuer-local/index.ts';
import type { Authenticate } from '../api/index.ts';
import type { Config } from '../config/index.ts';
import { tokenRefusals } from '../config/index.ts';
import { SetupError } from '../errors.ts';
import { makeDataDirectory } from '../local-files/index.ts';

const BUILT_IN_ISSUER = { issuer: 'firmseal-development', audience: 'firmseal' } as const;

/** The application that the built-in issuer gives its tokens to. */
const BUILT_IN_CLIENT = 'firmseal-cli';

/** The issuer that a token must name: the configured one, or the built-in. */
export const issuerOf = ({ tokens }: Config): string => tokens?.issuer ?? BUILT_IN_ISSUER.issuer;

/** @throws SetupError when an external issuer is configured */
export function assertBuiltInIssuer({ tokens }: Config): void {
	if (tokens) throw new SetupError('Tokens come from the issuer in FIRMSEAL_JWT_ISSUER: ask it for one.');
}

/** The built-in issuer. @throws SetupError when an external one is configured. */
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

/** @throws SetupError in production for an issuer, or rules for its tokens, that production refuses. */
export async function openAuthenticator(config: Config): Promise<Authenticate> {
	const refusals = tokenRefusals(config);
	if (refusals.length > 0) throw new SetupError(refusals.join('\n'));
	// Most commands do without the API, which takes half of their start to load.
	const { createAuthenticator, createRemoteKeys } = await import('../api/index.ts');
	const { tokens, tokenRules: rules } = config;
	if (!tokens)
		return createAuthenticator({
			...BUILT_IN_ISSUER,
			keys: (await openIssuer(config)).keys,
			rules: { ...rules, clients: [BUILT_IN_CLIENT] },
		});
	const { jwksUrl, ...provider } = tokens;
	return createAuthenticator({ ...provider, keys: createRemoteKeys(new URL(jwksUrl)), rules });
}

/** Asks the identity provider for its keys, as a process that checks tokens does. @throws SetupError that says why they can't be had */
export async function assertIssuerKeysReachable({ jwksUrl }: NonNullable<Config['tokens']>): Promise<void> {
	const { fetchIssuerKeys } = await import('../api/index.ts');
	await fetchIssuerKeys(new URL(jwksUrl));
}

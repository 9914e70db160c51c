import { explainNetworkErrorCode, SetupError } from '../../errors.ts';
import { createRemoteKeys, JWKS_TIMEOUT_MS } from './authenticate.ts';

/** Fetches the issuer's keys like the first token would. @throws SetupError that says why they are unavailable and what to do. */
export async function fetchIssuerKeys(address: URL): Promise<void> {
	const keys = createRemoteKeys(address);
	try {
		await keys.reload();
	} catch (error) {
		const { hostname, port, protocol } = address;
		throw new SetupError(whyKeysUnavailable(error, `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`));
	}
}

function whyKeysUnavailable(error: unknown, host: string): string {
	const setting = 'FIRMSEAL_JWKS_URL';
	const { code, cause } = error as { readonly code?: unknown; readonly cause?: { readonly code?: unknown } };
	if (code === 'ERR_JWKS_TIMEOUT')
		return `${host} does not answer within ${JWKS_TIMEOUT_MS / 1000} s: open the firewall, or fix ${setting}.`;
	// jose reports these codes for an answer that it can't use.
	if (/^ERR_J(?:OSE|WK)/.test(String(code)))
		return `${host} does not answer with status 200 and a JSON Web Key Set: fix the path in ${setting}.`;
	const named = /^[A-Z0-9_]{1,40}$/.test(String(cause?.code)) ? String(cause?.code) : 'no connection';
	return (
		explainNetworkErrorCode(named, host, setting) ??
		`Nothing answers at ${host} (${named}): fix host and port in ${setting}, or start the identity provider.`
	);
}

import { KMSClient } from '@aws-sdk/client-kms';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { KeyringPrincipal } from '../../keys/index.ts';
import { BY_SETTINGS_ALONE, findCredentials } from '../aws-credentials.ts';
import { noAnswerError, toCredentialsError, toKeyError } from './kms-errors.ts';

/** In milliseconds. */
export interface Timeouts {
	/** To open a connection. */
	readonly connect: number;
	/** To receive the answer to one request. */
	readonly request: number;
}

export interface KmsOptions {
	readonly region: string;
	/** URLs; null for the endpoint of the region. */
	readonly endpoints: { readonly kms: string | null; readonly sts: string | null };
	readonly principal: KeyringPrincipal;
	/** ARN of the role to assume; null to use the process's own credentials. */
	readonly role: string | null;
	readonly timeouts: Timeouts;
}

/** Makes one call to KMS. Throws KeyUnavailableError, also if the call, including its credentials, takes too long. */
export type Kms = <Output>(
	ask: (client: KMSClient, options: { readonly abortSignal: AbortSignal }) => Promise<Output>,
) => Promise<Output>;

/** Retries nothing. `resilientKeyring` retries, because it knows how long its caller waits. */
export function openKms({ region, endpoints, principal, role, timeouts }: KmsOptions): Kms {
	const once = {
		...BY_SETTINGS_ALONE,
		region,
		maxAttempts: 1,
		requestHandler: {
			connectionTimeout: timeouts.connect,
			requestTimeout: timeouts.request,
			throwOnRequestTimeout: true,
			// `resilientKeyring` limits concurrent calls. A limit here would make waiting calls look like a silent service.
			httpAgent: { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY },
			httpsAgent: { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY },
		},
	};
	const own = findCredentials({ region, sts: endpoints.sts });
	const found = role
		? fromTemporaryCredentials({
				masterCredentials: own,
				params: { RoleArn: role, RoleSessionName: `firmseal-${principal}` },
				clientConfig: { ...once, ...(endpoints.sts && { endpoint: endpoints.sts }) },
			})
		: own;
	const setting = role && `FIRMSEAL_KMS_ROLE_${principal.toUpperCase()}`;
	const client = new KMSClient({
		...once,
		...(endpoints.kms && { endpoint: endpoints.kms }),
		credentials: (properties) =>
			found(properties).catch((error: unknown) => {
				throw toCredentialsError(error, setting);
			}),
	});
	return (ask) => within(timeouts.connect + timeouts.request, (abortSignal) => ask(client, { abortSignal }));
}

/** The SDK's own timeouts cover neither the search for credentials nor an answer whose body stalls. */
async function within<Output>(milliseconds: number, ask: (signal: AbortSignal) => Promise<Output>): Promise<Output> {
	const abort = new AbortController();
	const { promise: late, reject } = Promise.withResolvers<never>();
	const timer = setTimeout(() => {
		abort.abort();
		reject(noAnswerError());
	}, milliseconds);
	const asked = ask(abort.signal);
	asked.then(
		(output) => abort.signal.aborted && wipe(output),
		() => {},
	);
	try {
		return await Promise.race([asked, late]);
	} catch (error) {
		throw toKeyError(error);
	} finally {
		clearTimeout(timer);
	}
}

/** Overwrites the key in a late answer, which no caller will receive. */
function wipe(output: unknown): void {
	const { plaintext } = (output ?? {}) as { readonly plaintext?: unknown };
	if (plaintext instanceof Uint8Array) plaintext.fill(0);
}

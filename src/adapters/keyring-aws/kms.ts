import { KMSClient } from '@aws-sdk/client-kms';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { KeyringPrincipal } from '../../keys/index.ts';
import { BY_SETTINGS_ALONE, findCredentials } from '../aws-credentials.ts';
import { noAnswerError, toCredentialsError, toKeyError } from './kms-errors.ts';

/** In milliseconds. */
export interface Timeouts {
	/** Until a connection stands. */
	readonly connect: number;
	/** Until the answer to one request is there. */
	readonly request: number;
}

export interface KmsOptions {
	readonly region: string;
	/** Only of services that aren't the cloud's own; null: the region's. */
	readonly endpoints: { readonly kms: string | null; readonly sts: string | null };
	readonly principal: KeyringPrincipal;
	/** Assumed for every call; null: the process's own credentials are used as they are. */
	readonly role: string | null;
	readonly timeouts: Timeouts;
}

/** One call of KMS. Throws KeyUnavailableError, also when the answer, with all that it needs, is not there in time. */
export type Kms = <Output>(
	ask: (client: KMSClient, options: { readonly abortSignal: AbortSignal }) => Promise<Output>,
) => Promise<Output>;

/** Nothing is retried here: a layer above does that, which knows how long its caller waits. */
export function openKms({ region, endpoints, principal, role, timeouts }: KmsOptions): Kms {
	const once = {
		...BY_SETTINGS_ALONE,
		region,
		maxAttempts: 1,
		requestHandler: {
			connectionTimeout: timeouts.connect,
			requestTimeout: timeouts.request,
			throwOnRequestTimeout: true,
			// The layer above bounds how many there are: to wait here would look as if the service didn't answer.
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

/** The SDK's own limits don't cover the search for credentials, nor an answer whose body stops half-way. */
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

/** No one waits any more for the key in it. */
function wipe(output: unknown): void {
	const { plaintext } = (output ?? {}) as { readonly plaintext?: unknown };
	if (plaintext instanceof Uint8Array) plaintext.fill(0);
}

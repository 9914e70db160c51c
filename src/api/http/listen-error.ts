import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../../config/index.ts';
import { SetupError } from '../../errors.ts';
import { HTTP_LIMITS } from './http-limits.ts';
import { serverOptions } from './server-options.ts';

type Address = Readonly<{ host: string; port: number }>;

const REASONS: Readonly<Record<string, (address: Address) => string>> = {
	EADDRINUSE: ({ host, port }) => `Port ${port} on ${host} is in use: stop the other program or set FIRMSEAL_PORT.`,
	EACCES: ({ port }) => `This user may not listen on port ${port}: set FIRMSEAL_PORT to 1024 or more.`,
	EADDRNOTAVAIL: ({ host }) => `${host} is not an address of this machine: set FIRMSEAL_HOST to one that is.`,
	ENOTSUP: () => 'This system does not let processes share a port: unset FIRMSEAL_SHARE_PORT.',
	ENOTFOUND: unresolved,
	// The same if no DNS server answers.
	EAI_AGAIN: unresolved,
};

function unresolved({ host }: Address): string {
	return `${host} cannot be resolved to an address: set FIRMSEAL_HOST to one of this machine.`;
}

/** A SetupError for the person who deploys, if the server can't listen; any other error unchanged. */
export function listenError(error: unknown, address: Address): unknown {
	const reason = error instanceof Error && 'code' in error ? REASONS[String(error.code)] : undefined;
	return reason ? new SetupError(reason(address)) : error;
}

/**
 * For a start that takes long before it listens. A shared port is not tried: listening on it for a moment would take connections from
 * the processes that share it.
 * @throws SetupError if another program uses the port, the server can't listen on the address, or the certificate is unusable.
 */
export async function assertCanListen({ host, port, sharePort, tls }: Config['server']): Promise<void> {
	await serverOptions(tls, HTTP_LIMITS);
	if (sharePort) return;
	const asked = createServer().listen({ host, port });
	try {
		await once(asked, 'listening');
		asked.close();
		await once(asked, 'close');
	} catch (error) {
		throw listenError(error, { host, port });
	}
}

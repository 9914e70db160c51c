import type { FastifyInstance } from 'fastify';
import type { Logger } from '../logger.ts';

/** What must work for requests to be sent here; each check by name, and whether it passed. */
export interface Readiness {
	readonly ok: boolean;
	readonly checks: Readonly<Record<string, boolean>>;
}

interface HealthOptions {
	readonly ready: () => Promise<Readiness>;
	readonly stopping: () => boolean;
	/** Milliseconds. */
	readonly timeout: number;
	readonly logger: Logger;
}

/** Milliseconds for which an answer stands. */
const SHARED = 1_000;

/**
 * GET /health/live: the process answers. GET /health/ready: 200 or 503 with the name of each check, and no reason, since
 * anybody may ask. However often that is, database, key service and object store are asked once a second.
 */
export function addHealthRoutes(app: FastifyInstance, { ready, stopping, timeout, logger }: HealthOptions): void {
	let running: Promise<Readiness> | undefined;

	const check = (): Promise<Readiness> => {
		running ??= withDeadline(ready, timeout)
			.catch((error: unknown) => {
				logger.warn({ err: error }, 'readiness check failed');
				return { ok: false, checks: {} };
			})
			.finally(() => {
				setTimeout(() => {
					running = undefined;
				}, SHARED).unref();
			});
		return running;
	};

	app.get('/health/live', () => ({ ok: true }));
	app.get('/health/ready', async (_, reply) => {
		if (stopping()) return reply.code(503).send({ ok: false, checks: { running: false } });
		const { ok, checks } = await check();
		return reply.code(ok ? 200 : 503).send({ ok, checks });
	});
}

async function withDeadline(ready: () => Promise<Readiness>, milliseconds: number): Promise<Readiness> {
	const { promise, reject } = Promise.withResolvers<never>();
	const timer = setTimeout(() => reject(new Error('The readiness checks took too long.')), milliseconds);
	try {
		return await Promise.race([ready(), promise]);
	} finally {
		clearTimeout(timer);
	}
}

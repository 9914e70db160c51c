import type { FastifyInstance } from 'fastify';
import { type Clock, waitAtMost } from '../../clock/index.ts';
import type { Logger } from '../logger.ts';

/** Whether the process is ready for requests, and which checks passed, by name. */
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
	readonly clock: Clock;
}

/** Milliseconds for which an answer is cached. */
const CACHE_MS = 1_000;

/**
 * GET /health/live: the process answers. GET /health/ready: 200 or 503 with the name of each check, but no reason, since anyone may
 * ask. However often they ask, the database, the key service and the object store are checked once a second.
 */
export function addHealthRoutes(
	app: FastifyInstance,
	{ ready, stopping, timeout, logger, clock }: HealthOptions,
): void {
	let running: Promise<Readiness> | undefined;
	let answeredAt = Number.POSITIVE_INFINITY;

	const check = (): Promise<Readiness> => {
		if (clock.now() - answeredAt >= CACHE_MS) running = undefined;
		if (running) return running;
		answeredAt = Number.POSITIVE_INFINITY;
		running = withDeadline(ready, timeout, clock)
			.catch((error: unknown) => {
				logger.warn({ err: error }, 'readiness check failed');
				return { ok: false, checks: {} };
			})
			.finally(() => {
				answeredAt = clock.now();
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

async function withDeadline(ready: () => Promise<Readiness>, milliseconds: number, clock: Clock): Promise<Readiness> {
	const readiness = await waitAtMost(clock, milliseconds, ready());
	if (!readiness) throw new Error('The readiness checks took too long.');
	return readiness;
}

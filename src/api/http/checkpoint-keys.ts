import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { NIL, validate, version } from 'uuid';
import { readVerifierKeys } from '../../audit-log/proofs/index.ts';
import type { Clock } from '../../clock/index.ts';
import type { Plane, Transaction } from '../../database/index.ts';
import { allowOrigins } from './cross-origin.ts';
import { createProblem } from './problem.ts';
import { sendProblem } from './send-error.ts';

/** Milliseconds for which the keys are cached, because anyone may ask at any rate. */
const CACHE_MS = 5_000;

/** Seconds for which clients may cache the answer. A verifier who meets a checkpoint of a new key asks again. */
const MAX_AGE_SECONDS = 60;

const BAD_FIRM = {
	status: 400,
	code: 'BAD_USER_INPUT',
	detail: 'The parameter firm must be the id of one firm, a UUIDv7 in lower case.',
} as const;

const BAD_LOG = {
	status: 400,
	code: 'BAD_USER_INPUT',
	detail: 'The parameter log must be keys, together with the parameter firm.',
} as const;

const NO_LOG = {
	status: 404,
	code: 'NOT_FOUND',
	detail: 'The log has no published checkpoint yet: its keys appear here once a worker has signed one.',
} as const;

/**
 * GET /.well-known/firmseal/checkpoint-key: the keys that verify checkpoints, newest first, one vkey per line; with `?firm=`, those of
 * a firm's tree, and with `?firm=&log=keys` those of its key log. The keys are public, and the answer for a firm that does not exist looks the same.
 */
export function addCheckpointKeyRoute(app: FastifyInstance, { plane, clock, corsOrigins }: KeyRouteOptions): void {
	const read = cached(clock, () => plane.read(null, (tx: Transaction) => readVerifierKeys(tx)));
	app.register(
		async (scope) => {
			if (corsOrigins.length > 0) await allowOrigins(scope, corsOrigins, { methods: ['GET'] });
			scope.get('', async (request: FastifyRequest, reply: FastifyReply) => {
				const { firm, log } = request.query as Readonly<Record<string, unknown>>;
				if (firm !== undefined && !isTreeId(firm)) return sendProblem(reply, createProblem(BAD_FIRM, request.id));
				const ofKeyLog = log === 'keys' && firm !== undefined && firm !== NIL;
				if (log !== undefined && !ofKeyLog) return sendProblem(reply, createProblem(BAD_LOG, request.id));
				const keys = (await read())(firm ?? null, ofKeyLog);
				if (keys.length === 0) return sendProblem(reply, createProblem(NO_LOG, request.id));
				return reply
					.header('cache-control', `public, max-age=${MAX_AGE_SECONDS}`)
					.type('text/plain; charset=utf-8')
					.send(keys.map((key) => `${key}\n`).join(''));
			});
		},
		{ prefix: '/.well-known/firmseal/checkpoint-key' },
	);
}

interface KeyRouteOptions {
	readonly plane: Plane;
	readonly clock: Clock;
	/** Pages of these origins check the log, and so need the keys too. */
	readonly corsOrigins: readonly string[];
}

const isTreeId = (id: unknown): id is string =>
	typeof id === 'string' && (id === NIL || (validate(id) && version(id) === 7 && id === id.toLowerCase()));

/** Reads once for all callers within CACHE_MS. A failed read is not cached. */
function cached<Value>(clock: Clock, read: () => Promise<Value>): () => Promise<Value> {
	let running: Promise<Value> | null = null;
	let begun = Number.NEGATIVE_INFINITY;
	return () => {
		if (running && clock.now() - begun < CACHE_MS) return running;
		begun = clock.now();
		const own = read();
		running = own;
		own.catch(() => {
			if (running === own) running = null;
		});
		return own;
	};
}

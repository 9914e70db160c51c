import pino, { type DestinationStream } from 'pino';
import { describeError } from './describe-error.ts';

/**
 * What a log line may hold: ids, names of ours, counts, times. A field that is not here does not compile, and is left
 * out if it arrives all the same; so a row, a request or an input cannot be logged by accident.
 */
export interface LogFields {
	/** Class and code of an error, and of its causes; never message, stack, detail or parameters. */
	readonly err?: unknown;
	readonly requestId?: string | undefined;
	readonly method?: string;
	/** The route's pattern, never the URL. */
	readonly route?: string;
	readonly status?: number;
	readonly ms?: number;
	readonly code?: string;
	readonly firm?: string;
	/** Pseudonymous user id. */
	readonly user?: string;
	readonly lease?: string;
	readonly plane?: string;
	/** Address or port the server listens on. */
	readonly address?: string;
	readonly check?: string;
	/** Of an alert. */
	readonly rule?: string;
	/** Of maintenance. */
	readonly job?: string;
	readonly kind?: string;
	readonly state?: string;
	readonly severity?: string;
	readonly count?: number;
	readonly version?: string;
}

const FIELDS = {
	err: true,
	requestId: true,
	method: true,
	route: true,
	status: true,
	ms: true,
	code: true,
	firm: true,
	user: true,
	lease: true,
	plane: true,
	address: true,
	check: true,
	rule: true,
	job: true,
	kind: true,
	state: true,
	severity: true,
	count: true,
	version: true,
} satisfies Record<keyof LogFields, true>;

type Write = (fields: LogFields, message: string) => void;

/** `message` is a fixed text of ours: nothing is ever put into it. */
export interface Logger {
	readonly debug: Write;
	readonly info: Write;
	readonly warn: Write;
	readonly error: Write;
	readonly fatal: Write;
}

export interface LoggerOptions {
	readonly level: pino.LevelWithSilent;
	/** Default: standard error, since standard output belongs to what a command answers. */
	readonly destination?: DestinationStream | undefined;
}

/** JSON lines, one per event. */
export function createLogger({
	level,
	destination = pino.destination({ dest: 2, sync: true }),
}: LoggerOptions): Logger {
	const lines = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
	const write =
		(severity: keyof Logger): Write =>
		(fields, message) =>
			lines[severity](onlyListed(fields), message);
	return Object.freeze({
		debug: write('debug'),
		info: write('info'),
		warn: write('warn'),
		error: write('error'),
		fatal: write('fatal'),
	});
}

/** Keeps the listed fields; of those only text, numbers and the description of an error. */
function onlyListed(fields: LogFields): Record<string, unknown> {
	const listed: Record<string, unknown> = {};
	for (const [name, value] of Object.entries(fields)) {
		if (!Object.hasOwn(FIELDS, name)) continue;
		if (name === 'err') listed.err = describeError(value);
		else if (typeof value === 'string' || typeof value === 'number') listed[name] = value;
	}
	return listed;
}

/**
 * The same log for Apollo Server, whose messages hold errors of others: only that it spoke, and how loudly. What went
 * wrong in a request is logged by formatError.
 */
export function apolloLogger(logger: Logger) {
	return {
		debug: () => logger.debug({}, 'Apollo Server'),
		info: () => logger.info({}, 'Apollo Server'),
		warn: () => logger.warn({}, 'Apollo Server'),
		error: () => logger.error({}, 'Apollo Server'),
	};
}

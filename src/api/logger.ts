import pino, { type DestinationStream } from 'pino';

/**
 * What a log line may hold: ids, fixed names, counts, times. Any other field does not compile, and is dropped at run time, so that a
 * row, a request or an input can't be logged by accident.
 */
export interface LogFields {
	/** Class and code of an error and of its causes; never its message, stack, detail or parameters. */
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
	/** The alert rule. */
	readonly rule?: string;
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

/** `message` is a fixed text, or built from fixed texts: it never contains anything from a caller, a row or a driver. */
export interface Logger {
	readonly debug: Write;
	readonly info: Write;
	readonly warn: Write;
	readonly error: Write;
	readonly fatal: Write;
}

export interface LoggerOptions {
	readonly level: pino.LevelWithSilent;
	/** Default: standard error, since standard output is for a command's result. */
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
 * The log for Apollo Server, whose messages may contain other errors' texts: only the fact and the level are logged. formatError logs
 * what went wrong in a request.
 */
export function apolloLogger(logger: Logger) {
	return {
		debug: () => logger.debug({}, 'Apollo Server'),
		info: () => logger.info({}, 'Apollo Server'),
		warn: () => logger.warn({}, 'Apollo Server'),
		error: () => logger.error({}, 'Apollo Server'),
	};
}

/** What a log may say of an error: its class and its code, such as an SQLSTATE or an errno. */
interface ErrorDescription {
	readonly class: string;
	readonly code?: string;
	readonly cause?: ErrorDescription;
}

const DEEPEST = 4;

/**
 * Database errors carry bound parameters in message, detail, query and stack, so none of these is taken. The class is the
 * constructor's name, because `name` can be assigned. A code that is not a short word of capitals is left out.
 */
export function describeError(error: unknown, depth = 1): ErrorDescription {
	if (!(error instanceof Error)) return { class: typeof error };
	const { code, cause, originalError } = error as { code?: unknown; cause?: unknown; originalError?: unknown };
	const inner = originalError ?? cause;
	return {
		class: error.constructor.name,
		...(typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) && { code }),
		...(inner instanceof Error && depth < DEEPEST && { cause: describeError(inner, depth + 1) }),
	};
}

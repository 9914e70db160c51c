import { AsyncLocalStorage } from 'node:async_hooks';
import { Server } from 'node:http';
import pg from 'pg';

/** Records every statement that requests send to PostgreSQL, without parameters and without a process's own statements. */
export interface Watch {
	/** The statements since the last call. */
	take(): string[];
	/** Runs the work as a request, for requests that do not come by HTTP to a server of this process. */
	within<T>(work: () => T): T;
	end(): void;
}

/** Statements that one request sends for many: log entries are written in batches, and refused keys are looked up for all. */
const KEEPS_LOG = /'firmseal_(?:log|signer)'/;
const FOR_ALL = /key_refusals/;

export function watchStatements(): Watch {
	const sent: string[] = [];
	const request = new AsyncLocalStorage<true>();
	const { query } = pg.Client.prototype;
	const { emit } = Server.prototype;
	/** The statement that began a connection's transaction, until the next statement shows its purpose. Null in one that isn't recorded. */
	const begun = new WeakMap<pg.Client, string | null>();

	function note(client: pg.Client, text: string): void {
		if (text.includes('advisory')) return;
		const open = begun.get(client);
		if (text.startsWith('begin')) begun.set(client, KEEPS_LOG.test(text) ? null : text);
		else if (FOR_ALL.test(text)) begun.set(client, null);
		else {
			if (open !== null) sent.push(...(open === undefined ? [] : [open]), text);
			if (open !== null || /^(commit|rollback)/.test(text)) begun.delete(client);
		}
	}

	Server.prototype.emit = function (this: Server, ...args: unknown[]) {
		const pass = (): boolean => (emit as (...all: unknown[]) => boolean).apply(this, args);
		return args[0] === 'request' ? request.run(true, pass) : pass();
	} as typeof emit;
	pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
		const [first] = args as [string | { text?: string }];
		if (request.getStore()) note(this, typeof first === 'string' ? first : (first.text ?? ''));
		return (query as (...all: unknown[]) => unknown).apply(this, args);
	} as typeof query;
	return {
		take: () => sent.splice(0),
		within: (work) => request.run(true, work),
		end() {
			pg.Client.prototype.query = query;
			Server.prototype.emit = emit;
		},
	};
}

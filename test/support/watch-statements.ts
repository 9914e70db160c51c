import { AsyncLocalStorage } from 'node:async_hooks';
import { Server } from 'node:http';
import pg from 'pg';

/** Every statement that is sent to PostgreSQL for requests from now on, without its parameters: not what a process asks by itself. */
export interface Watch {
	/** Those that were sent since the last time. */
	take(): string[];
	/** Does the work as a request that comes another way than by HTTP to a server of this process. */
	within<T>(work: () => T): T;
	end(): void;
}

/** The log is written for many at once, and refused keys are looked up for all who ask, in the name of whoever came first. */
const KEEPS_LOG = /'firmseal_(?:log|signer)'/;
const FOR_ALL = /key_refusals/;

export function watchStatements(): Watch {
	const sent: string[] = [];
	const request = new AsyncLocalStorage<true>();
	const { query } = pg.Client.prototype;
	const { emit } = Server.prototype;
	/** What began a transaction on a connection, until it is known what for; null in one that isn't noted. */
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

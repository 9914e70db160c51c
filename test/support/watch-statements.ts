import pg from 'pg';

/** Every statement that this process's planes send to PostgreSQL from now on, without its parameters. */
export interface Watch {
	/** Those that were sent since the last time. */
	take(): string[];
	end(): void;
}

const KEEPS_LOG = /'firmseal_(?:log|signer)'/;

export function watchStatements(): Watch {
	const sent: string[] = [];
	const { query } = pg.Client.prototype;
	/** What began a transaction on a connection, until it is known what for; null in one that isn't noted. */
	const begun = new WeakMap<pg.Client, string | null>();

	/** All but what a process asks by itself, whatever it is asked: for refused keys and anchors, and to keep the log. */
	function note(client: pg.Client, text: string): void {
		if (text.includes('advisory')) return;
		const open = begun.get(client);
		if (text.startsWith('begin')) begun.set(client, KEEPS_LOG.test(text) ? null : text);
		else if (text.includes('key_refusals') || text.includes('audit_anchors')) begun.set(client, null);
		else {
			if (open !== null) sent.push(...(open === undefined ? [] : [open]), text);
			if (open !== null || /^(commit|rollback)/.test(text)) begun.delete(client);
		}
	}

	pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
		const [first] = args as [string | { text?: string }];
		const text = typeof first === 'string' ? first : (first.text ?? '');
		note(this, text);
		return (query as (...all: unknown[]) => unknown).apply(this, args);
	} as typeof query;
	return {
		take: () => sent.splice(0),
		end() {
			pg.Client.prototype.query = query;
		},
	};
}

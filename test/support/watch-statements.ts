import pg from 'pg';

/** Every statement that this process's planes send to PostgreSQL from now on, without its parameters. */
export interface Watch {
	/** Those that were sent since the last time. */
	take(): string[];
	end(): void;
}

export function watchStatements(): Watch {
	const sent: string[] = [];
	const { query } = pg.Client.prototype;
	/** What began a transaction on a connection, until it is known what for; null in one that isn't noted. */
	const begun = new WeakMap<pg.Client, string | null>();

	/** All but what a process asks four times a second, whatever it is asked itself. */
	function note(client: pg.Client, text: string): void {
		const open = begun.get(client);
		if (text.startsWith('begin')) begun.set(client, text);
		else if (text.includes('key_refusals')) begun.set(client, null);
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

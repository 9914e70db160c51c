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
	pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
		const [first] = args as [string | { text?: string }];
		const text = typeof first === 'string' ? first : (first.text ?? '');
		// What a process asks four times a second, whatever it is asked itself.
		if (!text.includes('key_refusals')) sent.push(text);
		return (query as (...all: unknown[]) => unknown).apply(this, args);
	} as typeof query;
	return {
		take: () => sent.splice(0),
		end() {
			pg.Client.prototype.query = query;
		},
	};
}

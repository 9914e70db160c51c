import pg from 'pg';

/** Of transactions, the log, the keys and the witness of recoveries, which run beside any request. */
const BESIDE = /^(begin|commit|rollback)|audit_entries|data_keys|witness_owner_recoveries/;

/** Asks who somebody is. */
export const IDENTIFIES = /public\.identify/;

/** Statements of this process's planes; what the attacker sends by SQL of its own is not among them. */
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
		if (!BESIDE.test(text)) sent.push(text);
		return (query as (...all: unknown[]) => unknown).apply(this, args);
	} as typeof query;
	return {
		take: () => sent.splice(0),
		end() {
			pg.Client.prototype.query = query;
		},
	};
}

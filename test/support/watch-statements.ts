import pg from 'pg';

/** Every statement that this process's planes send to PostgreSQL from now on, without its parameters. */
export interface Watch {
	/** Those that were sent since the last time. */
	take(): string[];
	end(): void;
}

const KEEPS_LOG = /'firmseal_(?:log|signer)'/;
/** Of refused keys, anchors and tombstones. */
const ASKED_BY_ITSELF = /key_refusals|audit_anchors|known_tombstones|next_tombstone|erasures_left/;
/** What is anchored is compared with the root tree, which is no firm's; a request in this role names one. */
const OF_NO_FIRM = /'role', 'firmseal_firm', true\),\s+set_config\('firmseal\.firm', '', true\)/;

export interface WatchOptions {
	/** Also what is read of the root tree for no firm, whoever reads it. */
	readonly withRootTree?: boolean;
}

export function watchStatements({ withRootTree = false }: WatchOptions = {}): Watch {
	const sent: string[] = [];
	const { query } = pg.Client.prototype;
	/** What began a transaction on a connection, until it is known what for; null in one that isn't noted. */
	const begun = new WeakMap<pg.Client, string | null>();

	const isOfProcess = (text: string, open: string | null | undefined): boolean =>
		ASKED_BY_ITSELF.test(text) || (!withRootTree && text.includes('audit_root_') && !!open && OF_NO_FIRM.test(open));

	/** All but what a process asks by itself, whatever it is asked: for refused keys, anchors and tombstones, and to keep the log. */
	function note(client: pg.Client, text: string): void {
		if (text.includes('advisory')) return;
		const open = begun.get(client);
		if (text.startsWith('begin')) begun.set(client, KEEPS_LOG.test(text) ? null : text);
		else if (isOfProcess(text, open)) begun.set(client, null);
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

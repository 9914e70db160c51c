import { ATTACKS, type Noticed } from './attacks.ts';

const BEGIN = '<!-- made by `npm run attacks` -->';
const END = '<!-- end -->';

/** What doesn't change the log, and where it is shown that it doesn't. */
const FAULTS: readonly (readonly [name: string, becomes: string, shownBy: string])[] = [
	[
		'the leader of the log is killed (`kill -9`) at each step, 200 times',
		'the next one goes on within a second; every entry is one leaf',
		'test/audit-log/leader/killed.test.ts',
	],
	[
		'64 writers while a transaction is open for ten seconds',
		'no writer waits; entries become leaves, in order, when it ends; LOG_LATE after five minutes',
		'test/audit-log/leader/faults.test.ts, test/alerts/state-rules.test.ts',
	],
	[
		'the answer to a COMMIT is lost',
		'the next round goes on from what is committed',
		'test/audit-log/leader/faults.test.ts',
	],
	[
		'the database ends every connection, again and again',
		'writers are refused, nothing is answered; afterwards every entry is one leaf',
		'test/audit-log/leader/faults.test.ts',
	],
	[
		'the server of the database falls and comes back, three times, under load',
		'writers are refused meanwhile; afterwards every entry is one leaf',
		'test/audit-log/leader/server-faults.test.ts',
	],
	[
		'the disk of the database is full',
		'what has no room is refused, and nothing is answered; with room again every entry is one leaf',
		'test/audit-log/leader/server-faults.test.ts',
	],
	[
		'a row put in past the program, by a superuser: 60 KB, another form, numbers that fall, a plane or a time that is none',
		'it is a leaf as it stands; every verification tells of it from then on, and goes on after it',
		'test/cli/audit-verify.test.ts, test/audit-log/leader/faults.test.ts, test/audit-log/rebuild/rebuild.soak.test.ts',
	],
	[
		'the same by a login of the program, and numbers left out',
		'refused by the table: each entry is canonical, holds a text, a number or a list where the format has one, and has the number that comes next in its run',
		'test/attacks/forged-entries.test.ts, test/attacks/malformed-entries.test.ts',
	],
	[
		'the same with newlines, ANSI escapes, anything beyond printable ASCII, or more than 65,536 bytes',
		'refused by the table, a superuser too; where the rule was taken away, nothing more is anchored, which closes operators out',
		'test/audit-log/leader/faults.test.ts, test/audit-log/anchors/anchor-faults.test.ts',
	],
	[
		'alerts are kept back: the place of who watches, a table that takes none, a row that is held, more gaps than anybody lists, more entries than can be counted',
		'the worker’s own log has what it found; each gap is told, what one rule can’t ask mutes no other, and entries that wait are the alert ALERTS_LATE',
		'test/audit-log/verify/suppressed-alerts.test.ts, test/alerts/state-rules.test.ts, test/alerts/entries-counted-once.test.ts',
	],
	[
		'a process can’t compare with the anchors any more, or the database refuses it',
		'operators are closed out; by a database that refuses, and where it was another before, everybody',
		'test/processes/anchor-health.test.ts',
	],
	[
		'no room for an anchor, the store is away',
		'operators are closed out; the next one has it all',
		'test/audit-log/anchors/anchor-faults.test.ts',
	],
	[
		'two checkpoints of one size',
		'the signer refuses the second; of two readers who compare them one has a proof',
		'test/audit-log/leader/signer.test.ts',
	],
];

const WORDS: readonly (readonly [keyof Noticed, string])[] = [
	['watch', 'the watch of the worker: an alert'],
	['verify', '`firmseal audit verify`'],
	['start', 'each API that starts: content is closed'],
	['kept', 'anyone who kept a checkpoint'],
];

const mark = (yes: boolean) => (yes ? 'yes' : '-');

function attacksTable(): string {
	const head = ['by a superuser of the database, past all triggers', ...WORDS.map(([, word]) => word)];
	const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [
		BEGIN,
		'UPDATE, DELETE, TRUNCATE and DROP, disabling a trigger, and setting `session_replication_role` are refused at once for each role and login of the program.',
		'For the owner, triggers refuse UPDATE, DELETE and TRUNCATE. If the owner disables a trigger or drops a table, `firmseal doctor` reports it, production',
		'refuses the next start, and DATABASE_DRIFT is an alert within a minute.',
		'',
		row(head),
		row(head.map(() => '---')),
		...ATTACKS.map(({ name, noticed }) => row([name, ...WORDS.map(([key]) => mark(noticed[key]))])),
		'',
		"The worker's watch verifies new entries every five seconds, and the whole log at its start and then a minute after each pass; the alert follows within ten",
		'seconds. `audit verify` and an API that starts notice at once.',
		'',
		row(['what else happens', 'what becomes of it', 'shown by']),
		row(['---', '---', '---']),
		...FAULTS.map(row),
		END,
	].join('\n');
}

/** The page with the table of now. */
export function withTable(page: string): string {
	const [start, end] = [page.indexOf(BEGIN), page.indexOf(END)];
	if (start === -1 || end === -1)
		throw new Error('docs/reference/attacks-on-the-log.md has no place for the table of attacks.');
	return page.slice(0, start) + attacksTable() + page.slice(end + END.length);
}

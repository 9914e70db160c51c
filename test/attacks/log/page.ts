import { ATTACKS, type Noticed } from './attacks.ts';

const BEGIN = '<!-- made by `npm run attacks` -->';
const END = '<!-- end -->';

/** Faults that don't change the log, and the tests that show it. */
const FAULTS: readonly (readonly [name: string, becomes: string, shownBy: string])[] = [
	[
		'the log’s leader is killed (`kill -9`) at each step, 200 times',
		'the next leader takes over within a second; every entry is one leaf',
		'test/audit-log/leader/killed.test.ts',
	],
	[
		'64 writers while a transaction stays open for ten seconds',
		'no writer waits; entries become leaves in order when the transaction ends; LOG_LATE after five minutes',
		'test/audit-log/leader/faults.test.ts, test/alerts/state-rules.test.ts',
	],
	[
		'the answer to a COMMIT is lost',
		'the next round continues from the committed state',
		'test/audit-log/leader/faults.test.ts',
	],
	[
		'the database closes every connection, again and again',
		'writers are refused, and no content is answered; afterwards every entry is one leaf',
		'test/audit-log/leader/faults.test.ts',
	],
	[
		'the database server crashes and restarts three times, under load',
		'writers are refused during the outage; afterwards every entry is one leaf',
		'test/audit-log/leader/server-faults.test.ts',
	],
	[
		'the database’s disk is full',
		'entries that don’t fit are refused, and no content is answered; once there is space, every entry is one leaf',
		'test/audit-log/leader/server-faults.test.ts',
	],
	[
		'a superuser inserts a row: 60 KB, not canonical, with falling numbers, or with an invalid plane or time',
		'it becomes a leaf unchanged; every later verification reports it and continues after it',
		'test/cli/audit-verify.test.ts, test/audit-log/leader/faults.test.ts, test/audit-log/rebuild/rebuild.soak.test.ts',
	],
	[
		'the same by a login of the program, also with skipped numbers',
		'the table refuses it: each entry must be canonical, have the types of the format, and have the next number of its run',
		'test/attacks/forged-entries.test.ts, test/attacks/malformed-entries.test.ts',
	],
	[
		'the same with newlines, ANSI escapes, other characters than printable ASCII, or more than 65,536 bytes',
		'the table refuses it, also for a superuser; if that rule is removed, nothing more is anchored, and operators are refused',
		'test/audit-log/leader/faults.test.ts, test/audit-log/anchors/anchor-faults.test.ts',
	],
	[
		'alerts are suppressed: the watcher’s lock is taken, the table refuses alerts, a row is locked, there are too many gaps to list or entries to count',
		'the worker’s own log holds its findings; each gap is reported, a failing rule does not stop the others, and waiting entries raise ALERTS_LATE',
		'test/audit-log/verify/suppressed-alerts.test.ts, test/alerts/state-rules.test.ts, test/alerts/entries-counted-once.test.ts',
	],
	[
		'a process can no longer compare with the anchors, or the database refuses the comparison',
		'operators are refused; everyone is refused if the database refuses, or if it differed from the anchors before',
		'test/processes/anchor-health.test.ts',
	],
	[
		'the anchor store is full or unreachable',
		'operators are refused; the next anchor covers everything',
		'test/audit-log/anchors/anchor-faults.test.ts',
	],
	[
		'two checkpoints of the same size',
		'the signer refuses the second; if two readers compare theirs, one of them has a proof',
		'test/audit-log/leader/signer.test.ts',
	],
];

const WORDS: readonly (readonly [keyof Noticed, string])[] = [
	['watch', 'the worker’s watch: an alert'],
	['verify', '`firmseal audit verify`'],
	['start', 'an API that starts: it refuses content'],
	['kept', 'anyone who kept a checkpoint'],
];

const mark = (yes: boolean) => (yes ? 'yes' : '-');

function attacksTable(): string {
	const head = ['attack by a superuser of the database, past all triggers', ...WORDS.map(([, word]) => word)];
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
		row(['fault', 'result', 'test']),
		row(['---', '---', '---']),
		...FAULTS.map(row),
		END,
	].join('\n');
}

/** The page with the present table. */
export function withTable(page: string): string {
	const [start, end] = [page.indexOf(BEGIN), page.indexOf(END)];
	if (start === -1 || end === -1)
		throw new Error('docs/reference/attacks-on-the-log.md has no markers for the table of attacks.');
	return page.slice(0, start) + attacksTable() + page.slice(end + END.length);
}

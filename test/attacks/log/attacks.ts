import type { Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { encodeLeaf, systemEntry } from '../../../src/audit/index.ts';
import type { LogStage } from './stage.ts';

/** Who notices the attack, apart from the database. */
export interface Noticed {
	/** The worker's watch: an alert within ten seconds after its next verification of the whole log. */
	readonly watch: boolean;
	/** `firmseal audit verify`. */
	readonly verify: boolean;
	/** Each API process at its start, by the anchors: it refuses content. */
	readonly start: boolean;
	/** A firm or an auditor who kept an earlier checkpoint. */
	readonly kept: boolean;
}

export interface LogAttack {
	readonly name: string;
	/** Runs as the database's superuser, past all triggers, in one transaction. Absent if `by` does it all. */
	readonly act?: (sql: Sql, stage: LogStage) => Promise<unknown>;
	/** An attack that takes more than SQL. */
	readonly by?: (stage: LogStage) => Promise<void>;
	readonly noticed: Noticed;
}

const NO_ONE: Noticed = { watch: false, verify: false, start: false, kept: false };
const found: Noticed = { ...NO_ONE, watch: true, verify: true };
/** An attack that changes data under a signed checkpoint. */
const everywhere: Noticed = { watch: true, verify: true, start: true, kept: true };

const entryAt = (tree: string, index: number) =>
	`(select entry_id from audit_leaves where tree = '${tree}' and index = ${index})`;
const edit = (sql: Sql, where: string) =>
	sql.unsafe(
		`update audit_entries set leaf = replace(leaf, '"plane":"worker"', '"plane":"broker"') where id = ${where}`,
	);

/** Exchanges the leaves at two positions of the trees. */
async function swap(sql: Sql, ...places: readonly (readonly [tree: string, index: number])[]): Promise<void> {
	const ids: string[] = [];
	for (const [tree, index] of places) {
		const [row] = await sql`select entry_id from audit_leaves where tree = ${tree} and index = ${index}`;
		ids.push(row?.entry_id);
		await sql`update audit_leaves set entry_id = ${uuidv7()} where tree = ${tree} and index = ${index}`;
	}
	for (const [at, [tree, index]] of places.entries())
		await sql`update audit_leaves set entry_id = ${ids.at(at - 1) ?? ''} where tree = ${tree} and index = ${index}`;
}

/** Inserts an entry that the log seems to have accepted in `transaction`. */
const forge = (sql: Sql, firm: string, transaction: string) => {
	const [id, boot] = [uuidv7(), uuidv7()];
	const at = new Date().toISOString();
	const leaf = encodeLeaf({ ...systemEntry('worker', { action: 'log.read', firm }), v: 1, id, boot, sequence: 1, at });
	return sql`insert into audit_entries (id, firm_id, role, boot, sequence, leaf, transaction)
		values (${id}, ${firm}, 'firmseal_worker', ${boot}, 1, ${leaf}, ${transaction}::text::xid8)`;
};

export const ATTACKS: readonly LogAttack[] = [
	{ name: 'an entry is edited', act: (sql, { north }) => edit(sql, entryAt(north, 3)), noticed: found },
	{
		name: 'an entry and the hash of its leaf are edited',
		async act(sql, { north }) {
			await edit(sql, entryAt(north, 3));
			await sql.unsafe(`update audit_leaves l set hashes = sha256('\\x00'::bytea || convert_to(e.leaf, 'UTF8')) || substring(l.hashes from 33)
				from audit_entries e where e.id = l.entry_id and l.tree = '${north}' and l.index = 3`);
		},
		noticed: found,
	},
	{
		name: 'an entry in the middle is deleted',
		act: (sql, { north }) => sql.unsafe(`delete from audit_entries where id = ${entryAt(north, 2)}`),
		noticed: found,
	},
	{
		name: 'an entry in the middle and its leaf are deleted',
		async act(sql, { north }) {
			await sql.unsafe(`delete from audit_entries where id = ${entryAt(north, 2)}`);
			await sql.unsafe(`delete from audit_leaves where tree = '${north}' and index = 2`);
		},
		noticed: found,
	},
	{
		name: 'the newest entries of a running process are deleted before they are leaves',
		by: (stage) => stage.loseNewest(),
		// The remaining entries are not leaves yet.
		noticed: { ...NO_ONE, watch: true },
	},
	{
		name: 'the newest entries of a firm are deleted with their leaves, checkpoints and counts',
		async act(sql, { north }) {
			const [last] = await sql`select max(index) as index from audit_root_leaves where tree = ${north}`;
			const [before] =
				await sql`select max(size) as size from audit_root_leaves where tree = ${north} and index < ${last?.index}`;
			await sql`delete from audit_root_leaves where index >= ${last?.index}`;
			await sql`delete from audit_root_checkpoints where size > ${last?.index}`;
			await sql`delete from audit_entries where id in (select entry_id from audit_leaves where tree = ${north} and index >= ${before?.size})`;
			await sql`delete from audit_leaves where tree = ${north} and index >= ${before?.size}`;
			await sql`update audit_trees set size = ${before?.size}, signed = ${before?.size} where tree = ${north}`;
		},
		noticed: everywhere,
	},
	{
		name: 'two entries of a firm are swapped',
		act: (sql, { north }) => swap(sql, [north, 2], [north, 3]),
		noticed: found,
	},
	{
		name: 'an entry is repeated',
		act: (sql, { north }) =>
			sql.unsafe(`insert into audit_leaves (tree, index, entry_id, hashes)
				select tree, (select max(index) + 1 from audit_leaves where tree = '${north}'), '${uuidv7()}', hashes
				from audit_leaves where tree = '${north}' and index = 2`),
		noticed: found,
	},
	{
		name: 'a forged entry is inserted among old ones',
		act: (sql, { north }) => forge(sql, north, '5'),
		noticed: found,
	},
	{
		name: 'a forged new entry is appended, from a process that never existed',
		async act(sql, { north }) {
			const [now] = await sql`select pg_current_xact_id()::text as xid`;
			await forge(sql, north, now?.xid);
		},
		noticed: NO_ONE,
	},
	{
		name: 'entries of two firms are swapped',
		act: (sql, { north, south }) => swap(sql, [north, 2], [south, 2]),
		noticed: found,
	},
	{
		name: 'a checkpoint of a firm is deleted from the root tree',
		act: (sql, { north }) =>
			sql`delete from audit_root_leaves where index = (select max(index) from audit_root_leaves where tree = ${north})`,
		noticed: everywhere,
	},
	{
		name: 'an older copy of the database is restored',
		by: (stage) => stage.putBackOlder(),
		noticed: everywhere,
	},
	{
		name: 'the whole log is rewritten without an entry, and signed with the stolen key of the signer',
		by: ({ north, rewrite }) =>
			rewrite((sql) => sql.unsafe(`delete from audit_entries where id = ${entryAt(north, 2)}`)),
		noticed: everywhere,
	},
	{
		name: 'the same with an edited entry, so that no number is missing',
		by: ({ north, rewrite }) => rewrite((sql) => edit(sql, entryAt(north, 2))),
		noticed: everywhere,
	},
];

import type { Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { encodeLeaf, systemEntry } from '../../../src/audit/index.ts';
import type { LogStage } from './stage.ts';

/** Who notices, beside the database itself. */
export interface Noticed {
	/** The worker's watch, by an alert within ten seconds of its next verification of the whole log. */
	readonly watch: boolean;
	/** `firmseal audit verify`. */
	readonly verify: boolean;
	/** Each process of the API as it starts, by the anchors: content is closed. */
	readonly start: boolean;
	/** A firm or an auditor who has kept a checkpoint from before. */
	readonly kept: boolean;
}

export interface LogAttack {
	readonly name: string;
	/** As superuser of the database, past all triggers, in one transaction; null: done by `by`. */
	readonly act?: (sql: Sql, stage: LogStage) => Promise<unknown>;
	/** What takes more than that. */
	readonly by?: (stage: LogStage) => Promise<void>;
	readonly noticed: Noticed;
}

const nobody: Noticed = { watch: false, verify: false, start: false, kept: false };
const found: Noticed = { ...nobody, watch: true, verify: true };
/** What changes what a checkpoint was signed over. */
const everywhere: Noticed = { watch: true, verify: true, start: true, kept: true };

const entryAt = (tree: string, index: number) =>
	`(select entry_id from audit_leaves where tree = '${tree}' and index = ${index})`;
const edit = (sql: Sql, where: string) =>
	sql.unsafe(
		`update audit_entries set leaf = replace(leaf, '"plane":"worker"', '"plane":"broker"') where id = ${where}`,
	);

/** What stands at two places of the trees. */
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

/** Puts a row in as if the log had taken it long ago. */
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
		name: 'an entry is edited, and the hash of its leaf with it',
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
		name: 'an entry in the middle is deleted, and its leaf',
		async act(sql, { north }) {
			await sql.unsafe(`delete from audit_entries where id = ${entryAt(north, 2)}`);
			await sql.unsafe(`delete from audit_leaves where tree = '${north}' and index = 2`);
		},
		noticed: found,
	},
	{
		name: 'the newest entries are deleted before they are leaves, of a process that goes on',
		by: (stage) => stage.loseNewest(),
		// Nobody has made leaves of what is left yet.
		noticed: { ...nobody, watch: true },
	},
	{
		name: 'the newest entries of a firm are deleted with leaves, checkpoint and counts',
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
		name: 'an entry is forged among the old ones',
		act: (sql, { north }) => forge(sql, north, '5'),
		noticed: found,
	},
	{
		name: 'an entry is forged as a new one, of a process that never was',
		async act(sql, { north }) {
			const [now] = await sql`select pg_current_xact_id()::text as xid`;
			await forge(sql, north, now?.xid);
		},
		noticed: nobody,
	},
	{
		name: 'entries of two firms are swapped',
		act: (sql, { north, south }) => swap(sql, [north, 2], [south, 2]),
		noticed: found,
	},
	{
		name: 'a checkpoint of a firm is taken out of the root tree',
		act: (sql, { north }) =>
			sql`delete from audit_root_leaves where index = (select max(index) from audit_root_leaves where tree = ${north})`,
		noticed: everywhere,
	},
	{
		name: 'an older copy of the database is put back',
		by: (stage) => stage.putBackOlder(),
		noticed: everywhere,
	},
	{
		name: 'the whole log is written anew without an entry, and signed again with the key of the signer, which was stolen',
		by: ({ north, rewrite }) =>
			rewrite((sql) => sql.unsafe(`delete from audit_entries where id = ${entryAt(north, 2)}`)),
		noticed: everywhere,
	},
	{
		name: 'the same with an entry that is edited, so that no number is missing',
		by: ({ north, rewrite }) => rewrite((sql) => edit(sql, entryAt(north, 2))),
		noticed: everywhere,
	},
];

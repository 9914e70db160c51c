import { selectTakenIds } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { createRow, type Desk, share, WORKSPACE, type WorkspaceTypeName } from '../../firms/index.ts';
import { showProgress } from '../progress.ts';
import { actAs, type Person } from './person.ts';

/** A row to be written, as the arguments of its create. */
export interface ItemRow<Who extends string> {
	readonly type: WorkspaceTypeName;
	readonly by: Who;
	readonly input: Readonly<Record<string, unknown>> & { readonly id: string };
}

/** Rows that are written one after the other, because the later ones are about the first. */
export interface Item<Who extends string> {
	readonly rows: readonly [ItemRow<Who>, ...ItemRow<Who>[]];
	/** The client that the first row is shared with; there must be a second row, see writeItem. */
	readonly sharedWith?: string | undefined;
}

/** Rows written, by type. */
export type Written = Readonly<Partial<Record<WorkspaceTypeName, number>>>;

/** Items written at once: their audit entries share commits. */
export const WRITERS = 8;

/** Writes the rows that are missing, each as one of the cast. Rows that are there, changed or removed meanwhile, stay as they are. Progress is shown under a title. */
export async function writeItems<Who extends string>(
	cast: Readonly<Record<Who, Person>>,
	items: readonly Item<Who>[],
	{ desk, firm, title }: { readonly desk: Desk; readonly firm: string; readonly title?: string },
): Promise<Written> {
	const taken = await selectTaken(
		desk,
		firm,
		items.flatMap(({ rows }) => rows),
	);
	const isMissing = ({ input }: ItemRow<Who>) => !taken.has(input.id);
	const missing = items.flatMap(({ rows }) => rows).filter(isMissing);
	const progress = showProgress(title ?? '', title ? missing.length : 0);
	const written: Partial<Record<WorkspaceTypeName, number>> = {};
	const waiting = items.filter(({ rows }) => rows.some(isMissing)).values();
	const write = async () => {
		for (const item of waiting)
			await writeItem(cast, item, isMissing, ({ type }) => {
				written[type] = (written[type] ?? 0) + 1;
				progress.step();
			});
	};
	await Promise.all(Array.from({ length: WRITERS }, write)).finally(progress.end);
	return written;
}

/**
 * It is shared between the first row and the second: so a load that was cut off shares it when it goes on, and no load ever
 * shares again what the firm has taken back.
 */
async function writeItem<Who extends string>(
	cast: Readonly<Record<Who, Person>>,
	{ rows, sharedWith: clientId }: Item<Who>,
	isMissing: (row: ItemRow<Who>) => boolean,
	onWritten: (row: ItemRow<Who>) => void,
): Promise<void> {
	const [first, second] = rows;
	try {
		for (const row of rows.filter(isMissing)) {
			if (row === second && clientId) {
				const subject = { [`${first.type.toLowerCase()}Id`]: first.input.id };
				await actAs(cast[first.by], (desk, acting) => share(desk, acting, { clientId, subject }));
			}
			await actAs(cast[row.by], (desk, acting) => createRow(desk, acting, row.type, row.input));
			onWritten(row);
		}
	} catch (error) {
		// What the rest is about has been removed, or shared no more, or its invoice's number is given: the firm's doing.
		if (!(error instanceof FirmsealError) || !['NOT_FOUND', 'CONFLICT'].includes(error.code)) throw error;
	}
}

async function selectTaken(
	{ plane }: Desk,
	firm: string,
	rows: readonly ItemRow<string>[],
): Promise<ReadonlySet<string>> {
	const taken = new Set<string>();
	await plane.read(firm, async (tx) => {
		for (const [type, ofType] of Map.groupBy(rows, (row) => row.type)) {
			const ids = ofType.map(({ input }) => input.id);
			for (const id of await selectTakenIds(tx, WORKSPACE[type].table, ids)) taken.add(id);
		}
	});
	return taken;
}

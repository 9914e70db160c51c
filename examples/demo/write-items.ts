import type { Progress } from '../../src/cli/print/index.ts';
import { selectTakenIds, selectVersionAwaitingFile } from '../../src/database/index.ts';
import { type ObjectStore, uploadFile } from '../../src/documents/index.ts';
import { FirmsealError } from '../../src/errors.ts';
import {
	createRow,
	type RequestServices,
	shareWithClient,
	WORKSPACE,
	type WorkspaceTypeName,
} from '../../src/firms/index.ts';
import { actAsPerson, type DemoPerson } from './act-as-person.ts';

/** A row to write: its type, its author and the input of its create mutation. */
export interface ItemRow<Who extends string> {
	readonly type: WorkspaceTypeName;
	readonly by: Who;
	readonly input: Readonly<Record<string, unknown>> & { readonly id: string };
}

/** Rows that are written in this order, because the later rows refer to the first. */
export interface Item<Who extends string> {
	readonly rows: readonly [ItemRow<Who>, ...ItemRow<Who>[]];
	/** The client that the first row is shared with. Needs a second row: see writeItem(). */
	readonly sharedWith?: string | undefined;
	/** The file of a version among the rows. */
	readonly file?: ItemFile<Who> | undefined;
}

interface ItemFile<Who extends string> {
	readonly documentId: string;
	readonly versionId: string;
	/** The author of the version. */
	readonly by: Who;
	readonly bytes: Uint8Array;
}

/** How many rows and files were written, by type. */
export type WrittenCounts = Readonly<Partial<Record<WorkspaceTypeName | 'File', number>>>;

/**
 * How many items are written concurrently, so that their audit entries share commits. More than these take longer, because the first
 * statements of each database session are slow.
 */
export const WRITERS = 4;

export interface WriteTarget {
	readonly services: RequestServices;
	readonly firm: string;
	readonly store: ObjectStore;
	readonly showProgress?: (total: number) => Progress;
}

/**
 * Writes the rows and files that are missing, each as its author. Rows that exist, or that people have changed or removed, stay as they
 * are.
 */
export async function writeItems<Who extends string>(
	authors: Readonly<Record<Who, DemoPerson>>,
	items: readonly Item<Who>[],
	{ services, firm, store, showProgress }: WriteTarget,
): Promise<WrittenCounts> {
	const rows = items.flatMap((item) => item.rows);
	const taken = await selectTaken(services, firm, rows);
	const isMissing = ({ input }: ItemRow<Who>) => !taken.has(input.id);
	const empty = await selectEmpty(authors, items, taken);
	const waiting = items.filter((item) => item.rows.some(isMissing) || (item.file && empty.has(item.file)));
	const total = waiting.reduce((sum, item) => sum + item.rows.filter(isMissing).length + (item.file ? 1 : 0), 0);
	const progress = showProgress?.(total);
	const written: Partial<Record<keyof WrittenCounts, number>> = {};
	const onWritten = (what: keyof WrittenCounts) => {
		written[what] = (written[what] ?? 0) + 1;
		progress?.step();
	};
	const next = waiting.values();
	const write = async () => {
		for (const item of next) await writeItem(authors, item, { store, isMissing, onWritten });
	};
	await Promise.all(Array.from({ length: WRITERS }, write)).finally(() => progress?.end());
	return written;
}

interface Writing<Who extends string> {
	readonly store: ObjectStore;
	readonly isMissing: (row: ItemRow<Who>) => boolean;
	readonly onWritten: (what: keyof WrittenCounts) => void;
}

/**
 * Shares the first row before it writes the second. So a resumed load still shares a row that an interrupted one did not, and no load
 * shares a row again that the firm has unshared.
 */
async function writeItem<Who extends string>(
	authors: Readonly<Record<Who, DemoPerson>>,
	{ rows, sharedWith: clientId, file }: Item<Who>,
	{ store, isMissing, onWritten }: Writing<Who>,
): Promise<void> {
	const [first, second] = rows;
	try {
		for (const row of rows.filter(isMissing)) {
			if (row === second && clientId) {
				const subject = { [`${first.type.toLowerCase()}Id`]: first.input.id };
				await actAsPerson(authors[first.by], (services, acting) =>
					shareWithClient(services, acting, { clientId, subject }),
				);
			}
			await actAsPerson(authors[row.by], (services, acting) => createRow(services, acting, row.type, row.input));
			onWritten(row.type);
		}
		if (file && (await isEmpty(authors[file.by], file))) {
			await send(authors[file.by], store, file);
			onWritten('File');
		}
	} catch (error) {
		// The firm has removed or unshared the row that the rest refers to, or used the invoice's number. Or an upload of the file is
		// in progress, perhaps left by an interrupted load: a later load sends the file.
		if (!(error instanceof FirmsealError) || !['NOT_FOUND', 'CONFLICT'].includes(error.code)) throw error;
	}
}

function send<Who extends string>(person: DemoPerson, store: ObjectStore, { documentId, bytes }: ItemFile<Who>) {
	const { signal } = new AbortController();
	const always = { isExpectedVersion: () => true, isStillAllowed: async () => true };
	const body = { bytes: ReadableStream.from([bytes]), size: bytes.length, signal, ...always };
	return actAsPerson(person, (services, acting) => uploadFile(services, store, acting, documentId, () => body));
}

/** True if an upload by the person would fill exactly this version: it fills the first of theirs that has no file. */
async function isEmpty<Who extends string>(
	{ services, principal }: DemoPerson,
	{ documentId, versionId }: Pick<ItemFile<Who>, 'documentId' | 'versionId'>,
): Promise<boolean> {
	const open = await services.plane.read(principal.firm, (tx) =>
		selectVersionAwaitingFile(tx, documentId, principal.user),
	);
	return open?.id === versionId;
}

/** The files that existing versions lack, as an interrupted load leaves them. */
async function selectEmpty<Who extends string>(
	authors: Readonly<Record<Who, DemoPerson>>,
	items: readonly Item<Who>[],
	taken: ReadonlySet<string>,
): Promise<ReadonlySet<ItemFile<Who>>> {
	const empty = new Set<ItemFile<Who>>();
	for (const { file } of items)
		if (file && taken.has(file.versionId) && (await isEmpty(authors[file.by], file))) empty.add(file);
	return empty;
}

async function selectTaken(
	{ plane }: RequestServices,
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

import { selectTakenIds, selectVersionAwaitingFile } from '../../database/index.ts';
import { type ObjectStore, uploadFile } from '../../documents/index.ts';
import { FirmsealError } from '../../errors.ts';
import {
	createRow,
	type RequestServices,
	shareWithClient,
	WORKSPACE,
	type WorkspaceTypeName,
} from '../../firms/index.ts';
import { showProgress } from '../print/index.ts';
import { type DemoPerson, runAsDemoPerson } from './demo-person.ts';

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
	/** Of a version that is among the rows. */
	readonly file?: ItemFile<Who> | undefined;
}

interface ItemFile<Who extends string> {
	readonly documentId: string;
	readonly versionId: string;
	/** Who has made the version. */
	readonly by: Who;
	readonly bytes: Uint8Array;
}

/** Rows written, by type, and files. */
export type WrittenCounts = Readonly<Partial<Record<WorkspaceTypeName | 'File', number>>>;

/** Items written at once: their audit entries share commits. */
export const WRITERS = 8;

export interface WriteTarget {
	readonly services: RequestServices;
	readonly firm: string;
	readonly store: ObjectStore;
	/** Progress is shown under it; none unless given. */
	readonly title?: string;
}

/**
 * Writes the rows and files that are missing, each as one of the cast. Rows that are there, changed or removed meanwhile, stay as they
 * are.
 */
export async function writeItems<Who extends string>(
	cast: Readonly<Record<Who, DemoPerson>>,
	items: readonly Item<Who>[],
	{ services, firm, store, title }: WriteTarget,
): Promise<WrittenCounts> {
	const rows = items.flatMap((item) => item.rows);
	const taken = await selectTaken(services, firm, rows);
	const isMissing = ({ input }: ItemRow<Who>) => !taken.has(input.id);
	const empty = await selectEmpty(cast, items, taken);
	const waiting = items.filter((item) => item.rows.some(isMissing) || (item.file && empty.has(item.file)));
	const total = waiting.reduce((sum, item) => sum + item.rows.filter(isMissing).length + (item.file ? 1 : 0), 0);
	const progress = showProgress(title ?? '', title ? total : 0);
	const written: Partial<Record<keyof WrittenCounts, number>> = {};
	const onWritten = (what: keyof WrittenCounts) => {
		written[what] = (written[what] ?? 0) + 1;
		progress.step();
	};
	const next = waiting.values();
	const write = async () => {
		for (const item of next) await writeItem(cast, item, { store, isMissing, onWritten });
	};
	await Promise.all(Array.from({ length: WRITERS }, write)).finally(progress.end);
	return written;
}

interface Writing<Who extends string> {
	readonly store: ObjectStore;
	readonly isMissing: (row: ItemRow<Who>) => boolean;
	readonly onWritten: (what: keyof WrittenCounts) => void;
}

/**
 * It is shared between the first row and the second: so a load that was cut off shares it when it goes on, and no load ever
 * shares again what the firm has taken back.
 */
async function writeItem<Who extends string>(
	cast: Readonly<Record<Who, DemoPerson>>,
	{ rows, sharedWith: clientId, file }: Item<Who>,
	{ store, isMissing, onWritten }: Writing<Who>,
): Promise<void> {
	const [first, second] = rows;
	try {
		for (const row of rows.filter(isMissing)) {
			if (row === second && clientId) {
				const subject = { [`${first.type.toLowerCase()}Id`]: first.input.id };
				await runAsDemoPerson(cast[first.by], (services, acting) =>
					shareWithClient(services, acting, { clientId, subject }),
				);
			}
			await runAsDemoPerson(cast[row.by], (services, acting) => createRow(services, acting, row.type, row.input));
			onWritten(row.type);
		}
		if (file && (await isEmpty(cast[file.by], file))) {
			await send(cast[file.by], store, file);
			onWritten('File');
		}
	} catch (error) {
		// What the rest is about has been removed, or shared no more, or its invoice's number is given: the firm's doing. Or the file is
		// on its way, perhaps of a load that was cut off: one that comes later sends it.
		if (!(error instanceof FirmsealError) || !['NOT_FOUND', 'CONFLICT'].includes(error.code)) throw error;
	}
}

function send<Who extends string>(person: DemoPerson, store: ObjectStore, { documentId, bytes }: ItemFile<Who>) {
	const { signal } = new AbortController();
	const always = { isExpectedVersion: () => true, isStillAllowed: async () => true };
	const body = { bytes: ReadableStream.from([bytes]), size: bytes.length, signal, ...always };
	return runAsDemoPerson(person, (services, acting) => uploadFile(services, store, acting, documentId, () => body));
}

/** Whether the very version is still without its file: an upload fills the first of the person's that is. */
async function isEmpty<Who extends string>(
	{ services, principal }: DemoPerson,
	{ documentId, versionId }: Pick<ItemFile<Who>, 'documentId' | 'versionId'>,
): Promise<boolean> {
	const open = await services.plane.read(principal.firm, (tx) =>
		selectVersionAwaitingFile(tx, documentId, principal.user),
	);
	return open?.id === versionId;
}

/** Files of versions that are there without them, as a load that was cut off leaves them. */
async function selectEmpty<Who extends string>(
	cast: Readonly<Record<Who, DemoPerson>>,
	items: readonly Item<Who>[],
	taken: ReadonlySet<string>,
): Promise<ReadonlySet<ItemFile<Who>>> {
	const empty = new Set<ItemFile<Who>>();
	for (const { file } of items)
		if (file && taken.has(file.versionId) && (await isEmpty(cast[file.by], file))) empty.add(file);
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

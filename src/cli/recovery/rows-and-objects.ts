import type { KnownObject } from '../../database/index.ts';
import { type ListedObject, tagOfObject } from '../../documents/index.ts';

/** The row and the objects of one tag. `row` is null if the tag has only objects. */
export interface OfTag {
	readonly row: KnownObject | null;
	readonly objects: readonly ListedObject[];
}

const PAGE = 1_000;

/**
 * Merges rows and objects, which both come in the order of their tags. Reads each once and keeps none in memory. `rows` returns the next page
 * of rows after a tag. Each page of rows is read before its objects, so that a file that is stored meanwhile can only appear as an object
 * without a row.
 */
export async function* joinByTag(
	rows: (after: string | null, most: number) => Promise<readonly KnownObject[]>,
	listed: AsyncIterable<ListedObject>,
): AsyncGenerator<OfTag> {
	const groups = byTag(listed);
	let group = await groups.next();
	for await (const row of everyRow(rows)) {
		for (; !group.done && group.value.tag < row.tag; group = await groups.next())
			yield { row: null, objects: group.value.objects };
		const isThere = !group.done && group.value.tag === row.tag;
		yield { row, objects: isThere && !group.done ? group.value.objects : [] };
		if (isThere) group = await groups.next();
	}
	for (; !group.done; group = await groups.next()) yield { row: null, objects: group.value.objects };
}

async function* everyRow(rows: (after: string | null, most: number) => Promise<readonly KnownObject[]>) {
	for (let after: string | null = null; ; ) {
		const page: readonly KnownObject[] = await rows(after, PAGE);
		yield* page;
		after = page.at(-1)?.tag ?? null;
		if (page.length < PAGE) return;
	}
}

async function* byTag(listed: AsyncIterable<ListedObject>) {
	let tag: string | null = null;
	let objects: ListedObject[] = [];
	for await (const object of listed) {
		const next = tagOfObject(object.name);
		if (tag !== null && tag !== next) {
			yield { tag, objects };
			objects = [];
		}
		tag = next;
		objects.push(object);
	}
	if (tag !== null) yield { tag, objects };
}

import type { ServicePort } from '../../../src/client/connection/index.ts';
import { CONTENT_TYPES } from '../../../src/client/coordinates.generated.ts';
import type { SealedContent } from '../../../src/client/opener.ts';
import { type KeyLog, newestVersion, parseStamp, readCustodyHeader } from '../../../src/custody/index.ts';
import { FIRM, fromBase64 } from '../../custody/some.ts';
import { vkeyOf } from '../vault/checkpoints.ts';
import { INSTALLATION, type InMemoryApi, ORIGIN, type StoredRow } from '../vault/in-memory-api.ts';

const PAGE = 3;

type Variables = Readonly<Record<string, unknown>>;

/** The service of a firm, as the API answers it, in small pages. A test changes what it says. */
export function portOf(service: InMemoryApi): ServicePort {
	const answers: Readonly<Record<string, (variables: Variables) => unknown>> = {
		'query KeyLog(': (variables) => keyLogOf(service, variables),
		'query KeyWraps(': ({ recipient }) => ({ keyWraps: service.wrapsFor(String(recipient)) }),
		'mutation AppendKeyLog(': async ({ input }) => {
			await service.append(input as Parameters<InMemoryApi['append']>[0]);
			return { appendKeyLog: {} };
		},
		'mutation AddKeyWraps(': ({ input }) => {
			service.wraps.push(...(input as { readonly wraps: readonly string[] }).wraps);
			return { addKeyWraps: {} };
		},
		'query Resealing ': () => ({ resealing: [{ class: 'NOTE', count: staleOf(service, 'NOTE').length }] }),
		'query RecordsToReseal(': ({ class: of, after }) => ({
			recordsToReseal: staleOf(service, String(of))
				.filter(({ id }) => typeof after !== 'string' || id > after)
				.slice(0, PAGE)
				.map(nodeOf),
		}),
		'mutation ResealRecords(': ({ input }) => ({
			resealRecords: { resealedIds: replace(service, input as ToReplace) },
		}),
	};
	return {
		async request(document, variables) {
			const [, answer] = Object.entries(answers).find(([start]) => document.startsWith(start)) ?? [];
			if (!answer) throw new Error(`The test answers no ${document}`);
			return (await answer(variables)) as Variables;
		},
		checkpointKeys: async () => [await vkeyOf(ORIGIN, service.key)],
	};
}

async function keyLogOf(service: InMemoryApi, { after }: Variables) {
	const from = after === undefined ? 0 : Number(after) + 1;
	const { entries, names } = service;
	const { checkpoint } = await service.checkpoint();
	const size = entries.length;
	return {
		keyLog: {
			installation: INSTALLATION,
			size,
			entries: entries.slice(from, from + PAGE),
			names,
			checkpoint: { size, note: checkpoint },
			newestVersions: [],
		},
	};
}

/** Rows of a class with a value under another version than the newest, by id. */
export function staleOf({ rows, log }: InMemoryApi, className: string): StoredRow[] {
	const newest = newestVersion(log as KeyLog, className);
	const isOld = (envelope: string | null) =>
		envelope !== null && readCustodyHeader(fromBase64(envelope)).version < newest;
	return [...rows.values()]
		.filter(({ type, fields }) => CONTENT_TYPES[type]?.class === className && Object.values(fields).some(isOld))
		.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

const nodeOf = ({ type, id, thread, stamp, revision, fields }: StoredRow) => ({
	__typename: type,
	id,
	firmId: FIRM,
	revision,
	...(thread !== null && { thread: { id: thread } }),
	sealedFields: Object.keys(CONTENT_TYPES[type]?.fields ?? {}).map((name) => ({
		name,
		envelope: fields[name] ?? null,
		stamp,
	})),
});

interface ToReplace {
	readonly records: readonly { readonly id: string; readonly revision: number; readonly sealed: SealedContent }[];
}

function replace(service: InMemoryApi, { records }: ToReplace): string[] {
	return records.flatMap(({ id, revision, sealed }) => {
		const row = service.rows.get(id);
		if (row?.revision !== revision || parseStamp(sealed.stamp).row !== id) return [];
		const fields = Object.fromEntries(sealed.fields.map(({ name, envelope }) => [name, envelope]));
		service.rows.set(id, { ...row, stamp: sealed.stamp, revision: revision + 1, fields });
		return [id];
	});
}

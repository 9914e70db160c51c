import {
	countErasing,
	countKept,
	countLeasesOf,
	type Erasing,
	type Plane,
	selectErasableType,
	selectErasingTags,
	selectErasure,
	selectOpenJob,
} from '../../database/index.ts';
import type { ObjectStore, RetainedObjects } from '../../documents/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { Office } from '../../firms/index.ts';
import type { JobRequest } from '../engine/index.ts';
import { readTerms, subjectOf, termsFrom, writeTerms } from '../engine/index.ts';
import type { Inventory } from './certificate.ts';
import { isHeld } from './holds.ts';

/** Who asks for it on the installation, and who sees metadata of the firm's rows: the operator's plane. */
export interface Asking extends Pick<Office, 'worker' | 'rights'> {
	readonly sight: Pick<Plane, 'read'>;
}

/** What of a firm is meant: a client or a record by its id; null: the firm itself. */
export interface Meant {
	readonly firm: string;
	readonly client?: string | undefined;
	readonly record?: string | undefined;
}

/** @throws FirmsealError NOT_FOUND for an id that nothing of the firm has, BAD_USER_INPUT for a client that was named as a record. */
export async function findErasing({ sight }: Pick<Asking, 'sight'>, { firm, client, record }: Meant): Promise<Erasing> {
	const id = client ?? record;
	if (id === undefined) return { firm, type: 'Firm', id: firm };
	const type = await sight.read(firm, (tx) => selectErasableType(tx, firm, id));
	if (type === null || (client !== undefined && type !== 'Client'))
		throw new FirmsealError('NOT_FOUND', `The firm has no ${client === undefined ? 'record' : 'client'} of this id.`);
	if (client === undefined && type === 'Client')
		throw new FirmsealError('BAD_USER_INPUT', 'This is a client: name it with --client.');
	return { firm, type, id };
}

/** Counts of what would go, and of what would stay. */
export async function inventoryOf(
	{ worker, sight }: Pick<Asking, 'worker' | 'sight'>,
	erasing: Erasing,
): Promise<Inventory> {
	const { firm } = erasing;
	const seen = await sight.read(firm, async (tx) => ({
		rows: await countErasing(tx, erasing, { whole: false }),
		leases: await countLeasesOf(tx, firm),
	}));
	const kept = await worker.read(firm, (tx) => countKept(tx, firm));
	return { rows: seen.rows, kept: { ...kept, leases: seen.leases } };
}

/**
 * What of its objects the store retains, and until when at least: so long the erasure waits with them. null: nothing.
 * @throws ObjectStoreError
 */
export async function retainedOf(
	{ sight, store }: Pick<Asking, 'sight'> & { readonly store: Pick<ObjectStore, 'retained'> },
	erasing: Erasing,
): Promise<RetainedObjects | null> {
	return store.retained(await sight.read(erasing.firm, (tx) => selectErasingTags(tx, erasing)));
}

/** @throws FirmsealError CONFLICT for what is held, erased, or asked for with other days. */
export async function requestErasure(
	{ worker, rights, sight }: Asking,
	erasing: Erasing,
	{ days, keyDays, rate }: { readonly days: number; readonly keyDays: number; readonly rate: number | null },
): Promise<JobRequest> {
	const subject = subjectOf(erasing);
	const of = { firmId: erasing.firm, kind: 'ERASE', class: null, version: null, subject } as const;
	const { erasure, open } = await worker.read(null, async (tx) => ({
		erasure: await selectErasure(tx, of),
		open: await selectOpenJob(tx, of),
	}));
	if (erasure?.erasedAt) throw new FirmsealError('CONFLICT', 'It is erased already.');
	const held = await sight.read(erasing.firm, (rows) => worker.read(null, (tx) => isHeld(rights, tx, erasing, rows)));
	if (held) throw new FirmsealError('CONFLICT', 'It is under a legal hold: `firmseal hold list` says which.');
	const there = readTerms(open?.terms ?? null);
	if (open && (there?.days !== days || there.keyDays !== keyDays))
		throw new FirmsealError(
			'CONFLICT',
			`It is asked for already with other days, by the job ${open.id}, which is ${open.state}: let it end, or cancel it before it begins.`,
		);
	// With the same days it is the job that is there, and not another one from now on.
	const terms = writeTerms(there ?? termsFrom(new Date(), days, keyDays));
	return { firm: erasing.firm, kind: 'ERASE', class: null, version: null, subject, terms, rate };
}

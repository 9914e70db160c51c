import {
	countErasureRows,
	countLeasesOf,
	countRetainedRows,
	type ErasureTarget,
	type Plane,
	selectErasableType,
	selectErasure,
	selectErasureTags,
	selectOpenJob,
} from '../../database/index.ts';
import type { ObjectStore, RetainedObjects } from '../../documents/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { AdminContext } from '../../firms/index.ts';
import { eraseTermsFrom, erasureSubjectOf, type JobRequest, readEraseTerms, writeEraseTerms } from '../engine/index.ts';
import type { Inventory } from './certificate.ts';
import { isHeld } from './holds.ts';

/** The installation's services, and the operator's plane, which sees the ids of the firm's rows. */
export interface ErasureRequestParts extends Pick<AdminContext, 'worker' | 'rights'> {
	readonly operatorPlane: Pick<Plane, 'read'>;
}

/** A client or a record of a firm, by its id. Neither: the firm itself. */
export interface ErasureSelector {
	readonly firm: string;
	readonly client?: string | undefined;
	readonly record?: string | undefined;
}

/** @throws FirmsealError NOT_FOUND if the firm has nothing with this id; BAD_USER_INPUT if a client is named as a record */
export async function findErasureTarget(
	{ operatorPlane }: Pick<ErasureRequestParts, 'operatorPlane'>,
	{ firm, client, record }: ErasureSelector,
): Promise<ErasureTarget> {
	const id = client ?? record;
	if (id === undefined) return { firm, type: 'Firm', id: firm };
	const type = await operatorPlane.read(firm, (tx) => selectErasableType(tx, firm, id));
	if (type === null || (client !== undefined && type !== 'Client'))
		throw new FirmsealError('NOT_FOUND', `The firm has no ${client === undefined ? 'record' : 'client'} with this id.`);
	if (client === undefined && type === 'Client')
		throw new FirmsealError('BAD_USER_INPUT', 'This is the id of a client: name it with --client.');
	return { firm, type, id };
}

/** Counts the rows that would be erased, and those that would stay. */
export async function countInventory(
	{ worker, operatorPlane }: Pick<ErasureRequestParts, 'worker' | 'operatorPlane'>,
	erasing: ErasureTarget,
): Promise<Inventory> {
	const { firm } = erasing;
	const seen = await operatorPlane.read(firm, async (tx) => ({
		rows: await countErasureRows(tx, erasing, { whole: false }),
		leases: await countLeasesOf(tx, firm),
	}));
	const kept = await worker.read(firm, (tx) => countRetainedRows(tx, firm));
	return { rows: seen.rows, kept: { ...kept, leases: seen.leases } };
}

/**
 * The objects that the store retains, and the earliest end of the retention. The erasure waits for it. null if nothing is retained.
 * @throws ObjectStoreError
 */
export async function findRetainedObjects(
	{
		operatorPlane,
		store,
	}: Pick<ErasureRequestParts, 'operatorPlane'> & { readonly store: Pick<ObjectStore, 'retained'> },
	erasing: ErasureTarget,
): Promise<RetainedObjects | null> {
	return store.retained(await operatorPlane.read(erasing.firm, (tx) => selectErasureTags(tx, erasing)));
}

/** @throws FirmsealError CONFLICT if the subject is held or erased, or if an erasure with other days is open */
export async function requestErasure(
	{ worker, rights, operatorPlane }: ErasureRequestParts,
	erasing: ErasureTarget,
	{ days, keyDays, rate }: { readonly days: number; readonly keyDays: number; readonly rate: number | null },
): Promise<JobRequest> {
	const subject = erasureSubjectOf(erasing);
	const of = { firmId: erasing.firm, kind: 'ERASE', class: null, version: null, subject } as const;
	const { erasure, open } = await worker.read(null, async (tx) => ({
		erasure: await selectErasure(tx, of),
		open: await selectOpenJob(tx, of),
	}));
	if (erasure?.erasedAt) throw new FirmsealError('CONFLICT', 'The subject has already been erased.');
	const held = await operatorPlane.read(erasing.firm, (rows) =>
		worker.read(null, (tx) => isHeld(rights, tx, erasing, rows)),
	);
	if (held) throw new FirmsealError('CONFLICT', 'The subject is under a legal hold: `firmseal hold list` shows which.');
	const there = readEraseTerms(open?.terms ?? null);
	if (open && (there?.days !== days || there.keyDays !== keyDays))
		throw new FirmsealError(
			'CONFLICT',
			`The job ${open.id} (${open.state}) erases the same with other days: wait until it ends, or cancel it before it begins.`,
		);
	// With the same days, the terms of the open job are reused, so that requestJob() finds it.
	const terms = writeEraseTerms(there ?? eraseTermsFrom(new Date(), days, keyDays));
	return { firm: erasing.firm, kind: 'ERASE', class: null, version: null, subject, terms, rate };
}

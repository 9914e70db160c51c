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
import type { JobRequest } from '../engine/index.ts';
import { eraseTermsFrom, erasureSubjectOf, readEraseTerms, writeEraseTerms } from '../engine/index.ts';
import type { Inventory } from './certificate.ts';
import { isHeld } from './holds.ts';

/** Who asks for it on the installation, and who sees metadata of the firm's rows: the operator's plane. */
export interface ErasureRequestParts extends Pick<AdminContext, 'worker' | 'rights'> {
	readonly operatorPlane: Pick<Plane, 'read'>;
}

/** What of a firm is meant: a client or a record by its id; null: the firm itself. */
export interface ErasureSelector {
	readonly firm: string;
	readonly client?: string | undefined;
	readonly record?: string | undefined;
}

/** @throws FirmsealError NOT_FOUND for an id that nothing of the firm has, BAD_USER_INPUT for a client that was named as a record. */
export async function findErasureTarget(
	{ operatorPlane }: Pick<ErasureRequestParts, 'operatorPlane'>,
	{ firm, client, record }: ErasureSelector,
): Promise<ErasureTarget> {
	const id = client ?? record;
	if (id === undefined) return { firm, type: 'Firm', id: firm };
	const type = await operatorPlane.read(firm, (tx) => selectErasableType(tx, firm, id));
	if (type === null || (client !== undefined && type !== 'Client'))
		throw new FirmsealError('NOT_FOUND', `The firm has no ${client === undefined ? 'record' : 'client'} of this id.`);
	if (client === undefined && type === 'Client')
		throw new FirmsealError('BAD_USER_INPUT', 'This is a client: name it with --client.');
	return { firm, type, id };
}

/** Counts of what would go, and of what would stay. */
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
 * What of its objects the store retains, and until when at least: so long the erasure waits with them. null: nothing.
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

/** @throws FirmsealError CONFLICT for what is held, erased, or asked for with other days. */
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
	if (erasure?.erasedAt) throw new FirmsealError('CONFLICT', 'It is erased already.');
	const held = await operatorPlane.read(erasing.firm, (rows) =>
		worker.read(null, (tx) => isHeld(rights, tx, erasing, rows)),
	);
	if (held) throw new FirmsealError('CONFLICT', 'It is under a legal hold: `firmseal hold list` says which.');
	const there = readEraseTerms(open?.terms ?? null);
	if (open && (there?.days !== days || there.keyDays !== keyDays))
		throw new FirmsealError(
			'CONFLICT',
			`It is asked for already with other days, by the job ${open.id}, which is ${open.state}: let it end, or cancel it before it begins.`,
		);
	// With the same days it is the job that is there, and not another one from now on.
	const terms = writeEraseTerms(there ?? eraseTermsFrom(new Date(), days, keyDays));
	return { firm: erasing.firm, kind: 'ERASE', class: null, version: null, subject, terms, rate };
}

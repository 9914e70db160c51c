import { and, asc, desc, eq, lt, sql } from 'drizzle-orm';
import { type DataKeyRecord, type DataKeyStore, KeyUnavailableError, type NewDataKey } from '../../../keys/index.ts';
import { isUniqueViolation } from '../../database-error.ts';
import type { Plane, Transaction } from '../../plane.ts';
import { firstRow, selectBoolean } from '../../single-row.ts';
import { dataKeys } from '../../tables/index.ts';
import { selectLatestKeyVersion } from '../custody/key-log.ts';

const toRecord = ({ firmId, ...row }: typeof dataKeys.$inferSelect): DataKeyRecord => ({ firm: firmId, ...row });

/** A version without the wrapped key and its commitment. */
export type DataKeyListing = Omit<DataKeyRecord, 'wrapped' | 'commitment'>;

export const selectDataKeyListing = (tx: Transaction, firm: string | null): Promise<DataKeyListing[]> =>
	tx
		.select({
			firm: dataKeys.firmId,
			class: dataKeys.class,
			version: dataKeys.version,
			state: dataKeys.state,
			keyId: dataKeys.keyId,
			ownKey: dataKeys.ownKey,
			sealed: dataKeys.sealed,
			createdAt: dataKeys.createdAt,
		})
		.from(dataKeys)
		.where(firm === null ? undefined : eq(dataKeys.firmId, firm))
		.orderBy(asc(dataKeys.firmId), asc(dataKeys.class), asc(dataKeys.version));

const selectLatest = (tx: Transaction, where: ReturnType<typeof and>) =>
	firstRow(tx.select().from(dataKeys).where(where).orderBy(desc(dataKeys.version)).limit(1));

/** See DataKeyStore.latestOfDevices(). */
async function selectLatestOfDevices(tx: Transaction, firm: string, keyClass: string): Promise<number> {
	const latest = await selectLatestKeyVersion(tx, firm, keyClass);
	const own = await selectLatest(tx, ofClass(firm, keyClass));
	return latest > (own?.version ?? 0) ? latest : 0;
}

const ofClass = (firm: string, keyClass: string) => and(eq(dataKeys.firmId, firm), eq(dataKeys.class, keyClass));

/**
 * The store of wrapped data keys on a plane that may read and write them. Each call is a transaction that names the firm. `hasKeyLogs`: whether the
 * database has key logs of firms, whose keys share the numbers.
 */
export function createDataKeyStore(
	plane: Pick<Plane, 'read' | 'write'>,
	{ hasKeyLogs = true }: { readonly hasKeyLogs?: boolean } = {},
): DataKeyStore {
	const one = async (firm: string, where: ReturnType<typeof and>) => {
		const [row] = await plane.read(firm, (tx) => tx.select().from(dataKeys).where(where));
		return row ? toRecord(row) : null;
	};
	return {
		...(hasKeyLogs && {
			latestOfDevices: (firm, keyClass) => plane.read(firm, (tx) => selectLatestOfDevices(tx, firm, keyClass)),
		}),
		find: (firm, keyClass, version) => one(firm, and(ofClass(firm, keyClass), eq(dataKeys.version, version))),
		findActive: (firm, keyClass) => one(firm, and(ofClass(firm, keyClass), eq(dataKeys.state, 'ACTIVE'))),

		findLatest: (firm, keyClass) =>
			plane.read(firm, async (tx) => {
				const row = await selectLatest(tx, ofClass(firm, keyClass));
				return row && toRecord(row);
			}),

		async activate({ firm, ...key }: NewDataKey) {
			try {
				return await plane.write(firm, async (tx) => {
					const latest = await selectLatest(tx, ofClass(firm, key.class));
					const ofDevices = hasKeyLogs ? await selectLatestOfDevices(tx, firm, key.class) : 0;
					if (Math.max(latest?.version ?? 0, ofDevices) !== key.version - 1) return false;
					// Retires any active version, also an older one that an administrator restored: otherwise no version could follow.
					await tx
						.update(dataKeys)
						.set({ state: 'RETIRED' })
						.where(and(ofClass(firm, key.class), eq(dataKeys.state, 'ACTIVE'), lt(dataKeys.version, key.version)));
					await tx.insert(dataKeys).values({ ...key, firmId: firm, state: 'ACTIVE' });
					return true;
				});
			} catch (error) {
				if (isUniqueViolation(error)) return false;
				throw error;
			}
		},

		reserve: (firm, keyClass, version, count, limit) =>
			plane.write(firm, async (tx) => {
				const [row] = await tx
					.update(dataKeys)
					.set({ sealed: sql`${dataKeys.sealed} + ${count}` })
					.where(
						and(
							ofClass(firm, keyClass),
							eq(dataKeys.version, version),
							eq(dataKeys.state, 'ACTIVE'),
							sql`${dataKeys.sealed} + ${count} <= ${limit}`,
						),
					)
					.returning({ sealed: dataKeys.sealed });
				return row?.sealed ?? null;
			}),
	};
}

/**
 * The same for roles that do not see the keys of an erased firm. A hidden key would look like a damaged value, an unproven right or a key that
 * was never made, so find() and findActive() throw KEY_UNAVAILABLE for it.
 */
export function createErasureAwareKeyStore(plane: Pick<Plane, 'read' | 'write'>): DataKeyStore {
	const store = createDataKeyStore(plane);
	async function seen(firm: string, found: Promise<DataKeyRecord | null>): Promise<DataKeyRecord | null> {
		const record = await found;
		if (record === null && (await plane.read(firm, (tx) => selectIsErased(tx, firm))))
			throw new KeyUnavailableError('REFUSED', 'The firm is erased or is being erased, and its keys are gone.');
		return record;
	}
	return {
		...store,
		find: (firm, keyClass, version) => seen(firm, store.find(firm, keyClass, version)),
		findActive: (firm, keyClass) => seen(firm, store.findActive(firm, keyClass)),
	};
}

const selectIsErased = (tx: Transaction, firm: string): Promise<boolean> =>
	selectBoolean(tx, sql`select public.is_erased(${firm}) as yes`);

import { and, asc, desc, eq, lt, sql } from 'drizzle-orm';
import { type DataKeyRecord, type DataKeyStore, KeyUnavailableError, type NewDataKey } from '../../../keys/index.ts';
import { isUniqueViolation } from '../../database-error.ts';
import type { Plane, Transaction } from '../../plane.ts';
import { dataKeys } from '../../tables/index.ts';

const toRecord = ({ firmId, ...row }: typeof dataKeys.$inferSelect): DataKeyRecord => ({ firm: firmId, ...row });

/** Everything of a version but the wrapped key itself. */
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

async function selectLatest(tx: Transaction, where: ReturnType<typeof and>) {
	const [row] = await tx.select().from(dataKeys).where(where).orderBy(desc(dataKeys.version)).limit(1);
	return row;
}

/** The store of wrapped data keys, by a plane that may read and write them: each call is a transaction of its firm. */
export function createDataKeyStore(plane: Pick<Plane, 'read' | 'write'>): DataKeyStore {
	const of = (firm: string, keyClass: string) => and(eq(dataKeys.firmId, firm), eq(dataKeys.class, keyClass));
	const one = async (firm: string, where: ReturnType<typeof and>) => {
		const [row] = await plane.read(firm, (tx) => tx.select().from(dataKeys).where(where));
		return row ? toRecord(row) : null;
	};
	return {
		find: (firm, keyClass, version) => one(firm, and(of(firm, keyClass), eq(dataKeys.version, version))),
		findActive: (firm, keyClass) => one(firm, and(of(firm, keyClass), eq(dataKeys.state, 'ACTIVE'))),

		findLatest: (firm, keyClass) =>
			plane.read(firm, async (tx) => {
				const row = await selectLatest(tx, of(firm, keyClass));
				return row ? toRecord(row) : null;
			}),

		async activate({ firm, ...key }: NewDataKey) {
			try {
				return await plane.write(firm, async (tx) => {
					const latest = await selectLatest(tx, of(firm, key.class));
					if ((latest?.version ?? 0) !== key.version - 1) return false;
					// Whichever seals: where an administrator has put an older one back, no version would follow otherwise.
					await tx
						.update(dataKeys)
						.set({ state: 'RETIRED' })
						.where(and(of(firm, key.class), eq(dataKeys.state, 'ACTIVE'), lt(dataKeys.version, key.version)));
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
							of(firm, keyClass),
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
 * The same of firms that may be erased, for roles from which their keys are hidden then. That by itself looks like a damaged value, a right
 * that no one proved or a key that was never made, which it isn't: looking for such a key is KEY_UNAVAILABLE.
 */
export function createErasureAwareKeyStore(plane: Pick<Plane, 'read' | 'write'>): DataKeyStore {
	const store = createDataKeyStore(plane);
	async function seen(firm: string, found: Promise<DataKeyRecord | null>): Promise<DataKeyRecord | null> {
		const record = await found;
		if (record === null && (await plane.read(firm, (tx) => selectIsErased(tx, firm))))
			throw new KeyUnavailableError('REFUSED', 'The firm is erased, or is being erased: its keys are gone.');
		return record;
	}
	return {
		...store,
		find: (firm, keyClass, version) => seen(firm, store.find(firm, keyClass, version)),
		findActive: (firm, keyClass) => seen(firm, store.findActive(firm, keyClass)),
	};
}

async function selectIsErased(tx: Transaction, firm: string): Promise<boolean> {
	const {
		rows: [row],
	} = await tx.execute(sql`select public.is_erased(${firm}) as yes`);
	return row?.yes === true;
}

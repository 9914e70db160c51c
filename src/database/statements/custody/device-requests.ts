import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { firstRow } from '../../single-row.ts';
import { deviceRequests } from '../../tables/index.ts';

export type DeviceRequestRow = typeof deviceRequests.$inferSelect;

/** By the database's clock: requests last 15 minutes. */
const isRecent = sql`${deviceRequests.createdAt} > clock_timestamp() - interval '15 minutes'`;
const isOpen = and(isNull(deviceRequests.ended), isRecent);
const isOf = (firm: string, id: string) => and(eq(deviceRequests.firmId, firm), eq(deviceRequests.id, id));

/** Newest first, those that have ended too. `person`: null for those of everyone. */
export const selectDeviceRequests = (
	tx: Transaction,
	firm: string,
	person: string | null,
	most: number,
): Promise<DeviceRequestRow[]> =>
	tx
		.select()
		.from(deviceRequests)
		.where(
			and(eq(deviceRequests.firmId, firm), person === null ? undefined : eq(deviceRequests.person, person), isRecent),
		)
		.orderBy(desc(deviceRequests.createdAt), desc(deviceRequests.id))
		.limit(most);

/** Null if the firm has no such request, or if it has ended. */
export const selectOpenDeviceRequest = (tx: Transaction, firm: string, id: string): Promise<DeviceRequestRow | null> =>
	firstRow(
		tx
			.select()
			.from(deviceRequests)
			.where(and(isOf(firm, id), isOpen)),
	);

export async function insertDeviceRequest(
	tx: Transaction,
	{ firmId, id, person, commitment }: Pick<DeviceRequestRow, 'firmId' | 'id' | 'person' | 'commitment'>,
): Promise<void> {
	await tx.execute(sql`
		insert into public.device_requests (firm_id, id, person, commitment) values (${firmId}, ${id}, ${person}, ${commitment})`);
}

type Step =
	| Pick<DeviceRequestRow, 'challenge' | 'genesis' | 'head' | 'answeredBy'>
	| Pick<DeviceRequestRow, 'reveal' | 'statement'>
	| Pick<DeviceRequestRow, 'ended'>
	| Pick<DeviceRequestRow, 'ended' | 'releasedBy' | 'share'>;

/** The changed row; null if the request is not open, or not as it was read: only one caller takes a step. */
export const takeDeviceRequestStep = (
	tx: Transaction,
	was: DeviceRequestRow,
	step: Step,
): Promise<DeviceRequestRow | null> =>
	firstRow(
		tx
			.update(deviceRequests)
			.set(step)
			.where(
				and(
					isOf(was.firmId, was.id),
					isOpen,
					sql`${deviceRequests.challenge} is not distinct from ${was.challenge}`,
					sql`${deviceRequests.reveal} is not distinct from ${was.reveal}`,
				),
			)
			.returning(),
	);

import { v7 as uuidv7 } from 'uuid';
import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import type { AuditLog } from '../../src/audit/index.ts';
import { systemClock } from '../../src/clock/clock.ts';
import type { ContentField } from '../../src/content/index.ts';
import { type Plane, tables } from '../../src/database/index.ts';
import type { Keyring } from '../../src/keys/index.ts';
import { createRequestLeaseOpener, type LeasePlanes } from '../../src/leases/index.ts';
import type { Cast } from './actors.ts';

interface Parts {
	readonly planes: LeasePlanes;
	/** The operator's plane. */
	readonly plane: Plane;
	readonly keyring: Keyring;
	readonly audit: AuditLog;
	readonly cast: Cast;
}

const field = (column: string): ContentField => ({
	coordinate: `Note.${column}`,
	class: 'NOTE',
	table: 'notes',
	column,
	valueType: 'String',
	pad: 0,
});
const [TITLE, BODY] = [field('title'), field('body')];

/**
 * A whole request under a lease, as the server runs it. Reads the title of the cast's note `count` times; for 0, the note's missing body.
 * @throws FirmsealError as RequestLease does, and errors of its end().
 */
export async function readUnder(
	{ planes, plane, keyring, audit, cast }: Parts,
	id: string,
	values: number,
): Promise<void> {
	const failures: unknown[] = [];
	const begin = createRequestLeaseOpener({
		planes,
		plane,
		keyring,
		audit,
		aead: createNodeAead(),
		fields: [],
		clock: systemClock,
		waitForPublication: async () => {},
		onFailure: (error) => failures.push(error),
		columnOf: (coordinate) => ({ table: tables.notes, property: coordinate.replace('Note.', '') }),
	});
	const open = {
		id,
		requestedBy: cast.requester[0],
		firm: cast.firm,
		classes: ['NOTE'],
		coordinates: null,
		records: null,
	} as const;
	const lease = begin(open, uuidv7(), () => {});
	const row = { firm: cast.firm, id: cast.note };
	try {
		await lease.read(
			values === 0 ? [{ field: BODY, row }] : Array.from({ length: values }, () => ({ field: TITLE, row })),
			async () => {},
		);
	} finally {
		await lease.end();
	}
	if (failures.length > 0) throw failures[0];
}

import { v7 as uuidv7 } from 'uuid';
import type { FirmRows } from './firm-rows.ts';
import { operation, type Place, schema } from './input-positions.ts';
import { isOfOperator } from './lease-rows.ts';
import { isOwnId, typeOfId } from './valid-values.ts';

/** Ids that are well formed and name nothing for a caller of `north`: name → id. */
export async function namesOfNothing(
	place: Place,
	{ north, harbour }: Readonly<Record<'north' | 'harbour', FirmRows>>,
): Promise<Readonly<Record<string, string>>> {
	const type = typeOfId(place);
	return {
		unknown: uuidv7(),
		// An operator asks for a lease on any firm, has leases on others, and sees all alerts.
		...(!(isOfOperator(place.call) && ['Firm', 'BreakGlassLease', 'Alert'].includes(type)) && {
			'of another firm': await idOf(type, harbour),
		}),
		...(place.call.field.name !== 'node' && {
			'of another type': type === 'Firm' ? await north.row('Note') : north.firm.id,
		}),
		...(schema.getMutationType()?.getFields()[`delete${type}`] && {
			'of what was removed': await removed(type, north),
		}),
	};
}

/** Ids that nobody may give to a new row any more: name → id. */
export async function takenIds(
	place: Place,
	{ north, harbour }: Readonly<Record<'north' | 'harbour', FirmRows>>,
): Promise<Readonly<Record<string, string>>> {
	if (!isOwnId(place)) return {};
	const type = typeOfId(place);
	return {
		'of another firm': await harbour.row(type),
		...(schema.getMutationType()?.getFields()[`delete${type}`] && {
			'of what was removed': await removed(type, north),
		}),
	};
}

async function idOf(type: string, { firm, owner, published, row }: FirmRows): Promise<string> {
	if (type === 'Entry') return (await published()).entry;
	return type === 'Firm' ? firm.id : type === 'User' ? owner : row(type);
}

async function removed(type: string, rows: FirmRows): Promise<string> {
	const id = await rows.fresh(type);
	const variables = { input: { id, expectedRevision: 1 } };
	await rows.succeed(operation(`delete${type}`).field.name, variables);
	return id;
}

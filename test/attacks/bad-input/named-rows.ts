import { v7 as uuidv7 } from 'uuid';
import type { FirmRows } from './firm-rows.ts';
import { operation, type Position, schema } from './input-positions.ts';
import { isOfOperator } from './lease-rows.ts';
import { isOwnId, typeOfId } from './valid-values.ts';

/** Valid ids that a caller of `north` can't use here, by description. */
export async function namesOfNothing(
	position: Position,
	{ north, harbour }: Readonly<Record<'north' | 'harbour', FirmRows>>,
): Promise<Readonly<Record<string, string>>> {
	const type = typeOfId(position);
	return {
		unknown: uuidv7(),
		// An operator may use firms, leases, alerts and jobs of every firm.
		...(!(isOfOperator(position.call) && ['Firm', 'BreakGlassLease', 'Alert', 'Job'].includes(type)) && {
			'of another firm': await idOf(type, harbour),
		}),
		...(position.call.field.name !== 'node' && {
			'of another type': type === 'Firm' ? await north.row('Note') : north.firm.id,
		}),
		...(schema.getMutationType()?.getFields()[`delete${type}`] && {
			'of what was removed': await removed(type, north),
		}),
	};
}

/** Ids that are taken, so that no new row can have them, by description. */
export async function takenIds(
	position: Position,
	{ north, harbour }: Readonly<Record<'north' | 'harbour', FirmRows>>,
): Promise<Readonly<Record<string, string>>> {
	if (!isOwnId(position)) return {};
	const type = typeOfId(position);
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

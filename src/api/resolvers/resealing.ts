import {
	countToReseal,
	findToReseal,
	type ResealedRecord,
	type ReturnedRecord,
	resealRecords,
	returnRecords,
} from '../../firms/index.ts';
import { authorizeMember, authorizeOperation } from '../context.ts';
import type { MutationResolvers, QueryResolvers } from '../schema-types.generated.ts';
import { loadAsNode } from '../workspace/index.ts';
import { ownFirmOf, recordingDenial } from './key-log.ts';

const MAX_RECORDS = 100;

export const resealingQueries: Required<Pick<QueryResolvers, 'resealing' | 'recordsToReseal'>> = {
	async resealing(_parent, _args, context) {
		authorizeOperation(context, 'Query', 'resealing');
		return [...(await countToReseal(context.services, { firm: ownFirmOf(context) }))];
	},
	/** Their values are handed out, and recorded, as those of any record that the caller reads. */
	async recordsToReseal(_parent, { class: of, first, after }, context, info) {
		authorizeOperation(context, 'Query', 'recordsToReseal');
		const page = { class: of, first: first ?? MAX_RECORDS, after: after ?? null };
		const found = await findToReseal(context.services, { firm: ownFirmOf(context) }, page);
		const rows = await Promise.all(found.map(({ type, id }) => loadAsNode(context, type, id, info)));
		return rows.filter((row) => row !== null) as never;
	},
};

export const resealingMutations: Required<Pick<MutationResolvers, 'resealRecords' | 'returnRecords'>> = {
	async resealRecords(_parent, { input }, context) {
		const acting = authorizeMember(context, 'resealRecords');
		const { class: of, records } = input;
		const ids = await recordingDenial(context, 'resealRecords', () =>
			resealRecords(context.services, acting, of, records as readonly ResealedRecord[]),
		);
		return { resealedIds: [...ids] };
	},
	async returnRecords(_parent, { input }, context) {
		const acting = authorizeMember(context, 'returnRecords');
		const { class: of, records } = input;
		const ids = await recordingDenial(context, 'returnRecords', () =>
			returnRecords(context.services, acting, of, records as readonly ReturnedRecord[]),
		);
		return { returnedIds: [...ids] };
	},
};

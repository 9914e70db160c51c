import { selectDataKeyListing, selectOwnKeyStates } from '../../database/index.ts';
import { nextRotationRequests, requestJob } from '../../jobs/index.ts';
import { authorizeMember, authorizeOperation, firmOf } from '../context.ts';
import type { FirmKey, MutationResolvers, QueryResolvers } from '../schema-types.generated.ts';

const MAX_KEYS = 1_000;

export const keyQueries: Required<Pick<QueryResolvers, 'firmKeys'>> = {
	async firmKeys(_parent, _args, context) {
		authorizeOperation(context, 'Query', 'firmKeys');
		const firm = firmOf(context);
		const [keys, [ownKey]] = await context.services.plane.read(firm, async (tx) => [
			await selectDataKeyListing(tx, firm),
			await selectOwnKeyStates(tx, firm),
		]);
		return keys
			.reverse()
			.sort((a, b) => (a.class < b.class ? -1 : a.class > b.class ? 1 : 0))
			.slice(0, MAX_KEYS)
			.map(({ firm: firmId, class: of, ownKey: isOwn, version, state, sealed, createdAt }) => ({
				firmId,
				class: of as FirmKey['class'],
				version,
				state,
				isOwn,
				ownKeyState: isOwn ? (ownKey?.state ?? null) : null,
				ownKeySince: isOwn ? (ownKey?.since ?? null) : null,
				sealed,
				createdAt,
			}));
	},
};

export const keyMutations: Required<Pick<MutationResolvers, 'rotateFirmKey'>> = {
	async rotateFirmKey(_parent, { input }, context) {
		const { services } = context;
		const { session, firm, user } = authorizeMember(context, 'rotateFirmKey');
		const [request] = await services.plane.read(firm, async (tx) =>
			nextRotationRequests(tx, firm, await selectDataKeyListing(tx, firm), [input.class]),
		);
		if (!request) throw new Error('A data key class has no rotation request.');
		const { job } = await requestJob(services, request, {
			on: 'firm',
			user,
			record: (act) => services.content.record(session, act),
		});
		return { jobId: job.id };
	},
};

import { type DeviceRequestRow, selectDeviceRequests } from '../../database/index.ts';
import { challengeDevice, endDevice, releaseShare, requestDevice, revealDevice } from '../../firms/index.ts';
import { authorizeMember, authorizeOperation, type RequestContext } from '../context.ts';
import type {
	DeviceRequestResolvers,
	DeviceRequestState,
	MutationResolvers,
	QueryResolvers,
} from '../schema-types.generated.ts';
import { ownFirmOf, recordingDenial } from './key-log.ts';

const MAX_REQUESTS = 100;

export const deviceRequestQueries: Required<Pick<QueryResolvers, 'deviceRequests'>> = {
	deviceRequests(_parent, _args, context) {
		authorizeOperation(context, 'Query', 'deviceRequests');
		const { principal, services } = context;
		const firm = ownFirmOf(context);
		const isOwner = principal.kind === 'firm' && principal.role === 'OWNER';
		return services.plane.read(firm, (tx) =>
			selectDeviceRequests(tx, firm, isOwner ? null : principal.user, MAX_REQUESTS),
		);
	},
};

type DeviceMutation = 'requestDevice' | 'challengeDevice' | 'revealDevice' | 'endDevice' | 'releaseShare';

export const deviceRequestMutations: Required<Pick<MutationResolvers, DeviceMutation>> = {
	async requestDevice(_parent, { input }, context) {
		const acting = authorizeMember(context, 'requestDevice');
		return { request: await requestDevice(context.services, acting, input.commitment) };
	},
	async challengeDevice(_parent, { input }, context) {
		const acting = authorizeMember(context, 'challengeDevice');
		const request = await recordingDenial(context, 'challengeDevice', (role) =>
			challengeDevice(context.services, acting, { user: acting.user, role }, input),
		);
		return { request };
	},
	async revealDevice(_parent, { input }, context) {
		const acting = authorizeMember(context, 'revealDevice');
		const request = await recordingDenial(context, 'revealDevice', () => revealDevice(context.services, acting, input));
		return { request };
	},
	async endDevice(_parent, { input }, context) {
		const acting = authorizeMember(context, 'endDevice');
		const request = await recordingDenial(context, 'endDevice', (role) =>
			endDevice(context.services, acting, { user: acting.user, role }, input),
		);
		return { request };
	},
	async releaseShare(_parent, { input }, context) {
		const acting = authorizeMember(context, 'releaseShare');
		const request = await recordingDenial(context, 'releaseShare', () => releaseShare(context.services, acting, input));
		return { request };
	},
};

export const deviceRequestResolvers: Pick<DeviceRequestResolvers, 'state' | 'releasedBy' | 'share'> = {
	state: stateOf,
	releasedBy: (row, _args, context) => (isOwn(row, context) ? row.releasedBy : null),
	share: (row, _args, context) => (isOwn(row, context) ? row.share : null),
};

/** A released share is for the person of the request, not for the owners who see the request. */
const isOwn = ({ person }: DeviceRequestRow, { principal }: RequestContext): boolean =>
	principal.kind === 'firm' && principal.user === person;

function stateOf({ ended, reveal, challenge }: DeviceRequestRow): DeviceRequestState {
	if (ended !== null) return ended;
	if (reveal !== null) return 'REVEALED';
	return challenge === null ? 'COMMITTED' : 'CHALLENGED';
}

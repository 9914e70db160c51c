import { hash } from 'node:crypto';
import type { DeviceStatement, KeyLogEntry } from '../../../src/custody/index.ts';

interface NaiveDevice {
	readonly person: string;
	readonly kind: string;
	readonly active: boolean;
}

/** What FORMAT.md section 5 says of a list of entries that are known to be allowed, without any thought for speed or history. */
export interface NaiveState {
	readonly roles: Readonly<Record<string, string>>;
	readonly devices: Readonly<Record<string, NaiveDevice>>;
	/** Devices of ways that have holders. */
	readonly holders: Readonly<Record<string, readonly string[]>>;
	readonly classes: readonly string[] | null;
	/** By class and version: 'fresh', 'stale' or 'retired'. */
	readonly versions: Readonly<Record<string, 'fresh' | 'stale' | 'retired'>>;
	readonly custody: Readonly<Record<string, string>>;
}

const NOTHING: NaiveState = { roles: {}, devices: {}, holders: {}, classes: null, versions: {}, custody: {} };

const idOf = ({ exchange, signing }: DeviceStatement): string =>
	hash('sha256', Buffer.concat([Buffer.from(exchange, 'base64'), Buffer.from(signing, 'base64')]), 'hex');

export function isEntitledIn({ devices, roles, classes }: NaiveState, id: string, name: string): boolean {
	const device = devices[id];
	const role = device?.active ? roles[device.person] : undefined;
	return role === 'OWNER' || (role === 'MEMBER' && (classes === null || classes.includes(name)));
}

/** The state after the entries. */
export const stateAfter = (entries: readonly KeyLogEntry[]): NaiveState => entries.reduce(withEntry, NOTHING);

function withEntry(before: NaiveState, entry: KeyLogEntry): NaiveState {
	const after = endedKeys(effectOf(before, entry));
	const isLost = (name: string) =>
		Object.keys(before.devices).some((id) => isEntitledIn(before, id, name) && !isEntitledIn(after, id, name));
	const versions = Object.entries(after.versions).map(([key, state]) => {
		const stale = state === 'fresh' && isLost(key.split(' ')[0] as string);
		return [key, stale ? 'stale' : state];
	});
	return { ...after, versions: Object.fromEntries(versions) };
}

/** A recovery key ends with its person's role as OWNER, and with that of a holder. */
function endedKeys(state: NaiveState): NaiveState {
	const isOwner = (person: string) => state.roles[person] === 'OWNER';
	const isKept = (id: string, { kind, person }: NaiveDevice) =>
		kind === 'DEVICE' ? state.roles[person] !== undefined : isOwner(person) && (state.holders[id] ?? []).every(isOwner);
	return { ...state, devices: ended(state, (id, device) => !isKept(id, device)) };
}

const ended = ({ devices }: NaiveState, isEnded: (id: string, device: NaiveDevice) => boolean) =>
	Object.fromEntries(
		Object.entries(devices).map(([id, device]) => [id, isEnded(id, device) ? { ...device, active: false } : device]),
	);

const added = (statement: DeviceStatement, person: string) => ({
	[idOf(statement)]: { person, kind: statement.kind, active: true },
});

function effectOf(state: NaiveState, { kind, body, device }: KeyLogEntry): NaiveState {
	const { roles, devices, versions, custody } = state;
	switch (kind) {
		case 'firm.begin':
			return { ...state, roles: { [body.person]: 'OWNER' }, devices: added(body.device, body.person) };
		case 'device.add': {
			const byRecovery = devices[device]?.kind === 'RECOVERY';
			const rest = ended(state, (_, each) => byRecovery && each.kind === 'DEVICE' && each.person === body.person);
			return { ...state, devices: { ...rest, ...added(body.device, body.person) } };
		}
		case 'device.revoke':
			return { ...state, devices: ended(state, (id) => body.devices.includes(id)) };
		case 'member.add':
			return { ...state, roles: { ...roles, [body.person]: 'MEMBER' } };
		case 'member.role':
			return { ...state, roles: { ...roles, [body.person]: body.role } };
		case 'member.remove': {
			const { [body.person]: _, ...rest } = roles;
			return { ...state, roles: rest };
		}
		case 'recovery.set': {
			const rest = ended(state, (_, each) => each.kind === 'RECOVERY' && each.person === body.person);
			const keys = body.ways.map((way) => added(way.device, body.person));
			const holders = body.ways.map((way) => ({ [idOf(way.device)]: way.way === 'OWNERS' ? way.holders : [] }));
			return {
				...state,
				devices: Object.assign({}, rest, ...keys),
				holders: Object.assign({}, state.holders, ...holders),
			};
		}
		case 'roles.classes':
			return { ...state, classes: body.MEMBER };
		case 'key.generate':
			return { ...state, versions: { ...versions, [`${body.class} ${body.version}`]: 'fresh' } };
		case 'key.retire':
			return { ...state, versions: { ...versions, [`${body.class} ${body.version}`]: 'retired' } };
		case 'custody.set':
			return { ...state, custody: { ...custody, [body.class]: body.custody } };
		case 'member.name':
		case 'lease.grant':
		case 'notice':
		case 'release.trust':
		case 'share.begin':
		case 'share.end':
		case 'witness.policy':
			return state;
	}
}

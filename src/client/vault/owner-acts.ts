import { beginningOf, composeEntry, makeStatement, newestVersion, saltName } from '../../custody/index.ts';
import { findMissing } from './describe.ts';
import { Draft, type LogChanges, wrapAll } from './draft.ts';
import type { OwnerOperations } from './operations.ts';
import type { Session } from './session.ts';
import type { VaultContext } from './vault-context.ts';
import { VaultError } from './vault-error.ts';

const NO_HASH = '0'.repeat(64);
/** How far above the log's newest version the service may say that its own numbers are. It bounds how many a lie uses up. */
const MAX_LEFT_OUT = 10_000;

/** Decisions that one owner, or a member about own devices, makes alone. */
export function ownerOperations(context: VaultContext): OwnerOperations {
	const draft = (): Draft => new Draft(context.session);
	return {
		beginFirm: (wanted) => beginFirm(context.session, wanted),
		addMember: async ({ person, name }) => named(draft(), 'member.add', person, name),
		renameMember: async ({ person, name }) => named(draft(), 'member.name', person, name),
		generateKey: async ({ class: name, above }) => generateKey(draft(), name, above),
		restrictMembers: async ({ classes }) => {
			const ended = await draft().append('roles.classes', { MEMBER: classes.toSorted() });
			return (await ended.replaceStale()).finish();
		},
		revokeDevices: async ({ devices }) => {
			const ended = await draft().append('device.revoke', { devices: devices.toSorted() });
			return (await ended.replaceStale()).finish();
		},
		removeMember: async ({ person }) => {
			const ended = await draft().append('member.remove', { person });
			return (await ended.replaceStale()).finish();
		},
		renewKeys: async () => (await draft().replaceStale()).finish(),
		wrapMissing: async () => wrapMissing(context.session),
	};
}

/** Entry 0 of the firm's log, by its first device. The device believes the log when the service returns it. */
async function beginFirm(
	session: Session,
	{ installation, name }: { readonly installation: string; readonly name: string },
): Promise<LogChanges> {
	if (session.believed !== null) throw new VaultError('log-known');
	const { firm, person } = session.stored;
	const { salted, hash } = await saltName(firm, person, name);
	const statement = await makeStatement(session.device, 'DEVICE', { firm, genesis: NO_HASH, person });
	const body = { device: statement, installation, name: hash, person };
	const time = new Date(session.parts.clock.now()).toISOString();
	const signed = { log: beginningOf(firm), kind: 'firm.begin' as const, body, device: session.device, time };
	return { entries: [await composeEntry(signed)], wraps: [], names: [salted], shares: [] };
}

async function named(
	draft: Draft,
	kind: 'member.add' | 'member.name',
	person: string,
	name: string,
): Promise<LogChanges> {
	const { salted, hash } = await saltName(draft.log.firm, person, name);
	draft.name(salted);
	return (await draft.append(kind, { name: hash, person })).finish();
}

async function generateKey(draft: Draft, className: string, above: number): Promise<LogChanges> {
	const newest = newestVersion(draft.log, className);
	if (above > newest + MAX_LEFT_OUT) throw new VaultError('key-number');
	await draft.generate(className, Math.max(newest, above) + 1);
	return draft.finish();
}

/** Wraps for the devices that lack one, of the versions that this device has. */
async function wrapMissing(session: Session): Promise<readonly string[]> {
	const log = session.requireMaySend();
	const wraps: string[] = [];
	for (const { devices, ...version } of findMissing(session).lacking) {
		const recipients = [...log.devices.values()].filter(({ id }) => devices.includes(id));
		wraps.push(...(await wrapAll(session, log, [version], recipients)));
	}
	return wraps;
}

import { describeState, findMissing } from './describe.ts';
import { requireSecret } from './device-lock.ts';
import { openRecords } from './open-records.ts';
import type {
	ContentOperations,
	DeviceOperations,
	LogOperations,
	RareOperations,
	VaultOperations,
} from './operations.ts';
import { RARE_OPERATIONS } from './rare-names.ts';
import { believe, type ExtendedLog, type ServedLog, verifyServed } from './served-log.ts';
import { Session, type VaultParts } from './session.ts';
import { anchorDevice, listDevices, requireStored } from './stored-devices.ts';
import { oneAtATime, VaultContext, type VaultOperation } from './vault-context.ts';
import { VaultError } from './vault-error.ts';
import { wordedRecords } from './worded.ts';

/**
 * The device's core: the only code of the client that holds keys. It has no network and no page; its caller carries bytes between it
 * and the service, and nothing that comes in is trusted. Only one vault may use a store at a time: a browser's pages share one worker, or
 * take a lock.
 */
export function createVault(parts: VaultParts): VaultOperations {
	const context = new VaultContext(parts);
	const inOrder: Omit<VaultOperations, 'lock'> = {
		...deviceOperations(context),
		...logOperations(context),
		...contentOperations(context),
		...rareOperations(context),
	};
	// Not one of them: an operation that hangs must not keep the device open.
	return { ...oneAtATime(inOrder, context), lock: async () => context.lockNow() };
}

function deviceOperations(context: VaultContext): Pick<DeviceOperations, 'devices' | 'unlock'> {
	const { store } = context.parts;
	return {
		devices: () => listDevices(store),
		async unlock({ name, unlock }) {
			requireSecret(unlock);
			const { turn } = context;
			context.lock();
			const session = await Session.open(context.parts, await requireStored(store, name), unlock);
			try {
				await anchorDevice(session);
			} catch (error) {
				// It has a copy of the secret, which is overwritten so.
				session.lock();
				throw error;
			}
			context.use(session, turn);
			return describeState(session);
		},
	};
}

function logOperations(context: VaultContext): LogOperations {
	return {
		extend: (served) => extendLog(context.session, served),
		state: async () => describeState(context.session),
		addWraps: async (wraps) => context.session.dataKeys.add(wraps, context.session, context.session.log),
		missing: async () => findMissing(context.session),
	};
}

function contentOperations(context: VaultContext): Pick<ContentOperations, 'open'> {
	return {
		open: async (records) => wordedRecords(await openRecords(context.session, records)),
	};
}

/** All but what a page begins with: unlocking, the log and reading. Their code is loaded at the first use of one. */
function rareOperations(context: VaultContext): RareOperations {
	const named = Object.keys(RARE_OPERATIONS).map((name) => {
		const operation: VaultOperation = async (...given) => {
			const { createRareOperations } = await import('./rare-operations.ts');
			const operations: Readonly<Record<string, VaultOperation>> = { ...createRareOperations(context) };
			return operations[name]?.(...given);
		};
		return [name, operation] as const;
	});
	return Object.fromEntries(named) as unknown as RareOperations;
}

async function extendLog(session: Session, served: ServedLog): Promise<ExtendedLog> {
	session.freshAt = null;
	const verified = await verifyServed(session, session.believed, served);
	const isOwn = verified.log.chain.at(0)?.entry.device === session.device.id;
	if (session.believed === null && !isOwn) throw new VaultError('no-log');
	const extended = await believe(session, verified);
	await anchorDevice(session);
	session.requireTrusted(verified.log);
	return extended;
}

import {
	type DeviceKeys,
	type DeviceSeed,
	deriveRecoverySeed,
	generateRecoveryCode,
	generateSeed,
	importDevice,
	makeStatement,
	overwriteSeed,
	type RecoveryWay,
	readRecoveryCode,
	sealShare,
	splitRecoverySeed,
	toBase64,
} from '../../custody/index.ts';
import { publicKeysOf, type SealedRecoveryShare } from './draft.ts';
import { withProposed } from './own-proposals.ts';
import { hashOfRecovery, type Proposal, proposalOf } from './proposals.ts';
import type { Session } from './session.ts';
import { devicesOfHolders } from './share-holders.ts';
import { VaultError } from './vault-error.ts';

/** The ways of recovery that an owner wants. They replace those of before. */
export interface WantedRecovery {
	readonly code: boolean;
	/** Ids of 2 to 16 other owners, of whom `k` together rebuild the key; null for none. */
	readonly owners: { readonly holders: readonly string[]; readonly k: number } | null;
}

export interface ProposedRecovery {
	readonly proposal: Proposal;
	/** To show once, and never to store. Null if no code was wanted. */
	readonly code: string | null;
}

/** Makes the keys of new ways of recovery. The device has to be told the code once more, by confirmCode(), before a class moves. */
export async function setRecovery(session: Session, wanted: WantedRecovery): Promise<ProposedRecovery> {
	session.requireMaySend();
	const { person } = session.stored;
	const code = wanted.code ? await newCode(session) : null;
	const owners = wanted.owners === null ? null : await newShares(session, wanted.owners);
	const ways = [code?.way, owners?.way].filter((way) => way !== undefined);
	const proposal = proposalOf(session, 'recovery.set', { person, ways }, owners?.shares ?? []);
	const untypedCodes = withUntyped(session, code?.device);
	const recoveryMade = await hashOfRecovery(proposal);
	const proposed = await withProposed(session, proposal);
	await session.keep({ untypedCodes, latestCode: code?.device ?? null, recoveryMade, proposed });
	return { proposal, code: code?.code ?? null };
}

/** The person typed the code, which shows that it was written down. @throws VaultError `code-typed` */
export async function confirmCode(session: Session, typed: string): Promise<void> {
	const { firm, person } = session.stored;
	const device = await recoveryDevice(await deriveRecoverySeed(await readRecoveryCode(typed), firm, person));
	const { untypedCodes } = session.state;
	if (!untypedCodes.includes(device.id)) throw new VaultError('code-typed');
	await session.keep({ untypedCodes: untypedCodes.filter((id) => id !== device.id), latestCode: device.id });
}

/** Codes to type back that are not in the log, at most. */
const MOST_UNUSED = 16;

/** Keeps each code that is still a way of recovery or is not in the log yet, and drops each whose key the log has ended. */
function withUntyped({ state, log }: Session, made: string | undefined): readonly string[] {
	const codes = made === undefined ? state.untypedCodes : [...state.untypedCodes, made];
	const ways = codes.filter((id) => log.devices.get(id)?.revoked === null);
	const unused = codes.filter((id) => !log.devices.has(id));
	return [...ways, ...unused.slice(-MOST_UNUSED)];
}

async function newCode(session: Session) {
	const { firm, person } = session.stored;
	const code = await generateRecoveryCode();
	const seed = await deriveRecoverySeed(await readRecoveryCode(code), firm, person);
	const device = await recoveryDevice(seed);
	const way: RecoveryWay = { device: await statementOf(session, device), way: 'CODE' };
	return { code, device: device.id, way };
}

/** A share for each holder, sealed to each of the holder's devices. */
async function newShares(session: Session, { holders, k }: NonNullable<WantedRecovery['owners']>) {
	const { log } = session;
	const { firm, person } = session.stored;
	const ascending = holders.toSorted();
	const devices = devicesOfHolders(log, ascending);
	const seed = generateSeed();
	const parts = await splitRecoverySeed(seed, ascending.length, k);
	const device = await recoveryDevice(seed);
	const place = { firm, person, genesis: log.genesis, recovery: device.id, releasedBy: null };
	const sealed = devices.map((ofHolder, at) =>
		ofHolder.map(async (each): Promise<SealedRecoveryShare> => {
			const share = await sealShare(parts[at] as Uint8Array, publicKeysOf(each), place);
			return { person, device: device.id, recipient: each.id, share: toBase64(share) };
		}),
	);
	try {
		const shares = await Promise.all(sealed.flat());
		const way: RecoveryWay = { device: await statementOf(session, device), holders: ascending, k, way: 'OWNERS' };
		return { way, shares };
	} finally {
		for (const part of parts) part.fill(0);
	}
}

/** Imports a seed and overwrites it. */
export async function recoveryDevice(seed: DeviceSeed): Promise<DeviceKeys> {
	try {
		return await importDevice(seed);
	} finally {
		overwriteSeed(seed);
	}
}

function statementOf({ log, stored }: Session, device: DeviceKeys) {
	return makeStatement(device, 'RECOVERY', { firm: stored.firm, genesis: log.genesis, person: stored.person });
}

import {
	commitToJoining,
	fromBase64,
	joiningBytes,
	joiningCode,
	type KeyLog,
	makeStatement,
	toBase64,
} from '../../custody/index.ts';
import type { JoiningChallenge, JoiningReveal } from './joining-old.ts';
import type { JoiningOperations } from './operations.ts';
import { believe, type ExtendedLog, type ServedLog, verifyServed } from './served-log.ts';
import type { Session } from './session.ts';
import { anchorDevice } from './stored-devices.ts';
import type { VaultContext } from './vault-context.ts';
import { VaultError } from './vault-error.ts';

/** A joining that this device began. */
export interface BegunJoining {
	readonly session: Session;
	readonly reveal: Uint8Array;
	isRevealed: boolean;
}

/** The side of a new device, which believes no log yet. FORMAT.md, section 11. */
export function joiningOperations(context: VaultContext): JoiningOperations {
	return {
		joinCommit: async () => {
			const { session } = context;
			if (session.believed !== null) throw new VaultError('log-known');
			const reveal = joiningBytes();
			const { firm, person } = session.stored;
			await session.keep({ joining: null });
			context.joining = { session, reveal, isRevealed: false };
			const device = session.device.id;
			return { device, commitment: await commitToJoining({ firm, person, device }, reveal) };
		},
		joinChallenge: (challenge) => revealJoining(context, challenge),
		joinCompared: ({ isSameCode }) => compareJoining(context, isSameCode),
		joinFinish: (served) => finishJoining(context, served),
	};
}

/** What was challenged is kept before anything is revealed, and no other challenge is taken afterwards. */
async function revealJoining(
	context: VaultContext,
	{ challenge, genesis, head }: JoiningChallenge,
): Promise<JoiningReveal & { readonly code: string }> {
	const { joining, session } = context;
	if (joining === null || joining.session !== session || joining.isRevealed) throw new VaultError('joining-order');
	const bytes = fromBase64(challenge);
	const areHashes = [genesis, head].every((hash) => /^[0-9a-f]{64}$/.test(hash));
	if (bytes?.length !== joining.reveal.length || !areHashes) throw new VaultError('joining-input');
	joining.isRevealed = true;
	await session.keep({ joining: { genesis, head } });
	const { firm, person } = session.stored;
	const { reveal } = joining;
	const statement = await makeStatement(session.device, 'DEVICE', { firm, genesis, person });
	const code = await joiningCode({
		firm,
		genesis,
		head,
		person,
		device: session.device.id,
		challenge: bytes,
		reveal,
	});
	return { reveal: toBase64(reveal), statement, code };
}

/** What the person says of the code that this device showed last. */
async function compareJoining(context: VaultContext, isSameCode: boolean): Promise<void> {
	const { session } = context;
	const { joining, joined } = session.state;
	if (!isSameCode) {
		if (joining === null && joined.length === 0) throw new VaultError('joining-order');
		context.joining = null;
		// A service that exchanged one code may have come between the other ones too.
		await session.keep({ joining: null, joined: [] });
		throw new VaultError('joining-code');
	}
	if (joining === null) throw new VaultError('joining-order');
	context.joining = null;
	await session.keep({ joining: null, joined: [...joined, joining] });
}

/** Believes exactly the log whose entry 0 and head the person compared, once the old device has added this one to it. */
async function finishJoining({ session }: VaultContext, served: ServedLog): Promise<ExtendedLog> {
	if (session.believed !== null || session.state.joined.length === 0) throw new VaultError('joining-order');
	session.freshAt = null;
	const verified = await verifyServed(session, null, served);
	const compared = requireCompared(session, verified.log);
	const own = verified.log.devices.get(session.device.id);
	if (own?.revoked !== null || own.person !== session.stored.person) throw new VaultError('log-unjoined');
	const extended = await believe(session, verified, { joining: null, joined: [], takenOver: compared + 1 });
	await anchorDevice(session);
	return extended;
}

/**
 * That the log is what the other device of every compared joining says. Returns the `seq` of the head that was compared last.
 * @throws VaultError `uncompared`, `log-unjoined`
 */
export function requireCompared({ state }: Session, log: KeyLog): number {
	if (state.joined.length === 0) throw new VaultError('uncompared');
	const heads = state.joined.map(({ genesis, head }) => (genesis === log.genesis ? log.chain.seqOf(head) : undefined));
	const last = heads.at(-1);
	if (last === undefined || heads.includes(undefined)) throw new VaultError('log-unjoined');
	return last;
}

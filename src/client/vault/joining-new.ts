import { commitToJoining, joiningBytes, joiningCode, makeStatement } from '../../custody/index.ts';
import { fromBase64, toBase64 } from './encoding.ts';
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
		joinFinish: ({ isSameCode, ...served }) => finishJoining(context, served, isSameCode),
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

/** Believes exactly the log whose entry 0 and head the person compared, once the old device has added this one to it. */
async function finishJoining(context: VaultContext, served: ServedLog, isSameCode: boolean): Promise<ExtendedLog> {
	const { session } = context;
	const { joining } = session.state;
	if (joining === null || session.believed !== null) throw new VaultError('joining-order');
	if (!isSameCode) {
		context.joining = null;
		await session.keep({ joining: null });
		throw new VaultError('joining-code');
	}
	session.freshAt = null;
	const verified = await verifyServed(session, null, served);
	const compared = verified.log.chain.seqOf(joining.head);
	const own = verified.log.devices.get(session.device.id);
	const isJoined = own?.revoked === null && own.person === session.stored.person;
	if (verified.log.genesis !== joining.genesis || compared === undefined || !isJoined) {
		throw new VaultError('log-unjoined');
	}
	const extended = await believe(session, verified, { joining: null, takenOver: compared + 1 });
	context.joining = null;
	await anchorDevice(session);
	return extended;
}

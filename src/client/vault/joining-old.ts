import {
	type DeviceStatement,
	fromBase64,
	isCommittedJoining,
	joiningBytes,
	joiningCode,
	type StatedDevice,
	toBase64,
	verifyStatement,
} from '../../custody/index.ts';
import { Draft, type LogChanges } from './draft.ts';
import type { AnsweringOperations } from './operations.ts';
import type { Session } from './session.ts';
import type { VaultContext } from './vault-context.ts';
import { VaultError } from './vault-error.ts';

/** What the old device sends first. */
export interface JoiningChallenge {
	/** Base64 of 32 random bytes. */
	readonly challenge: string;
	readonly genesis: string;
	readonly head: string;
}

/** What the new device sends when it has the challenge. */
export interface JoiningReveal {
	/** Base64 of 32 random bytes. */
	readonly reveal: string;
	readonly statement: DeviceStatement;
}

/** What the person looks at before approveJoin(). */
export interface CheckedJoining {
	/** To compare with the code on the new device's screen. */
	readonly code: string;
	readonly person: string;
	/** By the log; null if the service has shown none. */
	readonly name: string | null;
	/** Id of the new device. */
	readonly device: string;
}

/** A joining that this device answers. */
export interface AnsweredJoining {
	readonly session: Session;
	readonly person: string;
	readonly commitment: string;
	readonly challenge: Uint8Array;
	readonly genesis: string;
	readonly head: string;
	/** The new device once its commitment and statement are checked; then its person compares the code. */
	checked: { readonly device: StatedDevice; readonly statement: DeviceStatement } | null;
}

/** The side of a device that the firm has. FORMAT.md, section 11. One request at a time, which its person chose. */
export function answeringOperations(context: VaultContext): AnsweringOperations {
	return {
		answerJoin: async ({ person, commitment }) => {
			const { session } = context;
			const log = session.requireMaySend();
			if (!/^[0-9a-f]{64}$/.test(commitment)) throw new VaultError('joining-input');
			const role = log.people.get(person)?.role ?? null;
			if (role === null) throw new VaultError('person-unknown');
			const challenge = joiningBytes();
			const { genesis, head } = log;
			context.answered = { session, person, commitment, challenge, genesis, head, checked: null };
			return { challenge: toBase64(challenge), genesis, head };
		},
		checkJoin: (revealed) => checkJoin(context, revealed),
		approveJoin: async () => {
			const { session, person, checked } = answeredOf(context);
			if (checked === null) throw new VaultError('joining-order');
			return addDevice(session, person, checked.statement);
		},
		refuseJoin: async () => {
			context.answered = null;
		},
	};
}

/** The joining that this device answers. @throws VaultError `joining-order` */
export function answeredOf(context: VaultContext): AnsweredJoining {
	const { answered, session } = context;
	if (answered === null || answered.session !== session) throw new VaultError('joining-order');
	return answered;
}

async function checkJoin(context: VaultContext, { reveal, statement }: JoiningReveal): Promise<CheckedJoining> {
	const answered = answeredOf(context);
	// A second attempt would let the service try statements until a code fits.
	if (answered.checked !== null) throw new VaultError('joining-order');
	context.answered = null;
	const { session, person, commitment, challenge, genesis, head } = answered;
	const { firm } = session.stored;
	const bytes = fromBase64(reveal);
	if (bytes?.length !== challenge.length) throw new VaultError('joining-input');
	const device = await verifyStatement(statement, { firm, genesis, person });
	const isCommitted = await isCommittedJoining({ firm, person, device: device.id }, bytes, commitment);
	if (device.kind !== 'DEVICE' || !isCommitted) throw new VaultError('joining-input');
	const code = await joiningCode({ firm, genesis, head, person, device: device.id, challenge, reveal: bytes });
	context.answered = { ...answered, checked: { device, statement } };
	return { code, person, name: session.names.get(person)?.name ?? null, device: device.id };
}

/**
 * The person has compared the codes: the new device gets into the log, with wraps of all versions that it may open. If another entry comes
 * first, this can be done again without another comparison.
 */
async function addDevice(session: Session, person: string, device: DeviceStatement): Promise<LogChanges> {
	return (await new Draft(session).append('device.add', { device, person })).finish();
}

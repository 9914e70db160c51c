import { type AgreedKind, exactJson, type KeyLogBody, toBase64, utf8 } from '../../custody/index.ts';
import type { KeptState, Session } from './session.ts';
import { VaultError } from './vault-error.ts';

/** A decision by any owner. */
interface Decision {
	readonly kind: AgreedKind;
	readonly body: KeyLogBody<AgreedKind>;
}

/** More than a firm can have open. */
const MOST = 64;

type Proposed = KeptState['proposed'];

/** What this device has proposed, with one more: the service says later that it is the own proposal, and could say so of another one. */
export async function withProposed({ state, log }: Session, decision: Decision): Promise<Proposed> {
	const hash = await hashOf(decision);
	return [...state.proposed.filter((each) => each.hash !== hash), { hash, from: log.size }].slice(-MOST);
}

/** Without this one, which its owner has withdrawn. */
export async function withdraw(session: Session, decision: Decision): Promise<void> {
	const hash = await hashOf(decision);
	await session.keep({ proposed: session.state.proposed.filter((each) => each.hash !== hash) });
}

/** @throws VaultError `proposal-other` for what another device proposed, or was withdrawn, or stands in the log since */
export async function requireProposed(session: Session, decision: Decision): Promise<void> {
	const hash = await hashOf(decision);
	const from = session.state.proposed.find((each) => each.hash === hash)?.from;
	if (from === undefined || isDone(session, decision, from)) throw new VaultError('proposal-other');
}

/** Of a decision that an owner announced alone. The log says which device did. @throws VaultError `proposal-other`, `notice-early` */
export function requireAnnounced(session: Session, notice: number): void {
	if (session.log.notices.get(notice)?.device !== session.device.id) throw new VaultError('proposal-other');
	if (!session.isNoticeOver(notice)) throw new VaultError('notice-early');
}

function isDone({ log, device }: Session, { kind, body }: Decision, from: number): boolean {
	const json = exactJson(body);
	for (let seq = from; seq < log.size; seq++) {
		const entry = log.chain.at(seq)?.entry;
		if (entry?.device === device.id && entry.kind === kind && exactJson(entry.body) === json) return true;
	}
	return false;
}

const hashOf = async ({ kind, body }: Decision): Promise<string> =>
	toBase64(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(exactJson({ body, kind })))));

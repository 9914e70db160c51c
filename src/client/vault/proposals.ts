import {
	type AgreedKind,
	type Agreement,
	agree,
	type CustodyState,
	deriveRecoverySeed,
	devicesOf,
	exactJson,
	importDevice,
	isBodyOf,
	type KeyLogBody,
	type LogRole,
	needsAgreement,
	overwriteSeed,
	readRecoveryCode,
	type SecondSignature,
	toBase64,
	utf8,
} from '../../custody/index.ts';
import { Draft, type LogChanges, type SealedRecoveryShare } from './draft.ts';
import { requireAnnounced, requireProposed, withProposed } from './own-proposals.ts';
import type { Session } from './session.ts';
import { requireSameHolders } from './share-holders.ts';
import { summaryOf } from './summary.ts';
import { VaultError } from './vault-error.ts';

/** A decision that two owners make: its entry, as it will stand in the log. */
export interface Proposal {
	readonly kind: AgreedKind;
	/** As FORMAT.md, section 4, has it. */
	readonly body: KeyLogBody<AgreedKind>;
	/** For the person, by the vault that reads it. What another vault wrote here is never shown. */
	readonly summary: string;
	/** Whether a second owner has to agree, or in a firm of one the recovery code, or a notice of 72 hours. */
	readonly needsAgreement: boolean;
	/** Shares of a new recovery key, which are sent with the entry. */
	readonly shares: readonly SealedRecoveryShare[];
}

/** What stands beside the proposer's signature. Null for what needs nothing. */
export type Approval = Agreement | { readonly recoveryCode: string } | null;

/** @throws VaultError `proposal` */
export function proposalOf(
	session: Session,
	kind: AgreedKind,
	body: unknown,
	shares: readonly SealedRecoveryShare[] = [],
): Proposal {
	if (!isBodyOf(kind, body)) throw new VaultError('proposal');
	const { log, stored } = session;
	const isAgreementNeeded = needsAgreement(log, kind, body, stored.person);
	return { kind, body, summary: summaryOf(session, kind, body), needsAgreement: isAgreementNeeded, shares };
}

/** What an owner wants to decide with another. */
export type OwnersDecision =
	| { readonly what: 'ROLE'; readonly person: string; readonly role: LogRole }
	| { readonly what: 'CUSTODY'; readonly class: string; readonly custody: CustodyState }
	| { readonly what: 'RETIRE'; readonly class: string; readonly version: number }
	| { readonly what: 'REMOVE'; readonly person: string }
	| { readonly what: 'REVOKE'; readonly devices: readonly string[] }
	/** SHA-256 of the manifests of all releases of the application that the firm trusts from then on, in hex. */
	| { readonly what: 'RELEASES'; readonly manifests: readonly string[] };

/** What the device may complete later. @throws VaultError `proposal` for arguments that fit no entry */
export async function propose(session: Session, decision: OwnersDecision): Promise<Proposal> {
	const proposal = proposalFor(session, decision);
	await session.keep({ proposed: await withProposed(session, proposal) });
	return proposal;
}

function proposalFor(session: Session, decision: OwnersDecision): Proposal {
	const { log } = session;
	switch (decision.what) {
		case 'CUSTODY':
			return proposalOf(session, 'custody.set', { class: decision.class, custody: decision.custody });
		case 'RETIRE':
			return proposalOf(session, 'key.retire', { class: decision.class, version: decision.version });
		case 'REMOVE':
			return proposalOf(session, 'member.remove', { person: decision.person });
		case 'REVOKE':
			return proposalOf(session, 'device.revoke', { devices: decision.devices.toSorted() });
		case 'RELEASES':
			return proposalOf(session, 'release.trust', { manifests: decision.manifests.toSorted() });
		case 'ROLE': {
			const { person, role } = decision;
			if (role === 'MEMBER') return proposalOf(session, 'member.role', { person, role });
			const devices = devicesOf(log, person).map(({ id }) => id);
			return proposalOf(session, 'member.role', { devices: devices.sort(), person, role });
		}
	}
}

/** The proposal with this vault's own summary, from a proposal that another vault made. @throws VaultError `proposal` */
export const readProposal = (session: Session, { kind, body }: Pick<Proposal, 'kind' | 'body'>): Proposal =>
	proposalOf(session, kind, body);

/** What this version can propose, and so can say what it means. */
const OFFERED: ReadonlySet<AgreedKind> = new Set([
	'custody.set',
	'device.revoke',
	'key.retire',
	'member.remove',
	'member.role',
	'recovery.set',
	'release.trust',
]);

/** The signature of a second owner under a proposal. It ends with this device's next entry, and with any entry that needs an agreement. */
export async function agreeTo(session: Session, proposed: Pick<Proposal, 'kind' | 'body'>): Promise<SecondSignature> {
	const log = session.requireMaySend();
	const { kind, body } = readProposal(session, proposed);
	if (!OFFERED.has(kind) || !needsAgreement(log, kind, body, proposerOf(body))) throw new VaultError('proposal');
	return agree({ log, kind, body, device: session.device });
}

/** The person who has to sign a body, where it names one; otherwise any. */
const proposerOf = (body: KeyLogBody<AgreedKind>): string => ('ways' in body ? body.person : '');

/** The entry of an own proposal, with new keys for what became stale, and wraps for who came to read. */
export async function completeProposal(session: Session, proposed: Proposal, approval: Approval): Promise<LogChanges> {
	const { kind, body } = readProposal(session, proposed);
	if (kind === 'custody.set') requireTypedCode(session);
	if (kind === 'recovery.set') await requireOwnRecovery(session, { body, shares: proposed.shares });
	if (approval !== null && 'notice' in approval) requireAnnounced(session, approval.notice);
	else await requireProposed(session, { kind, body });
	const draft = new Draft(session);
	const agreement = approval === null ? undefined : await agreementOf(session, { kind, body }, approval);
	await draft.append(kind, body, agreement);
	return (await draft.replaceStale()).finish(proposed.shares);
}

/** In a firm of one owner without a code: the notice of the entry, which has to stand for 72 hours. */
export async function announceProposal(
	session: Session,
	proposed: Pick<Proposal, 'kind' | 'body' | 'shares'>,
): Promise<LogChanges> {
	const { kind, body } = readProposal(session, proposed);
	if (kind === 'recovery.set') await requireOwnRecovery(session, { body, shares: proposed.shares });
	await requireProposed(session, { kind, body });
	const draft = await new Draft(session).append('notice', { body, kind } as KeyLogBody<'notice'>);
	return draft.finish();
}

/** Of a firm with one owner: the recovery key stands for a second one. */
async function agreementOf(
	session: Session,
	{ kind, body }: Pick<Proposal, 'kind' | 'body'>,
	approval: NonNullable<Approval>,
): Promise<Agreement> {
	if (!('recoveryCode' in approval)) return approval;
	const { log, stored } = session;
	const secret = await readRecoveryCode(approval.recoveryCode);
	const seed = await deriveRecoverySeed(secret, stored.firm, stored.person);
	try {
		return await agree({ log, kind, body, device: await importDevice(seed) });
	} finally {
		overwriteSeed(seed);
	}
}

/** A code that no one wrote down would be missed on the day of loss. */
function requireTypedCode({ state, log, stored }: Session): void {
	const ways = log.people.get(stored.person)?.ways ?? [];
	if (ways.some(({ id }) => state.untypedCodes.includes(id))) throw new VaultError('code-unconfirmed');
}

/** Base64 of the SHA-256 of what setRecovery() made. */
export const hashOfRecovery = async ({ body, shares }: Pick<Proposal, 'body' | 'shares'>): Promise<string> =>
	toBase64(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(exactJson({ body, shares })))));

/** A statement of recovery is signed only by its own key, so anyone who carries a proposal could replace that key with their own. */
async function requireOwnRecovery({ state, log }: Session, made: Pick<Proposal, 'body' | 'shares'>): Promise<void> {
	if (state.recoveryMade !== (await hashOfRecovery(made))) throw new VaultError('recovery-other');
	requireSameHolders(log, made.body as KeyLogBody<'recovery.set'>, made.shares);
}

import type { SecondSignature } from '../../custody/index.ts';
import type { OpenedRecord, RecordToOpen, RowToSeal, SealedContent } from '../opener.ts';
import type { ReleasedShare } from './combine-shares.ts';
import type { SafetyNumber } from './comparing.ts';
import type { RefusedWrap } from './data-keys.ts';
import type { MissingKeys, VaultState } from './describe.ts';
import type { UnlockSecret } from './device-lock.ts';
import type { LogChanges, SealedRecoveryShare } from './draft.ts';
import type { CheckedJoining, JoiningChallenge, JoiningReveal } from './joining-old.ts';
import type { OpenedRow } from './move-rows.ts';
import type { Approval, OwnersDecision, Proposal } from './proposals.ts';
import type { RecoveredDevice, ServedRecovery } from './recover.ts';
import type { ProposedRecovery, WantedRecovery } from './recovery-acts.ts';
import type { ResealedRow } from './reseal-rows.ts';
import type { ExtendedLog, ServedLog } from './served-log.ts';
import type { StoredDevice } from './session.ts';

/** Devices that are stored here. */
export interface DeviceOperations {
	devices(): Promise<readonly StoredDevice[]>;
	/**
	 * Makes a device and stores it, locked. `name` is unique here, at most 100 letters, digits, dots, hyphens and underscores. `credential`
	 * is kept for the page: the id of the passkey, at most 1,400 characters of base64url.
	 */
	create(wanted: {
		readonly name: string;
		readonly firm: string;
		readonly person: string;
		readonly unlock: UnlockSecret;
		readonly credential?: string;
	}): Promise<StoredDevice>;
	/** Unlocks a device. Another one that is unlocked is locked. */
	unlock(wanted: { readonly name: string; readonly unlock: UnlockSecret }): Promise<VaultState>;
	/** At once: what runs goes on without keys and is refused, and what was asked for before is refused too. */
	lock(): Promise<void>;
	/** Removes all that is stored of a device. Without another device, a code or shares, its person cannot open anything any more. */
	forget(wanted: { readonly name: string }): Promise<void>;
}

/** What the firm is, by its key log. */
export interface LogOperations {
	/** Verifies what the service says of the log, keeps it, then believes it. A device without a log believes only one that it began itself. */
	extend(served: ServedLog): Promise<ExtendedLog>;
	state(): Promise<VaultState>;
	/** Verifies wraps, and opens those for this device. One that is refused does not stop the others. */
	addWraps(wraps: readonly string[]): Promise<readonly RefusedWrap[]>;
	missing(): Promise<MissingKeys>;
}

/** Content of classes in custody of the firm. */
export interface ContentOperations {
	/**
	 * The state, if this device may send content now, sealed or plain: what is plain is decided by the custody of its class. Refused as
	 * not fresh, revoked, recovered and not confirmed, or while an entry rests on a notice of less than 72 hours.
	 */
	stateToSend(): Promise<VaultState>;
	/** Opens the records of one answer, in their order. */
	open(records: readonly RecordToOpen[]): Promise<readonly OpenedRecord[]>;
	/** Seals the rows of one mutation, in their order, or none. */
	seal(rows: readonly RowToSeal[]): Promise<readonly SealedContent[]>;
}

/** What one owner decides alone, or a member about own devices. Each answer goes to the service in one go. */
export interface OwnerOperations {
	/** Entry 0. `installation` is the first part of the log's origin; `name` is the name of this device's person. */
	beginFirm(wanted: { readonly installation: string; readonly name: string }): Promise<LogChanges>;
	addMember(wanted: { readonly person: string; readonly name: string }): Promise<LogChanges>;
	renameMember(wanted: { readonly person: string; readonly name: string }): Promise<LogChanges>;
	/** The next version, above `above`: the newest that the platform has used while the class is in its custody, else 0. */
	generateKey(wanted: { readonly class: string; readonly above: number }): Promise<LogChanges>;
	/** What a MEMBER reads, with new keys for the classes that some lose. */
	restrictMembers(wanted: { readonly classes: readonly string[] }): Promise<LogChanges>;
	/** Of one person, with new keys for what they could read. */
	revokeDevices(wanted: { readonly devices: readonly string[] }): Promise<LogChanges>;
	/** Not an owner, whom two owners remove. */
	removeMember(wanted: { readonly person: string }): Promise<LogChanges>;
	/** New keys for the classes in custody of the firm whose newest version is stale. */
	renewKeys(): Promise<LogChanges>;
	/** Wraps for the devices that missing() names. */
	wrapMissing(): Promise<readonly string[]>;
}

/** After someone left, while a class moves, or after the platform changed a key. */
export interface UpkeepOperations {
	/** Seals records again as they are, under the newest key, in their order. Each is sealed, or has a sentence. */
	reseal(records: readonly RecordToOpen[]): Promise<readonly ResealedRow[]>;
	/** Seals records for the first time, with the values that the platform has opened, while their class is MOVING. Each is sealed, or has a sentence. */
	adopt(rows: readonly RowToSeal[]): Promise<readonly ResealedRow[]>;
	/** Opens records for the platform, while their class is on its way BACK. Each is opened, or has a sentence. */
	openToReturn(records: readonly RecordToOpen[]): Promise<readonly OpenedRow[]>;
	/**
	 * After the signing key of the installation changed: 1 to 16 vkeys of the firm's key log that the person or the application has from
	 * another source than the service. They replace those that state() shows.
	 */
	trustCheckpointKeys(wanted: { readonly vkeys: readonly string[] }): Promise<void>;
}

/** What two owners decide; in a firm of one, the owner with the recovery code, or after a notice of 72 hours. */
export interface DecisionOperations {
	/** The device remembers the last 64 proposals: it completes and announces no others. */
	propose(decision: OwnersDecision): Promise<Proposal>;
	/** Forgets an own proposal, so that it cannot be completed any more. */
	withdraw(proposal: Pick<Proposal, 'kind' | 'body'>): Promise<void>;
	/** A proposal of another owner, with a summary by this vault, for the person to read before agree(). */
	readProposal(proposal: Pick<Proposal, 'kind' | 'body'>): Promise<Proposal>;
	agree(proposal: Pick<Proposal, 'kind' | 'body'>): Promise<SecondSignature>;
	/** With `{ notice }` only on the device that announced it, 72 hours after it saw the notice in the log. */
	complete(wanted: { readonly proposal: Proposal; readonly approval: Approval }): Promise<LogChanges>;
	/** The notice of a proposal, in a firm of one owner. Its `seq`, once it is in the log, is the approval `{ notice }`. */
	announce(proposal: Pick<Proposal, 'kind' | 'body' | 'shares'>): Promise<LogChanges>;
	safetyNumber(wanted: { readonly person: string }): Promise<SafetyNumber>;
	markCompared(wanted: { readonly person: string; readonly number: string }): Promise<void>;
}

/** The side of a device that the firm has, when another joins. */
export interface AnsweringOperations {
	/** Chooses one request: `person` is whose device wants to join. */
	answerJoin(wanted: { readonly person: string; readonly commitment: string }): Promise<JoiningChallenge>;
	/** The code for the person to compare with the new device's screen. */
	checkJoin(revealed: JoiningReveal): Promise<CheckedJoining>;
	/** The person said that the codes are the same. Again after extend(), if another entry came first. */
	approveJoin(): Promise<LogChanges>;
	refuseJoin(): Promise<void>;
}

/** The side of a new device. */
export interface JoiningOperations {
	joinCommit(): Promise<{ readonly device: string; readonly commitment: string }>;
	/** Once only: what is revealed cannot be taken back. */
	joinChallenge(challenge: JoiningChallenge): Promise<JoiningReveal & { readonly code: string }>;
	/** Whether the person found the same code on both screens. If not, it rejects, and what was compared before does not count any more. */
	joinCompared(said: { readonly isSameCode: boolean }): Promise<void>;
	/** With the log that has this device, after joinCompared(). */
	joinFinish(served: ServedLog): Promise<ExtendedLog>;
}

/** Ways back in without a device. */
export interface RecoveryOperations {
	/** A proposal for complete(), and the code to show once. */
	setRecovery(wanted: WantedRecovery): Promise<ProposedRecovery>;
	/** The code as the person typed it from paper. */
	confirmRecovery(wanted: { readonly code: string }): Promise<void>;
	/** Ids of the person's usable RECOVERY devices, by a log that the service shows: the service has wraps for them. */
	recoveryDevices(log: ServedLog): Promise<readonly string[]>;
	/** On a new device of the person. */
	recover(wanted: ServedRecovery & { readonly code: string }): Promise<RecoveredDevice>;
	/** On a holder's device, after checkJoin() of the device that recovers, instead of approveJoin(). */
	releaseShare(share: SealedRecoveryShare): Promise<ReleasedShare>;
	/** On a new device of the person, after joinCompared() with each holder. */
	combineShares(wanted: ServedRecovery & { readonly shares: readonly ReleasedShare[] }): Promise<RecoveredDevice>;
	/** The person looked at what recover() showed. Until then, nothing is sent. */
	confirmRecovered(): Promise<void>;
}

/** Sealing, and what a firm does now and then. */
export interface RareOperations
	extends Pick<DeviceOperations, 'create' | 'forget'>,
		Pick<ContentOperations, 'stateToSend' | 'seal'>,
		OwnerOperations,
		UpkeepOperations,
		DecisionOperations,
		AnsweringOperations,
		JoiningOperations,
		RecoveryOperations {}

/**
 * Everything that a vault does. All arguments and answers can be cloned, so that a worker forwards them one to one. A refusal rejects with a
 * FirmsealError, mostly a VaultError, whose message is for the person.
 */
export interface VaultOperations extends DeviceOperations, LogOperations, ContentOperations, RareOperations {}

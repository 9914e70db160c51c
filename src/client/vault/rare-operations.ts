import { removeStored, storeNewDevice } from './change-devices.ts';
import { trustCheckpointKeys } from './checkpoint-keys.ts';
import { markCompared, safetyNumberWith } from './comparing.ts';
import { describeState } from './describe.ts';
import { joiningOperations } from './joining-new.ts';
import { answeringOperations } from './joining-old.ts';
import { adoptRows, openToReturn } from './move-rows.ts';
import type { DecisionOperations, RareOperations, RecoveryOperations } from './operations.ts';
import { withdraw } from './own-proposals.ts';
import { ownerOperations } from './owner-acts.ts';
import { agreeTo, announceProposal, completeProposal, propose, readProposal } from './proposals.ts';
import { confirmRecovered, recoverByCode, recoverByShares, recoveryDevices, releaseShare } from './recover.ts';
import { confirmCode, setRecovery } from './recovery-acts.ts';
import { resealRows, wordedRows } from './reseal-rows.ts';
import { sealRows } from './seal-rows.ts';
import type { VaultContext } from './vault-context.ts';

/** Sealing, and what a firm does now and then. */
export const createRareOperations = (context: VaultContext): RareOperations => ({
	create: ({ unlock, ...wanted }) => storeNewDevice(context.parts.store, wanted, unlock),
	async forget({ name }) {
		if (context.unlockedName === name) context.lock();
		await removeStored(context.parts.store, name);
	},
	async stateToSend() {
		context.session.requireMaySend();
		return describeState(context.session);
	},
	seal: async (rows) => sealRows(context.session, rows),
	...ownerOperations(context),
	reseal: async (records) => wordedRows(await resealRows(context.session, records)),
	adopt: async (rows) => wordedRows(await adoptRows(context.session, rows)),
	openToReturn: async (records) => wordedRows(await openToReturn(context.session, records)),
	trustCheckpointKeys: async ({ vkeys }) => trustCheckpointKeys(context.session, vkeys),
	...decisionOperations(context),
	...answeringOperations(context),
	...joiningOperations(context),
	...recoveryOperations(context),
});

/** Decisions that two owners make. */
function decisionOperations(context: VaultContext): DecisionOperations {
	return {
		propose: async (decision) => propose(context.session, decision),
		withdraw: async (proposal) => withdraw(context.session, proposal),
		readProposal: async (proposal) => readProposal(context.session, proposal),
		agree: async (proposal) => agreeTo(context.session, proposal),
		complete: async ({ proposal, approval }) => completeProposal(context.session, proposal, approval),
		announce: async (proposal) => announceProposal(context.session, proposal),
		safetyNumber: async ({ person }) => safetyNumberWith(context.session, person),
		markCompared: async ({ person, number }) => markCompared(context.session, person, number),
	};
}

/** Ways back in without a device. */
function recoveryOperations(context: VaultContext): RecoveryOperations {
	return {
		setRecovery: async (wanted) => setRecovery(context.session, wanted),
		confirmRecovery: async ({ code }) => confirmCode(context.session, code),
		recoveryDevices: async (log) => recoveryDevices(context.session, log),
		recover: async ({ code, ...served }) => recoverByCode(context.session, code, served),
		releaseShare: async (share) => releaseShare(context, share),
		combineShares: async ({ shares, ...served }) => recoverByShares(context.session, shares, served),
		confirmRecovered: async () => confirmRecovered(context.session),
	};
}

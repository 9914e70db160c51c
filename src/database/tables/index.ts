export { alertStates, alerts, alertTallies, alertWatch } from './alerts.ts';
export { auditEntries } from './audit-entries.ts';
export {
	auditAnchors,
	auditBoots,
	auditGaps,
	auditLeaves,
	auditRootCheckpoints,
	auditRootLeaves,
	auditRuns,
	auditState,
	auditTrees,
} from './audit-log.ts';
export { clients } from './clients.ts';
export { columnMoves, MOVE_PHASES } from './column-moves.ts';
export { foldedAddress } from './columns.ts';
export { comments } from './comments.ts';
export {
	CUSTODIES,
	custodyWraps,
	DEVICE_REQUEST_ENDS,
	deviceRequests,
	firmCustody,
	keyLogCheckpoints,
	keyLogEntries,
	keyLogNames,
	keyLogWishes,
	ownerProposals,
	recoveryShares,
} from './custody.ts';
export { dataKeys, keyFloors, keyRefusals, OWN_KEY_STATES, ownKeyStates } from './data-keys.ts';
export { documents, documentVersions, FILE_LOCATION_COLUMN } from './documents.ts';
export { erasureObjects, erasures, legalHolds } from './erasures.ts';
export { escrowFiles, recoveryFiles, recoverySessions } from './escrows.ts';
export { EVENT_KINDS, events } from './events.ts';
export { firms } from './firms.ts';
export { firmSignIns, invitations } from './invitations.ts';
export { invoiceLineItems, invoices } from './invoices.ts';
export { JOB_KINDS, JOB_STATES, jobPages, jobs } from './jobs.ts';
export {
	ACCESS_POLICIES,
	accessPolicies,
	clockHighWaterMarks,
	clockResets,
	LEASE_PURPOSES,
	LEASE_STATES,
	leaseApprovals,
	leaseBudgets,
	leaseDecisionTexts,
	leaseEnds,
	leaseEvents,
	leaseGrantTokens,
	leases,
	leaseTexts,
	webhookDeliveries,
} from './leases.ts';
export { messages } from './messages.ts';
export { notes } from './notes.ts';
export { NOTICE_KINDS, notices, ownerRecoveries, ownerRecoveryEnds } from './notices.ts';
export { shares } from './shares.ts';
export { downloadTickets, OBJECT_STATES, storedObjects } from './stored-objects.ts';
export { threads } from './threads.ts';
export { timeEntries } from './time-entries.ts';
export { turns } from './turns.ts';
export { memberships, operators, seats, users } from './users.ts';

// biome-ignore-all format: names fill the lines, so that the list fits on a few screens
export { inspectConnections } from './connection-limits.ts';
export {
	type DatabaseAddress, DatabaseError, databaseAddressOf, databaseFailureOf, isDeadlock, isDiskFull, isIdTaken,
	isIntegrityViolation, isInvalidState, isLockTimeout, isRequestLimitExceeded, isTransient, isUniqueViolation,
	toCallerError,
} from './database-error.ts';
export {
	assertShellSafePath, type EmbeddedOptions, type EmbeddedServer, hasCluster, SUPERUSER, serversOfThisProcess,
	startEmbeddedServer,
} from './embedded/embedded-server.ts';
export { ERASABLE_TYPES, type ErasableType } from './erased-tables.ts';
export { type FilterCondition, filterConditionOf, orderOf } from './filter.ts';
export { columnOf, type FirmOwnedTable, findColumn, tableNameOf } from './firm-owned.ts';
export { identifyDatabase, identifyDatabaseAt } from './identify-database.ts';
export {
	CATALOGUE_LOCK_FILE, type CatalogueOptions, readCatalogue, readExpectedCatalogue,
} from './inspect/catalogue.ts';
export { type DatabaseCheck, databaseCheck } from './inspect/compare-catalogue.ts';
export {
	findDrift, inspectCatalogue, inspectDatabase, inspectLogin, type LoginPrivileges, measureClockDifference,
} from './inspect.ts';
export type { KeysetPage, KeysetPosition, Page } from './keyset.ts';
export {
	acquireStartLock, BROKER_LEADER_LOCK, type LeaderLock, LOG_LEADER_LOCK, LOG_WATCH_LEADER_LOCK, openLeaderLock,
} from './leader-lock.ts';
export {
	countDifferences, countWrongAnchors, isNoteStaged, type LogDifferences,
} from './log-restore/count-differences.ts';
export { areLogCountsSound, selectRootCheckpointsAfter, selectTreeSizes } from './log-restore/log-counts.ts';
export { type RestoredState, type RestoreOptions, restoreLog } from './log-restore/restore-log.ts';
export {
	type AnchoredEntry, type AnchoredRootLeaf, stageAnchors, stageLeaves, stageRootCheckpoints, stageRootLeaves,
	withLogRestore,
} from './log-restore/with-log-restore.ts';
export { refuseOtherMigrationsAt } from './other-migrations.ts';
export { plaintextColumnOf } from './plaintext-columns.ts';
export { LEASE_DEADLINE, openPlane, type Plane, type PlaneRole, planeOfRequest, type Transaction } from './plane.ts';
export { prepareDatabase } from './prepare-database.ts';
export type { PlaneLogin } from './roles.ts';
export { plaintextColumnSourceOf, type Sealed, type SealedTableColumn, sealedColumns } from './sealed.ts';
export type { Selection } from './selection.ts';
export { isSharable } from './sharing.ts';
export {
	isDeliveryFailing, isLogLate, type LeaseFacts, type LeaseSubject, selectKnownIds, selectLeaseFacts,
	selectRerequestedLeases, selectSpentLeases, selectUnclearedLeases, selectUnreportedGaps, selectUnreviewedLeases,
} from './statements/alerts/alert-facts.ts';
export {
	deleteReportedState, type ReportedState, saveReportedStates, selectReportedStates,
} from './statements/alerts/alert-states.ts';
export {
	type AlertTally, type AlertWindow, addAlertTallies, deleteOldAlertTallies, selectAlertWindows, selectMedianTally,
	type UpdatedTally,
} from './statements/alerts/alert-tallies.ts';
export {
	type AlertWatch, advanceAlertWatch, claimAlertWatch, isAlertWatchLate, selectWatchedEntries, type WatchedEntry,
} from './statements/alerts/alert-watch.ts';
export {
	type AlertRow, countAlerts, lockAlert, openOrCountAlerts, selectAlert, selectAlerts, setAlertAcknowledged,
} from './statements/alerts/alerts.ts';
export {
	claimDeliveries, type DeliveryRow, type DueMessage, enableDeliveries, markDelivered, postponeDelivery,
	selectDeliveries, selectLateDeliveries,
} from './statements/alerts/deliveries.ts';
export {
	countKnownObjects, type KnownObject, selectKnownObjects, selectLeavesOfActions, selectRightsInForce,
	selectStoredTags, selectUnendedLeases,
} from './statements/audit-log/after-restore.ts';
export {
	type AnchoredLeafRow, type AnchoredSection, type AnchorRow, areAnchorsLate, insertAnchor, isSignedCheckpoint,
	type SignedRoot, selectCheckpointToAnchor, selectLeavesToAnchor, selectNewestAnchor, selectRootLeavesToAnchor,
	selectSectionsToAnchor,
} from './statements/audit-log/audit-anchors.ts';
export {
	type AuditEntryRow, type AuditEntryRowFilter, appendEntriesSql, assertMayAppend, countAuditEntries,
	insertAuditEntries, type NewAuditEntry, selectAuditEntries, selectAuditEntry, selectEntryNamingHash,
	selectLastSequence,
} from './statements/audit-log/audit-entries.ts';
export {
	type AuditStateRow, arePublished, type BootRow, claimLogLeadership, countRootLeaves, insertAuditLeaves,
	insertGaps, insertRootCheckpoint, insertRootLeaves, LeaderLostError, lockLogLeadership, type NewGap,
	type NewLeaf, type NewRootLeaf, nameInstallation, type RootCheckpointRow, type RootLeafRow, type SignerLeaf,
	selectAuditState, selectBoots, selectEntryTime, selectLastCheckpoints, selectLastRootLeaf, selectRootCheckpoint,
	selectSignersSinceAnchor, selectTrees, selectTreesBefore, selectUnsequenced, selectUnsignedTrees, setBoots,
	setSequencerPosition, setSignedSizes, setTreeSizes, type TreeRow, type UnsequencedEntry,
} from './statements/audit-log/audit-log.ts';
export {
	countPublishedEntries, type PublishedCheckpointRow, selectProofHashes, selectPublishedCheckpoint,
	selectPublishedEntries, selectPublishedIndexes, selectPublishedLeaf, selectRootCheckpointOfSize,
	selectSignerLeaves,
} from './statements/audit-log/audit-proofs.ts';
export {
	type LeafSpan, type LogExtent, type ProcessRun, processRunName, selectCountedTrees, selectEntryPage,
	selectFirstSignerLeaf, selectGappedRuns, selectInconsistentRuns, selectLeafPositions, selectLeavesOfSpans,
	selectLogAges, selectLogExtent, selectNewestSpans, selectNewestUnknown, selectRootCheckpointsUpTo,
	selectRootLeavesFrom, selectTruncatedRuns, selectUncoveredAnchors, type WalkedRow,
} from './statements/audit-log/audit-walk.ts';
export {
	type DueKeyLog, insertKeyLogWish, type KeyLogPosition, type NewKeyLogCheckpoint, saveKeyLogCheckpoints,
	selectCutKeyLogs, selectDueKeyLogs, selectEmptyKeyLogs, selectFirmsWithKeyLog, selectKeyLogCheckpoint,
	selectKeyLogCheckpoints, selectKeyLogHashes, selectKeyLogRows, selectKeyLogsSignedBefore, type WalkedKeyLogRow,
} from './statements/audit-log/key-log-checkpoints.ts';
export {
	type ClockResetRow, deleteOtherClockResets, insertClockReset, isClockSound, raiseClockHighWaterMark,
	resetClockHighWaterMark, selectClock, selectClockResets,
} from './statements/clock.ts';
export {
	type ColumnMoveRow, type MovePhase, rewriteMovedTable, selectColumnMove, selectColumnMoves, selectMovePlan,
	selectOpenTransactions, selectPlaintextOnlyWrites, selectPlaintextRemnants, selectTableFiles, setMovePhase,
	setMoveReport,
} from './statements/columns/column-moves.ts';
export {
	clearRemovedVersion, isNamedElsewhere, type MovingFileRow, sealMovedFile, selectMovingFile,
} from './statements/columns/move-files.ts';
export {
	type ColumnMove, clearPlaintextValues, countMoveRows, type MovedValue, type MoveRow, type MoveRowFilter,
	selectMovePageEnd, selectMoveRows, selectSamples, writeSealedValues,
} from './statements/columns/move-values.ts';
export {
	countStaleFiles, countStaleUploads, insertResealing, replaceObject, type StaleFiles, type StoredFileRow,
	selectNextStaleFile, selectStoredFile, setFoundKeyVersion,
} from './statements/columns/stale-files.ts';
export {
	type ContentColumns, countStale, type Replacement, replaceValues, type StaleRow, type StaleValues, selectStalePageEnd,
	selectStaleRows,
} from './statements/columns/stale-values.ts';
export {
	type CustodyWrapRow, type FirmCustodyRow, hasOpenLeaseOn, hasStoredFiles, hasValuesUnder,
	insertCustodyWraps, insertRecoveryShares, type RecoveryShareRow, selectCustodyWraps, selectFirmCustody,
	selectOwnClasses, selectOwnersOfClass,
	selectRecoveryShares, setFirmCustody,
} from './statements/custody/custody.ts';
export {
	type DeviceRequestRow, insertDeviceRequest, selectDeviceRequests, selectOpenDeviceRequest, takeDeviceRequestStep,
} from './statements/custody/device-requests.ts';
export {
	holdKeyLog, insertKeyLogEntry, insertKeyLogNames, isKeyLogEntryOlder, type KeyLogEnd, type KeyLogNameRow,
	selectKeyLogEnd, selectKeyLogHash, selectKeyLogNames, selectKeyLogPage, selectKeyLogTexts,
	selectLatestKeyVersion,
} from './statements/custody/key-log.ts';
export {
	agreeToOwnerProposal, endOwnerProposal, insertOwnerProposal, type OwnerProposalRow, selectOpenOwnerProposal,
	selectOwnerProposals,
} from './statements/custody/owner-proposals.ts';
export {
	countByStamp, countStaleSeals, hasStampsBefore, type StaleSeals, selectStaleSeals,
} from './statements/custody/resealing.ts';
export {
	consumeTicket, deleteExpiredTickets, insertTicket, type TicketRow,
} from './statements/documents/download-tickets.ts';
export {
	abandonSilentUploads, claimObjectsToDelete, countOverdueObjects, deleteObjectRow, type ObjectToDelete,
	selectUploadCutoff,
} from './statements/documents/object-deletion.ts';
export {
	abandonUpload, type FileColumns, insertObject, markObjectStored, type NewObject, recordUploadHeartbeat,
	releaseDocumentObjects, selectVersion, selectVersionAwaitingFile, setLatestFile, setObjectKeyVersion,
	setVersionFile,
} from './statements/documents/stored-objects.ts';
export {
	deleteEventsBefore, type EventRow, MAX_EVENTS, selectEventPosition, selectEventsBetween,
	selectFirmsWithEvents, selectNewEvents, selectOldestTransaction, selectVisibleIds,
} from './statements/events/events.ts';
export {
	countErasureRows, countLeasesOf, countPlaintextFiles, countRetainedRows, deleteErasedObjectRows,
	doErasuresOverlap, type ErasureFile, type ErasureTarget, eraseNextPage,
	hideErasureTarget, scheduleObjectDeletion, selectErasableType, selectErasureFiles, selectErasureFilesEnd,
	selectErasureObjectsEnd, selectErasureTags,
} from './statements/jobs/erasure-targets.ts';
export {
	adoptErasureRecord, assignErasureRecordNumber, closeFirm, type DeletionListEntry, deleteFromDeletionList,
	type ErasedSubject, type ErasureRecord, type ErasureRow, eraseKeys, finishErasure, insertErasure,
	insertErasureRecord, insertIntoDeletionList, isErasedDataPresent, isPast, type NewErasure,
	releaseErasureRecordNumber, releaseRecordNumber, selectDeletionList, selectDeletionListEnd, selectDestroyedKeys,
	selectErasure, selectErasures, selectKnownErasureRecords, selectNextErasureRecordNumber,
	selectUnfinishedErasures, setErasureInventory, setUnopenedCounts, tombstoneFirm,
} from './statements/jobs/erasures.ts';
export {
	eraseEscrows, insertEscrowFiles, type NewEscrowFile, selectEscrowedFirms, selectEscrowFiles, selectEscrowsOf,
} from './statements/jobs/escrows.ts';
export {
	advanceJob, beginPage, cancelJob, countJobs, countPages, deleteEndedPages, endJob, endPage, extendStatementTimeout,
	hasEndedByLog, insertJob, type JobKind, type JobPageRow, type JobProgress, type JobRow, type JobRowFilter, lockJob,
	recordPageHeartbeat, releasePage, selectJob, selectJobListing, selectJobPage, selectJobs, selectNewestJobs, selectNextJob,
	selectOpenJob, setJobApproved, takeOverPage,
} from './statements/jobs/jobs.ts';
export {
	type HoldRow, insertHold, releaseHold, selectHold, selectHolds, selectHoldsInLog,
} from './statements/jobs/legal-holds.ts';
export {
	answerRecoveryFile, type FileAnswer, hasEscrowFile, insertRecoveryFile, insertRecoverySession, isJobAnnounced,
	type RecoveryFileRow, type RecoverySessionRow, selectAcceptedEscrow, selectRecoveryFile, selectRecoverySession,
	selectRecoverySessionAge, selectUnansweredFiles,
} from './statements/jobs/recoveries.ts';
export {
	createDataKeyStore, createErasureAwareKeyStore, type DataKeyListing, selectDataKeyListing,
} from './statements/keys/data-keys.ts';
export { insertKeyRefusal, MAX_REFUSALS, selectKeyRefusals } from './statements/keys/key-refusals.ts';
export {
	destroyKey, disableLostKeys, disableOlderKeys, isAnotherChangeFirst, isMinimumKeyVersionSettled,
	isSealingVersionAtLeast, markMinimumKeyVersion, mayLeaseHaveGrants, raiseMinimumKeyVersion, replaceWrapped,
	selectAgedKeys, selectDataKeys, selectKeyPurgeAge, selectUsableKeys, setKeyState,
} from './statements/keys/key-versions.ts';
export {
	claimDueOwnKeys, type DueOwnKey, scheduleOwnKeyChecks, selectOwnDataKey, selectOwnKeyStates, setOwnKeyState,
} from './statements/keys/own-key-states.ts';
export {
	type AccessPolicyRow, insertAccessPolicy, lockAccessPolicy, selectAccessPolicies, selectAccessPolicy,
	setAccessPolicy,
} from './statements/leases/access-policies.ts';
export {
	type Approver, type DueLease, type LeaseEvidence, type LeaseTask, markLeaseCleared, selectDueLeases,
	selectGrantedLease, selectLateLeases, selectLeaseEvidence, selectLeasesInUse, startLease,
} from './statements/leases/broker-leases.ts';
export {
	deleteGrantTokens, insertGrantToken, selectGrantTokens, selectRecentGrants,
} from './statements/leases/grant-tokens.ts';
export { countOpeningsOf, type LeaseOpeningRow, selectOpeningsOf } from './statements/leases/lease-openings.ts';
export {
	insertLeaseApproval, insertLeaseDecisionText, insertLeaseEnd, insertLeaseEndsOf, insertLeaseTexts, type LeaseApprovalRow, type LeaseDecisionTextRow,
	type LeaseEventRow, type LeaseRowRef, type LeaseTextsRow, selectLeaseApprovals, selectLeaseBudgets,
	selectLeaseDecisionTexts, selectLeaseEvents, selectLeaseTexts, selectPresentIds,
} from './statements/leases/lease-parts.ts';
export {
	extendLeaseUse, holdLease, type LeaseReadBatch, type LeaseUse, recordAnsweredReads, type SealedLocation,
	selectLeaseToUse, selectPresent, selectSealed, takeFromLease,
} from './statements/leases/lease-use.ts';
export {
	countLeases, countOpenLeases, countsAsSamePerson, insertLease, isPersonAmong, type LeaseRow, lockLease,
	type NewLease, selectLease, selectLeases, selectLeasesByIds, selectNow, selectUnusedLeases, setLeaseReviewed,
	transitionLease,
} from './statements/leases/leases.ts';
export {
	countFirms, type FirmRow, insertFirm, lockFirm, selectAllFirms, selectFirmByName, selectFirms, selectFirmsByIds,
	setFirmStatus,
} from './statements/people/firms.ts';
export { identifyToken, type StoredCustody, type TokenIdentity } from './statements/people/identify-token.ts';
export {
	countOpenInvitations, deleteEndedInvitations, endInvitation, endOpenInvitations, type FirmSignInRow,
	type InvitationRow, insertFirmSignIn, insertInvitation, lockFirmSignIn, selectFirmSignIn, selectOpenInvitation,
	selectOpenInvitations, updateFirmSignIn,
} from './statements/people/invitations.ts';
export {
	countMembersOf, endMembership, insertMembership, lockMembership, type MemberIdentity, type MemberRow,
	type MembershipRow, type MembershipWithoutProof, type MembersOf, selectIdentityOfMember, selectMembership,
	selectMembershipByEmail, selectMembershipsByUsers, selectMembersOf, setMembership,
} from './statements/people/members.ts';
export {
	countNotices, insertNotice, type NoticeReader, type NoticeRow, selectNotice, selectNotices,
} from './statements/people/notices.ts';
export {
	approveOwnerRecovery, cancelOwnerRecovery, completeOwnerRecovery, insertOwnerRecovery, markOwnerRecoveriesSeen,
	type OwnerRecoveryRow, selectOwnerRecoveries, withdrawOwnerRecoveryOfFirm,
} from './statements/people/owner-recoveries.ts';
export {
	lockUnprovenMemberships, lockUnprovenOperators, lockUnprovenPolicy, proveAccessPolicy, proveMembership,
	proveOperator,
} from './statements/people/unproven.ts';
export {
	type Account, appointOperator, clearOperatorProofs, 
	endSessions, hasOperators, insertOperator, insertUser, lockFirstOperators,
	lockOperatorRows, type OperatorRolesRow, type OperatorRow, selectAccountByEmail, selectAccountById,
	selectAccountsByEmail, selectAffiliationsOfPerson, selectOperatorRoles, selectOperators, selectOperatorsOnTheirPlane, selectUsersByIds,
	setOperatorDisabled, type UserRow, updateOperatorRoles,
} from './statements/people/users.ts';
export {
	countRows, countRowsOf, hasValues, insertRows, lockRow, nextVersionNumber, type Row, type RowRef, resealRow, selectPagesOf,
	selectRevision, selectRow, selectRows, selectRowsByIds, selectRowsOf, selectTableOfId, selectTakenIds,
	tombstoneRow, tombstoneRowsOf, touchRow, updateRow,
} from './statements/workspace/rows.ts';
export {
	countSharesOf, deleteShare, deleteSharesOf, insertShare, type ShareSubject, selectClientsSharedWith,
} from './statements/workspace/shares.ts';
export * as tables from './tables/index.ts';

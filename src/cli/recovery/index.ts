export { type AfterRestore, inspectAfterRestore, inspectAnchored } from './inspect.ts';
export { type RebuildLogResult, rebuildFromAnchors } from './rebuild-log.ts';
export { reinitializeAfterKeyLoss } from './reinitialize-after-key-loss.ts';
export { continueRecovery, type RecoveryOptions, requestKeyRecovery } from './request-recovery.ts';

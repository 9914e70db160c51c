export { reinitializeAfterKeyLoss } from './begin-anew.ts';
export { type AfterRestore, inspectAfterRestore, inspectAnchored } from './inspect.ts';
export { shortenList } from './name-some.ts';
export { type RebuildLogResult, rebuildFromAnchors } from './rebuild-log.ts';
export { recoveryLines } from './recovery-lines.ts';
export { continueRecovery, type RecoveryOptions, requestKeyRecovery } from './recovery-work.ts';

export { beginAnew } from './begin-anew.ts';
export { type AfterRestore, inspectAfterRestore, inspectAnchored } from './inspect.ts';
export { nameSome } from './name-some.ts';
export { type RebuiltLog, rebuildFromAnchors } from './rebuild-log.ts';
export { recoveryLines } from './recovery-lines.ts';
export { askForRecovery, goOnWithRecovery, type Recovering } from './recovery-work.ts';

export { type AfterRestore, inspectAfterRestore, inspectAnchored } from './inspect.ts';
export { nameSome } from './name-some.ts';
